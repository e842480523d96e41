package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
)

// SessionCookie is the cookie in which the pages keep the token of a session.
const SessionCookie = "leima_session"

// CredentialStore checks credentials.
type CredentialStore interface {
	// Authenticate returns whom the token with the hash stands for now, or
	// access.ErrUnauthenticated.
	Authenticate(ctx context.Context, orgID string, tokenHash [sha256.Size]byte, now int64) (access.Principal, error)
}

// authenticate finds out who is asking. A bearer token counts before a cookie.
func (a *API) authenticate(r *http.Request, rq *request) error {
	token, kind, err := credential(r)
	if err != nil {
		return err
	}
	slug, err := access.TokenSlug(kind, token)
	if err != nil {
		return access.ErrUnauthenticated
	}
	org, err := a.directory.organization(r.Context(), slug)
	if errors.Is(err, organization.ErrNotFound) {
		return access.ErrUnauthenticated
	} else if err != nil {
		return fmt.Errorf("find the organization of the credential: %w", err)
	}
	p, err := a.credentials.Authenticate(r.Context(), org.ID, access.Hash(token), a.now())
	if err != nil {
		return fmt.Errorf("authenticate: %w", err)
	}
	rq.principal, rq.organization = p, org
	return nil
}

// credential returns the token of the request and the kind it says to be of.
func credential(r *http.Request) (string, access.TokenKind, error) {
	if header := first(r.Header["Authorization"]); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		token = strings.TrimSpace(token)
		kind, err := access.KindOf(token)
		if err != nil || !strings.EqualFold(scheme, "Bearer") {
			return "", "", access.ErrUnauthenticated
		}
		switch kind {
		case access.TokenAPIKey, access.TokenTill, access.TokenSession:
			return token, kind, nil
		case access.TokenSignIn, access.TokenConfirmation: // are used on pages, once
		}
		return "", "", access.ErrUnauthenticated
	}
	cookie, err := r.Cookie(SessionCookie)
	if err != nil {
		return "", "", access.ErrUnauthenticated
	}
	if kind, err := access.KindOf(cookie.Value); err != nil || kind != access.TokenSession {
		return "", "", access.ErrUnauthenticated
	}
	// A browser adds the cookie to requests that another site's page makes; what
	// changes something is taken from our own pages only.
	if !safe(r.Method) && !sameOrigin(r) {
		return "", "", &problem{code: codeCrossSite, detail: "the request does not come from a page of this server"}
	}
	return cookie.Value, access.TokenSession, nil
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// sameOrigin goes by what browsers say and pages cannot change: Sec-Fetch-Site,
// and Origin from browsers that do not send it.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && origin.Host != "" && strings.EqualFold(origin.Host, r.Host)
}
