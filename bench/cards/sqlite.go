package cards

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	_ "modernc.org/sqlite" // the driver named sqlite
)

const (
	// sqliteRows is how many rows one statement adds: more gain nothing.
	sqliteRows = 100
	// sqliteCommitEvery is how many rows one transaction adds.
	sqliteCommitEvery = 200_000
)

// sqlite is the only connection to a database file.
type sqlite struct{ db *sql.DB }

func openSQLite(_ context.Context, path string) (database, error) {
	// Room for the upper pages of all indexes, without which every row would read
	// them from the file, and no waiting for the disk: a file that is lost with a crash
	// is filled again.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
		"?_busy_timeout=10000&_foreign_keys=off&_synchronous=off&_dqs=0&_pragma=cache_size(-1000000)")
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	db.SetMaxOpenConns(1)
	return sqlite{db}, nil
}

func (s sqlite) tables(ctx context.Context) (names []string, err error) {
	rows, err := s.db.QueryContext(ctx, "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "+
		"WHERE m.type = 'table' AND c.name = 'org_id'")
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("read: %w", err)
		}
		names = append(names, name)
	}
	return names, rows.Err() //nolint:wrapcheck // the caller says what was listed
}

func (s sqlite) count(ctx context.Context, table, orgID string) (n int64, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+quoted(table)+" WHERE org_id = $1", orgID).Scan(&n)
	return n, err //nolint:wrapcheck // the caller says which table
}

func (s sqlite) stamps(ctx context.Context) (n int64, err error) {
	err = s.db.QueryRowContext(ctx, countStampsSQL).Scan(&n)
	return n, err //nolint:wrapcheck // the caller says what was counted
}

func (s sqlite) row(ctx context.Context, table, orgID, id string) (columns []string, values []any, err error) {
	//nolint:unqueryvet,gosec // a copy of all columns is the purpose; the name is quoted
	rows, err := s.db.QueryContext(ctx, "SELECT * FROM "+quoted(table)+" WHERE org_id = $1 AND id = $2", orgID, id)
	if err != nil {
		return nil, nil, fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	if columns, err = rows.Columns(); err != nil {
		return nil, nil, fmt.Errorf("read columns: %w", err)
	}
	if !rows.Next() {
		return nil, nil, errors.Join(sql.ErrNoRows, rows.Err())
	}
	values = make([]any, len(columns))
	targets := make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return nil, nil, fmt.Errorf("read: %w", err)
	}
	return columns, values, rows.Err() //nolint:wrapcheck // the caller says which row
}

func (s sqlite) add(ctx context.Context, table string, columns []string, n int, row func(i int) []any) error {
	// Without a log every page is written once.
	if err := s.setJournal(ctx, "off"); err != nil {
		return err
	}
	for from := 0; from < n; from += sqliteCommitEvery {
		if err := s.addSome(ctx, table, columns, from, min(n, from+sqliteCommitEvery), row); err != nil {
			return err
		}
	}
	return s.setJournal(ctx, "wal")
}

// setJournal asks for a journal mode. SQLite answers with the one it has taken, which
// is another as long as somebody else uses the file.
func (s sqlite) setJournal(ctx context.Context, mode string) error {
	var have string
	if err := s.db.QueryRowContext(ctx, "PRAGMA journal_mode = "+mode).Scan(&have); err != nil {
		return fmt.Errorf("set journal_mode=%s: %w", mode, err)
	}
	if have != mode {
		return fmt.Errorf("want journal_mode=%s, have %s: somebody else uses the file", mode, have)
	}
	return nil
}

// addSome adds the rows from up to to in one transaction.
func (s sqlite) addSome(ctx context.Context, table string, columns []string, from, to int, row func(i int) []any) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	full, err := tx.PrepareContext(ctx, insertSQL(table, columns, sqliteRows))
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	defer full.Close() //nolint:errcheck // the transaction tells what went wrong
	args := make([]any, 0, sqliteRows*len(columns))
	for i := from; i < to; {
		args = args[:0]
		for ; i < to && len(args) < sqliteRows*len(columns); i++ {
			args = append(args, row(i)...)
		}
		if len(args) == sqliteRows*len(columns) {
			_, err = full.ExecContext(ctx, args...)
		} else {
			_, err = tx.ExecContext(ctx, insertSQL(table, columns, len(args)/len(columns)), args...)
		}
		if err != nil {
			return fmt.Errorf("insert: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func insertSQL(table string, columns []string, rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",") + ")"
	return "INSERT INTO " + quoted(table) + " (" + strings.Join(columns, ", ") + ") VALUES " +
		strings.TrimSuffix(strings.Repeat(row+",", rows), ",")
}

func (s sqlite) settle(ctx context.Context, tables ...string) error {
	if len(tables) == 0 {
		tables = []string{""} // all
	}
	for _, t := range tables {
		if t != "" {
			t = " " + quoted(t)
		}
		if _, err := s.db.ExecContext(ctx, "ANALYZE"+t); err != nil {
			return fmt.Errorf("analyze: %w", err)
		}
	}
	if _, err := s.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

func (s sqlite) close(context.Context) error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close SQLite: %w", err)
	}
	return nil
}
