package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// postgresConnections is the most connections that one process holds open.
	postgresConnections = 24
	// postgresLedgerConnections is the most connections besides those that batches of the
	// ledger use.
	postgresLedgerConnections = 8
	// postgresIdleTime is how long a connection that nobody needs is kept.
	postgresIdleTime = 5 * time.Minute
	// appRole is the role that the server works as. It owns nothing, so row-level
	// security binds it. Migration 2 makes it.
	appRole = "leima_app"
)

// ErrRole is wrapped by the error for a login that cannot work as the server's role.
var ErrRole = errors.New("the database login may not work as the role " + appRole)

// openPostgres makes two pools: the login itself, which changes the schema, and
// the login in the role leima_app, for everything else.
func (s *Store) openPostgres(ctx context.Context, dsn string) error {
	s.dialect = postgresDialect
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("read database URL: %w", err) // pgx redacts passwords
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

// openLedger makes the pool for batches. Their statements are planned once, perhaps when
// the tables are empty; the planner is told that there will be many rows, for all of which
// there is an index.
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

// roleError says what an administrator has to do if rights are what is missing.
func roleError(err error, user string) error {
	const pgUndefinedRole = "22023" // SET ROLE to one that does not exist
	switch pgCode(err) {
	case pgInsufficientRights, pgUndefinedRole:
		return fmt.Errorf("%w; let a superuser run: CREATE ROLE %s NOLOGIN NOBYPASSRLS; GRANT %s TO %q; "+
			"and let the login own the database: %w", ErrRole, appRole, appRole, user, err)
	}
	return fmt.Errorf("set up the role %s: %w", appRole, err)
}
