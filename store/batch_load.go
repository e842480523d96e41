package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/leima/leima/loyalty"
)

const ledgerCardColumns = "org_id, id, program_id, customer_id, status, version, balance, goal, round, milestone, lifetime, " +
	"last_stamp_at, day, day_stamps, welcomed_at, joined_at"

func scanLedgerCard(r scanner) (c loyalty.Card, err error) {
	err = r.Scan(&c.OrgID, &c.ID, &c.ProgramID, &c.CustomerID, &c.Status, &c.Version, &c.Balance, &c.Goal, &c.Round, &c.Milestone,
		&c.Lifetime, &c.LastStampAt, &c.Day, &c.DayStamps, &c.WelcomedAt, &c.JoinedAt)
	if err != nil {
		err = fmt.Errorf("read card: %w", err)
	}
	return c, err
}

// load reads all that the commands need to be decided. The order matters: what a card
// lock guards (its coupons, whether an entry was reversed) is read after the lock.
func (b *batch) load(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		b.resolve, b.lockCards, b.loadKeys, b.loadPrograms, b.loadCoupons, b.loadReversed, b.loadRefs, b.loadCardDays, b.loadStampings, b.lockStaffDays,
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

// resolve finds the card of each command, which may be named by one of its entries or
// coupons only. The link from those to the card never changes, so no lock is needed.
func (b *batch) resolve(ctx context.Context) error {
	var entries, coupons set
	for _, c := range b.commands {
		entries.add(c.EntryID)
		coupons.add(c.CouponID)
	}
	if err := b.loadEntries(ctx, entries.values); err != nil {
		return err
	}
	if err := b.loadCouponsWhere(ctx, "id", coupons.values, ""); err != nil {
		return err
	}
	for i, c := range b.commands {
		b.cardOf[i] = b.resolved(c)
	}
	return nil
}

// resolved returns the card that all parts of the command agree on, "" if they do not.
func (b *batch) resolved(c loyalty.Command) string {
	owner := c.CardID
	switch c.Kind {
	case loyalty.CommandReverse:
		owner = b.originals[c.EntryID].CardID
	case loyalty.CommandRedeem, loyalty.CommandExpire:
		owner = b.coupons[c.CouponID].CardID
	case loyalty.CommandStamp, loyalty.CommandAdjust, loyalty.CommandWelcome, loyalty.CommandMergeIn, loyalty.CommandMergeOut:
	}
	if c.OrgID != b.orgID || c.CardID != "" && c.CardID != owner {
		return ""
	}
	return owner
}

func (b *batch) loadEntries(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	args := []any{b.orgID}
	list, err := all(ctx, b.tx, scanEntry, "SELECT "+entrySelect+" FROM entry WHERE org_id = $1 AND id IN "+in(&args, ids), args...)
	for _, e := range list {
		b.originals[e.ID] = e
	}
	return err
}

// loadCouponsWhere reads the coupons whose column has one of the values.
func (b *batch) loadCouponsWhere(ctx context.Context, column string, values []string, condition string) error {
	if len(values) == 0 {
		return nil
	}
	args := []any{b.orgID}
	list, err := all(ctx, b.tx, scanCoupon,
		"SELECT "+couponColumns+" FROM coupon WHERE org_id = $1 AND "+column+" IN "+in(&args, values)+condition, args...)
	for _, k := range list {
		b.coupons[k.ID] = k
	}
	return err
}

func (b *batch) lockCards(ctx context.Context) error {
	var ids set
	for _, id := range b.cardOf {
		ids.add(id)
	}
	if len(ids.values) == 0 {
		return nil
	}
	args := []any{b.orgID}
	list, err := all(ctx, b.tx, scanLedgerCard, "SELECT "+ledgerCardColumns+" FROM card WHERE org_id = $1 AND id IN "+
		in(&args, ids.values)+" ORDER BY id"+b.tx.forUpdate, args...)
	for _, c := range list {
		b.cards[c.ID] = c
	}
	return err
}

func (b *batch) loadKeys(ctx context.Context) error {
	var keys, entries set
	for _, c := range b.commands {
		keys.add(c.IdempotencyKey)
	}
	if len(keys.values) == 0 {
		return nil
	}
	args := []any{b.orgID}
	list, err := all(ctx, b.tx, func(r scanner) (u usedKey, err error) {
		if err = r.Scan(&u.key, &u.bodyHash, &u.entryID, &u.snapshot); err != nil {
			err = fmt.Errorf("read idempotency key: %w", err)
		}
		return u, err
	}, "SELECT idempotency_key, body_hash, entry_id, outcome FROM idempotency WHERE org_id = $1 AND idempotency_key IN "+
		in(&args, keys.values), args...)
	if err != nil {
		return err
	}
	for _, u := range list {
		b.used[u.key] = u
		entries.add(u.entryID)
	}
	return b.loadEntries(ctx, entries.values)
}

func (b *batch) loadPrograms(ctx context.Context) error {
	var ids set
	for _, c := range b.cards {
		ids.add(c.ProgramID)
	}
	if len(ids.values) == 0 {
		return nil
	}
	args := []any{b.orgID}
	list, err := all(ctx, b.tx, scanProgram,
		"SELECT "+programColumns+" FROM program WHERE org_id = $1 AND id IN "+in(&args, ids.values), args...)
	for _, p := range list {
		b.programs[p.ID] = p
	}
	return err
}

// loadCoupons reads, under the lock of their cards, the coupons that are named and
// those of cards that may lose stamps.
func (b *batch) loadCoupons(ctx context.Context) error {
	var ids, cards set
	for i, c := range b.commands {
		ids.add(c.CouponID)
		if original := b.originals[c.EntryID]; original.Kind == loyalty.EntryRedeem {
			ids.add(original.CouponID)
		}
		if needsOpenCoupons(c) {
			cards.add(b.cardOf[i])
		}
	}
	if err := b.loadCouponsWhere(ctx, "id", ids.values, ""); err != nil {
		return err
	}
	if err := b.loadCouponsWhere(ctx, "card_id", cards.values, " AND status = 'issued'"); err != nil {
		return err
	}
	for _, k := range b.coupons {
		b.open[k.CardID] = append(b.open[k.CardID], k.ID)
	}
	return nil
}

// needsOpenCoupons reports whether the command may take stamps away; see loyalty.State.
func needsOpenCoupons(c loyalty.Command) bool {
	switch c.Kind {
	case loyalty.CommandReverse, loyalty.CommandMergeOut:
		return true
	case loyalty.CommandAdjust, loyalty.CommandMergeIn:
		return c.Quantity < 0
	case loyalty.CommandStamp, loyalty.CommandRedeem, loyalty.CommandExpire, loyalty.CommandWelcome:
	}
	return false
}

func (b *batch) loadReversed(ctx context.Context) error {
	var ids set
	for _, c := range b.commands {
		ids.add(c.EntryID)
	}
	if len(ids.values) == 0 {
		return nil
	}
	args := []any{b.orgID}
	list, err := all(ctx, b.tx, scan1[string],
		"SELECT reverses FROM entry WHERE org_id = $1 AND reverses IN "+in(&args, ids.values), args...)
	for _, id := range list {
		b.reversed[id] = true
	}
	return err
}

func (b *batch) loadRefs(ctx context.Context) error {
	var refs, locations set
	anywhere := false
	for _, c := range b.commands {
		if c.ExternalRef != "" {
			refs.add(c.ExternalRef)
			locations.add(c.LocationID)
			anywhere = anywhere || c.LocationID == ""
		}
	}
	if len(refs.values) == 0 {
		return nil
	}
	if anywhere {
		locations.values = append(locations.values, "")
	}
	args := []any{b.orgID}
	list, err := all(ctx, b.tx, func(r scanner) (x externalRef, err error) {
		if err = r.Scan(&x.locationID, &x.ref, &x.kind); err != nil {
			err = fmt.Errorf("read external reference: %w", err)
		}
		return x, err
	}, "SELECT COALESCE(location_id, ''), external_ref, kind FROM entry WHERE org_id = $1 AND external_ref <> '' AND external_ref IN "+
		in(&args, refs.values)+" AND COALESCE(location_id, '') IN "+in(&args, locations.values), args...)
	for _, x := range list {
		b.refs[x] = true
	}
	return err
}

// loadCardDays counts the stamps that cards got on the days of the commands, where a
// program limits them. Of its last day a card carries the count itself.
func (b *batch) loadCardDays(ctx context.Context) error {
	var cards set
	days := map[loyalty.Day]bool{}
	for i, c := range b.commands {
		card, found := b.cards[b.cardOf[i]]
		if !found || c.Kind != loyalty.CommandStamp || b.programs[card.ProgramID].Limits.MaxPerCardDay == 0 {
			continue
		}
		day := loyalty.DayOf(c.At, c.Zone)
		b.cardDays[cardDay{card.ID, day}] = 0
		if day == card.Day {
			b.cardDays[cardDay{card.ID, day}] = card.DayStamps
			continue
		}
		cards.add(card.ID)
		days[day] = true
	}
	if len(cards.values) == 0 {
		return nil
	}
	type tally struct {
		cardDay
		stamps int
	}
	args := []any{b.orgID}
	list, err := all(ctx, b.tx, func(r scanner) (t tally, err error) {
		if err = r.Scan(&t.cardID, &t.day, &t.stamps); err != nil {
			err = fmt.Errorf("read stamps of a day: %w", err)
		}
		return t, err
	}, "SELECT e.card_id, e.day, CAST(SUM(e.quantity) AS BIGINT) FROM entry e WHERE e.org_id = $1 AND e.kind = 'stamp' AND e.card_id IN "+
		in(&args, cards.values)+" AND e.day IN "+in(&args, slices.Collect(maps.Keys(days)))+
		" AND NOT EXISTS (SELECT 1 FROM entry r WHERE r.org_id = e.org_id AND r.reverses = e.id) GROUP BY e.card_id, e.day", args...)
	for _, t := range list {
		// The query may answer for pairs that nobody asked about.
		if card := b.cards[t.cardID]; t.day != card.Day {
			b.cardDays[t.cardDay] = t.stamps
		}
	}
	return err
}

// lockStaffDays makes and locks the counters of staff, in one order for all replicas,
// where a program limits what staff may give. It comes after the cards.
func (b *batch) lockStaffDays(ctx context.Context) error {
	wanted := map[staffDay]bool{}
	for i, c := range b.commands {
		card := b.cards[b.cardOf[i]]
		if b.programs[card.ProgramID].Limits.MaxPerStaffDay == 0 {
			continue
		}
		original := b.originals[c.EntryID]
		switch {
		case c.Kind == loyalty.CommandStamp && c.Actor.Kind == loyalty.ActorStaff:
			wanted[staffDay{card.ProgramID, c.Actor.ID, loyalty.DayOf(c.At, c.Zone)}] = true
		case c.Kind == loyalty.CommandReverse && original.Kind == loyalty.EntryStamp && original.Actor.Kind == loyalty.ActorStaff:
			wanted[staffDay{card.ProgramID, original.Actor.ID, original.Day}] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	for d := range wanted {
		b.staffDays[d] = 0
	}
	type tally struct {
		staffDay
		stamps int
	}
	// The update that changes nothing locks rows that are there and returns them.
	query, args := b.staffDayUpsert("staff_day.stamps")
	list, err := all(ctx, b.tx, func(r scanner) (t tally, err error) {
		if err = r.Scan(&t.programID, &t.staffID, &t.day, &t.stamps); err != nil {
			err = fmt.Errorf("read stamps of staff: %w", err)
		}
		return t, err
	}, query+" RETURNING program_id, staff_id, day, stamps", args...)
	for _, t := range list {
		b.staffDays[t.staffDay] = t.stamps
	}
	return err
}

// saveStaffDays writes the counters as the commands have left them.
func (b *batch) saveStaffDays(ctx context.Context) error {
	if len(b.staffDays) == 0 {
		return nil
	}
	query, args := b.staffDayUpsert("excluded.stamps")
	_, err := exec(ctx, b.tx, query, args...)
	return err
}

// staffDayUpsert returns the statement, and its values, that adds the counters and sets
// those that are there to stamps, in one order for all replicas.
func (b *batch) staffDayUpsert(stamps string) (query string, args []any) {
	const width = 5
	for _, d := range slices.SortedFunc(maps.Keys(b.staffDays), func(x, y staffDay) int {
		return cmp.Or(cmp.Compare(x.programID, y.programID), cmp.Compare(x.staffID, y.staffID), cmp.Compare(x.day, y.day))
	}) {
		args = append(args, b.orgID, d.programID, d.staffID, int64(d.day), b.staffDays[d])
	}
	return "INSERT INTO staff_day (org_id, program_id, staff_id, day, stamps) VALUES " + placeholders(1, len(args)/width, width) +
		" ON CONFLICT (org_id, program_id, staff_id, day) DO UPDATE SET stamps = " + stamps, args
}
