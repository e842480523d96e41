package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// sqliteBatch is a batchStatements on the one connection that writes. Its statements are
// prepared once and go to the driver without database/sql between, which would cost as
// much again as what they do.
type sqliteBatch struct {
	conn     *sql.Conn
	prepared *sqlitePrepared
	// places are the rowids of the cards that were read: nobody else writes until the
	// batch ends, so each is written without being looked up again.
	places map[rowKey]int64
	done   bool
}

// inSQLiteBatch is the Store's inBatch. In SQLite there is no row-level security to tell
// of the organizations.
func (s *Store) inSQLiteBatch(ctx context.Context, _ string, f func(batchStatements) error) (err error) {
	conn, err := s.writes.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	st := &sqliteBatch{conn: conn, prepared: s.sqlite}
	defer func() {
		if !st.done {
			// Where it fails there is no transaction: SQLite has ended it by itself.
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	return f(st)
}

func (st *sqliteBatch) rare(context.Context) (*transaction, error) {
	return &transaction{st.conn, sqliteDialect}, nil
}

// work runs f with the prepared statements of the connection.
func (st *sqliteBatch) work(ctx context.Context, f func(p *sqlitePrepared) error) error {
	return st.conn.Raw(func(c any) error { //nolint:wrapcheck // our own error comes back
		st.prepared.on(c.(driver.ConnPrepareContext)) //nolint:errcheck,forcetypeassert // the driver's connection is one
		st.prepared.ctx = ctx
		return f(st.prepared)
	})
}

// read locks nothing: whoever writes is alone.
func (st *sqliteBatch) read(ctx context.Context, cards, keys []rowKey, _ bool) (held []*heldCard, used []usedKey, err error) {
	err = st.work(ctx, func(p *sqlitePrepared) error {
		held = make([]*heldCard, 0, len(cards))
		if st.places == nil {
			st.places = make(map[rowKey]int64, len(cards))
		}
		err := p.query(sqliteLock, cards, func(r sqliteRow) {
			h := readHeldCard(r)
			held = append(held, h)
			st.places[h.key()] = r.int(ledgerCardWidth)
		})
		if err != nil {
			return err
		}
		if err := p.readVersions(held); err != nil {
			return err
		}
		return p.query(sqliteKeys, keys, func(r sqliteRow) { used = append(used, readUsedKey(r)) })
	})
	return held, used, err
}

// readVersions gives each card the version of its program, which most of them share.
func (p *sqlitePrepared) readVersions(held []*heldCard) error {
	programs := make([]rowKey, len(held))
	for i, h := range held {
		programs[i] = rowKey{h.card.OrgID, h.card.ProgramID}
	}
	versions := map[rowKey]int64{}
	err := p.query(sqlitePrograms, sortedKeys(programs), func(r sqliteRow) {
		versions[rowKey{r.text(0), r.text(1)}] = r.int(2)
	})
	for i, h := range held {
		h.version = versions[programs[i]]
	}
	return err
}

func (st *sqliteBatch) commit(ctx context.Context, w *ledgerWriter, now int64) error {
	if w.news.empty() {
		return nil // and the transaction is rolled back
	}
	if err := st.work(ctx, func(p *sqlitePrepared) error { return p.write(w, st.places, now) }); err != nil {
		return err
	}
	if err := w.updateCoupons(ctx, &transaction{st.conn, sqliteDialect}); err != nil {
		return err
	}
	if err := w.updateStatuses(ctx, &transaction{st.conn, sqliteDialect}); err != nil {
		return err
	}
	// Once it is begun, giving up early would only leave its outcome unknown.
	if _, err := st.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return fmt.Errorf("%w: %w", errCommit, err)
	}
	st.done = true
	return nil
}

// write writes what nearly every batch has; the cards are at the places.
func (p *sqlitePrepared) write(w *ledgerWriter, places map[rowKey]int64, now int64) error {
	names, err := couponNames(w.issued)
	if err != nil {
		return err
	}
	err = p.insert(sqliteCoupons, len(w.issued), func(i int, to *sqliteValues) { writeCoupon(to, &w.issued[i], names[i]) })
	if err != nil {
		return err
	}
	err = p.insert(sqliteEntries, len(w.entries), func(i int, to *sqliteValues) { writeEntry(to, w.entries[i]) })
	if err != nil {
		return err
	}
	events := w.allEvents()
	err = p.insert(sqliteEvents, len(events), func(i int, to *sqliteValues) {
		e := &events[i]
		to.text(e.orgID).text(newEventID()).text(e.kind).text(e.subject).int(e.at)
	})
	if err != nil {
		return err
	}
	for i := range w.news.cards {
		c := &w.news.cards[i].Card
		var to sqliteValues
		writeCounters(&to, c).int(places[rowKey{c.OrgID, c.ID}])
		n, err := p.exec(sqliteCard, to)
		if err != nil {
			return err
		}
		if n != 1 {
			return fmt.Errorf("update card %s: it is not there", c.ID)
		}
	}
	var to sqliteValues
	to.text(w.news.source).int(int64(w.news.seq)).int(now) //nolint:gosec // counts from 1
	_, err = p.exec(sqliteCommitter, to)
	return err
}
