package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// postgresOnly and sqliteOnly are the ends of the names of migrations that the other
// database leaves out. The numbers count on for both, so that there is one history.
const (
	postgresOnly = "_postgres.sql"
	sqliteOnly   = "_sqlite.sql"
)

const (
	// migrationLockPeriod and migrationLockTries bound the wait for another replica
	// that migrates, to five minutes.
	migrationLockPeriod = 1 // second
	migrationLockTries  = 300
	// sqliteMigrationTries bounds how often a process whose migration was overtaken
	// by another's looks again.
	sqliteMigrationTries = 5
)

// Migrate brings the schema up to date. Several processes may call it at once: in
// PostgreSQL they wait for each other's advisory lock; in SQLite whoever comes
// second finds the transaction of the first and looks again. Without the role that the
// server works as, nothing is done, and the error wraps ErrRole.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.checkRole(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	for try := 1; ; try++ {
		err := s.migrate(ctx)
		switch {
		case err == nil:
			return nil
		case s.dialect.kind == sqliteDialect.kind && try < sqliteMigrationTries && ctx.Err() == nil:
			continue
		case pgCode(err) == pgInsufficientRights:
			return roleError(fmt.Errorf("migrate database: %w", err), s.user(ctx))
		}
		return fmt.Errorf("migrate database: %w", err)
	}
}

func (s *Store) migrate(ctx context.Context) error {
	p, err := s.migrations()
	if err != nil {
		return err
	}
	results, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("run migrations: %w", err)
	}
	for _, r := range results {
		s.log.DebugContext(ctx, "migrated", "version", r.Source.Version, "file", path.Base(r.Source.Path))
	}
	// One line tells it: a new database has dozens of steps behind it.
	if n := len(results); n > 0 {
		s.log.InfoContext(ctx, "migrated", "version", results[n-1].Source.Version, "steps", n)
	}
	return nil
}

func (s *Store) migrations() (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, fmt.Errorf("find migrations: %w", err)
	}
	gooseDialect, others := goose.DialectPostgres, sqliteOnly
	if s.dialect.kind == sqliteDialect.kind {
		gooseDialect, others = goose.DialectSQLite3, postgresOnly
	}
	left, err := fs.Glob(files, "*"+others)
	if err != nil {
		return nil, fmt.Errorf("find migrations: %w", err)
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithExcludeNames(left)}
	if gooseDialect == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(migrationLockPeriod, migrationLockTries))
		if err != nil {
			return nil, fmt.Errorf("make migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(gooseDialect, s.owner, files, options...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// Empty reports whether there is no table in the database yet: nothing of Leima and of
// nobody else. It changes nothing.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	query := "SELECT NOT EXISTS (SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f') " +
		"AND relnamespace = current_schema()::regnamespace AND relname <> $1)"
	if s.dialect.kind == sqliteDialect.kind {
		query = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' AND tbl_name <> $1)"
	}
	var empty bool
	if err := s.owner.QueryRowContext(ctx, query, goose.DefaultTablename).Scan(&empty); err != nil {
		return false, fmt.Errorf("look whether the database is empty: %w", err)
	}
	return empty, nil
}

// Analyze lets the database count what is in its tables. Call it after a bulk load into
// an empty database: until then PostgreSQL takes the tables to be empty and reads all of
// them where it should look into an index. SQLite plans by the indexes alone and is only
// asked whether it wants to count anything.
func (s *Store) Analyze(ctx context.Context) error {
	if s.dialect.kind == sqliteDialect.kind {
		if _, err := s.owner.ExecContext(ctx, "PRAGMA optimize"); err != nil {
			return fmt.Errorf("optimize database: %w", err)
		}
		return nil
	}
	if _, err := s.owner.ExecContext(ctx, "ANALYZE"); err != nil {
		return fmt.Errorf("analyze database: %w", err)
	}
	return nil
}

// pending returns the names of migrations that have not been run. In a database that is
// empty it would make the table that counts them.
func (s *Store) pending(ctx context.Context) ([]string, error) {
	p, err := s.migrations()
	if err != nil {
		return nil, err
	}
	status, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read migration status: %w", err)
	}
	var names []string
	for _, m := range status {
		if m.State == goose.StatePending {
			names = append(names, strings.TrimSuffix(path.Base(m.Source.Path), ".sql"))
		}
	}
	return names, nil
}

// user returns the name of the database login, for messages.
func (s *Store) user(ctx context.Context) string {
	var name string
	if err := s.owner.QueryRowContext(ctx, "SELECT session_user").Scan(&name); err != nil {
		return errors.Join(errors.New("the login"), err).Error()
	}
	return name
}
