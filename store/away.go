package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/leima/leima/loyalty"
)

// isAway reports whether the error is of a database that does not work at the moment, for
// whatever is asked of it: it cannot be reached, it is starting or stopping, its disk is
// full, or another process holds it. What a caller gave up is no fault of the database.
func isAway(err error) bool {
	var (
		connect *pgconn.ConnectError
		network *net.OpError
	)
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &connect):
		return true
	case errors.Is(err, context.DeadlineExceeded): // a slow answer looks like a broken connection
		return false
	case errors.Is(err, errLost), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.As(err, &network), pgconn.SafeToRetry(err):
		return true
	}
	return isAwayCode(pgCode(err)) || sqliteAway[sqliteCode(err)&0xff]
}

// isAwayCode knows the codes of PostgreSQL; see its manual, appendix A.
func isAwayCode(code string) bool {
	const (
		connectionException   = "08" // a class
		insufficientResources = "53" // a class: disk full, out of memory, too many connections
		adminShutdown         = "57P01"
		crashShutdown         = "57P02"
		cannotConnectNow      = "57P03"
	)
	return strings.HasPrefix(code, connectionException) || strings.HasPrefix(code, insufficientResources) ||
		code == adminShutdown || code == crashShutdown || code == cannotConnectNow
}

// sqliteAway are the primary result codes of SQLite; see https://www.sqlite.org/rescode.html.
var sqliteAway = map[int]bool{
	sqlite3.SQLITE_BUSY: true, sqlite3.SQLITE_LOCKED: true, sqlite3.SQLITE_FULL: true, sqlite3.SQLITE_IOERR: true,
	sqlite3.SQLITE_CANTOPEN: true, sqlite3.SQLITE_READONLY: true,
}

// calm is how long nothing may have failed for an outage to be over. Some questions fail
// while others are answered: a disk is full, or there are no more connections to be had.
const calm = 2 * time.Second

// outage is a time in which the database does not work. It is told when it begins and when
// it is over, not for each of the thousands of requests that fail meanwhile.
type outage struct {
	what string
	log  *slog.Logger
	// away is for the many who only want to know that there is none.
	away atomic.Bool
	mu   sync.Mutex
	// since and latest are when the first and the last one failed.
	since, latest time.Time
	failed        int
}

func newOutage(what string, log *slog.Logger) *outage { return &outage{what: what, log: log} }

// note takes the outcome of a question or a transaction, on behalf of so many callers, and
// returns its error: one that wraps loyalty.ErrAway if the database is away and the question or transaction did nothing.
func (o *outage) note(ctx context.Context, callers int, err error) error {
	switch {
	case err == nil:
		if o.away.Load() {
			o.end(ctx)
		}
		return nil
	case isUnsure(err) || !isAway(err):
		return err
	}
	o.fail(ctx, callers, err)
	return fmt.Errorf("%w: %w", loyalty.ErrAway, err)
}

func (o *outage) fail(ctx context.Context, callers int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed += callers
	o.latest = time.Now()
	if o.away.Load() {
		return
	}
	o.since = o.latest
	o.away.Store(true)
	o.log.LogAttrs(ctx, slog.LevelError, "the database is away; what fails until it is back is not logged one by one",
		slog.String("for", o.what), slog.String("error", strings.Join(strings.Fields(err.Error()), " ")))
}

func (o *outage) end(ctx context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.away.Load() || time.Since(o.latest) < calm {
		return // somebody else has told, or it is not over
	}
	o.log.LogAttrs(ctx, slog.LevelWarn, "the database is back",
		slog.String("for", o.what), slog.Int("failed", o.failed), slog.Int64("duration_ms", o.latest.Sub(o.since).Milliseconds()))
	o.failed = 0
	o.away.Store(false)
}

// outageOf returns the outage that reading, or writing, meets. A full disk keeps SQLite from
// writing and not from reading; PostgreSQL has one for both.
func (s *Store) outageOf(reading bool) *outage {
	if reading {
		return s.readOutage
	}
	return s.writeOutage
}
