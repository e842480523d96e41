package customer

import (
	"errors"

	"github.com/leima/leima/loyalty"
)

// MaxBlocks is the most blocks of one customer that are listed.
const MaxBlocks = 100

// ErrMerged is answered for what cannot be done to somebody who was merged into another
// customer.
var ErrMerged = errors.New("was merged into another customer")

// Block is a time in which a customer's cards earn and pay out nothing. The customer and
// their cards are still found, so that staff can say so.
type Block struct {
	OrgID, ID, CustomerID string
	// Reason is for staff; customers do not see it.
	Reason string
	// BlockedAt and LiftedAt are UTC milliseconds; LiftedAt is 0 while the block lasts.
	BlockedAt, LiftedAt int64
	BlockedBy, LiftedBy loyalty.Actor
}
