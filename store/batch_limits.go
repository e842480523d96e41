package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/leima/leima/loyalty"
)

// loadCardDays counts the stamps that cards got on the days of the commands, where a
// program limits them. Of its last day a card carries the count itself.
func (b *batch) loadCardDays(ctx context.Context) error {
	var cards keySet
	days := map[loyalty.Day]bool{}
	for i := range b.commands {
		c := &b.commands[i]
		h := b.cardOf[i]
		if h == nil || c.Kind != loyalty.CommandStamp || h.program.Limits.MaxPerCardDay == 0 {
			continue
		}
		key, day := h.key(), loyalty.DayOf(c.At, c.Zone)
		b.cardDays[cardDay{key, day}] = 0
		if day == h.card.Day {
			b.cardDays[cardDay{key, day}] = h.card.DayStamps
			continue
		}
		cards.add(key)
		days[day] = true
	}
	if len(cards.values) == 0 {
		return nil
	}
	type tally struct {
		cardDay
		stamps int
	}
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	var args []any
	list, err := all(ctx, tx, func(r scanner) (t tally, err error) {
		if err = r.Scan(&t.card.orgID, &t.card.id, &t.day, &t.stamps); err != nil {
			err = fmt.Errorf("read stamps of a day: %w", err)
		}
		return t, err
	}, "SELECT e.org_id, e.card_id, e.day, CAST(SUM(e.quantity) AS BIGINT) FROM entry e WHERE e.kind = 'stamp' AND (e.org_id, e.card_id) IN "+
		inPairs(&args, cards.values)+" AND e.day IN "+in(&args, slices.Collect(maps.Keys(days)))+
		" AND NOT EXISTS (SELECT 1 FROM entry r WHERE r.org_id = e.org_id AND r.reverses = e.id) GROUP BY e.org_id, e.card_id, e.day", args...)
	for _, t := range list {
		// The query may answer for pairs that nobody asked about.
		if h := b.cards[t.card]; t.day != h.card.Day {
			b.cardDays[t.cardDay] = t.stamps
		}
	}
	return err
}

// lockStaffDays makes and locks the counters of staff, in one order for all replicas,
// where a program limits what staff may give. It comes after the cards.
func (b *batch) lockStaffDays(ctx context.Context) error {
	for i := range b.commands {
		c := &b.commands[i]
		h := b.cardOf[i]
		if h == nil || h.program.Limits.MaxPerStaffDay == 0 {
			continue
		}
		program := rowKey{h.card.OrgID, h.card.ProgramID}
		original := b.originals[rowKey{c.OrgID, c.EntryID}]
		switch {
		case c.Kind == loyalty.CommandStamp && c.Actor.Kind == loyalty.ActorStaff:
			b.staffDays[staffDay{program, c.Actor.ID, loyalty.DayOf(c.At, c.Zone)}] = 0
		case c.Kind == loyalty.CommandReverse && original.Kind == loyalty.EntryStamp && original.Actor.Kind == loyalty.ActorStaff:
			b.staffDays[staffDay{program, original.Actor.ID, original.Day}] = 0
		}
	}
	if len(b.staffDays) == 0 {
		return nil
	}
	type tally struct {
		staffDay
		stamps int
	}
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	// The update that changes nothing locks rows that are there and returns them.
	query, args := b.staffDayUpsert("staff_day.stamps")
	list, err := all(ctx, tx, func(r scanner) (t tally, err error) {
		if err = r.Scan(&t.program.orgID, &t.program.id, &t.staffID, &t.day, &t.stamps); err != nil {
			err = fmt.Errorf("read stamps of staff: %w", err)
		}
		return t, err
	}, query+" RETURNING org_id, program_id, staff_id, day, stamps", args...)
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
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	query, args := b.staffDayUpsert("excluded.stamps")
	_, err = exec(ctx, tx, query, args...)
	return err
}

// staffDayUpsert returns the statement, and its values, that adds the counters and sets
// those that are there to stamps, in one order for all replicas.
func (b *batch) staffDayUpsert(stamps string) (query string, args []any) {
	const width = 5
	for _, d := range slices.SortedFunc(maps.Keys(b.staffDays), func(x, y staffDay) int {
		return cmp.Or(compareKeys(x.program, y.program), cmp.Compare(x.staffID, y.staffID), cmp.Compare(x.day, y.day))
	}) {
		args = append(args, d.program.orgID, d.program.id, d.staffID, int64(d.day), b.staffDays[d])
	}
	return "INSERT INTO staff_day (org_id, program_id, staff_id, day, stamps) VALUES " + placeholders(1, len(args)/width, width) +
		" ON CONFLICT (org_id, program_id, staff_id, day) DO UPDATE SET stamps = " + stamps, args
}
