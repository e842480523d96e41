package store

import (
	"context"

	"github.com/leima/leima/loyalty"
)

// news is what a transaction will tell those who follow the ledger; see loyalty.Commit.
type news struct {
	source string
	seq    uint64
	cards  []loyalty.ChangedCard
	counts []loyalty.CellCounts
	cardAt map[rowKey]int
	cellAt map[loyalty.Cell]int
}

func (n *news) empty() bool { return len(n.cards) == 0 && len(n.counts) == 0 }

// expect makes room for so many cards.
func (n *news) expect(cards int) {
	n.cards, n.cardAt = make([]loyalty.ChangedCard, 0, cards), make(map[rowKey]int, cards)
}

// card notes the card as it is now and returns its place among the cards. whole tells that
// more changed than the card, now or when it was noted before.
func (n *news) card(c loyalty.Card, whole bool) (at int) {
	key := rowKey{c.OrgID, c.ID}
	at, again := n.cardAt[key]
	if !again {
		if n.cardAt == nil {
			n.cardAt = map[rowKey]int{}
		}
		at = len(n.cards)
		n.cardAt[key] = at
		n.cards = append(n.cards, loyalty.ChangedCard{OrgID: c.OrgID, ID: c.ID, Since: c.Version - 1})
	}
	x := &n.cards[at]
	x.Version, x.Card, x.Whole = c.Version, c, x.Whole || whole
	return at
}

// coupons notes what became of coupons of the card at the place.
func (n *news) coupons(at int, issued, changed []loyalty.Coupon) {
	x := &n.cards[at]
	x.Coupons = append(append(x.Coupons, issued...), changed...)
}

// count adds to a cell of the live totals.
func (n *news) count(cell loyalty.Cell, add loyalty.Counts) {
	at, again := n.cellAt[cell]
	if !again {
		if n.cellAt == nil {
			n.cellAt = map[loyalty.Cell]int{}
		}
		at = len(n.counts)
		n.cellAt[cell] = at
		n.counts = append(n.counts, loyalty.CellCounts{Cell: cell})
	}
	x := &n.counts[at]
	x.Stamps += add.Stamps
	x.Coupons += add.Coupons
	x.Redemptions += add.Redemptions
	x.Cards += add.Cards
}

// entry counts an entry. sign is 1 for one that is added, -1 for one that is taken back.
func (n *news) entry(e *loyalty.Entry, sign int64) {
	var add loyalty.Counts
	switch e.Kind {
	case loyalty.EntryStamp:
		add.Stamps = sign * int64(e.Quantity)
	case loyalty.EntryReward:
		add.Coupons = sign
	case loyalty.EntryRedeem:
		add.Redemptions = sign
	default:
		return
	}
	n.count(loyalty.Cell{OrgID: e.OrgID, ProgramID: e.ProgramID, LocationID: e.LocationID, Day: e.Day}, add)
}

// countEntries counts the entries that were collected. What a reversal takes back is
// taken away where it was counted; where that is stands in the original, which is among
// the known ones, among those collected or, for some coupons, has to be read.
func (w *ledgerWriter) countEntries(ctx context.Context, read func(context.Context) (*transaction, error), known map[rowKey]loyalty.Entry) error {
	var reversed []rowKey
	for _, e := range w.entries {
		if e.Kind == loyalty.EntryReversal {
			reversed = append(reversed, rowKey{e.OrgID, e.Reverses})
		} else {
			w.news.entry(e.Entry, 1)
		}
	}
	if len(reversed) == 0 {
		return nil
	}
	originals := map[rowKey]*loyalty.Entry{}
	for _, e := range w.entries {
		originals[rowKey{e.OrgID, e.ID}] = e.Entry
	}
	var missing []rowKey
	for _, key := range reversed {
		if e, ok := known[key]; ok {
			originals[key] = &e
		} else if _, ok := originals[key]; !ok {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		tx, err := read(ctx)
		if err != nil {
			return err
		}
		found, err := entriesIn(ctx, tx, missing)
		if err != nil {
			return err
		}
		for i := range found {
			originals[rowKey{found[i].OrgID, found[i].ID}] = &found[i]
		}
	}
	for _, key := range reversed {
		if e := originals[key]; e != nil {
			w.news.entry(e, -1)
		}
	}
	return nil
}
