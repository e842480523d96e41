package customer

import "github.com/leima/leima/loyalty"

// ListQuery says what is wanted of a list of a whole organization. What is "" or 0 asks
// for nothing. A list goes by the parts that are said to be its own; others must be left
// empty.
type ListQuery struct {
	// Search is what was typed to find customers.
	Search string
	// ProgramID is of cards, coupons and entries, CustomerID of coupons and entries.
	ProgramID, CustomerID string
	// LocationID is where an entry was made or a coupon redeemed.
	LocationID string
	// EntryKind is of entries.
	EntryKind loyalty.EntryKind
	// CouponStatus is that at Now: an issued coupon whose last day is over has expired.
	CouponStatus loyalty.CouponStatus
	Now          int64
	// From and To are the instants, in UTC milliseconds, from which and before which
	// something began to be: a customer or card joined, a coupon was issued, an entry
	// happened.
	From, To int64
}

// HeldCoupon is a coupon and who holds it.
type HeldCoupon struct {
	Coupon   loyalty.Coupon
	Customer Customer
	// LocationID is where it was redeemed, "" if it was not, or at no location.
	LocationID string
}

// HeldEntry is a ledger entry and whose card it is of.
type HeldEntry struct {
	Entry    loyalty.Entry
	Customer Customer
	// StaffName is what the member of staff is called who made it, "" if it was somebody
	// else. Only lists of what happened last tell it.
	StaffName string
}

// ListKind is one of the lists of a whole organization.
type ListKind string

// The lists.
const (
	ListCustomers ListKind = "customers"
	ListCards     ListKind = "cards"
	ListEntries   ListKind = "entries"
	ListCoupons   ListKind = "coupons"
)
