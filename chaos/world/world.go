//go:build linux

package world

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/leima/leima/deploy/servers"
)

// Plan says what a world is made of.
type Plan struct {
	// Leima is the path of the binary, which the servers' account can run.
	Leima string
	// SQLite is the database instead of PostgreSQL. It allows one replica.
	SQLite bool
	// Replicas is how many processes serve.
	Replicas int
	// Redis keeps the hot state. Without it each replica does so in process.
	Redis bool
	// Cards is how many cards each shop has.
	Cards int
	// Settings of PostgreSQL are such as synchronous_commit=off that come on top of the defaults,
	// all of which keep what was committed.
	Settings []string
	// DiskBytes puts the database on a file system of its own of this size in memory, 0
	// on the disk with everything else. It takes the right to mount.
	DiskBytes int64
}

// World is a running system. Faults are done to it from one goroutine.
type World struct {
	Plan
	Shops    []Shop
	Replicas []*Replica
	// Postgres is nil with SQLite, Redis nil where it is not used.
	Postgres *servers.Postgres
	Redis    *servers.Redis
	// DatabaseURL leads to the database past all links, as its owner.
	DatabaseURL string

	folder  servers.Folder
	mounted bool
	starter *starter
	closers []func() error
}

// sqliteName is the database's name in the data folder.
const sqliteName = "leima.db"

// Start starts a world with two shops. Whatever was started is ended if it returns an
// error.
func Start(ctx context.Context, p Plan) (_ *World, err error) {
	programs, missing := servers.LookUp()
	if len(missing) > 0 && (!p.SQLite || p.Redis) {
		return nil, fmt.Errorf("the servers that Debian packages as %s are missing", strings.Join(missing, ", "))
	}
	w := &World{Plan: p, starter: newStarter()}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if w.folder, err = servers.MakeFolder("leima-chaos-"); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	if p.DiskBytes > 0 {
		if err := w.mount(); err != nil {
			return nil, err
		}
	}
	if err := w.startServers(ctx, programs); err != nil {
		return nil, err
	}
	if w.Shops, err = openShops(ctx, w.DatabaseURL, p.Cards); err != nil {
		return nil, err
	}
	if w.Postgres != nil {
		if err := keep(ctx, w.DatabaseURL); err != nil {
			return nil, err
		}
	}
	if p.SQLite {
		if err := w.folder.Give(w.folder.File(filepath.Join(dataFolder, sqliteName))); err != nil {
			return nil, fmt.Errorf("start: %w", err)
		}
	}
	for i := range p.Replicas {
		r, err := w.startReplica(ctx, i)
		if err != nil {
			return nil, err
		}
		w.Replicas = append(w.Replicas, r)
	}
	return w, nil
}

// dataFolder is the replicas' own; they share it, as replicas on one machine do.
const dataFolder = "data"

func (w *World) startServers(ctx context.Context, programs servers.Programs) error {
	data, err := w.folder.Subfolder(dataFolder)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if w.SQLite {
		w.DatabaseURL = (&url.URL{Scheme: "sqlite", Path: filepath.Join(data, sqliteName)}).String()
	} else {
		if err := w.starter.do(func() (err error) {
			w.Postgres, err = servers.StartPostgres(ctx, programs, w.folder, append(postgresSettings(w.DiskBytes), w.Settings...)...)
			return err
		}); err != nil {
			return fmt.Errorf("start PostgreSQL: %w", err)
		}
		w.closers = append(w.closers, func() error { return w.Postgres.Stop() })
		w.DatabaseURL = w.Postgres.URL
	}
	if w.Plan.Redis {
		if err := w.starter.do(func() (err error) {
			w.Redis, err = servers.StartRedis(ctx, programs, w.folder, "redis")
			return err
		}); err != nil {
			return fmt.Errorf("start Redis: %w", err)
		}
		w.closers = append(w.closers, func() error { return w.Redis.Stop() })
	}
	return nil
}

// postgresSettings keep the write-ahead log of a server on a small disk small.
func postgresSettings(diskBytes int64) []string {
	if diskBytes == 0 {
		return nil
	}
	return []string{"max_wal_size=32MB", "min_wal_size=32MB", "shared_buffers=16MB"}
}

// StartPostgresAgain starts the PostgreSQL that has ended once more.
func (w *World) StartPostgresAgain(ctx context.Context) error {
	return w.starter.do(func() error { return w.Postgres.StartAgain(ctx) })
}

// StartRedisAgain starts the Redis that has ended once more.
func (w *World) StartRedisAgain(ctx context.Context) error {
	return w.starter.do(func() error { return w.Redis.StartAgain(ctx) })
}

// Close ends everything, in the order opposite to its start, and removes the files.
func (w *World) Close() error {
	var errs []error
	for _, r := range w.Replicas {
		errs = append(errs, r.close())
	}
	for i := len(w.closers) - 1; i >= 0; i-- {
		errs = append(errs, w.closers[i]())
	}
	w.starter.close()
	if w.mounted {
		errs = append(errs, w.unmount())
	}
	if w.folder.Path() != "" {
		errs = append(errs, w.folder.Remove())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// through returns the database's URL with the link's address in it.
func through(databaseURL string, l *Link) (string, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return "", fmt.Errorf("read the database's address: %w", err)
	}
	u.Host = l.Address()
	return u.String(), nil
}

// hostOf returns host and port of the database.
func hostOf(databaseURL string) (string, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return "", fmt.Errorf("read the database's address: %w", err)
	}
	return net.JoinHostPort(u.Hostname(), u.Port()), nil
}
