package storetest

import (
	"context"
	"slices"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

var listStories = []story{
	{"coupons of all cards are found by what became of them", heldCoupons},
}

// held reads all coupons of the query and returns their ids.
func (sh *shop) held(q customer.CouponQuery) []string {
	sh.t.Helper()
	q.Now = sh.clock()
	list := whole(sh.t, func(p paging.Page) (paging.List[customer.HeldCoupon], error) {
		return sh.HeldCoupons(sh.ctx, sh.org.ID, q, p)
	})
	ids := make([]string, len(list))
	for i, h := range list {
		ids[i] = h.Coupon.ID
	}
	return ids
}

func heldCoupons(su *suite) {
	sh := newShop(su)
	other := sh.newLocation("Satama")
	tea := sh.newProgram(sh.program)
	began := sh.clock()

	// Nine coupons of one card, one of another, one of another program.
	first := sh.newCard()
	var all []string
	for range 9 {
		all = append(all, sh.apply(sh.stamp(first.ID, 10)).Coupons[0].ID)
		su.pass(time.Hour)
	}
	second := sh.newCard()
	own := sh.apply(sh.stamp(second.ID, 10)).Coupons[0].ID
	j := sh.trusted(sh.phone())
	j.ProgramID = tea.ID
	third := sh.join(j).View.Card
	teas := sh.apply(sh.stamp(third.ID, 10)).Coupons[0].ID
	newest := slices.Clone(append(all, own, teas))
	slices.Reverse(newest)

	sh.apply(sh.redeem(all[0]))
	elsewhere := sh.redeem(all[1])
	elsewhere.LocationID = other.ID
	sh.apply(elsewhere)
	back := sh.apply(sh.redeem(all[2]))
	sh.apply(sh.reverse(back.Entry.ID))

	su.same("all", newest, sh.held(customer.CouponQuery{}))
	su.same("redeemed", []string{all[1], all[0]}, sh.held(customer.CouponQuery{Status: loyalty.CouponRedeemed}))
	su.same("redeemed elsewhere", []string{all[1]}, sh.held(customer.CouponQuery{LocationID: other.ID}))
	su.same("of a program", []string{teas}, sh.held(customer.CouponQuery{ProgramID: tea.ID}))
	su.same("of a customer", []string{own}, sh.held(customer.CouponQuery{CustomerID: second.CustomerID}))
	su.same("of some hours", []string{all[4], all[3]},
		sh.held(customer.CouponQuery{From: began + 3*time.Hour.Milliseconds(), To: began + 5*time.Hour.Milliseconds()}))
	su.same("still to be used", 9, len(sh.held(customer.CouponQuery{Status: loyalty.CouponIssued})))
	su.same("expired", 0, len(sh.held(customer.CouponQuery{Status: loyalty.CouponExpired})))

	// Two months later all are over, though nobody has written it down.
	su.pass(61 * 24 * time.Hour)
	su.same("no more to be used", 0, len(sh.held(customer.CouponQuery{Status: loyalty.CouponIssued})))
	su.same("expired", 9, len(sh.held(customer.CouponQuery{Status: loyalty.CouponExpired})))

	list, err := sh.HeldCoupons(sh.ctx, sh.org.ID, customer.CouponQuery{LocationID: other.ID, Now: sh.clock()}, paging.Page{})
	sh.ok(err)
	v := sh.card(first.ID)
	su.same("who holds it, and where it was redeemed", customer.HeldCoupon{
		Coupon: list.Items[0].Coupon, Customer: v.Customer, LocationID: other.ID,
	}, list.Items[0])
}

func attacksOnLists(v *victim) map[string]attack {
	return map[string]attack{
		"HeldCoupons": func(ctx context.Context, org string) error {
			l, err := v.HeldCoupons(ctx, org, customer.CouponQuery{CustomerID: v.view.Customer.ID}, paging.Page{})
			return empty(l.Items, err)
		},
	}
}
