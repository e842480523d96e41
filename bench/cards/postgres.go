package cards

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// postgres is a connection of a superuser to a PostgreSQL server.
type postgres struct{ conn *pgx.Conn }

func openPostgres(ctx context.Context, databaseURL string) (database, error) {
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return postgres{conn}, nil
}

func (p postgres) tables(ctx context.Context) ([]string, error) {
	rows, err := p.conn.Query(ctx, "SELECT table_name FROM information_schema.columns "+
		"WHERE table_schema = current_schema() AND column_name = 'org_id'")
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string]) //nolint:wrapcheck // the caller says what was listed
}

func (p postgres) count(ctx context.Context, table, orgID string) (n int64, err error) {
	err = p.conn.QueryRow(ctx, "SELECT COUNT(*) FROM "+quoted(table)+" WHERE org_id = $1", orgID).Scan(&n)
	return n, err //nolint:wrapcheck // the caller says which table
}

func (p postgres) stamps(ctx context.Context) (n int64, err error) {
	err = p.conn.QueryRow(ctx, countStampsSQL).Scan(&n)
	return n, err //nolint:wrapcheck // the caller says what was counted
}

func (p postgres) row(ctx context.Context, table, orgID, id string) (columns []string, values []any, err error) {
	//nolint:unqueryvet // a copy of all columns is the purpose
	rows, err := p.conn.Query(ctx, "SELECT * FROM "+quoted(table)+" WHERE org_id = $1 AND id = $2", orgID, id)
	if err != nil {
		return nil, nil, fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, nil, errors.Join(pgx.ErrNoRows, rows.Err())
	}
	for _, f := range rows.FieldDescriptions() {
		columns = append(columns, f.Name)
	}
	if values, err = rows.Values(); err != nil {
		return nil, nil, fmt.Errorf("read: %w", err)
	}
	rows.Close()
	return columns, values, rows.Err() //nolint:wrapcheck // the caller says which row
}

// add copies the rows. As a replica does, it trusts that what they refer to is there:
// looking up three references for each of millions of rows takes longer than the rest.
func (p postgres) add(ctx context.Context, table string, columns []string, n int, row func(i int) []any) error {
	if _, err := p.conn.Exec(ctx, "SET session_replication_role = replica"); err != nil {
		return fmt.Errorf("leave out the checks of references: %w", err)
	}
	i := 0
	_, err := p.conn.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		if i == n {
			return nil, nil
		}
		i++
		return row(i - 1), nil
	}))
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return nil
}

func (p postgres) settle(ctx context.Context, tables ...string) error {
	// VACUUM also writes the map of pages that everybody sees, without which the first
	// readers would.
	sql := "VACUUM (ANALYZE)"
	for i, t := range tables {
		sql += map[bool]string{true: " ", false: ", "}[i == 0] + quoted(t)
	}
	if _, err := p.conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	return nil
}

func (p postgres) close(ctx context.Context) error {
	if err := p.conn.Close(ctx); err != nil {
		return fmt.Errorf("close the connection: %w", err)
	}
	return nil
}

func quoted(table string) string { return pgx.Identifier{table}.Sanitize() }
