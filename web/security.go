package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// MaxFormBytes bounds the body of every form.
const MaxFormBytes = 32 << 10

// contentSecurityPolicy lets a page have what comes from this server and nothing
// else. No source allows inline code: scripts, styles and handlers in attributes
// that somebody smuggles into a page do nothing.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// logoSecurityPolicy is for pictures that an organization brought: an SVG opened by
// its address is a document, which must not run anything.
const logoSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

// permissionsPolicy gives a page none of what a device can do.
const permissionsPolicy = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

func setSecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	// The addresses of cards and links are secrets.
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", permissionsPolicy)
	h.Set("X-Robots-Tag", "noindex")
}

var errCrossSite = errors.New("form from another site")

// form wraps the handler of a form: it must come from our own pages and must not
// be too large.
//
// Protection against forged requests rests on three things. Cookies are
// SameSite=Strict, so another site's form never carries them. Addresses with a
// secret (card, confirmation, sign-in) are their own proof. And checkOrigin refuses
// what a browser says comes from elsewhere.
func (w *Web) form(h handler) handler {
	return func(r *request) error {
		if err := w.checkOrigin(r.Request()); err != nil {
			return err
		}
		req := r.Request()
		req.Body = http.MaxBytesReader(r.Response(), req.Body, MaxFormBytes)
		if err := req.ParseForm(); err != nil {
			tooLarge := (*http.MaxBytesError)(nil)
			if errors.As(err, &tooLarge) {
				return fmt.Errorf("read form: %w", err)
			}
			return errBadForm
		}
		return h(r)
	}
}

// checkOrigin returns errCrossSite for a form that another site sent, by the Fetch
// Metadata header where the browser sends it, else by Origin.
//
// Our pages ask for no referrer, and then a browser names the origin of a form as
// "null". Over https, and to localhost, it sends Sec-Fetch-Site as well, so "null"
// alone is refused there; over plain http in a local network it is all there is, and
// SameSite cookies stand alone. A request without either header is not a browser's.
func (w *Web) checkOrigin(req *http.Request) error {
	switch req.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return nil
	case "":
	default:
		return errCrossSite
	}
	switch origin := req.Header.Get("Origin"); origin {
	case "":
		return nil
	case "null":
		if w.secure {
			return errCrossSite
		}
		return nil
	default:
		o, err := url.Parse(origin)
		if err != nil || (o.Host != req.Host && o.Host != w.base.Host) {
			return errCrossSite
		}
		return nil
	}
}

// The cookies. Tills have none: they keep their credentials themselves.
const (
	sessionCookie = "leima_session"
	localeCookie  = "leima_lang"

	localeCookieLife = 365 * 24 * time.Hour
)

func (w *Web) setCookie(r *request, name, value string, life time.Duration) {
	mode := http.SameSiteStrictMode
	if name == localeCookie {
		mode = http.SameSiteLaxMode // not a credential, and wanted on the first page from a link
	}
	//nolint:gosec // a secure cookie over plain http would never come back
	http.SetCookie(r.Response(), &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, Secure: w.secure, SameSite: mode,
	})
}

func (w *Web) dropCookie(r *request, name string) {
	//nolint:gosec // as above
	http.SetCookie(r.Response(), &http.Cookie{
		Name: name, Path: "/", MaxAge: -1, HttpOnly: true, Secure: w.secure, SameSite: http.SameSiteStrictMode,
	})
}
