package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

// newIDs makes the ids of what loyalty.Apply creates. They rise within a process, so
// that the entries of one command sort in the order in which it wrote them.
type newIDs struct{}

func (newIDs) EntryID() string  { return typeid.New("ent") }
func (newIDs) CouponID() string { return typeid.New("coup") }

// ledgerWriter collects the results of commands and writes them by few statements.
// The cards must be locked.
type ledgerWriter struct {
	tx      *transaction
	orgID   string
	order   []string // of changed cards
	changed map[string]loyalty.Card
	entries []loyalty.Entry
	issued  []loyalty.Coupon
	closed  []loyalty.Coupon // coupons with a new status; the last of an id counts
	keys    []any
	events  []event
}

// add takes the result of a command that came at the instant now.
func (w *ledgerWriter) add(now int64, r loyalty.Result) {
	if w.changed == nil {
		w.changed = map[string]loyalty.Card{}
	}
	if _, again := w.changed[r.Card.ID]; !again {
		w.order = append(w.order, r.Card.ID)
		w.events = append(w.events, event{kind: EventCardChanged, cardID: r.Card.ID, at: now})
	}
	w.changed[r.Card.ID] = r.Card
	w.entries = append(w.entries, r.Entries...)
	w.issued = append(w.issued, r.Issued...)
	w.closed = append(w.closed, r.Changed...)
	for _, k := range r.Issued {
		w.events = append(w.events, event{kind: EventCouponIssued, cardID: k.CardID, subjectID: k.ID, at: now})
	}
}

func (w *ledgerWriter) addKey(c loyalty.Command, entryID, snapshot string) {
	w.keys = append(w.keys, w.orgID, c.IdempotencyKey, c.BodyHash, entryID, snapshot)
}

// changedCards returns the ids of the changed cards in the order of their first change.
func (w *ledgerWriter) changedCards() []string { return w.order }

// flush writes what was collected. Coupons come before the entries that name them.
func (w *ledgerWriter) flush(ctx context.Context) error {
	if len(w.order) == 0 {
		return nil
	}
	if err := w.insertCoupons(ctx); err != nil {
		return err
	}
	if err := w.insertEntries(ctx); err != nil {
		return err
	}
	if err := insert(ctx, w.tx, "idempotency", "org_id, idempotency_key, body_hash, entry_id, outcome", w.sortedKeys()); err != nil {
		return err
	}
	if err := insertEvents(ctx, w.tx, w.orgID, w.events); err != nil {
		return err
	}
	if err := w.updateCards(ctx); err != nil {
		return err
	}
	return w.updateCoupons(ctx)
}

func (w *ledgerWriter) insertCoupons(ctx context.Context) error {
	var args []any
	for _, k := range w.issued {
		row, err := couponRow(k)
		if err != nil {
			return err
		}
		args = append(args, row...)
	}
	return insert(ctx, w.tx, "coupon", couponColumns, args)
}

// insertEntries adds entries in the order of their external references, and keys in
// their own order: two replicas that add the same ones then wait for each other and
// never in a circle.
func (w *ledgerWriter) insertEntries(ctx context.Context) error {
	slices.SortStableFunc(w.entries, func(a, b loyalty.Entry) int { return cmp.Compare(a.ExternalRef, b.ExternalRef) })
	args := make([]any, 0, len(w.entries)*(strings.Count(entryColumns, ",")+1))
	for _, e := range w.entries {
		args = append(args, entryRow(e)...)
	}
	return insert(ctx, w.tx, "entry", entryColumns, args)
}

func (w *ledgerWriter) sortedKeys() []any {
	const width = 5
	rows := slices.Collect(slices.Chunk(w.keys, width))
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(fmt.Sprint(a[1]), fmt.Sprint(b[1])) })
	return slices.Concat(rows...)
}

func (w *ledgerWriter) updateCards(ctx context.Context) error {
	rows := make([][]any, 0, len(w.order))
	for _, id := range w.order {
		c := w.changed[id]
		rows = append(rows, []any{
			c.ID, string(c.Status), c.Version, c.Balance, c.Goal, c.Round, c.Milestone, c.Lifetime, c.LastStampAt,
			int64(c.Day), c.DayStamps, c.WelcomedAt,
		})
	}
	return w.update(ctx, "card", "id TEXT, status TEXT, version BIGINT, balance BIGINT, goal BIGINT, round BIGINT, milestone BIGINT, "+
		"lifetime BIGINT, last_stamp_at BIGINT, day BIGINT, day_stamps BIGINT, welcomed_at BIGINT", rows)
}

func (w *ledgerWriter) updateCoupons(ctx context.Context) error {
	last := map[string]loyalty.Coupon{}
	for _, k := range w.closed {
		last[k.ID] = k
	}
	rows := make([][]any, 0, len(last))
	for _, id := range slices.Sorted(maps.Keys(last)) {
		k := last[id]
		rows = append(rows, []any{k.ID, string(k.Status), k.ClosedAt, k.ClosedBy})
	}
	return w.update(ctx, "coupon", "id TEXT, status TEXT, closed_at BIGINT, closed_by TEXT", rows)
}

// update sets columns of the organization's rows, which are found by id, the first
// column, by one statement. It is an error if one of them is not there.
func (w *ledgerWriter) update(ctx context.Context, table, columns string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	var names, casts, sets []string
	for i, column := range strings.Split(columns, ", ") {
		name, kind, _ := strings.Cut(column, " ")
		names = append(names, name)
		// PostgreSQL takes the types of a list of values from its first row.
		casts = append(casts, fmt.Sprintf("CAST($%d AS %s)", i+2, kind))
		if i > 0 {
			sets = append(sets, name+" = v."+name)
		}
	}
	width := len(names)
	values := "(" + strings.Join(casts, ",") + ")"
	if len(rows) > 1 {
		values += "," + placeholders(2+width, len(rows)-1, width)
	}
	args := append([]any{w.orgID}, slices.Concat(rows...)...)
	n, err := exec(ctx, w.tx, "WITH v ("+strings.Join(names, ", ")+") AS (VALUES "+values+") UPDATE "+table+
		" SET "+strings.Join(sets, ", ")+" FROM v WHERE "+table+".org_id = $1 AND "+table+".id = v.id", args...)
	if err != nil {
		return fmt.Errorf("update %s: %w", table, err)
	}
	if n != int64(len(rows)) {
		return fmt.Errorf("update %s: %d of %d rows were there", table, n, len(rows))
	}
	return nil
}
