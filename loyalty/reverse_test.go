package loyalty_test

import (
	"testing"
	"time"

	"github.com/leima/leima/loyalty"
)

func TestStampsAreTakenBack(t *testing.T) {
	ten := cardOf(10)
	tell(t, []story{
		{"the last ones", ten, []step{stamp(3), stamp(2), undo(1)}, "3/10"},
		{"the only ones", ten, []step{stamp(3), undo(0)}, "0/10"},
		{"some in the middle", ten, []step{stamp(3), stamp(2), stamp(4), undo(1)}, "7/10"},
		{"the card opens again", ten, []step{stamp(8), stamp(2), undo(1)}, "8/10, main reversed"},
		{"the card opens again, and what was over goes", ten, []step{stamp(8), stamp(5), undo(1)}, "8/10, main reversed"},
		{
			"several cards open again", ten,
			[]step{stamp(8), stamp(25), undo(1)},
			"8/10, main reversed, main reversed, main reversed",
		},
		{"an earlier part of a full card", ten, []step{stamp(8), stamp(2), undo(0)}, "2/10, main reversed"},
		{"later stamps pay for the reward of earlier ones", ten, []step{stamp(10), stamp(5), undo(0)}, "5/10, main reversed"},
		{
			"later stamps still fill the card: its reward is given anew", ten,
			[]step{stamp(5), stamp(5), stamp(8), undo(1)},
			"3/10, main reversed, main issued",
		},
		{
			"the original in the middle of two rewards", ten,
			[]step{stamp(5), stamp(5), stamp(10), stamp(3), undo(1)},
			"8/10, main reversed, main issued",
		},
		{"an adjustment upwards", ten, []step{stamp(3), adjust(9), undo(1)}, "3/10, main reversed"},
		{"an adjustment downwards", ten, []step{stamp(9), adjust(-4), stamp(2), undo(1)}, "1/10, main issued"},
		{"welcome stamps and their reward", welcoming(4), []step{welcome(), undo(0)}, "0/10, welcome reversed"},
		{"welcome stamps, the reward used", welcoming(4), []step{welcome(), use(0), undo(0)}, "0/10, welcome redeemed"},
	})
}

// A reward that was used stays used, and its stamps are owed.
func TestAUsedRewardLeavesTheCardOwing(t *testing.T) {
	ten := cardOf(10)
	tell(t, []story{
		{"all stamps are owed", ten, []step{stamp(10), use(0), undo(0)}, "-10/10, main redeemed"},
		{"some stamps are owed", ten, []step{stamp(6), stamp(4), use(0), undo(1)}, "-4/10, main redeemed"},
		{"the stamps on the next card pay", ten, []step{stamp(10), use(0), stamp(7), undo(0)}, "-3/10, main redeemed"},
		{
			"an unused reward pays, the latest first", ten,
			[]step{stamp(10), stamp(10), use(0), undo(0)},
			"0/10, main redeemed, main reversed",
		},
		{
			"an unused reward pays, and the rest stays", ten,
			[]step{stamp(4), stamp(6), stamp(10), use(0), undo(0)},
			"6/10, main redeemed, main reversed",
		},
		{
			"the reward used is the later one", ten,
			[]step{stamp(10), stamp(10), use(1), undo(0)},
			"0/10, main reversed, main redeemed",
		},
		{"paid back", ten, []step{stamp(10), use(0), undo(0), stamp(10)}, "0/10, main redeemed"},
		{
			"paid back, and on to the next", ten,
			[]step{stamp(10), use(0), undo(0), stamp(13), stamp(7)},
			"0/10, main redeemed, main issued",
		},
		{"bought, used and refunded again and again wins nothing", ten, []step{
			stamp(10), use(0), undo(0), stamp(10), undo(3), stamp(10), undo(5),
		}, "-10/10, main redeemed"},
		{
			"an expired reward is as good as used", expiring("P1M"),
			[]step{stamp(10), later(60 * day), expire(0), undo(0)},
			"-10/10, main expired",
		},
	})
}

func TestMilestonesAreTakenBack(t *testing.T) {
	p := cardOf(10, milestone(3), milestone(6))
	five := cardOf(10, milestone(5))
	tell(t, []story{
		{"one that is not reached any more", p, []step{stamp(3), undo(0)}, "0/10, milestone3 reversed"},
		{"one of two", p, []step{stamp(4), stamp(3), undo(1)}, "4/10, milestone3 issued, milestone6 reversed"},
		{"other stamps still reach it", p, []step{stamp(3), stamp(3), undo(0)}, "3/10, milestone3 issued, milestone6 reversed"},
		{"and given again", p, []step{stamp(3), undo(0), stamp(3)}, "3/10, milestone3 reversed, milestone3 issued"},
		{"a used one stays and is not given again", p, []step{stamp(3), use(0), undo(0), stamp(4)}, "4/10, milestone3 redeemed"},
		{
			"a used one below an unused one", p,
			[]step{stamp(6), use(0), undo(0), stamp(6)},
			"6/10, milestone3 redeemed, milestone6 reversed, milestone6 issued",
		},
		{
			"a used one is remembered while the program does without", p,
			[]step{stamp(3), use(0), stamp(3), without(3, 6), adjust(-1), with(3), stamp(1)},
			"6/10, milestone3 redeemed, milestone6 reversed",
		},
		{
			"those of the card that opens again stay", p,
			[]step{stamp(7), stamp(3), undo(1)},
			"7/10, milestone3 issued, milestone6 issued, main reversed",
		},
		{
			"those of a card that is no more go", p,
			[]step{stamp(2), stamp(12), undo(1)},
			"2/10, milestone3 reversed, milestone6 reversed, main reversed, milestone3 reversed",
		},
		{
			"those of all cards that are no more go", five,
			[]step{stamp(26), undo(0), stamp(5)},
			"5/10, milestone5 reversed, main reversed, milestone5 reversed, main reversed, milestone5 reversed, milestone5 issued",
		},
		{
			"a reward given anew brings the milestones of the next card once", cardOf(10, milestone(2)),
			[]step{stamp(5), stamp(5), stamp(8), undo(1)},
			"3/10, milestone2 issued, main reversed, milestone2 reversed, main issued, milestone2 issued",
		},
		{
			"as many cards as stamps, as many milestones as cards", five,
			[]step{stamp(5), stamp(5), stamp(10), stamp(3), undo(1)},
			"8/10, milestone5 reversed, main reversed, milestone5 issued, main issued, milestone5 issued",
		},
		{
			"one of the next card was used: it does not come twice", five,
			[]step{stamp(6), stamp(10), use(2), undo(1), stamp(10)},
			"6/10, milestone5 issued, main reversed, milestone5 redeemed, main issued",
		},
		{"bought, used and refunded again and again wins nothing", five, []step{
			stamp(6), stamp(10), use(2), undo(1), stamp(10), undo(4), stamp(10), undo(6), stamp(10), stamp(10),
		}, "6/10, milestone5 issued, main reversed, milestone5 redeemed, main reversed, main reversed, main issued, main issued, milestone5 issued"},
		{"one that the program dropped for a while does not come twice", p, []step{
			stamp(3), stamp(3), change(func(p *loyalty.Program) { p.Rewards = p.Rewards[:1] }), undo(1),
			change(func(p *loyalty.Program) { p.Rewards = append(p.Rewards, milestone(3), milestone(6)) }), stamp(3),
		}, "6/10, milestone3 issued, milestone6 reversed, milestone6 issued"},
		{"one used where the opened card had none counts for that card", cardOf(10), []step{
			stamp(6), stamp(10), change(func(p *loyalty.Program) { p.Rewards = append(p.Rewards, milestone(5)) }), stamp(1), use(1), undo(1), stamp(10),
		}, "7/10, main reversed, milestone5 redeemed, main issued, milestone5 issued"},
		{"one whose use was undone comes again with its stamps", five, []step{
			stamp(6), stamp(10), use(2), undo(1), stamp(10), undo(2), undo(4), stamp(10),
		}, "6/10, milestone5 issued, main reversed, milestone5 reversed, main reversed, main issued, milestone5 issued"},
		{"one used on a larger card does not reach into the next smaller one", cardOf(10, milestone(8)), []step{
			stamp(10), use(0), stamp(10), use(2), use(3),
			change(func(p *loyalty.Program) { p.Goal, p.Rewards[1] = 5, milestone(3) }), stamp(1), undo(0), stamp(7),
		}, "3/5, milestone8 redeemed, main reversed, milestone8 redeemed, main redeemed, main issued, milestone3 issued"},
		{"one used before the card shrank and grew again does not come twice", cardOf(3, milestone(2)), []step{
			stamp(2), use(0), change(func(p *loyalty.Program) { p.Goal, p.Rewards = 2, p.Rewards[:1] }), adjust(-2),
			change(func(p *loyalty.Program) { p.Goal, p.Rewards = 3, append(p.Rewards, milestone(1), milestone(2)) }), stamp(2),
		}, "2/3, milestone2 redeemed"},
		{"and when its use is undone, it is there once", cardOf(3, milestone(2)), []step{
			stamp(2), use(0), change(func(p *loyalty.Program) { p.Goal, p.Rewards = 2, p.Rewards[:1] }), adjust(-2),
			change(func(p *loyalty.Program) { p.Goal, p.Rewards = 3, append(p.Rewards, milestone(1), milestone(2)) }), stamp(2), undo(1),
		}, "2/3, milestone2 issued"},
		{"nor if the smaller card was filled, and opened again", cardOf(10, milestone(8)), []step{
			stamp(8), use(0), change(func(p *loyalty.Program) { p.Goal, p.Rewards = 5, p.Rewards[:1] }), stamp(1), undo(0), adjust(-1),
			change(func(p *loyalty.Program) { p.Goal, p.Rewards = 10, append(p.Rewards, milestone(8)) }), stamp(9),
		}, "9/10, milestone8 redeemed, main reversed"},
		{"one beyond those of the larger card comes when the card is larger still", cardOf(10, milestone(8)), []step{
			stamp(8), use(0), change(func(p *loyalty.Program) { p.Goal, p.Rewards = 5, p.Rewards[:1] }), adjust(-8),
			change(func(p *loyalty.Program) { p.Goal, p.Rewards = 12, append(p.Rewards, milestone(8), milestone(11)) }), stamp(11),
		}, "11/12, milestone8 redeemed, milestone11 issued"},
		{"one whose use was undone while the card was smaller comes again with its stamps", cardOf(10, milestone(8)), []step{
			stamp(8), use(0), change(func(p *loyalty.Program) { p.Goal, p.Rewards = 5, p.Rewards[:1] }), adjust(-8), undo(1),
			change(func(p *loyalty.Program) { p.Goal, p.Rewards = 10, append(p.Rewards, milestone(8)) }), stamp(8),
		}, "8/10, milestone8 reversed, milestone8 issued"},
		{
			"a card whose reward was used is owed as a whole", five,
			[]step{stamp(10), use(1), undo(0)},
			"-10/10, milestone5 issued, main redeemed",
		},
	})
}

// An undone use gives the coupon back, unless the card owes for it.
func TestAUseIsUndone(t *testing.T) {
	ten, five := cardOf(10), cardOf(10, milestone(5))
	tell(t, []story{
		{"and the coupon can be used", ten, []step{stamp(10), use(0), undo(1)}, "0/10, main issued"},
		{"used, undone, used again", ten, []step{stamp(10), use(0), undo(1), use(0)}, "0/10, main redeemed"},
		{"undone twice over", ten, []step{stamp(10), use(0), undo(1), use(0), undo(3)}, "0/10, main issued"},
		{"then the stamps as well", ten, []step{stamp(10), use(0), undo(1), undo(0)}, "0/10, main reversed"},
		{"after the stamps: the debt is settled with it", ten, []step{stamp(10), use(0), undo(0), undo(1)}, "0/10, main reversed"},
		{
			"after some of the stamps: the others are there again", ten,
			[]step{stamp(6), stamp(4), use(0), undo(1), undo(2)},
			"6/10, main reversed",
		},
		{
			"after the debt was paid: the coupon is paid for", ten,
			[]step{stamp(10), use(0), undo(0), stamp(10), undo(1)},
			"0/10, main issued",
		},
		{"a milestone's", five, []step{stamp(5), use(0), undo(1)}, "5/10, milestone5 issued"},
		{"a milestone's after its stamps", five, []step{stamp(5), use(0), undo(0), undo(1)}, "0/10, milestone5 reversed"},
		{
			"and it is given when it is reached again", five,
			[]step{stamp(5), use(0), undo(0), undo(1), stamp(5)},
			"5/10, milestone5 reversed, milestone5 issued",
		},
		{
			"all that the opened card cannot show for goes", five,
			[]step{stamp(10), use(1), undo(0), undo(1)},
			"0/10, milestone5 reversed, main reversed",
		},
		{"a change of size does not interfere", ten, []step{stamp(17), newGoal(5), use(0), undo(1)}, "7/10, main issued"},
	})
}

func TestWhatCannotBeTakenBack(t *testing.T) {
	ten := cardOf(10)
	undoOf := func(kind loyalty.EntryKind) step {
		return refused(loyalty.RefusedNotReversible, func(l *ledger) loyalty.Command {
			for _, e := range l.entries {
				if e.Kind == kind {
					return loyalty.Command{Kind: loyalty.CommandReverse, EntryID: e.ID}
				}
			}
			return loyalty.Command{}
		})
	}
	tell(t, []story{
		{"what was taken back", ten, []step{stamp(3), undo(0), noUndo(0, loyalty.RefusedReversed)}, "0/10"},
		{"a use that was undone", ten, []step{stamp(10), use(0), undo(1), noUndo(1, loyalty.RefusedReversed)}, "0/10, main issued"},
		{"the price of a reward by itself", ten, []step{stamp(10), undoOf(loyalty.EntryReward)}, "0/10, main issued"},
		{"an expiry", expiring("P1M"), []step{stamp(10), later(60 * day), expire(0), undoOf(loyalty.EntryExpire)}, "0/10, main expired"},
		{"a reversal", ten, []step{stamp(3), undo(0), undoOf(loyalty.EntryReversal)}, "0/10"},
		{"a merge", ten, []step{mergeIn(3), undoOf(loyalty.EntryMerge)}, "3/10"},
	})
}

// A use can be undone only while the coupon is closed by it.
func TestAUseIsUndoneOnlyOfItsCoupon(t *testing.T) {
	l := newLedger(cardOf(10))
	for _, s := range []step{stamp(10), use(0)} {
		s(t, l)
	}
	for _, change := range []func(c *loyalty.Coupon){
		func(c *loyalty.Coupon) { c.Status = loyalty.CouponIssued },
		func(c *loyalty.Coupon) { c.ClosedBy = "ent_00099" },
	} {
		c := loyalty.Command{Kind: loyalty.CommandReverse, EntryID: l.heads[1].ID, At: l.now, Now: l.now}
		state := l.state(c)
		change(&state.OriginalCoupon)
		if _, refusal := loyalty.Apply(l.program, state, c, &l.ids); refusal == nil || refusal.Code != loyalty.RefusedNotReversible {
			t.Errorf("undone although the coupon is %+v: %v", state.OriginalCoupon, refusal)
		}
	}
}

// The numbers of the day are taken back, not what today's rules would give.
func TestAReversalGoesByTheOriginal(t *testing.T) {
	ten := cardOf(10)
	tell(t, []story{
		{"the card grew since", ten, []step{stamp(4), stamp(6), newGoal(12), undo(1)}, "4/10, main reversed"},
		{
			"the card shrank since, the card that opens takes the smaller size", ten,
			[]step{stamp(4), stamp(6), newGoal(8), undo(1)},
			"4/8, main reversed",
		},
		{
			"the card shrank since, and is full without them", ten,
			[]step{stamp(7), stamp(3), newGoal(5), undo(1)},
			"2/5, main reversed, main issued",
		},
		{"the reward costs more since", ten, []step{stamp(10), use(0), newGoal(12), undo(0)}, "-10/12, main redeemed"},
		{"the limits are lower since", ten, []step{
			stamp(9), change(func(p *loyalty.Program) { p.Limits.MaxPerScan = 1 }), undo(0),
		}, "0/10"},
		{"the program has ended since", ten, []step{
			stamp(9), change(func(p *loyalty.Program) { p.Status = loyalty.ProgramEnded }), undo(0),
		}, "0/10"},
	})
	l := newLedger(ten)
	for _, s := range []step{stamp(9), newGoal(8), undo(0)} {
		s(t, l)
	}
	if got := l.heads[1].RuleVersion; got != 2 {
		t.Errorf("the reversal was decided by version %d of the program, want 2", got)
	}
}

// A till's undo: ten seconds after the wrong quantity comes the right one.
func TestAnUndoGivesTheLimitsBack(t *testing.T) {
	p := cardOf(10)
	p.Limits = loyalty.Limits{MaxPerCardDay: 5, CoolDown: time.Hour, MaxPerStaffDay: 5}
	tell(t, []story{{"the wrong quantity, then the right one", p, []step{
		stamp(5), later(10 * time.Second), undo(0), stamp(3), noStamp(1, loyalty.RefusedCoolDown),
		later(time.Hour), stamp(2), later(time.Hour), noStamp(1, loyalty.RefusedPerCardDay),
	}, "5/10"}})
}

// An undone stamping leaves the one before it as the last, for the cool-down and
// for whoever looks when the card was last used.
func TestAnUndoRemembersTheStampBefore(t *testing.T) {
	l := newLedger(cardOf(10))
	for _, s := range []step{stamp(1), later(2 * time.Hour), stamp(1), undo(1)} {
		s(t, l)
	}
	if l.card.LastStampAt != monday {
		t.Errorf("last stamped at %d, want %d", l.card.LastStampAt, monday)
	}
	undo(0)(t, l)
	if l.card.LastStampAt != 0 {
		t.Errorf("last stamped at %d, want never", l.card.LastStampAt)
	}
}
