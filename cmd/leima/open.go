package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
)

// dataFolderMode keeps the folder from other users of the machine: it holds
// customers' data.
const dataFolderMode = 0o700

// migrationsFinding is the name under which store.Check tells of the schema.
const migrationsFinding = "migrations"

// makeDataFolder creates the data folder if it is missing and makes sure that it
// can be written to.
func (sh *shell) makeDataFolder() error {
	data := sh.settings.Data
	if err := os.MkdirAll(data, dataFolderMode); err != nil {
		return failf("the data folder %s cannot be made: %w", data, err).hint("Name another with --data or LEIMA_DATA.")
	}
	probe, err := os.CreateTemp(data, ".writable-*")
	if err != nil {
		return failf("the data folder %s cannot be written to: %w", data, err).
			hint("Give its user the right to write there, or name another with --data or LEIMA_DATA.")
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return failf("the data folder %s cannot be written to: %w", data, err)
	}
	return nil
}

// openOptions says how a command wants the database.
type openOptions struct {
	// migrate brings the schema up to date. Without it only an empty database is, of
	// either kind: an administrator's command must not change a schema under the
	// server that runs beside it. See needsMigration.
	migrate   bool
	committed func(loyalty.Commit)
	log       *slog.Logger
}

// openStore opens the database of the settings.
func (sh *shell) openStore(ctx context.Context, o openOptions) (*store.Store, error) {
	if err := sh.makeDataFolder(); err != nil {
		return nil, err
	}
	url, err := sh.settings.databaseURL()
	if err != nil {
		return nil, err
	}
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	st, err := store.Open(ctx, store.Config{URL: url, Committed: o.committed, Now: sh.clock, Log: o.log})
	if err != nil {
		return nil, openProblem(err)
	}
	if !o.migrate {
		empty, err := st.Empty(ctx)
		if err != nil {
			return nil, errors.Join(openProblem(err), st.Close())
		}
		o.migrate = empty
	}
	if !o.migrate {
		return st, nil
	}
	if err := st.Migrate(ctx); err != nil {
		return nil, errors.Join(openProblem(err), st.Close())
	}
	return st, nil
}

// needsMigration reports whether err comes from a schema that is older than this
// program: a table or column is missing. SQLite's driver tells that in words only.
func needsMigration(err error) bool {
	const undefinedTable, undefinedColumn = "42P01", "42703"
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == undefinedTable || pg.Code == undefinedColumn
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) &&
		(strings.Contains(lite.Error(), "no such table") || strings.Contains(lite.Error(), "no such column") ||
			strings.Contains(lite.Error(), "has no column named"))
}

// withStore opens the database for f and closes it.
func (sh *shell) withStore(ctx context.Context, f func(*store.Store) error) (err error) {
	st, err := sh.openStore(ctx, openOptions{})
	if err != nil {
		return err
	}
	defer func() { err = closing(err, st) }()
	if err := f(st); needsMigration(err) {
		return notReadyf("the database is older than this program, or not one of Leima: %w", err).hint("Run “leima migrate” first.")
	} else if err != nil {
		return err
	}
	return nil
}

// sqlitePath returns the file of a database URL, if it is one.
func sqlitePath(databaseURL string) (string, bool) {
	path, ok := strings.CutPrefix(databaseURL, "sqlite://")
	return filepath.FromSlash(path), ok
}

// openProblem says in a sentence why a database cannot be used, where that can be
// told, and how to go on.
func openProblem(err error) *exitError {
	text := err.Error()
	switch {
	case errors.Is(err, store.ErrURL):
		return usagef("--db cannot be used: %w", err)
	case errors.Is(err, store.ErrRole):
		return notReadyf("%w", err)
	case errors.Is(err, fs.ErrPermission):
		return failf("the database cannot be opened: %w", err).hint("Give its user the right to write to the file and its folder.")
	case errors.Is(err, syscall.ENOSPC), strings.Contains(text, "disk is full"):
		return failf("the disk is full: %w", err).hint("Make room on it; nothing that was acknowledged is lost.")
	case strings.Contains(text, "SQLITE_BUSY"), strings.Contains(text, "database is locked"):
		return notReadyf("the database is locked by another process: %w", err).
			hint("Wait until it has finished, or stop it: one that was stopped in the middle leaves nothing half done.")
	case strings.Contains(text, "SQLITE_NOTADB"), strings.Contains(text, "file is not a database"):
		return failf("the file is not a database of Leima: %w", err).hint("Name another with --data or --db.")
	case errors.Is(err, syscall.ECONNREFUSED):
		return notReadyf("the database server does not answer: %w", err).hint("Start it, or correct --db.")
	}
	return failf("the database cannot be used: %w", err).hint("“leima doctor” looks at everything that it needs.")
}

// closing closes the database after a command and keeps the command's error.
func closing(err error, st *store.Store) error {
	if closeErr := st.Close(); closeErr != nil {
		return errors.Join(err, fmt.Errorf("close the database: %w", closeErr))
	}
	return err
}
