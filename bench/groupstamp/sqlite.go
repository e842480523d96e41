package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	_ "modernc.org/sqlite" // the driver named sqlite
)

const sqliteSchema = `
CREATE TABLE card (id TEXT PRIMARY KEY, balance INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (
    key TEXT PRIMARY KEY, hash TEXT NOT NULL, card_id TEXT NOT NULL, location_id TEXT NOT NULL,
    quantity INTEGER NOT NULL, balance INTEGER NOT NULL
);`

// sqliteLedger is a ledger in a file, with Leima's settings. As Leima does, it prepares its
// statements once and gives them to the driver itself.
type sqliteLedger struct {
	db         *sql.DB
	conn       *sql.Conn
	statements map[string]driver.Stmt
}

func openSQLite(ctx context.Context, path string) (_ ledger, err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_busy_timeout=10000&_synchronous=full&_journal_mode=wal"+
		"&_pragma=cache_size(-8192)&_pragma=wal_autocheckpoint(8192)")
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	l := &sqliteLedger{db: db, statements: map[string]driver.Stmt{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	if l.conn, err = db.Conn(ctx); err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	if _, err := l.conn.ExecContext(ctx, sqliteSchema); err != nil {
		return nil, fmt.Errorf("make the tables: %w", err)
	}
	return l, nil
}

// atOnce is one: SQLite has one writer.
func (*sqliteLedger) atOnce() int { return 1 }

// ready is asked by others than the one that has the connection.
func (l *sqliteLedger) ready(ctx context.Context) error { return l.db.PingContext(ctx) } //nolint:wrapcheck // it is shown as it is

func (l *sqliteLedger) close() error {
	var errs []error
	for _, s := range l.statements {
		errs = append(errs, s.Close())
	}
	if l.conn != nil {
		errs = append(errs, l.conn.Close())
	}
	return errors.Join(append(errs, l.db.Close())...)
}

// commit is the ledger's.
func (l *sqliteLedger) commit(ctx context.Context, batch []*ticket) error {
	return l.conn.Raw(func(c any) error { //nolint:wrapcheck // our own error comes back
		t := sqliteTransaction{ctx, c.(driver.ConnPrepareContext), l.statements} //nolint:errcheck,forcetypeassert // the driver's connection is one
		if err := t.exec("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		err := t.carryOut(batch)
		if err == nil {
			err = t.exec("COMMIT")
		}
		if err != nil {
			// Where this fails there is no transaction: SQLite has ended it by itself.
			_ = t.exec("ROLLBACK")
		}
		return err
	})
}

// sqliteTransaction is one that is under way. Its context ends it between two statements; the
// driver starts a goroutine for each statement that may be cancelled, so they are not.
type sqliteTransaction struct {
	ctx        context.Context //nolint:containedctx // of the transaction
	conn       driver.ConnPrepareContext
	statements map[string]driver.Stmt
}

func (t sqliteTransaction) carryOut(batch []*ticket) error {
	used, balances := map[string]kept{}, map[string]int{}
	keys, ids := make([]any, len(batch)), make([]any, 0, len(batch))
	for i, x := range batch {
		keys[i] = x.key
		if _, is := balances[x.stamp.CardID]; !is {
			balances[x.stamp.CardID] = 0
			ids = append(ids, x.stamp.CardID)
		}
	}
	if err := t.rows("SELECT id, balance FROM card WHERE id IN (VALUES %s)", 1, ids, func(v []driver.Value) {
		balances[v[0].(string)] = int(v[1].(int64)) //nolint:errcheck,forcetypeassert // the columns' types
	}); err != nil {
		return err
	}
	if err := t.rows("SELECT key, hash, balance FROM entry WHERE key IN (VALUES %s)", 1, keys, func(v []driver.Value) {
		used[v[0].(string)] = kept{v[1].(string), int(v[2].(int64))} //nolint:errcheck,forcetypeassert // the columns' types
	}); err != nil {
		return err
	}
	var entries, cards []any
	written := map[string]bool{}
	for _, x := range decide(batch, used, balances) {
		id := x.stamp.CardID
		entries = append(entries, x.key, x.hash, id, x.stamp.LocationID, int64(x.stamp.Quantity), int64(x.balance))
		if !written[id] {
			written[id] = true
			cards = append(cards, id, int64(balances[id]))
		}
	}
	// A row that is refused ends the transaction, else SQLite keeps a copy of each page that
	// several rows change.
	if err := t.rows("INSERT OR ROLLBACK INTO card (id, balance) VALUES %s ON CONFLICT (id) DO UPDATE SET balance = excluded.balance", 2, cards, nil); err != nil {
		return err
	}
	return t.rows("INSERT OR ROLLBACK INTO entry (key, hash, card_id, location_id, quantity, balance) VALUES %s", 6, entries, nil)
}

// sqliteChunks are the numbers of rows for which statements are prepared.
var sqliteChunks = [...]int{64, 16, 4, 1}

// rows runs the statement, in which %s is a list of rows of so many values, for all values.
// row is given what it returns; nil for a statement that returns nothing.
func (t sqliteTransaction) rows(text string, width int, values []any, row func([]driver.Value)) error {
	for _, size := range sqliteChunks {
		if len(values) < size*width {
			continue
		}
		marks := "(" + strings.Repeat("?,", width-1) + "?)"
		sized := fmt.Sprintf(text, strings.Repeat(marks+",", size-1)+marks)
		for ; len(values) >= size*width; values = values[size*width:] {
			if err := t.ctx.Err(); err != nil {
				return fmt.Errorf("within the transaction: %w", err)
			}
			var err error
			if row == nil {
				err = t.exec(sized, values[:size*width]...)
			} else {
				err = t.query(sized, values[:size*width], row)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (t sqliteTransaction) exec(text string, values ...any) error {
	s, err := t.statement(text)
	if err == nil {
		_, err = s.(driver.StmtExecContext).ExecContext(context.WithoutCancel(t.ctx), named(values)) //nolint:errcheck,forcetypeassert // the driver's statement is one
	}
	if err != nil {
		return fmt.Errorf("execute %.20q: %w", text, err)
	}
	return nil
}

func (t sqliteTransaction) query(text string, values []any, row func([]driver.Value)) error {
	s, err := t.statement(text)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(context.WithoutCancel(t.ctx), named(values)) //nolint:errcheck,forcetypeassert // the driver's statement is one
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	found := make([]driver.Value, len(rows.Columns()))
	for err = rows.Next(found); err == nil; err = rows.Next(found) {
		row(found)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err := errors.Join(err, rows.Close()); err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	return nil
}

func (t sqliteTransaction) statement(text string) (driver.Stmt, error) {
	if s, prepared := t.statements[text]; prepared {
		return s, nil
	}
	s, err := t.conn.PrepareContext(context.WithoutCancel(t.ctx), text)
	if err != nil {
		return nil, fmt.Errorf("prepare %.20q: %w", text, err)
	}
	t.statements[text] = s
	return s, nil
}

func named(values []any) []driver.NamedValue {
	list := make([]driver.NamedValue, len(values))
	for i, v := range values {
		list[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return list
}
