package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/leima/leima/loyalty"
)

// Config says which database to open.
type Config struct {
	// URL is sqlite:///path/to/leima.db or postgres://user:password@host/database.
	URL string
	// Committed is told what a committed transaction changed, before the call that
	// changed it returns. It must be quick and may be called from several goroutines at
	// once, but for one Commit.Source by one after the other in the order of its numbers.
	// Of a transaction of which it is not known whether it was committed it is told with
	// Commit.Unsure. nil is nobody.
	Committed func(loyalty.Commit)
	// Now is the clock, in UTC milliseconds, for the few methods that are not given
	// an instant. nil is the system's.
	Now func() int64
	// Log is told of what was retried or could not be noted. nil is slog.Default.
	Log *slog.Logger
}

// Store is an open database. Its methods may be called from several goroutines.
type Store struct {
	// owner may change the schema; writes and reads may not. In SQLite owner and
	// writes are the one connection that writes.
	owner, writes, reads *sql.DB
	ledger               *sql.DB // for batches, in PostgreSQL
	dialect              dialect
	path                 string // of the SQLite file
	committed            func(loyalty.Commit)
	committers           *committers
	// inBatch runs f in a transaction of the ledger for the organizations, separated by
	// commas.
	inBatch   func(ctx context.Context, orgIDs string, f func(batchStatements) error) error
	sqlite    *sqlitePrepared // of the connection that writes
	questions *questions      // nil in PostgreSQL
	careful   atomic.Int32    // batches that take care from the start; see noteRace
	programs  *programCache
	locations *locationCache
	codeKeys  codeKeys
	now       func() int64
	log       *slog.Logger
	// newNumber makes customer numbers; a test makes them collide.
	newNumber func() string
	// Outages are told once each; see outageOf.
	readOutage, writeOutage *outage
	// askers wait to be recognized by the database, recognized are credentials that were let in
	// a moment ago.
	askers     askers
	recognized recognized
}

var (
	_ loyalty.Ledger      = (*Store)(nil)
	_ loyalty.BatchLedger = (*Store)(nil)
)

// ErrURL is wrapped by the error for a URL that Open cannot use.
var ErrURL = errors.New("want sqlite:///path/to/leima.db or postgres://user@host/database")

// Open connects to the database and checks that it keeps what it acknowledges. The
// schema is made and brought up to date by Migrate, without which most methods fail.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{committed: c.Committed, now: c.Now, log: c.Log, newNumber: randomNumber, programs: newProgramCache(), locations: newLocationCache()}
	if s.committed == nil {
		s.committed = func(loyalty.Commit) {}
	}
	if s.now == nil {
		s.now = func() int64 { return time.Now().UnixMilli() }
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.readOutage, s.writeOutage = newOutage("reading", s.log), newOutage("writing", s.log)
	u, err := url.Parse(c.URL)
	if err != nil {
		// The parser's own error repeats the URL, which may hold a password.
		return nil, fmt.Errorf("database URL cannot be read, %s: %w", escapeHint, ErrURL)
	}
	if u.Scheme != "sqlite" && endsEarly(u) {
		return nil, fmt.Errorf("database URL has an @ or # after the host, %s: %w", escapeHint, ErrURL)
	}
	switch u.Scheme {
	case "sqlite":
		err = s.openSQLite(ctx, u)
	case "postgres", "postgresql":
		err = s.openPostgres(ctx, c.URL)
	default:
		return nil, fmt.Errorf("database URL with scheme %q: %w", u.Scheme, ErrURL)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// escapeHint is what to do about a URL that ends too early: most often its password does
// not stand there as it should. hot says the same of its own addresses: it may know no
// package of ours.
const escapeHint = "write /, @ and # in a password as %2F, %40 and %23"

// endsEarly reports whether what was taken for the host is in truth a part of the
// password: an @ follows in the path or in the name of a parameter, or a # anywhere.
// Whoever fails to reach that host would show it.
func endsEarly(u *url.URL) bool {
	if strings.Contains(u.EscapedPath(), "@") || u.Fragment != "" {
		return true
	}
	for parameter := range strings.SplitSeq(u.RawQuery, "&") {
		if name, _, _ := strings.Cut(parameter, "="); strings.Contains(name, "@") {
			return true
		}
	}
	return false
}

// Close closes the connections. Calls under way fail.
func (s *Store) Close() error {
	var errs []error
	closed := map[*sql.DB]bool{nil: true}
	for _, db := range []*sql.DB{s.reads, s.writes, s.ledger, s.owner} {
		if !closed[db] {
			closed[db] = true
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Ping returns nil if the database answers as the server uses it.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.reads.PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Kind returns "sqlite" or "postgres".
func (s *Store) Kind() string { return s.dialect.kind }
