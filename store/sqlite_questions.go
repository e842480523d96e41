package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// maxQuestions bounds the queries that are kept prepared. Their texts are written in this
// package, some with a few variants, so there are far fewer.
const maxQuestions = 256

// questions are the queries that SQLite has prepared: to prepare one takes it
// longer than to answer it, and one query alone sees one state without a transaction.
// PostgreSQL needs the transaction to know whose rows it may show.
type questions struct {
	mu     sync.Mutex
	byText map[string]*sql.Stmt
}

func newQuestions() *questions { return &questions{byText: map[string]*sql.Stmt{}} }

// statement returns the query prepared on the connections of db, nil if too many are.
func (q *questions) statement(ctx context.Context, db *sql.DB, query string) (*sql.Stmt, error) {
	q.mu.Lock()
	known, full := q.byText[query], len(q.byText) >= maxQuestions
	q.mu.Unlock()
	if known != nil || full {
		return known, nil
	}
	// Without the lock: it may have to wait for a connection.
	prepared, err := db.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if known = q.byText[query]; known != nil {
		_ = prepared.Close() //nolint:sqlclosecheck // somebody was faster; only this one ends, and nothing was asked by it
		return known, nil
	}
	q.byText[query] = prepared
	return prepared, nil
}

// askSQLite is readOne for SQLite.
func askSQLite[T any](ctx context.Context, s *Store, missing error, scan func(scanner) (T, error), query string, args ...any) (v T, err error) {
	query, args = s.dialect.bind(query, args)
	prepared, err := s.questions.statement(ctx, s.reads, query) //nolint:sqlclosecheck // it is kept for the next
	if err != nil {
		return v, s.outageOf(true).note(ctx, 1, err)
	}
	var row *sql.Row
	if prepared != nil {
		row = prepared.QueryRowContext(ctx, args...)
	} else {
		row = s.reads.QueryRowContext(ctx, query, args...)
	}
	v, err = scan(row)
	return v, s.outageOf(true).note(ctx, 1, orMissing(err, missing))
}

// askAllSQLite is readOf for SQLite.
func askAllSQLite[T any](ctx context.Context, s *Store, scan func(scanner) (T, error), query string, args ...any) (list []T, err error) {
	defer func() { err = s.outageOf(true).note(ctx, 1, err) }()
	query, args = s.dialect.bind(query, args)
	prepared, err := s.questions.statement(ctx, s.reads, query) //nolint:sqlclosecheck // it is kept for the next
	if err != nil {
		return nil, err
	}
	var rows *sql.Rows
	if prepared != nil {
		rows, err = prepared.QueryContext(ctx, args...) //nolint:rowserrcheck // collect does
	} else {
		rows, err = s.reads.QueryContext(ctx, query, args...) //nolint:rowserrcheck // collect does
	}
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	return collect(rows, scan)
}
