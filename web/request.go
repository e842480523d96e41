package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/locale"
	"github.com/leima/leima/organization"
)

// request is one request for a page: Echo's context, whose pages it is about and
// the language they are in.
type request struct {
	echo.Context
	web *Web
	org *organization.Organization // nil on pages of no organization
	// wished is the locale that the visitor asked for, by ?lang or its cookie; ""
	// if they did not.
	wished string
	texts  locale.Localizer
	// here is the time zone of org, read once.
	here *time.Location
}

func (w *Web) newRequest(c echo.Context) *request {
	r := &request{Context: c, web: w}
	if lang := c.QueryParam("lang"); locale.Known(lang) {
		r.wished = lang
		w.setCookie(r, localeCookie, lang, localeCookieLife)
	} else if cookie, err := c.Cookie(localeCookie); err == nil && locale.Known(cookie.Value) {
		r.wished = cookie.Value
	}
	r.speak("")
	return r
}

// speak chooses the language: what the visitor asked for, else the customer's own
// ("" if it is not known), else the browser's, else the organization's.
func (r *request) speak(customers string) {
	candidates := []string{r.wished, customers, locale.Match(r.Request().Header.Get("Accept-Language"), "")}
	if r.org != nil {
		candidates = append(candidates, r.org.Locale)
	}
	for _, l := range candidates {
		if locale.Known(l) {
			r.texts = locale.For(l)
			return
		}
	}
	r.texts = locale.For("")
}

func (r *request) ctx() context.Context { return r.Request().Context() }

func (r *request) now() int64 { return r.web.Now() }

// zone is the time zone in which dates are shown.
func (r *request) zone() *time.Location {
	if r.org == nil {
		return time.UTC
	}
	if r.here == nil {
		r.here = organization.LoadZone(r.org.Zone, "")
	}
	return r.here
}

// of sets the organization with the slug as the one that the page is about, or
// returns errNotHere.
func (r *request) of(slug string) error {
	org, err := r.findOrganization(slug)
	if err != nil {
		return err
	}
	r.org, r.here = &org, nil
	r.speak("")
	return nil
}

func (r *request) findOrganization(slug string) (organization.Organization, error) {
	if slug == "" || len(slug) > organization.MaxSlugLen {
		return organization.Organization{}, errNotHere
	}
	org, err := r.web.Directory.OrganizationBySlug(r.ctx(), slug)
	if errors.Is(err, organization.ErrNotFound) {
		return organization.Organization{}, errNotHere
	}
	if err != nil {
		return organization.Organization{}, fmt.Errorf("find organization: %w", err)
	}
	return org, nil
}

// field returns what a form holds in the field; what stands in the address does not
// count, so that no link can fill a form in.
func (r *request) field(name string) string { return r.Request().PostFormValue(name) }

// seeOther redirects after a form, so that going back or reloading does not send it
// again.
func (r *request) seeOther(path string) error {
	r.noStore()
	if err := r.Redirect(http.StatusSeeOther, path); err != nil {
		return fmt.Errorf("redirect: %w", err)
	}
	return nil
}

// noStore keeps pages with personal data out of caches. A card page is kept for
// offline use by its own service worker, which this does not touch.
func (r *request) noStore() {
	r.Response().Header().Set("Cache-Control", "no-store")
}

// blob answers with data of a media type.
func (r *request) blob(mediaType string, data []byte) error {
	if err := r.Blob(http.StatusOK, mediaType, data); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// noContent answers with a status and nothing else.
func (r *request) noContent(status int) error {
	if err := r.NoContent(status); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// params makes the placeholders of a text from pairs of name and value.
func params(pairs []string) locale.Params {
	p := locale.Params{}
	for i := 0; i+1 < len(pairs); i += 2 {
		p[pairs[i]] = pairs[i+1]
	}
	return p
}

// T says the text of the key; pairs are names and values of its placeholders.
func (r *request) T(key string, pairs ...string) string { return r.texts.T(key, params(pairs)) }

// N says the text of the key for a number.
func (r *request) N(key string, count int, pairs ...string) string {
	return r.texts.N(key, count, params(pairs))
}

// initial returns the letter that stands for a name, "" if it has none.
func initial(name string) string {
	for _, word := range strings.Fields(name) {
		for _, r := range word {
			return strings.ToUpper(string(r))
		}
	}
	return ""
}
