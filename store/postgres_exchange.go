package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// rollbackTimeout bounds the end of a transaction that failed. What takes longer loses
	// its connection.
	rollbackTimeout = 5 * time.Second
	// maxLost is how many connections may turn out to be lost, after a restart of the
	// server, before a question or the beginning of a transaction fails.
	maxLost = 4
)

// How transactions begin. Those that only read see one state of the data.
const (
	postgresBegin        = "BEGIN"
	postgresBeginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
)

// transactPostgres is transact for PostgreSQL. To begin and to name the organizations is
// one exchange.
func transactPostgres(ctx context.Context, db *sql.DB, reading bool, orgIDs string, f func(tx *transaction) error) (err error) {
	begin := postgresBegin
	if reading {
		begin = postgresBeginReading
	}
	conn, err := exchange(ctx, db, func(b *pgx.Batch) {
		b.Queue(begin)
		b.Queue(postgresDialect.setOrganizations, orgIDs)
	}, func(answers pgx.BatchResults) error {
		for range 2 {
			if _, err := answers.Exec(); err != nil {
				return err //nolint:wrapcheck // exchange does
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { err = errors.Join(err, endPostgres(ctx, conn)) }()
	if err := f(&transaction{conn, postgresDialect}); err != nil {
		return err
	}
	if err := commitPostgres(ctx, conn); err != nil {
		return fmt.Errorf("%w: %w", errCommit, err)
	}
	return nil
}

// commitPostgres commits the connection's transaction. PostgreSQL answers the COMMIT of one
// that has failed with ROLLBACK and calls that no error.
func commitPostgres(ctx context.Context, conn *sql.Conn) error {
	return conn.Raw(func(c any) error { //nolint:wrapcheck // the caller does
		tag, err := pgxOf(c).PgConn().Exec(ctx, "COMMIT").ReadAll()
		if err == nil && (len(tag) != 1 || tag[0].CommandTag.String() != "COMMIT") {
			err = pgx.ErrTxCommitRollback
		}
		return err
	})
}

// endPostgres rolls back what was not committed and returns the connection. Where that
// fails the connection is closed, which rolls back, too.
func endPostgres(ctx context.Context, conn *sql.Conn) error {
	err := conn.Raw(func(c any) error {
		pg := pgxOf(c).PgConn()
		if pg.IsClosed() {
			return driver.ErrBadConn
		}
		const idle = 'I' // protocol message ReadyForQuery
		if pg.TxStatus() == idle {
			return nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
		defer cancel()
		if _, err := pg.Exec(ctx, "ROLLBACK").ReadAll(); err != nil {
			return driver.ErrBadConn
		}
		return nil
	})
	if errors.Is(err, driver.ErrBadConn) {
		return nil // it was closed, and with it the transaction
	}
	return errors.Join(err, conn.Close())
}

// askPostgres is readOne for PostgreSQL.
func askPostgres[T any](ctx context.Context, s *Store, orgID string, missing error, scan func(scanner) (T, error), query string, args ...any) (v T, err error) {
	err = question(ctx, s, s.reads, []string{orgID}, func(answers pgx.BatchResults) (err error) {
		v, err = scan(answers.QueryRow())
		return err
	}, query, args...)
	return v, orMissing(err, missing)
}

// askAllPostgres is readAll for PostgreSQL, for several organizations.
func askAllPostgres[T any](ctx context.Context, s *Store, db *sql.DB, orgIDs []string, scan func(scanner) (T, error), query string, args ...any) (list []T, err error) {
	err = question(ctx, s, db, orgIDs, func(answers pgx.BatchResults) error {
		rows, err := answers.Query()
		if err != nil {
			return fmt.Errorf("query: %w", err)
		}
		defer rows.Close()
		list, err = collect(rows, scan)
		return err
	}, query, args...)
	return list, err
}

// question sends one query, after the names of the organizations, and lets answer read what
// comes back: one exchange and, without a BEGIN, a transaction of its own, which sees one
// state by being one query.
func question(ctx context.Context, s *Store, db *sql.DB, orgIDs []string, answer func(pgx.BatchResults) error, query string, args ...any) error {
	named, err := listOf(orgIDs)
	if err != nil {
		return err
	}
	conn, err := exchange(ctx, db, func(b *pgx.Batch) {
		b.Queue(postgresDialect.setOrganizations, named)
		b.Queue(query, args...)
	}, func(answers pgx.BatchResults) error {
		if _, err := answers.Exec(); err != nil {
			return fmt.Errorf("name organizations: %w", err)
		}
		return answer(answers)
	})
	if err = s.outageOf(true).note(ctx, 1, err); err != nil {
		return err
	}
	return conn.Close() //nolint:wrapcheck // it goes back into the pool, which does not fail
}

// planned counts how often a connection was used for what it has prepared.
type planned uint64

// again counts one use and reports whether plans are to be made again before it.
func (p *planned) again() bool {
	*p++
	return *p&(*p-1) == 0
}

// planAgain comes before each use of a connection for what it has prepared. PostgreSQL plans a
// prepared statement once, perhaps when its tables are empty and one index looks as good as
// another; then each question would read more, the more there is. So plans are made again
// as often as the number of uses has doubled: whatever was chosen wrongly for few rows is soon
// forgotten, and a connection that is long in use plans next to nothing. It is an exchange of
// its own, as a transaction has to begin before anything else.
func planAgain(ctx context.Context, pg *pgconn.PgConn) error {
	const name = "leima planned"
	p, ok := pg.CustomData()[name].(*planned)
	if !ok {
		p = new(planned)
		pg.CustomData()[name] = p
	}
	if !p.again() {
		return nil
	}
	if _, err := pg.Exec(ctx, "DISCARD PLANS").ReadAll(); err != nil {
		return fmt.Errorf("plan again: %w", err)
	}
	return nil
}

// exchange sends the statements that queue names together and lets answer read what
// comes back. It returns the connection, which the caller has to end with endPostgres, or
// an error and none. If the connection was lost, the next one is tried: so the statements
// must be none that change anything.
func exchange(ctx context.Context, db *sql.DB, queue func(*pgx.Batch), answer func(pgx.BatchResults) error) (*sql.Conn, error) {
	for lost := 0; ; lost++ {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("connection: %w", err)
		}
		closed := false
		err = conn.Raw(func(c any) error {
			pg, b := pgxOf(c), &pgx.Batch{}
			if err := planAgain(ctx, pg.PgConn()); err != nil {
				closed = pg.IsClosed()
				return err
			}
			queue(b)
			answers := pg.SendBatch(ctx, b)
			err := answer(answers)
			if closing := answers.Close(); err == nil {
				err = closing
			}
			closed = pg.IsClosed()
			return err
		})
		if err == nil {
			return conn, nil
		}
		err = errors.Join(err, endPostgres(ctx, conn))
		if !closed || ctx.Err() != nil || lost == maxLost {
			return nil, err
		}
	}
}

// pgxOf returns the connection below one of database/sql.
func pgxOf(c any) *pgx.Conn {
	return c.(*stdlib.Conn).Conn() //nolint:errcheck,forcetypeassert // what the driver's documentation promises
}
