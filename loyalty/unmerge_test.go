package loyalty_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

// TestAMergeTakenBackLeavesWhatWasThere gives two cards random commands, merges them and
// takes that back: at once, both hold what they held, and later nothing was invented. All
// along, both ledgers lead to their cards.
func TestAMergeTakenBackLeavesWhatWasThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		from, to := drawStoryUnder(t, p, false), drawStoryUnder(t, p, false)
		to.ledger.card.ID = "card_3"
		for i := range to.ledger.entries {
			to.ledger.entries[i].CardID = "card_3"
		}
		for i := range to.ledger.coupons {
			to.ledger.coupons[i].CardID = "card_3"
		}
		now := max(from.ledger.now, to.ledger.now)
		from.ledger.now, to.ledger.now = now, now

		had := [2]holding{holdingOf(from.ledger), holdingOf(to.ledger)}
		out, in := mergeBoth(t, from.ledger, to.ledger)
		proven(t, from, to)
		later := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 5).Draw(t, "since")
		for _, what := range later {
			happen(t, to.ledger, what)
		}
		merged := holdingOf(to.ledger)
		if refusal := undoMerge(t, from.ledger, to.ledger, out, in); refusal != nil {
			if len(later) == 0 {
				t.Fatalf("taking it back at once was refused: %v", refusal)
			}
			proven(t, from, to)
			return
		}
		proven(t, from, to)
		if got := holdingOf(from.ledger); got != had[0] {
			t.Fatalf("the emptied card holds %+v, and held %+v", got, had[0])
		}
		got := holdingOf(to.ledger)
		if len(later) == 0 && got.worth != had[1].worth {
			t.Fatalf("the other card is worth %d, and was worth %d", got.worth, had[1].worth)
		}
		if moved := -out.Quantity; merged.worth-got.worth != moved {
			t.Fatalf("%d stamps moved, but %d left the card", moved, merged.worth-got.worth)
		}
	})
}

// holding is what a customer has on a card: worth counts its stamps and those in rewards
// that can be used or were.
type holding struct {
	worth, balance, round, milestone int
	lifetime                         int64
	status                           loyalty.CardStatus
}

func holdingOf(l *ledger) holding {
	h := holding{l.card.Balance, l.card.Balance, l.card.Round, l.card.Milestone, l.card.Lifetime, l.card.Status}
	for _, c := range l.coupons {
		if c.Status != loyalty.CouponReversed {
			h.worth += c.Cost
		}
	}
	return h
}

// happen gives the card a command that may be refused.
func happen(t *rapid.T, l *ledger, what int) {
	c := loyalty.Command{Kind: loyalty.CommandAdjust, Quantity: rapid.IntRange(1, 9).Draw(t, "adjust by")}
	switch unused := l.unused(); {
	case what == 1 && len(unused) > 0:
		c = loyalty.Command{Kind: loyalty.CommandRedeem, CouponID: rapid.SampledFrom(unused).Draw(t, "used").ID}
	case what == 2 && len(l.heads) > 0:
		c = loyalty.Command{Kind: loyalty.CommandReverse, EntryID: rapid.SampledFrom(l.heads).Draw(t, "undone").ID}
	case what == 3:
		l.now += 24 * hourMS
	}
	_, _ = l.do(t, c)
}

func proven(t *rapid.T, machines ...*machine) {
	t.Helper()
	for _, m := range machines {
		if err := replayed(m.programs, m.ledger.card, m.ledger.coupons, m.ledger.entries); err != nil {
			t.Fatalf("%s does not follow from its ledger: %v", m.ledger.card.ID, err)
		}
	}
}
