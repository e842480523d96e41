package storetest

import (
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

var demoStories = []story{
	{"the customers of a demo are removed once, and nobody else's", demoRemoved},
}

// demoRemoved fills two shops alike, of which one is made up.
func demoRemoved(su *suite) {
	real := newShop(su)
	made := newDemoShop(su)
	for _, sh := range []*shop{real, made} {
		sh.livelyShop()
	}
	before, err := made.DemoData(made.ctx, made.org.ID)
	made.ok(err)
	if !before.Demo || before.Customers < 4 || before.Cards < 4 || before.Entries < 6 {
		su.t.Fatalf("there is %+v", before)
	}
	_, err = real.RemoveDemoData(real.ctx, real.org.ID, real.clock())
	real.is(err, organization.ErrNotDemo)
	_, err = real.RemoveDemoData(real.ctx, "org_none", real.clock())
	real.is(err, organization.ErrNotFound)
	was, err := real.DemoData(real.ctx, real.org.ID)
	real.ok(err)

	epoch, err := su.Epoch(made.ctx)
	made.ok(err)
	removed, err := made.RemoveDemoData(made.ctx, made.org.ID, made.clock())
	made.ok(err)
	su.same("what was removed", before, removed)
	now, err := made.DemoData(made.ctx, made.org.ID)
	made.ok(err)
	su.same("what is left", organization.DemoData{}, now)
	if raised, err := su.Epoch(made.ctx); err != nil || raised <= epoch {
		su.t.Fatalf("the hot state was not told: %d, %d, %v", epoch, raised, err)
	}
	_, err = made.RemoveDemoData(made.ctx, made.org.ID, made.clock())
	made.is(err, organization.ErrNotDemo)
	// The shop goes on, with its program, places and people.
	locations, err := made.Locations(made.ctx, made.org.ID, paging.Page{})
	made.ok(err)
	su.same("locations", 1, len(locations.Items))
	card := made.newCard()
	made.apply(made.stamp(card.ID, 3))
	su.same("the first real stamps", 3, made.replayed(card.ID).Card.Balance)
	after, err := real.DemoData(real.ctx, real.org.ID)
	real.ok(err)
	su.same("the other shop's", was, after)
}

// livelyShop leaves something in the tables that are about customers.
func (sh *shop) livelyShop() {
	sh.t.Helper()
	a, b, c := sh.newCard(), sh.newCard(), sh.newCard()
	stamped := sh.apply(sh.stamp(a.ID, 14))
	sh.apply(sh.redeem(stamped.Coupons[0].ID))
	sh.apply(sh.stamp(b.ID, 3))
	reversed := sh.apply(sh.stamp(c.ID, 2))
	sh.apply(sh.reverse(reversed.Entry.ID))
	sh.merge(a.CustomerID, b.CustomerID)
	sh.block(c.CustomerID)
	text := sh.newConsentText("marketing", "sms", 1)
	j := sh.public(sh.phone())
	j.Consents = []customer.ConsentDecision{{TextID: text.ID, Granted: true}}
	sh.join(j)
	r := sh.recorded(a.ID, 1)
	_, _, err := sh.CreateReview(sh.ctx, r)
	sh.ok(err)
	_, err = sh.CodeKey(sh.ctx, sh.org.ID)
	sh.ok(err)
}

// newDemoShop is a shop that was made as a demo.
func newDemoShop(su *suite, change ...func(*loyalty.Program)) *shop {
	su.t.Helper()
	return openShop(su, su.CreateDemoOrganization, change...)
}
