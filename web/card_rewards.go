package web

import (
	"slices"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// usedFor is for how long a card page shows that a reward was used a moment ago: as
// long as somebody at the till may still want to see it.
const usedFor = 10 * time.Minute

// readyReward is a coupon that can be used.
type readyReward struct{ ID, Name, Until string }

// usedReward is a coupon that was used a moment ago.
type usedReward struct {
	ID, Name string
	// At is the instant in UTC milliseconds, Clock the time at the shop.
	At    int64
	Clock string
}

func (r *request) readyRewards(view customer.View) []readyReward {
	var all []readyReward
	for _, coupon := range view.Coupons {
		if coupon.UsableAt(r.now()) {
			all = append(all, readyReward{ID: coupon.ID, Name: r.words(coupon.Name), Until: r.until(coupon)})
		}
	}
	return all
}

// usedRewards returns the rewards that the entries, newest first, say were used a moment
// ago. What was given back since is not among them.
func (r *request) usedRewards(entries []loyalty.Entry, names map[string]string) []usedReward {
	var all []usedReward
	for _, e := range entries {
		givenBack := slices.ContainsFunc(entries, func(x loyalty.Entry) bool { return x.Reverses == e.ID })
		if e.Kind != loyalty.EntryRedeem || givenBack || r.now()-e.At > usedFor.Milliseconds() {
			continue
		}
		at := time.UnixMilli(e.At).In(r.zone())
		all = append(all, usedReward{ID: e.CouponID, Name: names[e.CouponID], At: e.At, Clock: at.Format(time.TimeOnly)})
	}
	return all
}
