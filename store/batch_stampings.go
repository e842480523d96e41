package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/leima/leima/loyalty"
)

// stamping is a stamp entry that was not taken back.
type stamping struct {
	id string
	at int64
}

func scanStamping(r scanner) (s stamping, err error) {
	if err = r.Scan(&s.id, &s.at); err != nil {
		err = fmt.Errorf("read stamping: %w", err)
	}
	return s, err
}

const stampingSelect = "SELECT e.id, e.happened_at FROM entry e WHERE e.org_id = $1 AND e.card_id = $2 AND e.kind = 'stamp' " +
	"AND NOT EXISTS (SELECT 1 FROM entry r WHERE r.org_id = e.org_id AND r.reverses = e.id)"

// loadStampings reads the stampings that a card does not carry and that two rare
// commands ask for: a stamp recorded late, which must keep the cool-down from its
// neighbours, and a reversal of the last stamping, after which the one before it is
// the last. It is one statement for each card with reversals and two for each late
// stamp; the usual stamp costs none.
func (b *batch) loadStampings(ctx context.Context) error {
	reversals := map[rowKey]int{}
	for i := range b.commands {
		c := &b.commands[i]
		h := b.cardOf[i]
		if h == nil {
			continue
		}
		coolDown := h.program.Limits.CoolDown
		b.asksStampings = b.asksStampings || coolDown != 0 || c.Kind == loyalty.CommandReverse
		switch {
		case c.Kind == loyalty.CommandReverse && b.originals[rowKey{c.OrgID, c.EntryID}].Kind == loyalty.EntryStamp:
			reversals[h.key()]++
		case c.Kind == loyalty.CommandStamp && c.At < h.card.LastStampAt && coolDown != 0:
			if err := b.addStampings(ctx, h.key(), " AND e.happened_at <= $3 ORDER BY e.happened_at DESC LIMIT 1", c.At); err != nil {
				return err
			}
			if err := b.addStampings(ctx, h.key(), " AND e.happened_at > $3 ORDER BY e.happened_at LIMIT 1", c.At); err != nil {
				return err
			}
		}
	}
	for card, n := range reversals {
		// However many of the latest are taken back, the one before them is known.
		if err := b.addStampings(ctx, card, " ORDER BY e.happened_at DESC LIMIT $3", int64(n+1)); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) addStampings(ctx context.Context, card rowKey, condition string, value int64) error {
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	list, err := all(ctx, tx, scanStamping, stampingSelect+condition, card.orgID, card.id, value)
	for _, s := range list {
		if !slices.Contains(b.stampings[card], s) {
			b.stampings[card] = append(b.stampings[card], s)
		}
	}
	return err
}

// tallyStampings fills in what loyalty.Tally says of other stampings of the card.
func (b *batch) tallyStampings(t *loyalty.Tally, c *loyalty.Command, card rowKey) {
	for _, s := range b.stampings[card] {
		t.NearStamp(s.at, c.At)
		if s.id != c.EntryID {
			t.LastStampAt = max(t.LastStampAt, s.at)
		}
	}
}

// countStamping keeps the stampings true for the next commands of the batch, if any of
// them can ask.
func (b *batch) countStamping(head *loyalty.Entry) {
	if !b.asksStampings {
		return
	}
	card := rowKey{head.OrgID, head.CardID}
	switch head.Kind {
	case loyalty.EntryStamp:
		b.stampings[card] = append(b.stampings[card], stamping{head.ID, head.At})
	case loyalty.EntryReversal:
		b.stampings[card] = slices.DeleteFunc(b.stampings[card], func(s stamping) bool { return s.id == head.Reverses })
	default:
	}
}
