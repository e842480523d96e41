package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

const (
	// maxTries bounds how often a transaction is run that others got in the way of.
	maxTries = 8
	// maxParameters is the most values in one statement: SQLite takes 32,766,
	// PostgreSQL 65,535.
	maxParameters = 30_000
)

// rowKey names a row among those of all organizations.
type rowKey struct{ orgID, id string }

// errOrganization is for an id that row-level security would take for a list of several.
var errOrganization = errors.New("the id of an organization has no comma in it")

// read runs f in a transaction that sees one state of the organization's data and
// changes nothing.
func (s *Store) read(ctx context.Context, orgID string, f func(tx *transaction) error) error {
	return s.transact(ctx, s.reads, true, []string{orgID}, f)
}

// write runs f in a transaction, once more from the start if it was chosen as the
// victim of a deadlock. f must use nothing but its transaction: SQLite has one
// connection that writes, and a second query on it would wait for itself.
func (s *Store) write(ctx context.Context, orgID string, f func(tx *transaction) error) error {
	return s.writeIf(ctx, orgID, isConflict, f)
}

// writeRaced is write for what looks for a row first and then adds it: if another
// replica added the same in between, f is run again and finds it.
func (s *Store) writeRaced(ctx context.Context, orgID string, f func(tx *transaction) error) error {
	return s.writeIf(ctx, orgID, isRace, f)
}

func (s *Store) writeIf(ctx context.Context, orgID string, again func(error) bool, f func(tx *transaction) error) error {
	return s.retry(ctx, again, func() error { return s.transact(ctx, s.writes, false, []string{orgID}, f) })
}

// retry runs try until it succeeds or fails with an error that is not one of again.
func (s *Store) retry(ctx context.Context, again func(error) bool, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		if err == nil || !again(err) || n == maxTries || ctx.Err() != nil {
			return err
		}
		s.log.DebugContext(ctx, "transaction is run again", "try", n, "cause", err)
	}
}

func (s *Store) transact(ctx context.Context, db *sql.DB, reading bool, orgIDs []string, f func(tx *transaction) error) error {
	return s.outageOf(reading).note(ctx, 1, s.transactOnce(ctx, db, reading, orgIDs, f))
}

func (s *Store) transactOnce(ctx context.Context, db *sql.DB, reading bool, orgIDs []string, f func(tx *transaction) error) error {
	named, err := listOf(orgIDs)
	if err != nil {
		return err
	}
	if s.dialect.setOrganizations != "" {
		return transactPostgres(ctx, db, reading, named, f)
	}
	raw, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: reading})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer raw.Rollback() // after a commit it does nothing
	if err := f(&transaction{raw, s.dialect}); err != nil {
		return err
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("%w: %w", errCommit, err)
	}
	return nil
}

// listOf returns the ids as row-level security reads them.
func listOf(orgIDs []string) (string, error) {
	for _, id := range orgIDs {
		if strings.Contains(id, ",") {
			return "", fmt.Errorf("%q: %w", id, errOrganization)
		}
	}
	return strings.Join(orgIDs, ","), nil
}

// transaction is an open transaction that knows its dialect.
type transaction struct {
	querier
	dialect
}

// itself is for what may also be asked for a transaction that has not begun yet.
func (tx *transaction) itself(context.Context) (*transaction, error) { return tx, nil }

// querier is a *sql.Tx, or a *sql.Conn on which a transaction was begun.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// lockName waits until no other transaction has the name, and has it until the end.
func (tx *transaction) lockName(ctx context.Context, name string) error {
	if tx.lock == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, tx.lock, name); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}

// ExecContext runs a statement with the parameters $1, $2 …
func (tx *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	query, args = tx.bind(query, args)
	return tx.querier.ExecContext(ctx, query, args...)
}

// QueryContext runs a query with the parameters $1, $2 …
func (tx *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query, args = tx.bind(query, args)
	return tx.querier.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a query of one row with the parameters $1, $2 …
func (tx *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	query, args = tx.bind(query, args)
	return tx.querier.QueryRowContext(ctx, query, args...)
}

// scanner is a row: *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// one returns the only row of a query, or missing if there is none. What is looked for
// by a text that no row can hold, such as a link with a zero byte, is missing too.
func one[T any](ctx context.Context, tx *transaction, missing error, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(tx.QueryRowContext(ctx, query, args...))
	return v, orMissing(err, missing)
}

// orMissing returns missing for the error of a question that found no row.
func orMissing(err, missing error) error {
	if errors.Is(err, sql.ErrNoRows) || pgCode(err) == pgNotText {
		return missing
	}
	return err
}

// all returns the rows of a query, which bounds their number itself.
func all[T any](ctx context.Context, tx *transaction, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...) //nolint:rowserrcheck // collect does
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	return collect(rows, scan)
}

// scanners are rows: *sql.Rows or pgx.Rows.
type scanners interface {
	scanner
	Next() bool
	Err() error
}

// collect returns the rows, which the caller closes.
func collect[T any](rows scanners, scan func(scanner) (T, error)) ([]T, error) {
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	return list, nil
}

// readOne is one by itself: in PostgreSQL one exchange, in SQLite a query that stays prepared.
func readOne[T any](ctx context.Context, s *Store, orgID string, missing error, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	if s.dialect.setOrganizations != "" {
		return askPostgres(ctx, s, orgID, missing, scan, query, args...)
	}
	return askSQLite(ctx, s, missing, scan, query, args...)
}

// readAll is all by itself: in PostgreSQL one exchange.
func readAll[T any](ctx context.Context, s *Store, orgID string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	if s.dialect.setOrganizations != "" {
		return askAllPostgres(ctx, s, s.reads, []string{orgID}, scan, query, args...)
	}
	var list []T
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		list, err = all(ctx, tx, scan, query, args...)
		return err
	})
	return list, err
}

// readOf is readAll for many rows of several organizations, each of which an index finds, by a
// query that has one text however many they are: in SQLite it stays prepared, and PostgreSQL
// plans it as the statements of a batch; see openLedger.
func readOf[T any](ctx context.Context, s *Store, orgIDs []string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	if s.dialect.setOrganizations != "" {
		return askAllPostgres(ctx, s, s.ledger, orgIDs, scan, query, args...)
	}
	return askAllSQLite(ctx, s, scan, query, args...)
}

// exec runs a statement and returns how many rows it changed.
func exec(ctx context.Context, tx *transaction, query string, args ...any) (int64, error) {
	r, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("execute: %w", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count changed rows: %w", err)
	}
	return n, nil
}

// scan1 reads rows of one column.
func scan1[T any](r scanner) (v T, err error) {
	if err = r.Scan(&v); err != nil {
		err = fmt.Errorf("read column: %w", err)
	}
	return v, err
}

// insert adds rows, whose values follow each other in args, by as few statements as
// maxParameters allows.
func insert(ctx context.Context, tx *transaction, table, columns string, args []any) error {
	width := strings.Count(columns, ",") + 1
	for len(args) > 0 {
		n := min(len(args), maxParameters/width*width)
		query := "INSERT INTO " + table + " (" + columns + ") VALUES " + placeholders(1, n/width, width)
		if _, err := tx.ExecContext(ctx, query, args[:n]...); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
		args = args[n:]
	}
	return nil
}

// placeholders returns rows of width placeholders, numbered from first:
// ($1,$2),($3,$4).
func placeholders(first, rows, width int) string {
	b := make([]byte, 0, rows*(width*6+3))
	for i := range rows * width {
		switch {
		case i == 0:
			b = append(b, '(')
		case i%width == 0:
			b = append(b, "),("...)
		default:
			b = append(b, ',')
		}
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(first+i), 10)
	}
	return string(append(b, ')'))
}

// in appends the values to args and returns the list of their placeholders. The last
// value is repeated up to a power of two, so that a connection does not prepare a
// statement anew for every length of list.
func in[T any](args *[]any, values []T) string {
	if len(values) == 0 {
		return "(NULL)" // equal to nothing
	}
	first := len(*args) + 1
	for _, v := range values {
		*args = append(*args, v)
	}
	n := 1 << bits.Len(uint(len(values)-1))
	for range n - len(values) {
		*args = append(*args, values[len(values)-1])
	}
	return placeholders(first, 1, n)
}

// inPairs is in for pairs of organization and id.
func inPairs(args *[]any, keys []rowKey) string {
	first := len(*args) + 1
	n := 1 << bits.Len(uint(len(keys)-1))
	for i := range n {
		k := keys[min(i, len(keys)-1)]
		*args = append(*args, k.orgID, k.id)
	}
	return "(VALUES " + placeholders(first, n, 2) + ")"
}

// orNull returns NULL for an optional reference that is missing.
func orNull(id string) sql.NullString { return sql.NullString{String: id, Valid: id != ""} }
