package customer

import "github.com/leima/leima/loyalty"

// Stats are the totals of one program, from its ledger.
type Stats struct {
	// Cards counts usable cards, Provisional those of them not confirmed.
	Cards, Provisional int64
	// Stamps counts stamps given less those reversed; Entries counts all ledger entries.
	Stamps, Entries                                                 int64
	CouponsIssued, CouponsRedeemed, CouponsExpired, CouponsReversed int64
	// CouponsOpen counts coupons that can still be used: what the shop owes.
	CouponsOpen int64
	// Days are the last days on which something happened, oldest first.
	Days []DayStats
}

// DayStats are the totals of one day of the locations.
type DayStats struct {
	Day                                              loyalty.Day
	Stamps, CouponsIssued, CouponsRedeemed, NewCards int64
}

// MaxStatsDays bounds the days that Stats carries.
const MaxStatsDays = 400
