package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
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
	// members are those of a plain body.
	members plainMembers
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
			if r.ContentLength < 0 || op.multipart || op.picture {
				r.Body = http.MaxBytesReader(c.Response(), r.Body, op.maxBody)
			}
			if !op.public {
				if err := a.authenticate(r, rq); err != nil {
					return err
				}
				if err := op.allows(&rq.principal); err != nil {
					return err
				}
			}
			plain, err := op.validate(c, &rq.members)
			if err != nil {
				return err
			}
			if plain && op.direct != nil {
				return op.direct(c, rq)
			}
			c.SetRequest(r.WithContext(op.naming(context.WithValue(r.Context(), requestKey{}, rq), rq)))
			return handler(c)
		})
	}
}

// routes puts the guard around a handler once, when the route is registered. Echo
// would do it for each request.
type routes struct{ *echo.Echo }

func wrap(h echo.HandlerFunc, m []echo.MiddlewareFunc) echo.HandlerFunc {
	for _, x := range m {
		h = x(h)
	}
	return h
}

// DELETE, GET, PATCH, POST and PUT are the methods of the contract.
func (r routes) DELETE(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Echo.DELETE(path, wrap(h, m))
}

// GET is described at DELETE.
func (r routes) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Echo.GET(path, wrap(h, m))
}

// PATCH is described at DELETE.
func (r routes) PATCH(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Echo.PATCH(path, wrap(h, m))
}

// POST is described at DELETE.
func (r routes) POST(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Echo.POST(path, wrap(h, m))
}

// PUT is described at DELETE.
func (r routes) PUT(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Echo.PUT(path, wrap(h, m))
}

// plain is what answers that ask for no credential go through.
func (a *API) plain(handler echo.HandlerFunc) echo.HandlerFunc {
	return a.around(func(c echo.Context, _ *request) error { return handler(c) })
}

// fixedHeaders are on every answer. Their values are shared by all answers: they may
// be replaced in a header but not changed.
var fixedHeaders = [...]struct {
	name  string
	value []string
}{
	{"Cache-Control", []string{"no-store"}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"Content-Security-Policy", []string{"default-src 'none'; frame-ancestors 'none'"}},
	{"Referrer-Policy", []string{"no-referrer"}},
}

// first returns the first value of a header, "" if there is none. The names that it
// is used with are canonical, so that looking for them costs no more than a map.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// around gives the request its id and the answer its headers, turns errors and
// panics into problems, and writes the log.
func (a *API) around(handle func(echo.Context, *request) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		given := c.Request().Header
		rq := &request{id: requestID(first(given[requestIDHeader])), acceptLanguage: first(given["Accept-Language"])}
		header := c.Response().Header()
		header[requestIDHeader] = []string{rq.id}
		for i := range fixedHeaders {
			header[fixedHeaders[i].name] = fixedHeaders[i].value
		}
		if err := a.recovering(c, rq, handle); err != nil {
			a.answer(c, rq, err)
		}
		if !a.log.Enabled(c.Request().Context(), slog.LevelInfo) {
			return nil
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
		return newRequestID()
	}
	for i := range len(given) {
		c := given[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '.' && c != '_' && c != '-' {
			return newRequestID()
		}
	}
	return given
}

// newRequestID returns 26 characters of base32. They have to be unique, not secret.
func newRequestID() string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var id [26]byte
	for half := range 2 {
		bits := rand.Uint64() //nolint:gosec // nothing is gained by guessing the name of a line in a log
		for i := range len(id) / 2 {
			id[half*len(id)/2+i] = alphabet[bits%32]
			bits /= 32
		}
	}
	return string(id[:])
}
