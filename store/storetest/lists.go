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
	{"what happened last is told of the whole shop and of a branch", activity},
	{"customers, cards and entries of the whole shop are listed newest first", wholeShop},
}

// held reads all coupons of the query and returns their ids.
func (sh *shop) held(q customer.ListQuery) []string {
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

	su.same("all", newest, sh.held(customer.ListQuery{}))
	su.same("redeemed", []string{all[1], all[0]}, sh.held(customer.ListQuery{CouponStatus: loyalty.CouponRedeemed}))
	su.same("redeemed elsewhere", []string{all[1]}, sh.held(customer.ListQuery{LocationID: other.ID}))
	su.same("of a program", []string{teas}, sh.held(customer.ListQuery{ProgramID: tea.ID}))
	su.same("of a customer", []string{own}, sh.held(customer.ListQuery{CustomerID: second.CustomerID}))
	su.same("of some hours", []string{all[4], all[3]},
		sh.held(customer.ListQuery{From: began + 3*time.Hour.Milliseconds(), To: began + 5*time.Hour.Milliseconds()}))
	su.same("still to be used", 9, len(sh.held(customer.ListQuery{CouponStatus: loyalty.CouponIssued})))
	su.same("expired", 0, len(sh.held(customer.ListQuery{CouponStatus: loyalty.CouponExpired})))

	// Two months later all are over, though nobody has written it down.
	su.pass(61 * 24 * time.Hour)
	su.same("no more to be used", 0, len(sh.held(customer.ListQuery{CouponStatus: loyalty.CouponIssued})))
	su.same("expired", 9, len(sh.held(customer.ListQuery{CouponStatus: loyalty.CouponExpired})))

	list, err := sh.HeldCoupons(sh.ctx, sh.org.ID, customer.ListQuery{LocationID: other.ID, Now: sh.clock()}, paging.Page{})
	sh.ok(err)
	v := sh.card(first.ID)
	su.same("who holds it, and where it was redeemed", customer.HeldCoupon{
		Coupon: list.Items[0].Coupon, Customer: v.Customer, LocationID: other.ID,
	}, list.Items[0])
}

func (sh *shop) listedCards(q customer.ListQuery) (ids []string) {
	sh.t.Helper()
	for _, v := range whole(sh.t, func(p paging.Page) (paging.List[customer.View], error) {
		return sh.ListedCards(sh.ctx, sh.org.ID, q, p)
	}) {
		ids = append(ids, v.Card.ID)
	}
	return ids
}

func (sh *shop) listedCustomers(q customer.ListQuery) (ids []string) {
	sh.t.Helper()
	for _, c := range whole(sh.t, func(p paging.Page) (paging.List[customer.Customer], error) {
		return sh.ListedCustomers(sh.ctx, sh.org.ID, q, p)
	}) {
		ids = append(ids, c.ID)
	}
	return ids
}

func (sh *shop) heldEntries(q customer.ListQuery) (ids []string) {
	sh.t.Helper()
	for _, h := range whole(sh.t, func(p paging.Page) (paging.List[customer.HeldEntry], error) {
		return sh.HeldEntries(sh.ctx, sh.org.ID, q, p)
	}) {
		ids = append(ids, h.Entry.ID)
	}
	return ids
}

func wholeShop(su *suite) {
	sh := newShop(su)
	other := sh.newLocation("Satama")
	began := sh.clock()
	var cards, entries []string
	for i := range 9 {
		card := sh.newCard()
		cards = append([]string{card.ID}, cards...)
		c := sh.stamp(card.ID, 1)
		if i == 4 {
			c.LocationID = other.ID
		}
		entries = append([]string{sh.apply(c).Entry.ID}, entries...)
		su.pass(time.Hour)
	}
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, cards[0], sh.clock()))
	hours := customer.ListQuery{From: began + 2*time.Hour.Milliseconds(), To: began + 4*time.Hour.Milliseconds()}

	su.same("cards, blocked ones too", cards, sh.listedCards(customer.ListQuery{}))
	su.same("cards of some hours", cards[5:7], sh.listedCards(hours))
	su.same("cards of no program", 0, len(sh.listedCards(customer.ListQuery{ProgramID: "prog_none"})))
	first := sh.card(cards[8]).Customer
	su.same("customers", 9, len(sh.listedCustomers(customer.ListQuery{})))
	su.same("customers of some hours", 2, len(sh.listedCustomers(hours)))
	su.same("who is searched for", []string{first.ID}, sh.listedCustomers(customer.ListQuery{Search: first.Phone, To: hours.To}))
	su.same("entries", entries, sh.heldEntries(customer.ListQuery{}))
	su.same("entries of some hours", entries[5:7], sh.heldEntries(hours))
	su.same("entries elsewhere", entries[4:5], sh.heldEntries(customer.ListQuery{LocationID: other.ID}))
	su.same("entries of a customer", entries[8:], sh.heldEntries(customer.ListQuery{CustomerID: first.ID, EntryKind: loyalty.EntryStamp}))
	su.same("rewards", 0, len(sh.heldEntries(customer.ListQuery{EntryKind: loyalty.EntryReward})))
	list, err := sh.HeldEntries(sh.ctx, sh.org.ID, customer.ListQuery{CustomerID: first.ID}, paging.Page{})
	sh.ok(err)
	entry, err := sh.Entry(sh.ctx, sh.org.ID, entries[8])
	sh.ok(err)
	su.same("an entry with whose card it is of", []customer.HeldEntry{{Entry: entry, Customer: first}}, list.Items)

	for kind, want := range map[customer.ListKind]int{
		customer.ListCustomers: 2, customer.ListCards: 2, customer.ListEntries: 2, customer.ListCoupons: 0,
	} {
		n, err := sh.CountListed(sh.ctx, sh.org.ID, kind, hours, 100)
		sh.ok(err)
		su.same("how many "+string(kind), want, n)
		n, err = sh.CountListed(sh.ctx, sh.org.ID, kind, hours, 1)
		sh.ok(err)
		su.same("how many, no further than one", min(want, 1), n)
	}
	if _, err := sh.CountListed(sh.ctx, sh.org.ID, "secrets", hours, 1); err == nil {
		su.t.Fatal("a list that is not there was counted")
	}
}

func activity(su *suite) {
	sh := newShop(su)
	other := sh.newLocation("Satama")
	su.same("nothing happened", 0, len(sh.latest("", "")))
	var ids []string
	for i := range 12 {
		c := sh.stamp(sh.newCard().ID, 1)
		if i%3 == 0 {
			c.LocationID = other.ID
		}
		ids = append([]string{sh.apply(c).Entry.ID}, ids...)
	}
	su.same("all", ids, sh.latest("", ""))
	su.same("since", ids[:5], sh.latest("", ids[5]))
	su.same("elsewhere", []string{ids[2], ids[5], ids[8], ids[11]}, sh.latest(other.ID, ""))
	su.same("elsewhere, since", ids[2:3], sh.latest(other.ID, ids[5]))
	list, err := sh.Activity(sh.ctx, sh.org.ID, "", "", 3)
	sh.ok(err)
	su.same("no more than asked for", 3, len(list))
	su.same("who did it", sh.cashier.Name, list[0].StaffName)
	su.same("whose card it was", "Veera", list[0].Customer.FirstName)
}

// latest returns the ids of what happened last.
func (sh *shop) latest(locationID, since string) []string {
	sh.t.Helper()
	list, err := sh.Activity(sh.ctx, sh.org.ID, locationID, since, 100)
	sh.ok(err)
	var ids []string
	for _, h := range list {
		ids = append(ids, h.Entry.ID)
	}
	return ids
}

func attacksOnLists(v *victim) map[string]attack {
	return map[string]attack{
		"HeldCoupons": func(ctx context.Context, org string) error {
			l, err := v.HeldCoupons(ctx, org, customer.ListQuery{CustomerID: v.view.Customer.ID}, paging.Page{})
			return empty(l.Items, err)
		},
		"HeldEntries": func(ctx context.Context, org string) error {
			l, err := v.HeldEntries(ctx, org, customer.ListQuery{CustomerID: v.view.Customer.ID}, paging.Page{})
			return empty(l.Items, err)
		},
		"ListedCards": func(ctx context.Context, org string) error {
			l, err := v.ListedCards(ctx, org, customer.ListQuery{ProgramID: v.program.ID}, paging.Page{})
			return empty(l.Items, err)
		},
		"ListedCustomers": func(ctx context.Context, org string) error {
			l, err := v.ListedCustomers(ctx, org, customer.ListQuery{Search: v.view.Customer.Phone}, paging.Page{})
			return empty(l.Items, err)
		},
		"Activity": func(ctx context.Context, org string) error {
			return empty(v.Activity(ctx, org, v.location.ID, "", 10))
		},
		"CountListed": func(ctx context.Context, org string) error {
			n, err := v.CountListed(ctx, org, customer.ListCoupons, customer.ListQuery{CustomerID: v.view.Customer.ID}, 10)
			return empty(make([]int, n), err)
		},
	}
}
