package store

import (
	"cmp"
	"context"
	"fmt"
	"iter"
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
	news *news
	// changed tells of the news' cards, by their places, which ones commands have changed:
	// as they stand there they are written.
	changed []bool
	entries []keptEntry
	issued  []loyalty.Coupon
	closed  []loyalty.Coupon // coupons with a new status; the last of an id counts
	// events are those that cards and coupons do not tell of themselves.
	events []event
	at     int64 // of the first command
	// merged are cards that got a new status.
	merged []loyalty.Card
}

// keptEntry is an entry, where the result of its command holds it, and, on one with an
// idempotency key, what has to be known to answer the key again.
type keptEntry struct {
	*loyalty.Entry
	bodyHash, snapshot string
}

// add takes the result of a command, with the snapshot of its outcome if it has a key.
func (w *ledgerWriter) add(c *loyalty.Command, r *loyalty.Result, snapshot string) {
	if len(w.entries) == 0 {
		w.at = c.Now
	}
	at := w.news.card(r.Card, false)
	w.news.coupons(at, r.Issued, r.Changed)
	for len(w.changed) <= at {
		w.changed = append(w.changed, false)
	}
	w.changed[at] = true
	for i := range r.Entries {
		k := keptEntry{Entry: &r.Entries[i]}
		if i == 0 && c.IdempotencyKey != "" {
			k.bodyHash, k.snapshot = c.BodyHash, snapshot
		}
		w.entries = append(w.entries, k)
	}
	w.issued = append(w.issued, r.Issued...)
	w.closed = append(w.closed, r.Changed...)
}

// allEvents returns what is told of the commands.
func (w *ledgerWriter) allEvents() []event {
	coupons := make([]rowKey, len(w.issued))
	for i := range w.issued {
		coupons[i] = rowKey{w.issued[i].OrgID, w.issued[i].ID}
	}
	cards := make([]rowKey, 0, len(w.changed))
	for c := range w.changedCards() {
		cards = append(cards, rowKey{c.OrgID, c.ID})
	}
	return slices.Concat(w.events, eventsAbout(EventCardsChanged, cards, w.at), eventsAbout(EventCouponsIssued, coupons, w.at))
}

// flush writes what was collected. Coupons come before the entries that name them.
func (w *ledgerWriter) flush(ctx context.Context, tx *transaction) error {
	if err := w.insertCoupons(ctx, tx); err != nil {
		return err
	}
	if err := w.insertEntries(ctx, tx); err != nil {
		return err
	}
	if err := insertEvents(ctx, tx, w.allEvents()); err != nil {
		return err
	}
	if err := w.updateCards(ctx, tx); err != nil {
		return err
	}
	return w.updateCoupons(ctx, tx)
}

// rowValues are rows one after another, as database/sql takes them.
type rowValues []any

func (v *rowValues) add(x any) *rowValues {
	*v = append(*v, x)
	return v
}

func (v *rowValues) text(x string) *rowValues     { return v.add(x) }
func (v *rowValues) optional(x string) *rowValues { return v.add(orNull(x)) }
func (v *rowValues) int(x int64) *rowValues       { return v.add(x) }

func (w *ledgerWriter) insertCoupons(ctx context.Context, tx *transaction) error {
	names, err := couponNames(w.issued)
	if err != nil {
		return err
	}
	var args rowValues
	for i := range w.issued {
		writeCoupon(&args, &w.issued[i], names[i])
	}
	return insert(ctx, tx, "coupon", couponColumns, args)
}

// sortEntries puts the entries into the order of their keys: two replicas that add the
// same ones then wait for each other and never in a circle. It is not needed, and would
// put a reversal before what it takes back, where there is but one writer.
func (w *ledgerWriter) sortEntries() {
	slices.SortStableFunc(w.entries, func(a, b keptEntry) int {
		return cmp.Or(cmp.Compare(a.OrgID, b.OrgID), cmp.Compare(a.IdempotencyKey, b.IdempotencyKey))
	})
}

func (w *ledgerWriter) insertEntries(ctx context.Context, tx *transaction) error {
	args := make(rowValues, 0, len(w.entries)*(strings.Count(keptEntryColumns, ",")+1))
	for _, e := range w.entries {
		writeEntry(&args, e)
	}
	return insert(ctx, tx, "entry", keptEntryColumns, args)
}

// cards returns the changed cards in the order of their first change.
func (w *ledgerWriter) cards() []*loyalty.Card {
	list := make([]*loyalty.Card, len(w.news.cards))
	for i := range list {
		list[i] = &w.news.cards[i].Card
	}
	return list
}

// changedCards goes through the cards that commands have changed, as they are now.
func (w *ledgerWriter) changedCards() iter.Seq[*loyalty.Card] {
	return func(yield func(*loyalty.Card) bool) {
		for at, changed := range w.changed {
			if changed && !yield(&w.news.cards[at].Card) {
				return
			}
		}
	}
}

func (w *ledgerWriter) updateCards(ctx context.Context, tx *transaction) error {
	rows := make([][]any, 0, len(w.changed))
	for c := range w.changedCards() {
		row := rowValues{c.OrgID, c.ID, string(c.Status)}
		writeCounters(&row, c)
		rows = append(rows, row)
	}
	return updateRows(ctx, tx, "card", "org_id TEXT, id TEXT, status TEXT, version BIGINT, balance BIGINT, goal BIGINT, round BIGINT, "+
		"milestone BIGINT, lifetime BIGINT, last_stamp_at BIGINT, day BIGINT, day_stamps BIGINT, welcomed_at BIGINT", rows)
}

// updateStatuses is for those who leave the status out when they write the cards.
func (w *ledgerWriter) updateStatuses(ctx context.Context, tx *transaction) error {
	rows := make([][]any, len(w.merged))
	for i, c := range w.merged {
		rows[i] = []any{c.OrgID, c.ID, string(c.Status)}
	}
	return updateRows(ctx, tx, "card", "org_id TEXT, id TEXT, status TEXT", rows)
}

// closedCoupons returns the coupons with a new status, each once.
func (w *ledgerWriter) closedCoupons() []loyalty.Coupon {
	if len(w.closed) == 0 {
		return nil
	}
	last := map[rowKey]loyalty.Coupon{}
	for _, k := range w.closed {
		last[rowKey{k.OrgID, k.ID}] = k
	}
	return slices.SortedFunc(maps.Values(last), func(a, b loyalty.Coupon) int {
		return compareKeys(rowKey{a.OrgID, a.ID}, rowKey{b.OrgID, b.ID})
	})
}

func (w *ledgerWriter) updateCoupons(ctx context.Context, tx *transaction) error {
	var rows [][]any
	for _, k := range w.closedCoupons() {
		rows = append(rows, []any{k.OrgID, k.ID, string(k.Status), k.ClosedAt, k.ClosedBy, k.EntryID})
	}
	return updateRows(ctx, tx, "coupon", "org_id TEXT, id TEXT, status TEXT, closed_at BIGINT, closed_by TEXT, entry_id TEXT", rows)
}

// updateRows sets columns of rows, which are found by the first two, organization and
// id, by one statement. It is an error if one of them is not there.
func updateRows(ctx context.Context, tx *transaction, table, columns string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	var names, casts, sets []string
	for i, column := range strings.Split(columns, ", ") {
		name, kind, _ := strings.Cut(column, " ")
		names = append(names, name)
		// PostgreSQL takes the types of a list of values from its first row.
		casts = append(casts, fmt.Sprintf("CAST($%d AS %s)", i+1, kind))
		if i > 1 {
			sets = append(sets, name+" = v."+name)
		}
	}
	width := len(names)
	values := "(" + strings.Join(casts, ",") + ")"
	if len(rows) > 1 {
		values += "," + placeholders(1+width, len(rows)-1, width)
	}
	n, err := exec(ctx, tx, "WITH v ("+strings.Join(names, ", ")+") AS (VALUES "+values+") UPDATE "+table+
		" SET "+strings.Join(sets, ", ")+" FROM v WHERE "+table+".org_id = v.org_id AND "+table+".id = v.id", slices.Concat(rows...)...)
	if err != nil {
		return fmt.Errorf("update %s: %w", table, err)
	}
	if n != int64(len(rows)) {
		return fmt.Errorf("update %s: %d of %d rows were there", table, n, len(rows))
	}
	return nil
}
