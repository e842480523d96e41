package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// Errors that handlers return to get a page.
var (
	// errNotHere is the answer for everything unknown, so that nobody can tell an
	// address that never was from one that is no more.
	errNotHere = errors.New("not found")
	errTooMany = errors.New("too many requests")
	errBadForm = errors.New("malformed form")
)

// errorPage is one row of the table of errors: the status and the texts
// error.<name>_title and error.<name>_text.
type errorPage struct {
	status int
	name   string
}

// pageFor is the one place where errors become statuses.
func pageFor(err error) errorPage {
	var tooLarge *http.MaxBytesError
	var fromEcho *echo.HTTPError
	switch {
	case errors.Is(err, errNotHere), errors.Is(err, organization.ErrNotFound), errors.Is(err, customer.ErrNotFound),
		errors.Is(err, loyalty.ErrNotFound), errors.Is(err, paging.ErrBadCursor):
		return errorPage{http.StatusNotFound, "not_found"}
	case errors.Is(err, errTooMany):
		return errorPage{http.StatusTooManyRequests, "too_many"}
	case errors.As(err, &tooLarge):
		return errorPage{http.StatusRequestEntityTooLarge, "too_large"}
	case errors.Is(err, errCrossSite):
		return errorPage{http.StatusForbidden, "forbidden"}
	case errors.Is(err, errBadForm):
		return errorPage{http.StatusBadRequest, "invalid"}
	case errors.Is(err, loyalty.ErrAway):
		return errorPage{http.StatusServiceUnavailable, "away"}
	case errors.As(err, &fromEcho) && fromEcho.Code >= 400 && fromEcho.Code < 500:
		return pageForStatus(fromEcho.Code)
	}
	return errorPage{http.StatusInternalServerError, "server"}
}

func pageForStatus(status int) errorPage {
	switch status {
	case http.StatusGone:
		return errorPage{status, "gone"}
	case http.StatusTooManyRequests:
		return errorPage{status, "too_many"}
	case http.StatusRequestEntityTooLarge:
		return errorPage{status, "too_large"}
	case http.StatusForbidden:
		return errorPage{status, "forbidden"}
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return errorPage{status, "not_found"}
	}
	return errorPage{status, "invalid"}
}

// messagePage is what message.html shows: one thing, said plainly, and a way out.
type messagePage struct {
	*page
	Heading    string
	Paragraphs []string
	Link       string
	LinkText   string
}

// fail answers with the page for an error and logs what is a fault of ours.
func (w *Web) fail(r *request, err error) error {
	p := pageFor(err)
	// Of a database that is away the store tells once, not each of the pages that fail.
	if p.status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		w.Log.ErrorContext(r.ctx(), "page failed", "route", r.Path(), "error", err)
	}
	switch p.status {
	case http.StatusTooManyRequests:
		r.Response().Header().Set("Retry-After", "60")
	case http.StatusServiceUnavailable:
		r.Response().Header().Set("Retry-After", "5")
		r.noStore()
	}
	// The same page whatever was asked for: not even the brand tells what exists.
	r.org = nil
	r.speak("")
	heading, text := p.texts(r)
	message := messagePage{
		page: r.newPage(heading), Heading: heading, Paragraphs: []string{text},
		Link: "/", LinkText: r.T("error.home"),
	}
	if id := r.Response().Header().Get(echo.HeaderXRequestID); id != "" && p.status >= http.StatusInternalServerError {
		message.Paragraphs = append(message.Paragraphs, r.T("error.number", "id", id))
	}
	return r.render(p.status, "message", message)
}

// texts spells the keys out, so that a search for one finds it.
func (p errorPage) texts(r *request) (title, text string) {
	switch p.name {
	case "not_found":
		return r.T("error.not_found_title"), r.T("error.not_found_text")
	case "gone":
		return r.T("error.gone_title"), r.T("error.gone_text")
	case "too_many":
		return r.T("error.too_many_title"), r.T("error.too_many_text")
	case "too_large":
		return r.T("error.too_large_title"), r.T("error.too_large_text")
	case "forbidden":
		return r.T("error.forbidden_title"), r.T("error.forbidden_text")
	case "away":
		return r.T("error.away_title"), r.T("error.away_text")
	case "invalid":
		return r.T("error.invalid_title"), r.T("error.invalid_text")
	}
	return r.T("error.server_title"), r.T("error.server_text")
}
