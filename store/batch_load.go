package store

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"

	"github.com/leima/leima/loyalty"
)

const (
	ledgerCardColumns = "org_id, id, program_id, customer_id, status, version, balance, goal, round, milestone, lifetime, " +
		"last_stamp_at, day, day_stamps, welcomed_at, joined_at, blocked_at"
	// ledgerCardCounters are those that stamps change, ledgerCardChanges those that commands do.
	ledgerCardCounters = "version, balance, goal, round, milestone, lifetime, last_stamp_at, day, day_stamps, welcomed_at"
	ledgerCardChanges  = "status, " + ledgerCardCounters
)

// ledgerCardWidth is the number of ledgerCardColumns.
var ledgerCardWidth = strings.Count(ledgerCardColumns, ",") + 1

func scanLedgerCard(r scanner) (c loyalty.Card, err error) {
	err = r.Scan(&c.OrgID, &c.ID, &c.ProgramID, &c.CustomerID, &c.Status, &c.Version, &c.Balance, &c.Goal, &c.Round, &c.Milestone,
		&c.Lifetime, &c.LastStampAt, &c.Day, &c.DayStamps, &c.WelcomedAt, &c.JoinedAt, &c.BlockedAt)
	if err != nil {
		err = fmt.Errorf("read card: %w", err)
	}
	return c, err
}

// load reads all that the commands need to be decided. The order matters: what a card
// lock guards (its coupons, whether an entry was reversed) is read after the lock. A
// batch of plain stamps asks for no more than its cards and keys.
func (b *batch) load(ctx context.Context, s *Store) error {
	if err := b.resolve(ctx); err != nil {
		return err
	}
	if err := b.readCards(ctx, s); err != nil {
		return err
	}
	if !b.careful && b.countsStaff() {
		// The counters of staff are locked, and what is locked comes after the cards.
		b.careful = true
		if err := b.readCards(ctx, s); err != nil {
			return err
		}
	}
	if err := b.findLocations(ctx, s.locations); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		b.loadCoupons, b.loadReversed, b.loadRefs, b.loadCardDays, b.loadStampings, b.lockStaffDays, b.loadUsedCodes,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// set collects values without repetition, in the order of the commands.
type set struct {
	has    map[string]bool
	values []string
}

func (x *set) add(v string) {
	if v == "" || x.has[v] {
		return
	}
	if x.has == nil {
		x.has = map[string]bool{}
	}
	x.has[v] = true
	x.values = append(x.values, v)
}

// keySet collects keys without repetition, in the order of the commands.
type keySet struct {
	has    map[rowKey]bool
	values []rowKey
}

func (x *keySet) add(k rowKey) {
	if k.id == "" || x.has[k] {
		return
	}
	if x.has == nil {
		x.has = map[rowKey]bool{}
	}
	x.has[k] = true
	x.values = append(x.values, k)
}

// resolve reads the entries and coupons by which commands name their cards. The link from
// those to the card never changes, so no lock is needed.
func (b *batch) resolve(ctx context.Context) error {
	var entries, coupons keySet
	for i := range b.commands {
		c := &b.commands[i]
		entries.add(rowKey{c.OrgID, c.EntryID})
		coupons.add(rowKey{c.OrgID, c.CouponID})
	}
	if len(entries.values) > 0 {
		tx, err := b.st.rare(ctx)
		if err != nil {
			return err
		}
		list, err := entriesIn(ctx, tx, entries.values)
		if err != nil {
			return err
		}
		for _, e := range list {
			b.originals[rowKey{e.OrgID, e.ID}] = e
		}
	}
	return b.loadCouponsWhere(ctx, "id", coupons.values, "")
}

// resolved returns the card that all parts of the command agree on, "" if they do not.
func (b *batch) resolved(c *loyalty.Command) string {
	owner := c.CardID
	switch c.Kind {
	case loyalty.CommandReverse:
		owner = b.originals[rowKey{c.OrgID, c.EntryID}].CardID
	case loyalty.CommandRedeem, loyalty.CommandExpire:
		owner = b.coupons[rowKey{c.OrgID, c.CouponID}].CardID
	case loyalty.CommandStamp, loyalty.CommandAdjust, loyalty.CommandWelcome, loyalty.CommandMergeIn, loyalty.CommandMergeOut,
		loyalty.CommandUndoMergeIn, loyalty.CommandUndoMergeOut:
	}
	if c.CardID != "" && c.CardID != owner {
		return ""
	}
	return owner
}

// entriesIn reads the entries with the ids, as far as they are there.
func entriesIn(ctx context.Context, tx *transaction, ids []rowKey) ([]loyalty.Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var args []any
	return all(ctx, tx, scanEntry, "SELECT "+entrySelect+" FROM entry WHERE (org_id, id) IN "+inPairs(&args, ids), args...)
}

// loadCouponsWhere reads the coupons whose column has one of the values.
func (b *batch) loadCouponsWhere(ctx context.Context, column string, values []rowKey, condition string) error {
	if len(values) == 0 {
		return nil
	}
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	var args []any
	list, err := all(ctx, tx, scanCoupon,
		"SELECT "+couponColumns+" FROM coupon WHERE (org_id, "+column+") IN "+inPairs(&args, values)+condition, args...)
	for _, k := range list {
		b.coupons[rowKey{k.OrgID, k.ID}] = k
	}
	return err
}

// readCards reads the cards of the commands and their programs. If the batch is careful it
// locks the cards first, and finds the keys that were used before.
func (b *batch) readCards(ctx context.Context, s *Store) error {
	cards := make([]rowKey, len(b.commands))
	keys := make([]rowKey, 0, len(b.commands))
	for i := range b.commands {
		c := &b.commands[i]
		cards[i] = rowKey{c.OrgID, b.resolved(c)}
		if b.careful && c.IdempotencyKey != "" {
			keys = append(keys, rowKey{c.OrgID, c.IdempotencyKey})
		}
	}
	held, used, err := b.st.read(ctx, sortedKeys(cards), sortedKeys(keys), b.careful)
	if err != nil {
		return err
	}
	b.cards = make(map[rowKey]*heldCard, len(held))
	for _, h := range held {
		b.cards[h.key()] = h
	}
	for i, key := range cards {
		b.cardOf[i] = b.cards[key]
	}
	for _, u := range used {
		b.used[rowKey{u.entry.OrgID, u.entry.IdempotencyKey}] = u
	}
	return b.findPrograms(ctx, s.programs)
}

// countsStaff reports whether a program limits what staff may give.
func (b *batch) countsStaff() bool {
	for _, h := range b.cards {
		if h.program.Limits.MaxPerStaffDay != 0 {
			return true
		}
	}
	return false
}

// sortedKeys returns the keys with an id in the order of compareKeys, each once.
func sortedKeys(keys []rowKey) []rowKey {
	list := slices.DeleteFunc(slices.Clone(keys), func(k rowKey) bool { return k.id == "" })
	slices.SortFunc(list, compareKeys)
	return slices.Compact(list)
}

// compareKeys is the order in which rows are locked.
func compareKeys(a, b rowKey) int {
	return cmp.Or(cmp.Compare(a.orgID, b.orgID), cmp.Compare(a.id, b.id))
}

// loadCoupons reads, under the lock of their cards, the coupons that are named and
// those of cards that may lose stamps.
func (b *batch) loadCoupons(ctx context.Context) error {
	var ids, cards keySet
	for i := range b.commands {
		c := &b.commands[i]
		ids.add(rowKey{c.OrgID, c.CouponID})
		if c.EntryID != "" {
			if original := b.originals[rowKey{c.OrgID, c.EntryID}]; original.Kind == loyalty.EntryRedeem {
				ids.add(rowKey{c.OrgID, original.CouponID})
			}
		}
		if h := b.cardOf[i]; h != nil && needsOpenCoupons(c) {
			cards.add(h.key())
		}
	}
	if err := b.loadCouponsWhere(ctx, "id", ids.values, ""); err != nil {
		return err
	}
	if err := b.loadCouponsWhere(ctx, "card_id", cards.values, " AND status = 'issued'"); err != nil {
		return err
	}
	for id, k := range b.coupons {
		card := rowKey{k.OrgID, k.CardID}
		b.open[card] = append(b.open[card], id)
	}
	return nil
}

// needsOpenCoupons reports whether the command may take stamps away; see loyalty.State.
func needsOpenCoupons(c *loyalty.Command) bool {
	switch c.Kind {
	case loyalty.CommandReverse, loyalty.CommandMergeOut:
		return true
	case loyalty.CommandAdjust, loyalty.CommandMergeIn:
		return c.Quantity < 0
	case loyalty.CommandStamp, loyalty.CommandRedeem, loyalty.CommandExpire, loyalty.CommandWelcome,
		loyalty.CommandUndoMergeIn, loyalty.CommandUndoMergeOut: // of which UndoMerge takes care itself
	}
	return false
}

func (b *batch) loadReversed(ctx context.Context) error {
	var ids keySet
	for i := range b.commands {
		ids.add(rowKey{b.commands[i].OrgID, b.commands[i].EntryID})
	}
	if len(ids.values) == 0 {
		return nil
	}
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	var args []any
	list, err := all(ctx, tx, scanRowKey,
		"SELECT org_id, reverses FROM entry WHERE reverses IS NOT NULL AND (org_id, reverses) IN "+inPairs(&args, ids.values), args...)
	for _, key := range list {
		b.reversed[key] = true
	}
	return err
}

func scanRowKey(r scanner) (k rowKey, err error) {
	if err = r.Scan(&k.orgID, &k.id); err != nil {
		err = fmt.Errorf("read key: %w", err)
	}
	return k, err
}

const (
	// refLocks is how many locks all external references share, so that a batch never needs
	// more of them than PostgreSQL has room for. Those who wait needlessly wait for a commit.
	refLocks = 1024
	// refLockSpace keeps them apart from other advisory locks, which have keys of one number.
	refLockSpace = 1
)

// lockRefs lets one transaction at a time use a reference, until its end. Entries are
// added in the order of their keys, so that those who use the same keys never wait for
// each other in a circle; for references in any other order they would.
func lockRefs(ctx context.Context, tx *transaction, refs []rowKey) error {
	if tx.lock == "" {
		return nil
	}
	locks := make([]int64, len(refs))
	for i, ref := range refs {
		h := fnv.New32a()
		_, _ = io.WriteString(h, ref.orgID+" "+ref.id) // documented never to fail
		locks[i] = int64(h.Sum32() % refLocks)
	}
	slices.Sort(locks)
	var args []any
	var rows []string
	for _, lock := range slices.Compact(locks) {
		args = append(args, lock)
		rows = append(rows, fmt.Sprintf("(CAST($%d AS INTEGER))", len(args)))
	}
	// The rows of VALUES come in their order.
	_, err := exec(ctx, tx, fmt.Sprintf("SELECT pg_advisory_xact_lock(%d, v.lock) FROM (VALUES %s) AS v (lock)", refLockSpace, strings.Join(rows, ",")), args...)
	return err
}

func (b *batch) loadRefs(ctx context.Context) error {
	var refs keySet
	for i := range b.commands {
		refs.add(rowKey{b.commands[i].OrgID, b.commands[i].ExternalRef})
	}
	if len(refs.values) == 0 {
		return nil
	}
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	if err := lockRefs(ctx, tx, refs.values); err != nil {
		return err
	}
	var args []any
	list, err := all(ctx, tx, func(r scanner) (x externalRef, err error) {
		if err = r.Scan(&x.orgID, &x.locationID, &x.ref, &x.kind); err != nil {
			err = fmt.Errorf("read external reference: %w", err)
		}
		return x, err
	}, "SELECT org_id, COALESCE(location_id, ''), external_ref, kind FROM entry WHERE external_ref <> '' AND (org_id, external_ref) IN "+
		inPairs(&args, refs.values), args...)
	for _, x := range list {
		b.refs[x] = true
	}
	return err
}
