package loyalty_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

// arithmetic gives, uses and takes back at random in one program that never
// changes. What the card must hold then follows from the number of stamps that were
// given and not taken back, and from the rewards that were used; no history is
// needed to work it out.
type arithmetic struct {
	ledger *ledger
	net    int
	// most is the highest net that there was.
	most int
}

func newArithmetic(t *rapid.T) *arithmetic {
	p := cardOf(rapid.IntRange(loyalty.MinGoal, 12).Draw(t, "goal"))
	for _, at := range rapid.SliceOfNDistinct(rapid.IntRange(1, p.Goal-1), 0, min(3, p.Goal-1), rapid.ID[int]).Draw(t, "milestones") {
		p.Rewards = append(p.Rewards, milestone(at))
	}
	return &arithmetic{ledger: newLedger(p)}
}

func (a *arithmetic) do(t *rapid.T, c loyalty.Command) {
	t.Helper()
	if _, refusal := a.ledger.do(t, c); refusal != nil {
		t.Fatalf("%s of %s was refused: %v", c.Kind, a.ledger, refusal)
	}
}

func (a *arithmetic) stamp(t *rapid.T) {
	quantity := rapid.IntRange(1, 35).Draw(t, "quantity")
	a.do(t, loyalty.Command{Kind: loyalty.CommandStamp, Quantity: quantity})
	a.net += quantity
	a.most = max(a.most, a.net)
}

// undo takes a random stamping or use back.
func (a *arithmetic) undo(t *rapid.T) {
	var left []loyalty.Entry
	for _, e := range a.ledger.heads {
		if e.Kind != loyalty.EntryReversal && !a.ledger.undone[e.ID] {
			left = append(left, e)
		}
	}
	if len(left) == 0 {
		t.Skip("nothing to take back")
	}
	e := left[rapid.IntRange(0, len(left)-1).Draw(t, "entry")]
	a.do(t, loyalty.Command{Kind: loyalty.CommandReverse, EntryID: e.ID})
	a.net -= e.Quantity
}

// use uses a random coupon of the kind.
func (a *arithmetic) use(kind loyalty.RewardKind) func(*rapid.T) {
	return func(t *rapid.T) {
		var ids []string
		for _, c := range a.ledger.unused() {
			if c.Kind == kind {
				ids = append(ids, c.ID)
			}
		}
		if len(ids) == 0 {
			t.Skip("no coupon to use")
		}
		id := ids[rapid.IntRange(0, len(ids)-1).Draw(t, "coupon")]
		a.do(t, loyalty.Command{Kind: loyalty.CommandRedeem, CouponID: id})
	}
}

// count returns the coupons of a kind, at a stamp, that are not taken back, and how
// many of them were used.
func (a *arithmetic) count(kind loyalty.RewardKind, at int) (all, used int) {
	for _, c := range a.ledger.coupons {
		if c.Kind != kind || c.At != at || c.Status == loyalty.CouponReversed {
			continue
		}
		all++
		if c.Status == loyalty.CouponRedeemed {
			used++
		}
	}
	return all, used
}

// compare works out what the card must hold. Milestones are exact as long as none
// was ever used; used ones may be ahead of the stamps, but never beyond the most
// stamps that there ever were.
func (a *arithmetic) compare(t *rapid.T) {
	goal := a.ledger.program.Goal
	full, used := a.count(loyalty.RewardMain, goal)
	if want := max(used, a.net/goal); full != want {
		t.Fatalf("%d stamps and %d used rewards make %d rewards, want %d: %s", a.net, used, full, want, a.ledger)
	}
	if want := a.net - full*goal; a.ledger.card.Balance != want {
		t.Fatalf("%d stamps and %d rewards leave %d, want %d", a.net, full, a.ledger.card.Balance, want)
	}
	for _, r := range a.ledger.program.Rewards[1:] {
		got, used := a.count(loyalty.RewardMilestone, r.At)
		want := full
		if a.ledger.card.Balance >= r.At {
			want++
		}
		if most := (a.most + goal - r.At) / goal; got > most {
			t.Fatalf("%d coupons at stamp %d, of which %d were used; there never were stamps for more than %d: %s", got, r.At, used, most, a.ledger)
		}
		if !a.usedMilestone() && got != want {
			t.Fatalf("%d stamps and %d rewards make %d coupons at stamp %d, want %d: %s", a.net, full, got, r.At, want, a.ledger)
		}
	}
}

func (a *arithmetic) usedMilestone() bool {
	for _, e := range a.ledger.entries {
		if e.Kind == loyalty.EntryRedeem && a.ledger.coupon(e.CouponID).Kind == loyalty.RewardMilestone {
			return true
		}
	}
	return false
}

func TestWhatIsLeftIsWhatTheStampsComeTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := newArithmetic(t)
		t.Repeat(map[string]func(*rapid.T){
			"stamp": a.stamp, "undo": a.undo, "": a.compare,
		})
	})
}

func TestUsedRewardsAreOwed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := newArithmetic(t)
		t.Repeat(map[string]func(*rapid.T){
			"stamp": a.stamp, "undo": a.undo, "use": a.use(loyalty.RewardMain), "": a.compare,
		})
	})
}

// Nobody gets more rewards by buying, using and returning than the stamps they had
// at one time were good for.
func TestReturningAndBuyingAgainWinsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := newArithmetic(t)
		t.Repeat(map[string]func(*rapid.T){
			"stamp": a.stamp, "undo": a.undo, "use": a.use(loyalty.RewardMain), "use on the way": a.use(loyalty.RewardMilestone), "": a.compare,
		})
	})
}
