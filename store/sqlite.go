package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

const (
	// sqliteReaders is the most connections that read at once. More of them than
	// cores only take memory.
	sqliteReaders = 8
	// sqliteBusyTimeout is how long a connection waits for another process that
	// writes, in milliseconds.
	sqliteBusyTimeout = 10_000
	// sqliteCache is how much of the database the connection that writes keeps in memory,
	// in KiB. The upper pages of all indexes fit; more than that does not pay, because
	// SQLite walks through its table of what it keeps after each commit.
	sqliteCache = 8 * 1024
	// sqliteCheckpoint is after how many pages of 4 KiB the log is copied into the
	// database: a page that was written often is copied once. Readers look into a log
	// of up to 32 MiB for it, and starting after a crash reads it through.
	sqliteCheckpoint = 8192
	// sqliteFull is what PRAGMA synchronous answers for FULL: with the write-ahead
	// log, the setting under which a power cut loses no committed transaction
	// (sqlite.org/pragma.html#pragma_synchronous).
	sqliteFull = 2
	// sqliteFileMode keeps customers' data from other users of the machine.
	sqliteFileMode = 0o600
)

// openSQLite opens one connection that writes and a pool of others that read.
func (s *Store) openSQLite(ctx context.Context, u *url.URL) error {
	s.dialect = sqliteDialect
	s.path = u.Path
	if u.Host != "" || u.Path == "" || u.RawQuery != "" {
		return fmt.Errorf("the path of a file after sqlite:// is required: %w", ErrURL)
	}
	if err := makePrivateFile(s.path); err != nil {
		return err
	}
	common := "_busy_timeout=%d&_foreign_keys=on&_synchronous=full&_dqs=0"
	file := "file:" + (&url.URL{Path: s.path}).EscapedPath() + "?" + fmt.Sprintf(common, sqliteBusyTimeout)
	var err error
	if s.writes, err = sql.Open("sqlite", file+"&_journal_mode=wal&_txlock=immediate"+
		fmt.Sprintf("&_pragma=cache_size(-%d)&_pragma=wal_autocheckpoint(%d)", sqliteCache, sqliteCheckpoint)); err != nil {
		return fmt.Errorf("open %s: %w", s.path, err)
	}
	s.owner = s.writes
	s.writes.SetMaxOpenConns(1)
	s.committers, s.sqlite, s.questions, s.inBatch = newCommitters(1), &sqlitePrepared{}, newQuestions(), s.inSQLiteBatch
	if err := assertDurable(ctx, s.writes); err != nil {
		return fmt.Errorf("open %s: %w", s.path, err)
	}
	if s.reads, err = sql.Open("sqlite", file+"&_query_only=on"); err != nil {
		return fmt.Errorf("open %s for reading: %w", s.path, err)
	}
	s.reads.SetMaxOpenConns(sqliteReaders)
	s.reads.SetMaxIdleConns(sqliteReaders)
	return nil
}

// makePrivateFile creates the database file if there is none. SQLite gives the
// files it adds beside it the same mode.
func makePrivateFile(path string) error {
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return fmt.Errorf("open %s: the folder %s does not exist: %w", path, folder, fs.ErrNotExist)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, sqliteFileMode)
	if err != nil {
		return fmt.Errorf("open database file: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close database file: %w", err)
	}
	return nil
}

// assertDurable returns an error unless what is committed stays so through a power
// cut. SQLite answers a PRAGMA that it cannot follow with the old setting, not with
// an error, so this asks what came of them.
func assertDurable(ctx context.Context, db *sql.DB) error {
	var journal string
	var synchronous, foreignKeys int
	if err := errors.Join(
		db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&journal),
		db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous),
		db.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&foreignKeys),
	); err != nil {
		return fmt.Errorf("ask for settings: %w", err)
	}
	if journal != "wal" || synchronous != sqliteFull || foreignKeys != 1 {
		return fmt.Errorf("want journal_mode=wal, synchronous=%d and foreign_keys=1, have %s, %d and %d: "+
			"the file system may not allow shared memory", sqliteFull, journal, synchronous, foreignKeys)
	}
	return nil
}
