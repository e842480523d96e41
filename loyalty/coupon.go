package loyalty

import "cmp"

// CouponStatus is where a coupon is in its life.
type CouponStatus string

// The life of a coupon. Issued is the only status from which it can be used.
const (
	CouponIssued   CouponStatus = "issued"
	CouponRedeemed CouponStatus = "redeemed"
	CouponExpired  CouponStatus = "expired"
	// CouponReversed is a coupon that was taken back with the stamps that earned it.
	CouponReversed CouponStatus = "reversed"
)

// Coupon is an issued reward. Its name and price are those of the day it was
// issued: changing or removing the reward leaves it as it is.
type Coupon struct {
	OrgID, ID, CardID, ProgramID, RewardID string
	Kind                                   RewardKind
	Name                                   Text
	Status                                 CouponStatus
	// Cost is the number of stamps that the coupon took from the balance: the size
	// of the card it filled, 0 for milestones and welcome rewards.
	Cost int
	// At is the stamp at which it was given: the milestone's or the card's size.
	At int
	// Round is the card it belongs to, counted from 0.
	Round int
	// Milestone is the highest milestone that had been given on the card before: on a main
	// reward told as Card.Milestone does, on a milestone one below At. A reversal needs it
	// to open that card again, or to remember what was given earlier.
	Milestone int
	// IssuedAt, ExpiresAt and ClosedAt are UTC milliseconds. ExpiresAt is the first
	// instant at which the coupon can no longer be used, 0 if it never expires.
	// ClosedAt is when it was redeemed, expired or reversed.
	IssuedAt, ExpiresAt, ClosedAt int64
	// EarnedBy is the entry of the stamps that earned it, EntryID the reward entry
	// that took their price from the balance, ClosedBy the entry that redeemed,
	// expired or reversed it.
	EarnedBy, EntryID, ClosedBy string
}

// UsableAt reports whether the coupon can be redeemed at the instant.
func (c Coupon) UsableAt(at int64) bool {
	return c.Status == CouponIssued && !c.overdue(at)
}

// OldestFirst is the order in which coupons are shown, for sorting: by when they were
// issued, and then by id.
func OldestFirst(a, b Coupon) int {
	return cmp.Or(cmp.Compare(a.IssuedAt, b.IssuedAt), cmp.Compare(a.ID, b.ID))
}

func (c Coupon) overdue(at int64) bool { return c.ExpiresAt != 0 && at >= c.ExpiresAt }
