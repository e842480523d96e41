package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

const (
	samsungKind     = "3hp38ubggrbg0"
	samsungCallback = "https://tsapi-eu.walletsvc.samsung.com"
)

var samsungStories = []story{
	{"Samsung is told of a pass that was added, once, and no more when it has the card", samsungIsTold},
	{"a report that comes again, or comes late, does no harm", samsungReportsAgain},
	{"a card that is not its customer's any more is gone from Samsung", samsungCardGone},
	{"passes for Samsung are counted", samsungCounts},
	{"what events tell of is noted once", samsungFollows},
	{"a number rises with what all passes show", passLooks},
}

// newSamsungPass puts the card into Samsung Wallet.
func (sh *shop) newSamsungPass(view customer.View) customer.SamsungPass {
	sh.t.Helper()
	p := sh.issueSamsung(view)
	sh.ok(sh.NoteSamsungReport(sh.ctx, sh.samsung(p.Ref, "ADDED")))
	return p
}

// issueSamsung makes the pass of a card: the button was pressed.
func (sh *shop) issueSamsung(view customer.View) customer.SamsungPass {
	sh.t.Helper()
	p, err := sh.IssueSamsungPass(sh.ctx, customer.SamsungPass{OrgID: sh.org.ID, CardID: view.Card.ID, Kind: samsungKind, Ref: "s" + view.Card.ID})
	sh.ok(err)
	sh.ok(sh.NoteSamsungFetched(sh.ctx, sh.org.ID, p.Ref, p.Version))
	return p
}

// samsung is a report about a pass.
func (sh *shop) samsung(ref, state string) customer.SamsungReport {
	return customer.SamsungReport{
		OrgID: sh.org.ID, Kind: samsungKind, Ref: ref, State: state, RequestID: sh.key(), Country: "fi", Callback: samsungCallback,
	}
}

// claimSamsung notes what changed and returns what Samsung is to be told of.
func (sh *shop) claimSamsung() []customer.SamsungPush {
	sh.t.Helper()
	_, err := sh.SweepSamsungPasses(sh.ctx, sh.org.ID, samsungKind)
	sh.ok(err)
	claimed, err := sh.ClaimSamsungPasses(sh.ctx, sh.org.ID, samsungKind, time.Minute)
	sh.ok(err)
	return claimed
}

func samsungIsTold(su *suite) {
	sh := newShop(su)
	card, other := sh.newCard(), sh.newCard()
	p := sh.newSamsungPass(sh.card(card.ID))
	sh.issueSamsung(sh.card(other.ID)) // the button was pressed, and nothing came of it
	su.same("nothing changed", 0, len(sh.claimSamsung()))
	for range 3 {
		sh.apply(sh.stamp(card.ID, 1))
		sh.apply(sh.stamp(other.ID, 1))
	}
	want := []customer.SamsungPush{{Ref: p.Ref, Version: 2, Country: "fi", Callback: samsungCallback}}
	su.same("to tell", want, sh.claimSamsung())
	su.same("within the lease", 0, len(sh.claimSamsung()))
	su.pass(2 * time.Minute)
	su.same("after the lease", want, sh.claimSamsung())
	sh.ok(sh.NoteSamsungTold(sh.ctx, sh.org.ID, customer.SamsungTold{Ref: p.Ref, Version: 2, Sent: true, Again: sh.clock() + 1000}))
	su.pass(2 * time.Second)
	want[0].Tries = 1
	su.same("again, as it did not ask", want, sh.claimSamsung())
	sh.ok(sh.NoteSamsungFetched(sh.ctx, sh.org.ID, p.Ref, 2))
	su.pass(2 * time.Minute)
	su.same("it asked", 0, len(sh.claimSamsung()))
}

func samsungReportsAgain(su *suite) {
	sh := newShop(su)
	view := sh.card(sh.newCard().ID)
	p := sh.issueSamsung(view)
	again, err := sh.IssueSamsungPass(sh.ctx, customer.SamsungPass{OrgID: sh.org.ID, CardID: view.Card.ID, Kind: samsungKind, Ref: "another"})
	sh.ok(err)
	su.same("the name of the pass", p.Ref, again.Ref)
	sh.is(sh.NoteSamsungReport(sh.ctx, sh.samsung("nobodys", "ADDED")), loyalty.ErrNotFound)
	have := func() []string {
		found, err := sh.SamsungPass(sh.ctx, sh.org.ID, samsungKind, p.Ref)
		sh.ok(err)
		return []string{found.State, found.Country, found.Callback}
	}
	su.same("before any report", []string{"", "", ""}, have())

	sh.ok(sh.NoteSamsungReport(sh.ctx, sh.samsung(p.Ref, "ADDED")))
	later := sh.samsung(p.Ref, "PROVISIONED")
	later.Callback = ""
	sh.ok(sh.NoteSamsungReport(sh.ctx, later))
	sh.ok(sh.NoteSamsungReport(sh.ctx, later))
	su.same("without an address", []string{"PROVISIONED", "fi", samsungCallback}, have())
	later.State = customer.SamsungDeleted
	sh.ok(sh.NoteSamsungReport(sh.ctx, later))
	su.same("under the number of another report", []string{"PROVISIONED", "fi", samsungCallback}, have())
	sh.apply(sh.stamp(view.Card.ID, 1))
	sh.ok(sh.NoteSamsungReport(sh.ctx, sh.samsung(p.Ref, customer.SamsungDeleted)))
	su.same("to tell of a pass in no wallet", 0, len(sh.claimSamsung()))
}

func samsungCardGone(su *suite) {
	sh := newShop(su)
	revoked, reissued := sh.newCard(), sh.newCard()
	first, second := sh.newSamsungPass(sh.card(revoked.ID)), sh.newSamsungPass(sh.card(reissued.ID))
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, revoked.ID, sh.clock()))
	_, err := sh.ReissueCard(sh.ctx, sh.org.ID, reissued.ID, sh.clock())
	sh.ok(err)
	gone := map[string]bool{}
	for _, p := range sh.claimSamsung() {
		gone[p.Ref] = p.Gone
	}
	su.same("gone", map[string]bool{first.Ref: true, second.Ref: true}, gone)
	for _, p := range []customer.SamsungPass{first, second} {
		sh.ok(sh.NoteSamsungTold(sh.ctx, sh.org.ID, customer.SamsungTold{Ref: p.Ref, Version: p.Version + 1, Sent: true, Gone: true}))
	}
	su.pass(2 * time.Minute)
	su.same("left to tell", 0, len(sh.claimSamsung()))
}

func samsungCounts(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	p := sh.newSamsungPass(sh.card(card.ID))
	sh.issueSamsung(sh.card(sh.newCard().ID))
	gone := sh.newSamsungPass(sh.card(sh.newCard().ID))
	sh.ok(sh.NoteSamsungReport(sh.ctx, sh.samsung(gone.Ref, customer.SamsungDeleted)))
	counts := func() customer.PassCounts {
		c, err := sh.SamsungPassCounts(sh.ctx, sh.org.ID, samsungKind)
		sh.ok(err)
		return c
	}
	su.same("counts", customer.PassCounts{Issued: 3, Installed: 1, Fetched: 1}, counts())
	sh.apply(sh.stamp(card.ID, 1))
	sh.claimSamsung()
	su.same("counts", customer.PassCounts{Issued: 3, Installed: 1, Stale: 1}, counts())
	sh.ok(sh.NoteSamsungTold(sh.ctx, sh.org.ID, customer.SamsungTold{Ref: p.Ref, Version: 2, Sent: true}))
	su.same("counts", customer.PassCounts{Issued: 3, Installed: 1, Pushed: 1, Stale: 1}, counts())
}

func samsungFollows(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	sh.newSamsungPass(sh.card(card.ID))
	since := sh.clock()
	su.pass(time.Second)
	sh.apply(sh.stamp(card.ID, 1))
	for _, want := range []int{1, 0} {
		n, err := sh.FollowSamsungPasses(sh.ctx, sh.org.ID, samsungKind, since)
		sh.ok(err)
		su.same("noted", want, n)
	}
}

func passLooks(su *suite) {
	sh := newShop(su)
	looks := func() int64 {
		n, err := sh.PassLooks(sh.ctx, sh.org.ID)
		sh.ok(err)
		return n
	}
	last := looks()
	rises := func(what string, err error) {
		su.t.Helper()
		sh.ok(err)
		now := looks()
		if now <= last {
			su.t.Errorf("%s: %d after %d", what, now, last)
		}
		last = now
	}
	sh.apply(sh.stamp(sh.newCard().ID, 1))
	su.same("after a stamp", last, looks())
	sh.org.Brand.Color = "#7a1f3d"
	_, err := sh.UpdateOrganization(sh.ctx, sh.org, sh.org.Version)
	rises("a brand", err)
	p := sh.program
	p.Goal++
	_, err = sh.UpdateProgram(sh.ctx, p, p.Version)
	rises("rules", err)
	d := organization.StandardPassDesign(sh.org.ID, sh.program.ID)
	d.Background = "#7a1f3d"
	_, err = sh.SetPassDesign(sh.ctx, d, 1)
	rises("a design", err)
	l := sh.location
	l.Coordinates, err = organization.ParseCoordinates("60.1699", "24.9384")
	sh.ok(err)
	_, err = sh.UpdateLocation(sh.ctx, l, l.Version)
	rises("the place of a branch", err)
	_, err = sh.PassLooks(sh.ctx, "org_none")
	sh.is(err, loyalty.ErrNotFound)
}

// attacksOnSamsung try to read and change the victim's pass for Samsung from another
// organization.
func attacksOnSamsung(v *victim) map[string]attack {
	none := func(n int, err error) error {
		if n != 0 {
			return errors.Join(errors.New("foreign passes"), err)
		}
		return err
	}
	ref := v.samsungPass.Ref
	return map[string]attack{
		"IssueSamsungPass": func(ctx context.Context, org string) error {
			_, err := v.IssueSamsungPass(ctx, customer.SamsungPass{OrgID: org, CardID: v.view.Card.ID, Kind: samsungKind, Ref: "thief"})
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"SamsungPass": func(ctx context.Context, org string) error {
			_, err := v.SamsungPass(ctx, org, samsungKind, ref)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"NoteSamsungFetched": func(ctx context.Context, org string) error { return v.NoteSamsungFetched(ctx, org, ref, 99) },
		"NoteSamsungReport": func(ctx context.Context, org string) error {
			report := v.samsung(ref, customer.SamsungDeleted)
			report.OrgID = org
			return refusedWith(loyalty.ErrNotFound, v.NoteSamsungReport(ctx, report))
		},
		"FollowSamsungPasses": func(ctx context.Context, org string) error {
			return none(v.FollowSamsungPasses(ctx, org, samsungKind, 0))
		},
		"PassLooks": func(ctx context.Context, org string) error {
			own, err := v.Organization(ctx, org)
			if err != nil {
				return err
			}
			programs, err := v.Programs(ctx, org, paging.Page{})
			if err != nil {
				return err
			}
			want := own.Version
			for _, p := range programs.Items {
				want += p.Version
			}
			looks, err := v.PassLooks(ctx, org)
			if err != nil || looks != want {
				return errors.Join(fmt.Errorf("%d is of more than the own %d", looks, want), err)
			}
			return nil
		},
		"SweepSamsungPasses": func(ctx context.Context, org string) error { return none(v.SweepSamsungPasses(ctx, org, samsungKind)) },
		"ClaimSamsungPasses": func(ctx context.Context, org string) error {
			return empty(v.ClaimSamsungPasses(ctx, org, samsungKind, time.Minute))
		},
		"NoteSamsungTold": func(ctx context.Context, org string) error {
			return v.NoteSamsungTold(ctx, org, customer.SamsungTold{Ref: ref, Version: v.samsungPass.Version, Sent: true, Gone: true})
		},
		"SamsungPassCounts": func(ctx context.Context, org string) error {
			c, err := v.SamsungPassCounts(ctx, org, samsungKind)
			return none(int(c.Issued), err)
		},
	}
}
