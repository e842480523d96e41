package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

const (
	samsungType     = "samsung.3hp38ubggrbg0"
	samsungCallback = "https://tsapi-eu.walletsvc.samsung.com"
)

var samsungStories = []story{
	{"Samsung is told of a pass that was added, once, and no more when it has the card", samsungIsTold},
	{"a report that comes again, or comes late, does no harm", samsungReportsAgain},
	{"a card that is not its customer's any more is gone from Samsung", samsungCardGone},
	{"passes for Samsung are counted apart from those for Apple", samsungCounts},
}

// newSamsungPass puts the card into Samsung Wallet.
func (sh *shop) newSamsungPass(view customer.View) customer.Pass {
	sh.t.Helper()
	p := sh.issueSamsung(view)
	sh.ok(sh.NoteSamsungPass(sh.ctx, sh.samsung(p, "ADDED")))
	return p
}

func (sh *shop) issueSamsung(view customer.View) customer.Pass {
	sh.t.Helper()
	p, err := sh.IssuePass(sh.ctx, customer.Pass{
		OrgID: sh.org.ID, CardID: view.Card.ID, Type: samsungType, Serial: "s" + view.Card.ID, Token: "0123456789abcdef",
	})
	sh.ok(err)
	sh.ok(sh.NotePassFetched(sh.ctx, sh.org.ID, p.Serial, p.Version))
	return p
}

// samsung is a report about a pass.
func (sh *shop) samsung(p customer.Pass, state string) customer.SamsungPass {
	return customer.SamsungPass{
		OrgID: sh.org.ID, Type: samsungType, Serial: p.Serial, State: state, RequestID: sh.key(), Country: "fi", Callback: samsungCallback,
	}
}

// claim notes what changed and returns what Samsung is to be told of.
func (sh *shop) claimSamsung(lease time.Duration) []customer.SamsungPush {
	sh.t.Helper()
	_, err := sh.SweepPasses(sh.ctx, sh.org.ID)
	sh.ok(err)
	claimed, err := sh.ClaimSamsungPasses(sh.ctx, sh.org.ID, samsungType, lease)
	sh.ok(err)
	return claimed
}

func samsungIsTold(su *suite) {
	sh := newShop(su)
	card, other := sh.newCard(), sh.newCard()
	p := sh.newSamsungPass(sh.card(card.ID))
	sh.issueSamsung(sh.card(other.ID)) // the button was pressed, and nothing came of it
	su.same("nothing changed", 0, len(sh.claimSamsung(time.Minute)))
	for range 3 {
		sh.apply(sh.stamp(card.ID, 1))
		sh.apply(sh.stamp(other.ID, 1))
	}
	want := []customer.SamsungPush{{Serial: p.Serial, Version: 2, Country: "fi", Callback: samsungCallback}}
	su.same("to tell", want, sh.claimSamsung(time.Minute))
	su.same("within the lease", 0, len(sh.claimSamsung(time.Minute)))
	su.pass(2 * time.Minute)
	su.same("after the lease", want, sh.claimSamsung(time.Minute))
	sh.ok(sh.NotePassPushed(sh.ctx, sh.org.ID, customer.PassPushed{Serial: p.Serial, Version: 2, Sent: true, Again: sh.clock() + 1000}))
	su.pass(2 * time.Second)
	want[0].Tries = 1
	su.same("again, as it did not ask", want, sh.claimSamsung(time.Minute))
	sh.ok(sh.NotePassFetched(sh.ctx, sh.org.ID, p.Serial, 2))
	su.pass(2 * time.Minute)
	su.same("it asked", 0, len(sh.claimSamsung(time.Minute)))
}

func samsungReportsAgain(su *suite) {
	sh := newShop(su)
	p := sh.issueSamsung(sh.card(sh.newCard().ID))
	sh.is(sh.NoteSamsungPass(sh.ctx, sh.samsung(customer.Pass{Serial: "nobodys"}, "ADDED")), loyalty.ErrNotFound)
	_, err := sh.SamsungPass(sh.ctx, sh.org.ID, p.Serial)
	sh.is(err, loyalty.ErrNotFound)

	added := sh.samsung(p, "ADDED")
	sh.ok(sh.NoteSamsungPass(sh.ctx, added))
	later := sh.samsung(p, "PROVISIONED")
	later.Callback = ""
	sh.ok(sh.NoteSamsungPass(sh.ctx, later))
	sh.ok(sh.NoteSamsungPass(sh.ctx, later))
	have, err := sh.SamsungPass(sh.ctx, sh.org.ID, p.Serial)
	sh.ok(err)
	later.Callback = samsungCallback // the one that was named before
	su.same("pass", later, have)
	repeated := later
	repeated.State = "DELETED"
	sh.ok(sh.NoteSamsungPass(sh.ctx, repeated)) // under the number of another report
	have, err = sh.SamsungPass(sh.ctx, sh.org.ID, p.Serial)
	sh.ok(err)
	su.same("pass", later, have)
}

func samsungCardGone(su *suite) {
	sh := newShop(su)
	revoked, reissued := sh.newCard(), sh.newCard()
	first, second := sh.newSamsungPass(sh.card(revoked.ID)), sh.newSamsungPass(sh.card(reissued.ID))
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, revoked.ID, sh.clock()))
	_, err := sh.ReissueCard(sh.ctx, sh.org.ID, reissued.ID, sh.clock())
	sh.ok(err)
	gone := map[string]bool{}
	for _, p := range sh.claimSamsung(time.Minute) {
		gone[p.Serial] = p.Gone
	}
	su.same("gone", map[string]bool{first.Serial: true, second.Serial: true}, gone)
	for _, p := range []customer.Pass{first, second} {
		sh.ok(sh.NoteSamsungPass(sh.ctx, sh.samsung(p, customer.SamsungDeleted)))
	}
	su.pass(2 * time.Minute)
	su.same("left to tell", 0, len(sh.claimSamsung(time.Minute)))
}

func samsungCounts(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	p := sh.newSamsungPass(sh.card(card.ID))
	sh.newPass(sh.card(card.ID))
	sh.issueSamsung(sh.card(sh.newCard().ID))
	gone := sh.newSamsungPass(sh.card(sh.newCard().ID))
	sh.ok(sh.NoteSamsungPass(sh.ctx, sh.samsung(gone, customer.SamsungDeleted)))
	counts := func() customer.PassCounts {
		c, err := sh.SamsungPassCounts(sh.ctx, sh.org.ID, samsungType)
		sh.ok(err)
		return c
	}
	su.same("counts", customer.PassCounts{Issued: 3, Installed: 1, Fetched: 1}, counts())
	sh.apply(sh.stamp(card.ID, 1))
	sh.claimSamsung(time.Minute)
	su.same("counts", customer.PassCounts{Issued: 3, Installed: 1, Stale: 1}, counts())
	sh.ok(sh.NotePassPushed(sh.ctx, sh.org.ID, customer.PassPushed{Serial: p.Serial, Version: 2, Sent: true}))
	su.same("counts", customer.PassCounts{Issued: 3, Installed: 1, Pushed: 1, Stale: 1}, counts())
	apple, err := sh.PassCounts(sh.ctx, sh.org.ID, passType)
	sh.ok(err)
	su.same("passes for Apple", int64(1), apple.Issued)
}

// attacksOnSamsung try to read and change the victim's pass for Samsung from another
// organization.
func attacksOnSamsung(v *victim) map[string]attack {
	return map[string]attack{
		"NoteSamsungPass": func(ctx context.Context, org string) error {
			report := v.samsung(v.samsungPass, customer.SamsungDeleted)
			report.OrgID = org
			return refusedWith(loyalty.ErrNotFound, v.NoteSamsungPass(ctx, report))
		},
		"SamsungPass": func(ctx context.Context, org string) error {
			_, err := v.SamsungPass(ctx, org, v.samsungPass.Serial)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"ClaimSamsungPasses": func(ctx context.Context, org string) error {
			return empty(v.ClaimSamsungPasses(ctx, org, samsungType, time.Minute))
		},
		"SamsungPassCounts": func(ctx context.Context, org string) error {
			c, err := v.SamsungPassCounts(ctx, org, samsungType)
			if c.Issued != 0 {
				return errors.Join(errors.New("foreign passes"), err)
			}
			return err
		},
	}
}
