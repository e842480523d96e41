package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
)

// sqliteStatement is one of the statements of a batch.
type sqliteStatement int

const (
	sqliteLock sqliteStatement = iota
	sqlitePrograms
	sqliteKeys
	sqliteCoupons
	sqliteEntries
	sqliteEvents
	sqliteCard
	sqliteCommitter
	sqliteStatements
)

// sqliteChunks are the numbers of rows for which statements are prepared, the largest
// first: of any number of rows most go in few statements.
var sqliteChunks = [...]int{64, 16, 4, 1}

// sqliteText returns the statement for so many rows. Rows are looked up by way of a list
// of keys that comes first: one look-up for each, whatever the planner knows of the
// tables.
func sqliteText(s sqliteStatement, rows int) string {
	const keys = "WITH k (org_id, id) AS (VALUES "
	// A row that is refused takes back the whole transaction, as the batch would: else SQLite
	// keeps a copy of each page that several rows change, to take back these rows alone.
	const insertRows = "INSERT OR ROLLBACK INTO "
	switch s {
	case sqliteLock:
		return keys + marks(rows, 2) + ") SELECT " + prefixed("c", ledgerCardColumns) + ", c.rowid FROM k " +
			"CROSS JOIN card c ON c.org_id = k.org_id AND c.id = k.id"
	case sqlitePrograms:
		return keys + marks(rows, 2) + ") SELECT p.org_id, p.id, p.version FROM k " +
			"CROSS JOIN program p ON p.org_id = k.org_id AND p.id = k.id"
	case sqliteKeys:
		return keys + marks(rows, 2) + ") SELECT " + prefixed("e", keptEntryColumns) +
			" FROM k CROSS JOIN entry e ON e.org_id = k.org_id AND e.idempotency_key = k.id WHERE e.idempotency_key <> ''"
	case sqliteCoupons:
		return insertRows + "coupon (" + couponColumns + ") VALUES " + marks(rows, strings.Count(couponColumns, ",")+1)
	case sqliteEntries:
		return insertRows + "entry (" + keptEntryColumns + ") VALUES " + marks(rows, strings.Count(keptEntryColumns, ",")+1)
	case sqliteEvents:
		return insertRows + "event (" + eventColumns + ") VALUES " + marks(rows, strings.Count(eventColumns, ",")+1)
	case sqliteCard:
		// Not the status, which hardly ever changes: SQLite writes every index that has it in
		// its condition.
		return "UPDATE card SET version = ?, balance = ?, goal = ?, round = ?, milestone = ?, lifetime = ?, last_stamp_at = ?, day = ?, " +
			"day_stamps = ?, welcomed_at = ? WHERE rowid = ?"
	case sqliteCommitter:
		text, _ := sqliteDialect.bind(committerUpsert, []any{nil, nil, nil})
		return text
	case sqliteStatements:
	}
	return ""
}

// marks returns rows of width question marks: (?,?),(?,?).
func marks(rows, width int) string {
	row := "(" + strings.Repeat("?,", width-1) + "?)"
	return strings.Repeat(row+",", rows-1) + row
}

// sqlitePrepared holds the statements that the connection has prepared. Whoever holds the
// connection has it to themselves.
type sqlitePrepared struct {
	ctx        context.Context //nolint:containedctx // of the batch under way
	conn       driver.ConnPrepareContext
	statements [sqliteStatements][len(sqliteChunks)]driver.Stmt
	// values are those of insert, kept for their room: a chunk has up to 1,536 of them.
	values sqliteValues
}

// on forgets the statements of another connection, which took them along when it was
// closed.
func (p *sqlitePrepared) on(conn driver.ConnPrepareContext) {
	if p.conn != conn {
		*p = sqlitePrepared{conn: conn}
	}
}

// statement returns the statement for a chunk, prepared now if it has not been.
func (p *sqlitePrepared) statement(s sqliteStatement, chunk int) (driver.Stmt, error) {
	if x := p.statements[s][chunk]; x != nil {
		return x, nil
	}
	text := sqliteText(s, sqliteChunks[chunk])
	x, err := p.conn.PrepareContext(context.WithoutCancel(p.ctx), text)
	if err != nil {
		return nil, fmt.Errorf("prepare %.40q: %w", text, err)
	}
	p.statements[s][chunk] = x
	return x, nil
}

// inChunks calls f for pieces of n rows, each of a size that statements are prepared for.
func (p *sqlitePrepared) inChunks(n int, f func(chunk, first int) error) error {
	first := 0
	for chunk, size := range sqliteChunks {
		for ; n-first >= size; first += size {
			// The driver starts a goroutine for each statement that may be cancelled, so they
			// are not: each is short.
			if err := p.ctx.Err(); err != nil {
				return fmt.Errorf("within the batch: %w", err)
			}
			if err := f(chunk, first); err != nil {
				return err
			}
		}
	}
	return nil
}

// query looks the keys up and gives the rows that are there to row.
func (p *sqlitePrepared) query(s sqliteStatement, keys []rowKey, row func(sqliteRow)) error {
	return p.inChunks(len(keys), func(chunk, first int) error {
		var to sqliteValues
		for _, key := range keys[first : first+sqliteChunks[chunk]] {
			to.text(key.orgID).text(key.id)
		}
		x, err := p.statement(s, chunk)
		if err != nil {
			return err
		}
		rows, err := x.(driver.StmtQueryContext).QueryContext(context.WithoutCancel(p.ctx), to) //nolint:errcheck,forcetypeassert // the driver's statement is one
		if err != nil {
			return fmt.Errorf("query: %w", err)
		}
		values := make(sqliteRow, len(rows.Columns()))
		for err = rows.Next(values); err == nil; err = rows.Next(values) {
			row(values)
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		if err := errors.Join(err, rows.Close()); err != nil {
			return fmt.Errorf("read rows: %w", err)
		}
		return nil
	})
}

// insert adds n rows, whose values fill adds.
func (p *sqlitePrepared) insert(s sqliteStatement, n int, fill func(i int, to *sqliteValues)) error {
	return p.inChunks(n, func(chunk, first int) error {
		p.values = p.values[:0]
		for i := range sqliteChunks[chunk] {
			fill(first+i, &p.values)
		}
		_, err := p.execChunk(s, chunk, p.values)
		return err
	})
}

// exec runs the statement for one row and returns how many rows it changed.
func (p *sqlitePrepared) exec(s sqliteStatement, values sqliteValues) (int64, error) {
	return p.execChunk(s, len(sqliteChunks)-1, values)
}

// execChunk is exec for the rows of a chunk.
func (p *sqlitePrepared) execChunk(s sqliteStatement, chunk int, values sqliteValues) (int64, error) {
	x, err := p.statement(s, chunk)
	if err != nil {
		return 0, err
	}
	return run(p.ctx, x, values)
}

func run(ctx context.Context, x driver.Stmt, values sqliteValues) (int64, error) {
	r, err := x.(driver.StmtExecContext).ExecContext(context.WithoutCancel(ctx), values) //nolint:errcheck,forcetypeassert // the driver's statement is one
	if err != nil {
		return 0, fmt.Errorf("execute: %w", err)
	}
	return r.RowsAffected() //nolint:wrapcheck // never fails
}

// sqliteValues are the values of a statement as the driver takes them.
type sqliteValues []driver.NamedValue

func (v *sqliteValues) add(x driver.Value) *sqliteValues {
	*v = append(*v, driver.NamedValue{Ordinal: len(*v) + 1, Value: x})
	return v
}

func (v *sqliteValues) text(x string) *sqliteValues { return v.add(x) }
func (v *sqliteValues) int(x int64) *sqliteValues   { return v.add(x) }

// optional adds NULL for a reference that is missing.
func (v *sqliteValues) optional(x string) *sqliteValues {
	if x == "" {
		return v.add(nil)
	}
	return v.add(x)
}

// sqliteRow is a row as the driver gives it, valid until the next one is read.
type sqliteRow []driver.Value

// text returns "" for NULL.
func (r sqliteRow) text(i int) string {
	s, _ := r[i].(string)
	return s
}

func (r sqliteRow) int(i int) int64 {
	n, _ := r[i].(int64)
	return n
}
