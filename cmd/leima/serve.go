package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/leima/leima/jobs"
	"github.com/leima/leima/store"
)

// lockName is the file in the data folder that a server holds while it runs.
const lockName = "leima.lock"

func (sh *shell) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Runs the server until SIGTERM or Ctrl-C: pages, HTTP interface and background work. It
brings the database up to date first. /healthz says that the process lives, /readyz
that it can do its work.

With --redis it shares what cards look like, live updates and rate limits with other
servers of the same database; without, it must be the only one. A Redis that is away
makes it slower and nothing else. With --debug-addr it tells metrics and profiles there.

With --apple-certificate cards can be added to Apple Wallet, and passes are kept up to date;
with --google-service-account the same for Google Wallet, with --samsung-partner-id and its
companions for Samsung Wallet.

Messages to customers (confirmation links) are written to standard output: there is no
sender for SMS or e-mail in this version.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return askedToStop(c.Context(), sh.serve(c.Context())) },
	}
}

// askedToStop makes nothing of the error of a server that was told to stop before it
// was ready: it did what it was told.
func askedToStop(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// gcPercent lets the heap grow to three and a half times what is alive before it is
// collected, where GOGC or GOMEMLIMIT do not say otherwise. A server keeps some 20 MB
// alive, 30 with hundreds of requests under way; collecting after every 20 MB more cost a
// fifth of the stamps it could give, and five times of what is alive took a server with many
// tills beyond 200 MB. A limit (debug.SetMemoryLimit) would keep it small, too, but a server
// that needs more would do little else than collect.
const gcPercent = 250

func (sh *shell) serve(ctx context.Context) error {
	if sh.getenv("GOGC") == "" && sh.getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(gcPercent)
	}
	return sh.open(ctx, opening{wallet: sh.openWallet}, func(o opened) error {
		s, err := wire(o.parts)
		if err != nil {
			return err
		}
		b := thisBuild()
		o.log.LogAttrs(ctx, slog.LevelInfo, "serving", slog.String("address", sh.settings.Addr), slog.String("base_url", o.links.base),
			slog.String("database", o.store.Kind()), slog.String("hot", o.hot.Kind()), slog.String("debug_address", o.debugAddress),
			slog.String("version", b.Version), slog.String("commit", b.Commit))
		return s.run(ctx, o.listener, o.store, o.log, func() error { return nil })
	})
}

// opening is in what servers differ before they are put together.
type opening struct {
	// wallet returns what passes for Apple Wallet are made with.
	wallet func() (*wallet, error)
	// locked, if set, is called as soon as the data folder is this server's.
	locked func() error
}

// opened are the parts of a server and where it listens.
type opened struct {
	parts
	listener     net.Listener
	debugAddress string // empty if there is none
}

// open opens all that a server consists of, the database last, so that what is wrong with
// the settings is said before. It lets use have it and closes it again.
func (sh *shell) open(ctx context.Context, how opening, use func(opened) error) (err error) {
	log, flushLog, err := sh.serverLogger()
	if err != nil {
		return err
	}
	defer flushLog()
	unlock, err := sh.lockData()
	if err != nil {
		return err
	}
	defer unlock()
	if how.locked != nil {
		if err := how.locked(); err != nil {
			return err
		}
	}
	l, err := listen(ctx, addrSetting, sh.settings.Addr)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // the server closes it first
	sh.settings.Addr = l.Addr().String()
	counted, debug, err := sh.openDebug(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, debug.close()) }()
	p := parts{sh: sh, log: log, links: sh.links(), metrics: counted}
	if p.wallet, err = how.wallet(); err != nil {
		return err
	}
	if p.google, err = sh.openGoogleAccount(); err != nil {
		return err
	}
	if p.galaxy, err = sh.openGalaxy(); err != nil {
		return err
	}
	if p.buttons, err = sh.openButtons(); err != nil {
		return err
	}
	if p.store, p.hot, err = sh.openLive(ctx, log); err != nil {
		return err
	}
	defer func() { err = closing(errors.Join(err, p.hot.Close()), p.store) }()
	return use(opened{parts: p, listener: l, debugAddress: debug.addressOrNone()})
}

// run serves until the context ends, and then lets go in order: no new requests,
// streams ended, requests under way finished, jobs stopped. ready is called when
// requests are answered.
func (s *server) run(ctx context.Context, l net.Listener, st *store.Store, log *slog.Logger, ready func() error) error {
	var stopping atomic.Bool
	registerHealth(s.echo, st, s.hot, &stopping)
	s.metrics.know(s.echo)
	h := newHTTPServer(s.echo, log)
	served := make(chan error, 1)
	go func() { served <- h.Serve(l) }()

	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var working sync.WaitGroup
	working.Go(func() { jobs.Runner{Log: log}.Run(work, s.jobs...) })
	working.Go(func() { s.imports.Run(work) })

	err := ready()
	if err == nil {
		select {
		case <-ctx.Done():
			log.LogAttrs(ctx, slog.LevelInfo, "stopping")
		case err = <-served:
			err = fmt.Errorf("serve: %w", err)
		}
	}
	stopping.Store(true)
	s.web.Close()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if shutdownErr := h.Shutdown(drain); shutdownErr != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "requests were cut off", slog.Any("error", shutdownErr))
		shutdownErr = h.Close()
		err = errors.Join(err, shutdownErr)
	}
	if drainErr := s.ledger.Close(drain); drainErr != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "commands were cut off", slog.Any("error", drainErr))
		err = errors.Join(err, drainErr)
	}
	stopWork()
	working.Wait()
	if followErr := s.hot.follower.Close(drain); followErr != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "other servers hear of the last changes later", slog.Any("error", followErr))
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	if err == nil {
		log.LogAttrs(ctx, slog.LevelInfo, "stopped")
	}
	return err
}

// lockData keeps a second server from the data folder while this one runs. With a
// database server there may be many, and the folder is theirs together.
func (sh *shell) lockData() (unlock func(), err error) {
	if err := sh.makeDataFolder(); err != nil {
		return nil, err
	}
	address, err := sh.settings.databaseURL()
	if err != nil {
		return nil, err
	}
	if _, embedded := sqlitePath(address); !embedded {
		return func() {}, nil
	}
	path := filepath.Join(sh.settings.Data, lockName)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, rejectFileMode)
	if err != nil {
		return nil, failf("the data folder cannot be locked: %w", err)
	}
	taken, err := lockFile(f)
	if err == nil && taken {
		err = notReadyf("another Leima is serving the data folder %s", sh.settings.Data).
			hint("Stop it first, or name another folder with --data.")
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil // closing lets go of the lock
}

func isAddressInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

func isPermission(err error) bool { return errors.Is(err, fs.ErrPermission) }
