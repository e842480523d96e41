package loyalty_test

import (
	"testing"

	"github.com/leima/leima/loyalty"
)

// The size of a card may change while cards are under way: docs/decisions/0004.
func TestTheSizeOfACardChanges(t *testing.T) {
	ten := cardOf(10)
	tell(t, []story{
		{
			"a begun card keeps its promise when the size grows", ten,
			[]step{stamp(8), newGoal(12), stamp(2)},
			"0/12, main issued",
		},
		{
			"the next card has the new size", ten,
			[]step{stamp(8), newGoal(12), stamp(13)},
			"11/12, main issued",
		},
		{
			"a card without stamps takes the larger size at once", ten,
			[]step{newGoal(12), stamp(11)},
			"11/12",
		},
		{
			"a card that was just filled does, too", ten,
			[]step{stamp(10), newGoal(12), stamp(11)},
			"11/12, main issued",
		},
		{
			"a smaller size counts with the next stamp, not before", ten,
			[]step{stamp(9), newGoal(8)},
			"9/10",
		},
		{
			"and what is over goes on the next card", ten,
			[]step{stamp(9), newGoal(8), stamp(1)},
			"2/8, main issued",
		},
		{
			"a much smaller size gives several rewards", ten,
			[]step{stamp(9), newGoal(3), stamp(1)},
			"1/3, main issued, main issued, main issued",
		},
		{
			"there and back again before the next stamp", ten,
			[]step{stamp(9), newGoal(8), newGoal(10), stamp(1)},
			"0/10, main issued",
		},
		{
			"smaller and larger: the smaller promise stays", ten,
			[]step{stamp(3), newGoal(8), stamp(1), newGoal(12), stamp(4)},
			"0/12, main issued",
		},
		{
			"a new milestone beyond the promised size is not met on the old card", cardOf(5),
			[]step{stamp(3), newGoal(10), change(func(p *loyalty.Program) { p.Rewards = append(p.Rewards, milestone(7)) }), stamp(8)},
			"6/10, main issued",
		},
		{
			"a new milestone that was passed is given with the next stamp", ten,
			[]step{stamp(6), change(func(p *loyalty.Program) { p.Rewards = append(p.Rewards, milestone(5)) }), stamp(1)},
			"7/10, milestone5 issued",
		},
		{
			"a new milestone below one that was given is not", cardOf(10, milestone(6)),
			[]step{stamp(6), change(func(p *loyalty.Program) { p.Rewards = append(p.Rewards, milestone(5)) }), stamp(1)},
			"7/10, milestone6 issued",
		},
		{
			"a milestone that went away leaves its coupon", cardOf(10, milestone(5)),
			[]step{stamp(6), change(func(p *loyalty.Program) { p.Rewards = p.Rewards[:1] }), use(0), stamp(1)},
			"7/10, milestone5 redeemed",
		},
		{
			"a milestone given beyond the smaller size is the old card's alone", cardOf(10, milestone(8)),
			[]step{stamp(8), change(func(p *loyalty.Program) { p.Goal, p.Rewards[1] = 5, milestone(3) }), stamp(1)},
			"4/5, milestone8 issued, main issued, milestone3 issued",
		},
	})
}

// What a coupon cost is what the card really took, so that as much comes back.
func TestACouponCostsWhatItsCardTook(t *testing.T) {
	l := newLedger(cardOf(10))
	for _, s := range []step{
		stamp(10),                        // a card of ten
		stamp(3), newGoal(12), stamp(19), // the begun card of ten, and one of twelve
		stamp(5), newGoal(4), stamp(1), // begun at twelve, cut to four
	} {
		s(t, l)
	}
	want := []int{10, 10, 12, 4}
	var got []int
	for _, c := range l.coupons {
		got = append(got, c.Cost)
	}
	if len(got) != len(want) {
		t.Fatalf("costs are %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] || l.coupons[i].At != want[i] {
			t.Errorf("coupon %d cost %d at stamp %d, want %d", i, got[i], l.coupons[i].At, want[i])
		}
	}
}

func TestCardGoal(t *testing.T) {
	for _, c := range []struct {
		name                         string
		program, balance, card, want int
	}{
		{"a card that never had a size", 10, 0, 0, 10},
		{"an empty card", 12, 0, 10, 12},
		{"a card that owes", 12, -3, 10, 12},
		{"a begun card, the program grew", 12, 1, 10, 10},
		{"a begun card, the program shrank", 8, 1, 10, 8},
		{"a card with more than the smaller size", 8, 9, 10, 8},
	} {
		got := loyalty.CardGoal(cardOf(c.program), loyalty.Card{Balance: c.balance, Goal: c.card})
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestNextSaysWhatIsMissing(t *testing.T) {
	p := cardOf(10, milestone(7), milestone(3))
	for _, c := range []struct {
		name    string
		steps   []step
		reward  string
		missing int
	}{
		{"an empty card", nil, "rew_3", 3},
		{"on the way to the first milestone", []step{stamp(1)}, "rew_3", 2},
		{"at the first milestone", []step{stamp(3)}, "rew_7", 4},
		{"past the last milestone", []step{stamp(8)}, "rew_main", 2},
		{"on the next card", []step{stamp(12)}, "rew_3", 1},
		{"a milestone that was used does not come again", []step{stamp(3), use(0), undo(0)}, "rew_7", 7},
		{"a card that owes", []step{stamp(10), use(0), use(1), use(2), undo(0)}, "rew_3", 13},
		{"a begun card when the program grew", []step{stamp(8), newGoal(12)}, "rew_main", 2},
		{
			"a card that a reversal opened again when the program shrank",
			[]step{stamp(5), stamp(5), newGoal(8), undo(1)},
			"rew_7", 2,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLedger(p)
			for _, s := range c.steps {
				s(t, l)
			}
			reward, missing := loyalty.Next(l.program, l.card)
			if reward.ID != c.reward || missing != c.missing {
				t.Errorf("%s in %d stamps, want %s in %d", reward.ID, missing, c.reward, c.missing)
			}
		})
	}
}
