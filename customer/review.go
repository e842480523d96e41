package customer

import "github.com/leima/leima/loyalty"

// ReviewLine is a review with the names by which people know what it is about. What is
// not known is empty.
type ReviewLine struct {
	loyalty.Review
	CustomerID, DisplayName string
	StaffName, TillName     string
	// Reward is the name of the coupon of a redemption, RewardCost the stamps it took.
	Reward     loyalty.Text
	RewardCost int
}
