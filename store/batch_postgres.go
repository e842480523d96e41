package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leima/leima/loyalty"
)

const (
	// commitTimeout bounds the wait for the answer to a COMMIT that was sent, past the
	// caller's own deadline.
	commitTimeout = 10 * time.Second
)

// errLost is wrapped by the error of a batch that has lost its connection.
var errLost = errors.New("connection to PostgreSQL lost")

// postgresBatch is a batchStatements that sends what can be sent together in one packet:
// a batch of plain stamps takes two round trips. Rows go as arrays, so that the statements
// are the same for every number of rows and are planned once. It
// works on a connection of the pool for the ledger; see openLedger.
type postgresBatch struct {
	conn   *sql.Conn
	orgIDs string
	begun  bool
	// asRead are the cards that were read without a lock, nil if they are locked.
	asRead map[rowKey]cardAsRead
}

// cardAsRead is where a card was, and which version of it.
type cardAsRead struct {
	place   rowPlace
	version int64
}

// inPostgresBatch is the Store's inBatch.
func (s *Store) inPostgresBatch(ctx context.Context, orgIDs string, f func(batchStatements) error) error {
	conn, err := s.ledger.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	st := &postgresBatch{conn: conn, orgIDs: orgIDs}
	err = f(st)
	return errors.Join(err, endPostgres(ctx, conn))
}

// exchange sends the statements together, after those that begin the transaction if it
// has not begun, and reads their answers.
func (st *postgresBatch) exchange(ctx context.Context, calls ...*pgCall) error {
	return st.conn.Raw(func(c any) error { //nolint:wrapcheck // our own error comes back
		pg := pgxOf(c).PgConn()
		prepared, err := preparedOn(ctx, pg)
		if err != nil {
			return err
		}
		if !st.begun {
			if err := planAgain(ctx, pg); err != nil {
				return lostOr(pg, err)
			}
			calls = append([]*pgCall{newCall(pgBegin), newCall(pgName).text(st.orgIDs)}, calls...)
			st.begun = true
		}
		p := pg.StartPipeline(ctx)
		for _, call := range calls {
			prepared.send(p, call)
		}
		err = p.Sync()
		for _, call := range calls {
			if err != nil {
				break
			}
			err = call.answer(p)
		}
		return lostOr(pg, errors.Join(err, p.Close()))
	})
}

// lostOr returns the error of an exchange, which wraps errLost if the connection was lost.
func lostOr(pg *pgconn.PgConn, err error) error {
	switch {
	case err == nil:
		return nil
	case pg.IsClosed():
		return fmt.Errorf("%w: %w", errLost, err)
	}
	return fmt.Errorf("exchange with PostgreSQL: %w", err)
}

func (st *postgresBatch) rare(ctx context.Context) (*transaction, error) {
	if !st.begun {
		if err := st.exchange(ctx); err != nil {
			return nil, err
		}
	}
	return &transaction{st.conn, postgresDialect}, nil
}

func (st *postgresBatch) read(ctx context.Context, cards, keys []rowKey, locked bool) ([]*heldCard, []usedKey, error) {
	held := make([]*heldCard, 0, len(cards))
	versions := map[rowKey]int64{}
	var used []usedKey
	var calls []*pgCall
	if len(cards) > 0 {
		statement, asRead := pgLock, map[rowKey]cardAsRead(nil)
		if !locked {
			statement, asRead = pgRead, make(map[rowKey]cardAsRead, len(cards))
		}
		st.asRead = asRead
		find := newCall(statement).keys(cards)
		find.row = func(r pgRow) {
			h := readHeldCard(r)
			held = append(held, h)
			if !locked {
				asRead[h.key()] = cardAsRead{rowPlace(r[ledgerCardWidth]), h.card.Version}
			}
		}
		programs := newCall(pgPrograms).text(st.orgIDs)
		programs.row = func(r pgRow) { versions[rowKey{r.text(0), r.text(1)}] = r.int(2) }
		calls = append(calls, find, programs)
	}
	if len(keys) > 0 {
		// After the lock, and in a statement of its own: it sees what whoever held a card
		// before has committed.
		find := newCall(pgKeys).keys(keys)
		find.row = func(r pgRow) { used = append(used, readUsedKey(r)) }
		calls = append(calls, find)
	}
	if err := st.exchange(ctx, calls...); err != nil {
		return nil, nil, err
	}
	for _, h := range held {
		h.version = versions[rowKey{h.card.OrgID, h.card.ProgramID}]
	}
	return held, used, nil
}

func (st *postgresBatch) commit(ctx context.Context, w *ledgerWriter, now int64) error {
	if w.news.empty() {
		return nil // and end rolls back
	}
	w.sortEntries()
	calls := make([]*pgCall, 0, 7)
	cards := w.cards()
	// The cards come first, in their order: whoever adds a coupon locks its card.
	if st.asRead == nil {
		calls = append(calls, updateCardsCall(cards))
	} else {
		calls = append(calls, st.updateCardsAsReadCall(cards))
	}
	if len(w.issued) > 0 {
		insert, err := insertCouponsCall(w.issued)
		if err != nil {
			return err
		}
		calls = append(calls, insert)
	}
	calls = append(calls, insertEntriesCall(w.entries), insertEventsCall(w.allEvents()))
	if closed := w.closedCoupons(); len(closed) > 0 {
		calls = append(calls, updateCouponsCall(closed))
	}
	calls = append(calls, newCall(pgCommitter).text(w.news.source).int(int64(w.news.seq)).int(now), newCall(pgCommit)) //nolint:gosec // counts from 1
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("before the commit: %w", err)
	}
	// Once it is sent, giving up early would only leave its outcome unknown.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	if err := st.exchange(ctx, calls...); err != nil {
		return fmt.Errorf("%w: %w", errCommit, err)
	}
	for _, call := range calls {
		if call.statement == pgCards && call.changed != int64(len(cards)) {
			return fmt.Errorf("%w: %d of %d cards were there", errCommit, call.changed, len(cards))
		}
	}
	return nil
}

func insertCouponsCall(list []loyalty.Coupon) (*pgCall, error) {
	names, err := couponNames(list)
	if err != nil {
		return nil, err
	}
	return newCall(pgCoupons).records(len(list), func(i int, r *pgRecord) { writeCoupon(r, &list[i], names[i]) }), nil
}

func insertEntriesCall(list []keptEntry) *pgCall {
	return newCall(pgEntries).records(len(list), func(i int, r *pgRecord) { writeEntry(r, list[i]) })
}

func insertEventsCall(list []event) *pgCall {
	n := len(list)
	return newCall(pgEvents).
		texts(n, func(i int) string { return list[i].orgID }).
		texts(n, func(int) string { return newEventID() }).
		texts(n, func(i int) string { return list[i].kind }).
		texts(n, func(i int) string { return list[i].subject }).
		ints(n, func(i int) int64 { return list[i].at })
}

func updateCardsCall(list []*loyalty.Card) *pgCall {
	n := len(list)
	return newCall(pgCards).
		texts(n, func(i int) string { return list[i].OrgID }).
		texts(n, func(i int) string { return list[i].ID }).
		texts(n, func(i int) string { return string(list[i].Status) }).
		ints(n, func(i int) int64 { return list[i].Version }).
		ints(n, func(i int) int64 { return int64(list[i].Balance) }).
		ints(n, func(i int) int64 { return int64(list[i].Goal) }).
		ints(n, func(i int) int64 { return int64(list[i].Round) }).
		ints(n, func(i int) int64 { return int64(list[i].Milestone) }).
		ints(n, func(i int) int64 { return list[i].Lifetime }).
		ints(n, func(i int) int64 { return list[i].LastStampAt }).
		ints(n, func(i int) int64 { return int64(list[i].Day) }).
		ints(n, func(i int) int64 { return int64(list[i].DayStamps) }).
		ints(n, func(i int) int64 { return list[i].WelcomedAt })
}

// updateCardsAsReadCall changes the cards if they are as they were read. Their status
// stays: no stamp changes it.
func (st *postgresBatch) updateCardsAsReadCall(list []*loyalty.Card) *pgCall {
	slices.SortFunc(list, func(a, b *loyalty.Card) int { return compareKeys(rowKey{a.OrgID, a.ID}, rowKey{b.OrgID, b.ID}) })
	return newCall(pgCardsAsRead).records(len(list), func(i int, r *pgRecord) {
		c := list[i]
		asRead := st.asRead[rowKey{c.OrgID, c.ID}]
		writeCounters(r.place(asRead.place).text(c.ID).int(asRead.version), c)
	}).int(int64(len(list)))
}

func updateCouponsCall(list []loyalty.Coupon) *pgCall {
	n := len(list)
	return newCall(pgClosed).
		texts(n, func(i int) string { return list[i].OrgID }).
		texts(n, func(i int) string { return list[i].ID }).
		texts(n, func(i int) string { return string(list[i].Status) }).
		ints(n, func(i int) int64 { return list[i].ClosedAt }).
		texts(n, func(i int) string { return list[i].ClosedBy })
}
