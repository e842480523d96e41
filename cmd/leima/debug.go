package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	// debugWriteTimeout leaves a profile or a trace the time that it was asked for.
	debugWriteTimeout = 5 * time.Minute
	// maxScrapes bounds the scrapes under way at once.
	maxScrapes = 4
)

// The settings of the addresses to listen on.
const (
	addrSetting      = "addr"
	debugAddrSetting = "debug-addr"
)

// debugServer is what listens on --debug-addr.
type debugServer struct {
	address string
	server  *http.Server
	ended   chan error
}

// openDebug opens --debug-addr with metrics and profiles. It has an address of its own
// because neither is for visitors: profiles cost time and show what is in memory.
// Without the setting there is nothing, and no metrics are counted.
func (sh *shell) openDebug(ctx context.Context, log *slog.Logger) (*metrics, *debugServer, error) {
	if sh.settings.DebugAddr == "" {
		return nil, nil, nil
	}
	l, err := listen(ctx, debugAddrSetting, sh.settings.DebugAddr)
	if err != nil {
		return nil, nil, err
	}
	m := newMetrics(thisBuild())
	d := &debugServer{
		address: l.Addr().String(),
		server: &http.Server{
			Handler:           debugHandler(m, log),
			ReadHeaderTimeout: readHeaderTimeout,
			ReadTimeout:       readHeaderTimeout,
			WriteTimeout:      debugWriteTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		},
		ended: make(chan error, 1),
	}
	go func() { d.ended <- d.server.Serve(l) }()
	if host, _, err := net.SplitHostPort(d.address); err == nil && !isLoopback(host) {
		log.LogAttrs(ctx, slog.LevelWarn, "profiles can be reached from the network", slog.String("debug_address", d.address))
	}
	return m, d, nil
}

func debugHandler(m *metrics, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog:      slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: maxScrapes, Timeout: 2 * scrapeTimeout,
	}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// addressOrNone is "" if there is no debug server.
func (d *debugServer) addressOrNone() string {
	if d == nil {
		return ""
	}
	return d.address
}

// close ends the listener and what is under way on it.
func (d *debugServer) close() error {
	if d == nil {
		return nil
	}
	if err := errors.Join(d.server.Close(), <-d.ended); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("close --debug-addr: %w", err)
	}
	return nil
}
