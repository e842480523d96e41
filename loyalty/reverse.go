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
	case EntryReward, EntryExpire, EntryReversal, EntryMerge:
	}
	return &Refusal{Code: RefusedNotReversible}
}

func (ch *change) reverseStamps(original Entry) {
	ch.card.Goal = CardGoal(ch.program, ch.card)
	head := ch.enter(EntryReversal, -original.Quantity)
	head.Reverses = original.ID
	headID := head.ID
	ch.card.Lifetime -= int64(original.Quantity)
	if original.Kind == EntryStamp {
		ch.forgetStamping(original)
	}

	ch.takeBackMilestones()
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
	ch.takeBackMilestones()
	for _, c := range ch.unusedCoupons() {
		if ch.card.Balance >= 0 {
			break
		}
		if c.Kind == RewardMain {
			ch.takeBack(c)
		}
	}
	ch.takeBackMilestones()
	ch.settle(headID)
}

// forgetStamping lets a limit forget stamps that were taken back, so that an undo
// can be followed by the right stamps at once.
func (ch *change) forgetStamping(original Entry) {
	if original.Day == ch.card.Day {
		ch.card.DayStamps = max(ch.card.DayStamps-original.Quantity, 0)
	}
	if original.At == ch.card.LastStampAt {
		ch.card.LastStampAt = 0
	}
}

// unusedCoupons returns the card's issued coupons that the command has not taken
// back yet, latest position first.
func (ch *change) unusedCoupons() []Coupon {
	unused := make([]Coupon, 0, len(ch.state.Coupons))
	for _, c := range ch.state.Coupons {
		if c.Status == CouponIssued && ch.isOpen(c) {
			unused = append(unused, c)
		}
	}
	slices.SortFunc(unused, byPosition)
	return unused
}

// isOpen reports whether the command has not taken the coupon back yet.
func (ch *change) isOpen(c Coupon) bool {
	return !slices.ContainsFunc(ch.changed, func(x Coupon) bool { return x.ID == c.ID })
}

// takeBackMilestones takes back the unused milestones of the card under way that
// its balance no longer reaches. A used one stays used, and card.Milestone stays
// at it, so that it is not given a second time.
func (ch *change) takeBackMilestones() {
	for _, c := range ch.unusedCoupons() {
		if c.Kind == RewardMilestone && c.Round == ch.card.Round && c.At > ch.card.Balance {
			ch.takeBack(c)
		}
	}
}

// takeBack closes an unused coupon as reversed and returns its price. Returning
// the price of the card filled last opens that card again.
func (ch *change) takeBack(c Coupon) {
	e := ch.enter(EntryReversal, c.Cost)
	e.CouponID, e.Reverses = c.ID, c.EntryID
	c.Status, c.ClosedAt, c.ClosedBy = CouponReversed, ch.command.At, e.ID
	ch.changed = append(ch.changed, c)
	switch {
	case c.Kind == RewardMilestone && c.Round == ch.card.Round && c.At == ch.card.Milestone:
		ch.card.Milestone = ch.program.milestoneBelow(c.At)
	case c.Kind == RewardMain && c.Round == ch.card.Round-1:
		ch.card.Round, ch.card.Goal, ch.card.Milestone = c.Round, c.Cost, c.Milestone
	}
}

// reverseRedemption gives a redeemed coupon back to its card.
func (ch *change) reverseRedemption(original Entry) *Refusal {
	coupon := ch.state.OriginalCoupon
	if coupon.Status != CouponRedeemed || coupon.ClosedBy != original.ID {
		return &Refusal{Code: RefusedNotReversible}
	}
	e := ch.enter(EntryReversal, 0)
	e.Reverses, e.CouponID = original.ID, coupon.ID
	coupon.Status, coupon.ClosedAt, coupon.ClosedBy = CouponIssued, 0, ""
	ch.changed = append(ch.changed, coupon)
	return nil
}
