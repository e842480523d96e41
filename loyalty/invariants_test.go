package loyalty_test

import (
	"slices"

	"github.com/leima/leima/loyalty"
)

// checkResult checks what Apply promises of every command that is not refused.
func checkResult(t reporter, before loyalty.Card, c loyalty.Command, r loyalty.Result) {
	t.Helper()
	if len(r.Entries) == 0 {
		t.Fatalf("%s: no entry was written", c.Kind)
	}
	if r.Card.Version != before.Version+1 {
		t.Errorf("%s: version %d after %d", c.Kind, r.Card.Version, before.Version)
	}
	balance := before.Balance
	head := r.Entries[0]
	for i, e := range r.Entries {
		balance += e.Quantity
		if e.BalanceAfter != r.Card.Balance || e.CardVersion != r.Card.Version || e.HeadID != head.ID {
			t.Errorf("%s: entry %d does not share the outcome of its command: %+v", c.Kind, i, e)
		}
		if e.OrgID != before.OrgID || e.CardID != before.ID || e.ProgramID != before.ProgramID {
			t.Errorf("%s: entry %d is another card's: %+v", c.Kind, i, e)
		}
		if e.At != c.At || e.RecordedAt != c.Now || e.Day != loyalty.DayOf(c.At, c.Zone) || e.Actor != c.Actor {
			t.Errorf("%s: entry %d has another time or actor: %+v", c.Kind, i, e)
		}
		if i > 0 && (e.IdempotencyKey != "" || e.ExternalRef != "" || e.Reason != "" || e.OtherCardID != "") {
			t.Errorf("%s: entry %d carries what belongs to the head: %+v", c.Kind, i, e)
		}
	}
	if head.IdempotencyKey != c.IdempotencyKey || head.ExternalRef != c.ExternalRef || head.Reason != c.Reason {
		t.Errorf("%s: the head does not carry what the caller gave: %+v", c.Kind, head)
	}
	if balance != r.Card.Balance {
		t.Errorf("%s: the entries lead to %d, the card says %d", c.Kind, balance, r.Card.Balance)
	}
}

// check looks at the whole ledger: what must be true after any story.
func (l *ledger) check(t reporter) {
	t.Helper()
	l.checkBalance(t)
	l.checkCoupons(t)
	l.checkReversals(t)
}

// checkBalance holds the card against the sums of its entries.
func (l *ledger) checkBalance(t reporter) {
	t.Helper()
	sum, net := 0, 0
	for _, e := range l.entries {
		sum += e.Quantity
		if !slices.Contains(loyalty.EntryTopics, e.Topic()) {
			t.Errorf("topic %s of an entry is in no list", e.Topic())
		}
		switch e.Kind {
		case loyalty.EntryStamp, loyalty.EntryWelcome, loyalty.EntryAdjust, loyalty.EntryMerge, loyalty.EntryUnmerge:
			net += e.Quantity
		case loyalty.EntryReversal:
			if e.CouponID == "" {
				net += e.Quantity
			}
		case loyalty.EntryReward, loyalty.EntryRedeem, loyalty.EntryExpire:
		}
	}
	if sum != l.card.Balance {
		t.Errorf("balance %d, but the entries sum to %d", l.card.Balance, sum)
	}
	spent := 0
	for _, c := range l.coupons {
		if c.Status != loyalty.CouponReversed {
			spent += c.Cost
		}
	}
	if net != l.card.Balance+spent {
		t.Errorf("%d stamps were given, but %d are on the card and %d in rewards", net, l.card.Balance, spent)
	}
	if int64(net) != l.card.Lifetime {
		t.Errorf("%d stamps were given, but the card counts %d", net, l.card.Lifetime)
	}
	if l.card.Status != loyalty.CardMerged && l.card.Balance >= l.card.Goal {
		t.Errorf("a full card was left: %s", l)
	}
	if l.card.Version != int64(len(l.heads)+l.renamed) {
		t.Errorf("version %d after %d commands and %d other changes", l.card.Version, len(l.heads), l.renamed)
	}
}

// checkCoupons: a card that owes holds no unused reward that could pay, and no
// milestone can be used more often than there are cards to give it.
//
// Cards are counted by the rewards that were paid for; the one under way is one more, and
// so are those ahead on which milestones were given before they were opened again. A
// coupon's own round tells nothing here: the number of a card that was opened again is
// given a second time.
func (l *ledger) checkCoupons(t reporter) {
	t.Helper()
	cards, usable := 1, map[string]int{}
	if l.card.Milestone < loyalty.MilestoneBeyond {
		cards += max(l.card.Milestone-1, 0) / min(l.card.Goal, l.program.Goal)
	}
	for _, c := range l.coupons {
		switch {
		case c.Kind == loyalty.RewardMain && c.Status != loyalty.CouponReversed:
			cards++
		case c.Kind == loyalty.RewardMilestone && c.UsableAt(l.now):
			usable[c.RewardID]++
		}
		if c.Status != loyalty.CouponIssued {
			if c.ClosedAt == 0 || c.ClosedBy == "" {
				t.Errorf("a closed coupon does not say when or by what: %+v", c)
			}
			continue
		}
		if c.ClosedAt != 0 || c.ClosedBy != "" {
			t.Errorf("an unused coupon says that it was closed: %+v", c)
		}
		if c.Kind == loyalty.RewardMain && l.card.Balance < 0 && c.UsableAt(l.now) {
			t.Errorf("the card owes stamps and still has an unused reward: %s", l)
		}
	}
	for reward, n := range usable {
		if n > cards {
			t.Errorf("%s can be used %d times on %d cards: %s", reward, n, cards, l)
		}
	}
}

// checkReversals: nothing is taken back twice, and a reversal of stamps takes back
// exactly those of the entry it names.
func (l *ledger) checkReversals(t reporter) {
	t.Helper()
	left := make(map[string]int, len(l.entries)) // quantities of what was not taken back
	for _, e := range l.entries {
		if quantity, ok := left[e.Reverses]; ok && e.Quantity != -quantity {
			t.Errorf("%+v takes back another number of stamps than the %d of its original", e, quantity)
		} else if !ok && e.Reverses != "" {
			t.Errorf("%s was not there to be taken back, or was so twice", e.Reverses)
		}
		delete(left, e.Reverses)
		left[e.ID] = e.Quantity
	}
}

// edges are the ways a coupon may go in one command. A coupon whose use is undone on
// a card that owes for it goes straight back to the stamps it cost.
var edges = map[loyalty.CouponStatus][]loyalty.CouponStatus{
	loyalty.CouponIssued:   {loyalty.CouponRedeemed, loyalty.CouponExpired, loyalty.CouponReversed},
	loyalty.CouponRedeemed: {loyalty.CouponIssued, loyalty.CouponReversed},
}

// checkEdges compares the coupons before and after one command.
func checkEdges(t reporter, before, after []loyalty.Coupon) {
	t.Helper()
	for i, was := range before {
		is := after[i]
		if is.Status != was.Status && !slices.Contains(edges[was.Status], is.Status) {
			t.Errorf("coupon %s went from %s to %s", was.ID, was.Status, is.Status)
		}
		is.Status, is.ClosedAt, is.ClosedBy = was.Status, was.ClosedAt, was.ClosedBy
		if is.Cost != was.Cost || is.Round != was.Round || is.At != was.At || is.ExpiresAt != was.ExpiresAt || is.EarnedBy != was.EarnedBy {
			t.Errorf("coupon %s changed what it is: %+v, was %+v", was.ID, is, was)
		}
	}
}
