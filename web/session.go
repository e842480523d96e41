package web

import (
	"errors"
	"fmt"

	"github.com/leima/leima/access"
)

// signedIn returns who the cookie of the name stands for, and makes their
// organization the one that the page is about. A cookie that is not there, or not
// good any more, is access.ErrUnauthenticated.
func (w *Web) signedIn(r *request, cookie string, kind access.TokenKind) (access.Principal, error) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return access.Principal{}, access.ErrUnauthenticated
	}
	slug, err := access.TokenSlug(kind, c.Value)
	if err != nil {
		return access.Principal{}, access.ErrUnauthenticated
	}
	org, err := r.findOrganization(slug)
	if errors.Is(err, errNotHere) {
		return access.Principal{}, access.ErrUnauthenticated
	}
	if err != nil {
		return access.Principal{}, err
	}
	p, err := w.Access.Authenticate(r.ctx(), org.ID, access.Hash(c.Value), r.now())
	if err != nil {
		return access.Principal{}, fmt.Errorf("authenticate: %w", err)
	}
	r.org, r.here = &org, nil
	r.speak("")
	return p, nil
}
