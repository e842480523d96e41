package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/organization"
)

// MaxRequestIDLen bounds the request ids that callers may choose.
const MaxRequestIDLen = 64

// requestIDHeader carries the id by which the log knows a request.
const requestIDHeader = "X-Request-Id"

// request is what is known of a request before its handler begins.
type request struct {
	id        string
	principal access.Principal
	// organization is the principal's.
	organization organization.Organization
	// acceptLanguage is the header of that name.
	acceptLanguage string
	// code is that of the problem which was answered, "" if none was.
	code contract.ProblemCode
}

// locale is the language of what staff read: the caller's, else the
// organization's.
func (rq *request) locale() string {
	return cmp.Or(locale.Match(rq.acceptLanguage, ""), rq.organization.Locale)
}

type requestKey struct{}

// requestOf returns the request that the context is of. Handlers are called
// behind a guard, so it is always there.
func requestOf(ctx context.Context) *request {
	rq, _ := ctx.Value(requestKey{}).(*request)
	if rq == nil {
		panic("api: a handler was called without its guard")
	}
	return rq
}

// guard is what every request to the operation goes through.
func (a *API) guard(op *operation) echo.MiddlewareFunc {
	return func(handler echo.HandlerFunc) echo.HandlerFunc {
		return a.around(func(c echo.Context, rq *request) error {
			r := c.Request()
			if r.ContentLength > op.maxBody {
				return tooLarge(op.maxBody)
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, op.maxBody)
			if !op.public {
				if err := a.authenticate(r, rq); err != nil {
					return err
				}
				if err := op.allows(rq.principal); err != nil {
					return err
				}
			}
			if err := op.validate(c); err != nil {
				return err
			}
			c.SetRequest(r.WithContext(context.WithValue(r.Context(), requestKey{}, rq)))
			return handler(c)
		})
	}
}

// plain is what answers that ask for no credential go through.
func (a *API) plain(handler echo.HandlerFunc) echo.HandlerFunc {
	return a.around(func(c echo.Context, _ *request) error { return handler(c) })
}

// around gives the request its id and the answer its headers, turns errors and
// panics into problems, and writes the log.
func (a *API) around(handle func(echo.Context, *request) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		rq := &request{
			id:             requestID(c.Request().Header.Get(requestIDHeader)),
			acceptLanguage: c.Request().Header.Get("Accept-Language"),
		}
		header := c.Response().Header()
		header.Set(requestIDHeader, rq.id)
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		header.Set("Referrer-Policy", "no-referrer")

		if err := a.recovering(c, rq, handle); err != nil {
			a.answer(c, rq, err)
		}
		a.log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
			slog.String("method", c.Request().Method), slog.String("route", c.Path()),
			slog.Int("status", c.Response().Status), slog.Int64("duration_ms", time.Since(began).Milliseconds()),
			slog.String("problem", string(rq.code)), slog.String("request_id", rq.id),
			slog.String("org_id", rq.principal.OrgID), slog.String("principal", string(rq.principal.Kind)))
		return nil
	}
}

// errPanic is what a panic in a handler becomes.
var errPanic = errors.New("panic")

func (a *API) recovering(c echo.Context, rq *request, handle func(echo.Context, *request) error) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			a.log.LogAttrs(c.Request().Context(), slog.LevelError, "panic",
				slog.String("request_id", rq.id), slog.String("route", c.Path()), slog.String("stack", string(debug.Stack())))
			// The value itself may hold what a customer typed; the stack is logged above.
			err = fmt.Errorf("%w: %T", errPanic, p)
		}
	}()
	return handle(c, rq)
}

// requestID returns the caller's own id if it is one that can stand in a log.
func requestID(given string) string {
	if given == "" || len(given) > MaxRequestIDLen {
		return rand.Text()
	}
	for i := range len(given) {
		c := given[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '.' && c != '_' && c != '-' {
			return rand.Text()
		}
	}
	return given
}
