package loyalty

import (
	"cmp"
	"slices"
)

// undoMergeOut gives an emptied card back what left it: its stamps, the coupons that
// became stamps, as they were and until their own last day, and its place between
// milestones. Nothing can have happened on it since but that a coupon ran out.
func (ch *change) undoMergeOut() *Refusal {
	original := ch.state.Original
	switch {
	case ch.state.Reversed:
		return &Refusal{Code: RefusedReversed}
	case ch.card.Status != CardMerged || original.Kind != EntryMerge:
		return &Refusal{Code: RefusedNotReversible}
	}
	ch.enter(EntryUnmerge, -original.Quantity).Reverses = original.ID
	ch.card.Lifetime -= int64(original.Quantity)
	taken := slices.Clone(ch.state.Merged)
	slices.SortFunc(taken, func(a, b Coupon) int { return cmp.Compare(a.ClosedBy, b.ClosedBy) })
	for _, c := range taken {
		if c.Status != CouponReversed {
			continue
		}
		e := ch.enter(EntryReward, -c.Cost)
		e.CouponID, e.Reverses = c.ID, c.ClosedBy
		c.Status, c.ClosedAt, c.ClosedBy, c.EntryID = CouponIssued, 0, "", e.ID
		ch.changed = append(ch.changed, c)
	}
	before := ch.state.Before
	ch.card.Status, ch.card.Goal, ch.card.Round, ch.card.Milestone = before.Status, before.Goal, before.Round, before.Milestone
	return nil
}

// undoMergeIn takes off a card what a merge brought. What the customer got by it must not
// have been used, or both cards would pay for it once: neither a coupon that the merge
// filled, nor stamps. What the card earned since stays on it.
func (ch *change) undoMergeIn() *Refusal {
	original := ch.state.Original
	switch {
	case ch.state.Reversed:
		return &Refusal{Code: RefusedReversed}
	case ch.card.Status == CardMerged || original.Kind != EntryMerge:
		return &Refusal{Code: RefusedNotReversible}
	}
	for _, c := range ch.state.Merged {
		if c.EarnedBy == original.ID && c.Status == CouponRedeemed {
			return &Refusal{Code: RefusedMergedRewardUsed, Reward: c.Name}
		}
	}
	ch.reverseStamps(original)
	// A card that owed before the merge may owe again, but no more than then.
	if short := min(ch.state.Before.Balance, 0) - ch.card.Balance; short > 0 {
		return &Refusal{Code: RefusedMergedStampsUsed, Limit: short}
	}
	return nil
}
