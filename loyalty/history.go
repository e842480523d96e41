package loyalty

import "errors"

// MaxHistory is the most entries of one card that are read at once. A customer who is
// stamped ten times a day needs fifty years for them; what has more is a test.
const MaxHistory = 200_000

// ErrHistoryTooLong is wrapped by the error for a card with more than MaxHistory
// entries or coupons.
var ErrHistoryTooLong = errors.New("the card's history is too long to be read at once")

// History is all that a card went through: its entries as Replay wants them, and all its
// coupons, whatever became of them.
type History struct {
	Entries []Entry
	Coupons []Coupon
}
