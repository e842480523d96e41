package customer

import "github.com/leima/leima/loyalty"

// CouponQuery says which coupons of an organization are wanted. What is "" or 0 asks
// for nothing.
type CouponQuery struct {
	ProgramID, CustomerID string
	// Status is that at Now: an issued coupon whose last day is over has expired.
	Status loyalty.CouponStatus
	Now    int64
	// LocationID is where it was redeemed.
	LocationID string
	// From and To are the instants, in UTC milliseconds, from which and before which it
	// was issued.
	From, To int64
}

// HeldCoupon is a coupon and who holds it.
type HeldCoupon struct {
	Coupon   loyalty.Coupon
	Customer Customer
	// LocationID is where it was redeemed, "" if it was not, or at no location.
	LocationID string
}
