package loyalty

import "slices"

// reverse takes an entry back.
//
// Taking stamps back also takes back the coupons they earned, as far as these are
// not used; a used one leaves the card owing the stamps it was given for. What the
// card then holds is brought to the state it would have without those stamps: if
// it is below zero, later unused coupons are opened again; if other stamps still
// fill a card, its reward is issued anew.
//
// The original entry's own numbers are taken back, whatever the program's rules
// say today.
func (ch *change) reverse() *Refusal {
	if ch.state.Reversed {
		return &Refusal{Code: RefusedReversed}
	}
	original := ch.state.Original
	switch original.Kind {
	case EntryStamp, EntryAdjust, EntryWelcome:
		ch.reverseStamps(original)
		return nil
	case EntryRedeem:
		return ch.reverseRedemption(original)
	case EntryReward, EntryExpire, EntryReversal, EntryMerge, EntryUnmerge:
	}
	return &Refusal{Code: RefusedNotReversible}
}

func (ch *change) reverseStamps(original Entry) {
	ch.resize(CardGoal(ch.program, ch.card))
	head := ch.enter(EntryReversal, -original.Quantity)
	head.Reverses = original.ID
	headID := head.ID
	ch.card.Lifetime -= int64(original.Quantity)
	if original.Kind == EntryStamp {
		ch.forgetStamping(original)
	}

	for _, c := range ch.unusedCoupons() {
		if c.EarnedBy == original.ID && c.Kind != RewardMilestone {
			ch.takeBack(c)
		}
	}
	ch.rewind(headID)
}

// rewind brings a card whose stamps became fewer to the state those left would
// have led to: unused rewards it can no longer pay for are opened again, latest
// first, and then what is full is issued.
func (ch *change) rewind(headID string) {
	for _, c := range ch.unusedCoupons() {
		if ch.card.Balance >= 0 {
			break
		}
		if c.Kind == RewardMain {
			ch.takeBack(c)
		}
	}
	ch.takeBackMilestones(ch.card.Round, ch.card.Balance)
	ch.resize(CardGoal(ch.program, ch.card))
	ch.settle(headID)
}

// forgetStamping lets a limit forget stamps that were taken back, so that an undo
// can be followed by the right stamps at once.
func (ch *change) forgetStamping(original Entry) {
	if original.Day == ch.card.Day {
		ch.card.DayStamps = max(ch.card.DayStamps-original.Quantity, 0)
	}
	if original.At == ch.card.LastStampAt {
		ch.card.LastStampAt = ch.state.Tally.LastStampAt
	}
}

// unusedCoupons returns the card's usable coupons as the command has left them so
// far, latest position first. One whose last day is over is spent, whether or not
// it has been closed yet.
func (ch *change) unusedCoupons() []Coupon {
	unused := make([]Coupon, 0, len(ch.state.Coupons)+1)
	for _, c := range ch.state.Coupons {
		if c.UsableAt(ch.command.Now) && ch.changedIndex(c.ID) < 0 {
			unused = append(unused, c)
		}
	}
	for _, c := range ch.changed {
		if c.UsableAt(ch.command.Now) {
			unused = append(unused, c)
		}
	}
	slices.SortFunc(unused, byPosition)
	return unused
}

// changedIndex returns where the coupon stands in ch.changed, -1 if nowhere.
func (ch *change) changedIndex(couponID string) int {
	return slices.IndexFunc(ch.changed, func(c Coupon) bool { return c.ID == couponID })
}

// takeBackMilestones takes back the unused milestones of one card, counted as
// Coupon.Round does, that stand above the stamp. A used one stays used, and
// card.Milestone stays at it, so that it is not given a second time.
func (ch *change) takeBackMilestones(round, above int) {
	card, kept := &ch.card, 0
	for _, c := range ch.unusedCoupons() {
		switch {
		case c.Kind != RewardMilestone || c.Round != round:
		case c.At <= above:
			kept = max(kept, c.At)
		default:
			ch.takeBack(c)
			if card.Milestone <= card.Goal && max(card.Milestone, ch.beyond) <= c.At {
				card.Milestone, ch.beyond = max(c.Milestone, ch.program.milestoneBelow(c.At)), 0
			}
		}
	}
	card.Milestone = max(card.Milestone, min(kept, card.Goal-1))
}

// takeBack closes an unused coupon as reversed and returns its price.
func (ch *change) takeBack(c Coupon) {
	if c.Kind == RewardMain {
		ch.openAgain(c)
	}
	e := ch.enter(EntryReversal, c.Cost)
	e.CouponID, e.Reverses = c.ID, c.EntryID
	c.Status, c.ClosedAt, c.ClosedBy = CouponReversed, ch.command.At, e.ID
	if i := ch.changedIndex(c.ID); i >= 0 {
		ch.changed[i] = c
	} else {
		ch.changed = append(ch.changed, c)
	}
}

// openAgain makes one card of the one that the coupon was given for and the one
// under way. The card that was filled last is under way again. The stamps of an
// earlier one, with used rewards after it, go on the card under way, and its unused
// milestones are taken back to be given there.
//
// Of the card that is no more, the unused milestones are taken back. A used one
// counts for the next card, else buying, using and returning again and again would
// bring one each time.
func (ch *change) openAgain(c Coupon) {
	ch.takeBackMilestones(ch.card.Round, 0)
	used, goal := ch.card.Milestone, ch.card.Goal
	within, beyond := roomFor(c.Milestone, c.Cost)
	ch.card.Milestone, ch.card.Goal, ch.beyond = min(within, c.Cost-1), c.Cost, beyond
	if c.Round == ch.card.Round-1 {
		ch.card.Round = c.Round
	} else {
		ch.takeBackMilestones(c.Round, 0)
		ch.resize(goal)
	}
	switch {
	case used == 0:
	case ch.card.Milestone == 0:
		ch.card.Milestone = used
	default:
		ch.card.Milestone, ch.beyond = ch.card.Goal+used, 0
	}
}

// reverseRedemption gives a redeemed coupon back to its card. If the card owes the
// stamps it was given for, it pays them at once.
func (ch *change) reverseRedemption(original Entry) *Refusal {
	coupon := ch.state.OriginalCoupon
	if coupon.Status != CouponRedeemed || coupon.ClosedBy != original.ID {
		return &Refusal{Code: RefusedNotReversible}
	}
	e := ch.enter(EntryReversal, 0)
	e.Reverses, e.CouponID = original.ID, coupon.ID
	coupon.Status, coupon.ClosedAt, coupon.ClosedBy = CouponIssued, 0, ""
	ch.changed = append(ch.changed, coupon)
	if ch.card.Balance < 0 {
		ch.rewind(e.ID)
	} else {
		ch.takeBackMilestones(ch.card.Round, ch.card.Balance)
	}
	return nil
}
