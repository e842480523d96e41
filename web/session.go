package web

import (
	"errors"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
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

// atTill returns the till that the browser is paired as and the cashier who is
// signed in at it, nil for nobody. A device that is not paired is
// access.ErrUnauthenticated.
func (w *Web) atTill(r *request) (till access.Principal, cashier *access.Principal, err error) {
	till, err = w.signedIn(r, tillCookie, access.TokenTill)
	if err != nil {
		return access.Principal{}, nil, err
	}
	org := *r.org
	p, err := w.signedIn(r, sessionCookie, access.TokenSession)
	r.org, r.here = &org, nil // whoever is signed in, the page is the till's
	r.speak("")
	switch {
	case errors.Is(err, access.ErrUnauthenticated):
		return till, nil, nil
	case err != nil:
		return access.Principal{}, nil, err
	case p.Kind != access.KindTillSession || p.OrgID != till.OrgID || p.LocationID != till.LocationID:
		return till, nil, nil // somebody, but not at this till
	}
	return till, &p, nil
}

// locationName returns the name of a branch, "" if it is gone.
func (w *Web) locationName(r *request, id string) (string, error) {
	l, err := w.Shop.Location(r.ctx(), r.org.ID, id)
	if errors.Is(err, organization.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read location: %w", err)
	}
	return l.Name, nil
}
