package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/api"
)

// Limits of the HTTP server. What a handler reads and writes has limits of its own.
const (
	readHeaderTimeout = 5 * time.Second
	// readTimeout leaves a slow line the time to upload an import.
	readTimeout = 2 * time.Minute
	// writeTimeout is lifted by card pages' streams for themselves.
	writeTimeout   = 2 * time.Minute
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 32 << 10
	// drainTimeout is how long requests under way may take after a signal.
	drainTimeout = 15 * time.Second
	readyTimeout = 2 * time.Second
)

// What is left of a body that was refused is read before the answer is sent, within
// these limits. Many clients write all of a request before they read, and would see
// a broken connection in place of the reason.
const (
	maxDrainedBytes = 16 << 20
	maxDrainTime    = 5 * time.Second
)

// drained is the handler with its rest of each body read. Nearly always there is none.
func drained(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 || r.ContentLength > maxDrainedBytes {
			h.ServeHTTP(w, r)
			return
		}
		body := &watchedBody{ReadCloser: r.Body}
		r.Body = body
		h.ServeHTTP(w, r)
		if body.ended {
			return
		}
		// Without a deadline of its own the rest has that of the whole request.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(maxDrainTime))
		_, _ = io.CopyN(io.Discard, body.ReadCloser, maxDrainedBytes) // the answer is the same either way
	})
}

// watchedBody is a body that knows whether it was read to its end.
type watchedBody struct {
	io.ReadCloser
	ended bool
}

// Read implements io.Reader.
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.ended = true // or broken, and then there is no rest to be had either
	}
	return n, err //nolint:wrapcheck // io.EOF is looked for by ==
}

// newEcho returns the router with what is common to all routes. The middleware around
// sees every request and the status that was answered.
func newEcho(s settings, log *slog.Logger, errorPage func(echo.Context, error), around ...echo.MiddlewareFunc) *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = ipExtractor(s)
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if !c.Response().Committed {
			errorPage(c, err)
		}
	}
	e.Use(around...)
	e.Use(logged(log))
	return e
}

// ipExtractor finds the visitor's address, by which guesses are counted. A header
// that anybody can write is believed only from the proxies that were named.
func ipExtractor(s settings) echo.IPExtractor {
	if len(s.TrustedProxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range s.TrustedProxies {
		_, network, err := net.ParseCIDR(p.String())
		if err == nil { // it was parsed before
			options = append(options, echo.TrustIPRange(network))
		}
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// errPanic is what a panic in a page becomes.
var errPanic = errors.New("panic")

// logged writes one line for each request but those of the API, which writes its
// own, and turns a panic into an error. It logs the route and not the address: in
// addresses stand secrets.
func logged(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if strings.HasPrefix(c.Path(), "/v1") {
				return next(c)
			}
			began := time.Now()
			err := recovering(c, log, next)
			if err != nil {
				c.Error(err)
			}
			level := slog.LevelInfo
			if c.Path() == "/healthz" || c.Path() == "/readyz" || strings.HasPrefix(c.Path(), "/static/") {
				level = slog.LevelDebug
			}
			log.LogAttrs(c.Request().Context(), level, "request",
				slog.String("method", c.Request().Method), slog.String("route", c.Path()),
				slog.Int("status", c.Response().Status), slog.Int64("duration_ms", time.Since(began).Milliseconds()))
			return nil
		}
	}
}

func recovering(c echo.Context, log *slog.Logger, next echo.HandlerFunc) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			log.LogAttrs(c.Request().Context(), slog.LevelError, "panic",
				slog.String("route", c.Path()), slog.String("stack", string(debug.Stack())))
			err = fmt.Errorf("%w: %s", errPanic, whatPanicked(p))
		}
	}()
	return next(c)
}

// whatPanicked describes the value of a panic. Only the runtime's own are told in
// full: others may have been made of what a visitor sent.
func whatPanicked(p any) string {
	var fault runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &fault) {
		return fault.Error()
	}
	return fmt.Sprintf("a value of type %T", p)
}

// newHTTPServer returns the server for the handler. Its own complaints, about broken
// connections mostly, go to the log as warnings.
func newHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           drained(h),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// listen opens the address of the setting, or says what is in the way.
func listen(ctx context.Context, setting, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err == nil {
		return l, nil
	}
	problem := failf("cannot listen on %s: %w", addr, err)
	switch {
	case isAddressInUse(err):
		return nil, problem.hint("Another program uses the port. Choose another with --" + setting + " or " + environmentName(setting) + "; port 0 takes a free one.")
	case isPermission(err):
		return nil, problem.hint("Ports below 1024 are for administrators. Choose another with --" + setting + " or " + environmentName(setting) + ".")
	}
	return nil, problem.hint("Correct --" + setting + " or " + environmentName(setting) + ".")
}

// callsWindow is what limits of calls by a network address are counted in.
const callsWindow = time.Minute

// limited answers a network address that asks too much with 429. Where calls cannot be
// counted they are answered.
func limited(limits api.Limits, kind string, limit int, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ok, wait, err := limits.Allow(c.Request().Context(), kind+c.RealIP(), limit, callsWindow)
		if err == nil && !ok {
			c.Response().Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
			return c.NoContent(http.StatusTooManyRequests)
		}
		return next(c)
	}
}
