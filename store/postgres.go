package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// postgresConnections is the most connections that one process holds open.
	postgresConnections = 24
	// postgresLedgerConnections is the most connections, besides those, that batches of the
	// ledger and questions about many rows use.
	postgresLedgerConnections = 8
	// postgresIdleTime is how long a connection that nobody needs is kept.
	postgresIdleTime = 5 * time.Minute
)

// openPostgres makes two pools: the login itself, which changes the schema, and
// the login in the role leima_app, for everything else.
func (s *Store) openPostgres(ctx context.Context, dsn string) error {
	s.dialect = postgresDialect
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("read database URL: %s: %w", withoutURL(err), ErrURL)
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "leima"
	}
	s.owner = stdlib.OpenDB(*config)
	s.owner.SetConnMaxIdleTime(time.Second) // needed at start only
	if err := s.owner.PingContext(ctx); err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	s.inBatch, s.ledger = s.inPostgresBatch, openLedger(config)
	s.writes = stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SET ROLE "+appRole); err != nil {
			return roleError(err, config.User)
		}
		return nil
	}))
	s.writes.SetMaxOpenConns(postgresConnections)
	s.writes.SetMaxIdleConns(postgresConnections)
	s.writes.SetConnMaxIdleTime(postgresIdleTime)
	s.reads = s.writes
	s.readOutage = newOutage("everything", s.log)
	s.writeOutage = s.readOutage
	s.committers = newCommitters(postgresConnections + postgresLedgerConnections)
	return nil
}

// withoutURL returns the reason that an error of pgx gives, without the URL before it: what
// pgx hides of that is its best guess.
func withoutURL(err error) string {
	const end = "`: " // of the URL
	text := err.Error()
	if i := strings.LastIndex(text, end); i >= 0 {
		return text[i+len(end):]
	}
	return text
}

// openLedger makes the pool for batches, and for questions like theirs. Their statements are
// planned once, perhaps when the tables are empty; the planner is told that there will be many
// rows, for all of which there is an index.
func openLedger(config *pgx.ConnConfig) *sql.DB {
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SET ROLE "+appRole+"; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; "+
			"SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off"); err != nil {
			return roleError(err, config.User)
		}
		return nil
	}))
	db.SetMaxOpenConns(postgresLedgerConnections)
	db.SetMaxIdleConns(postgresLedgerConnections)
	db.SetConnMaxIdleTime(postgresIdleTime)
	return db
}
