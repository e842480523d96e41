package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/leima/leima/access"
)

// signInPage shows the button of a sign-in link. It does not even look whether the
// link is good, so it cannot use it up.
func (w *Web) signInPage(r *request) error {
	if err := w.linkOf(r, w.limits.signIn); err != nil {
		return err
	}
	heading := r.T("signin.title")
	return r.render(http.StatusOK, "button", buttonPage{
		page: r.newPage(heading), Heading: heading, Text: r.T("signin.text", "shop", r.org.Name), Button: r.T("signin.button"),
	})
}

// signIn uses the link up and opens a session in this browser.
func (w *Web) signIn(r *request) error {
	if err := w.linkOf(r, w.limits.signIn); err != nil {
		return err
	}
	token := access.NewToken(access.TokenSession, r.org.Slug)
	session := access.Session{
		OrgID: r.org.ID, Kind: access.KindSession, TokenHash: access.Hash(token),
		CreatedAt: r.now(), ExpiresAt: r.now() + access.SessionLife.Milliseconds(),
	}
	_, err := w.Access.ConsumeSignInLink(r.ctx(), r.org.ID, access.Hash(r.Param("token")), session, r.now())
	if errors.Is(err, access.ErrUnauthenticated) {
		heading := r.T("confirm.gone_title")
		return r.render(http.StatusGone, "message", messagePage{
			page: r.newPage(heading), Heading: heading, Paragraphs: []string{r.T("signin.gone_text")},
			Link: "/", LinkText: r.T("error.home"),
		})
	}
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	w.setCookie(r, sessionCookie, token, access.SessionLife)
	return r.seeOther("/console")
}
