package storetest

import (
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

var programStories = []story{
	{"a program keeps all its rules", programIsKept},
	{"a program is changed by whoever read it last, and entries tell by which rules", programVersions},
	{"a card under way keeps its size when the program's grows", goalGrows},
	{"statistics add up", stats},
	{"statistics of a program that was never used are zero", emptyStats},
}

func programIsKept(su *suite) {
	sh := newShop(su, withMilestone, withWelcome, func(p *loyalty.Program) {
		p.Name = loyalty.Text{"en": "Stamps", "fi": "Leimat", "ru": "Марки"}
		p.Limits = loyalty.Limits{MaxPerScan: 5, MaxPerCardDay: 6, CoolDown: 1500 * time.Millisecond, MaxPerStaffDay: 7, RedeemOffline: true}
		p.RedeemCode = loyalty.RedeemRotating
		p.StartsAt, p.EndsAt = 1, su.clock()+1_000_000
		p.Rewards[0].ValidFor = loyalty.Period{Months: 1, Days: 15}
	})
	read, err := sh.Program(sh.ctx, sh.org.ID, sh.program.ID)
	sh.ok(err)
	su.same("program", sh.program, read)
	want := []loyalty.Program{sh.program}
	for range 8 {
		want = append(want, sh.newProgram(sh.program))
	}
	su.same("programs", want, whole(su.t, func(p paging.Page) (paging.List[loyalty.Program], error) { return sh.Programs(sh.ctx, sh.org.ID, p) }))
	_, err = sh.Program(sh.ctx, sh.org.ID, typeid.New("prog"))
	sh.is(err, loyalty.ErrNotFound)
}

func programVersions(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	su.same("rule version", int64(1), sh.apply(sh.stamp(card.ID, 1)).Entry.RuleVersion)
	change := sh.program
	change.Limits.MaxPerScan = 1
	changed, err := sh.UpdateProgram(sh.ctx, change, 1)
	sh.ok(err)
	change.Version = 2
	su.same("changed", change, changed)
	sh.refused(sh.stamp(card.ID, 2), loyalty.RefusedPerScan)
	su.same("rule version", int64(2), sh.apply(sh.stamp(card.ID, 1)).Entry.RuleVersion)
	_, err = sh.UpdateProgram(sh.ctx, change, 1)
	sh.is(err, organization.ErrVersion)
	change.ID = typeid.New("prog")
	_, err = sh.UpdateProgram(sh.ctx, change, 1)
	sh.is(err, loyalty.ErrNotFound)
}

func goalGrows(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	sh.apply(sh.stamp(card.ID, 8))
	change := sh.program
	change.Goal = 12
	_, err := sh.UpdateProgram(sh.ctx, change, 1)
	sh.ok(err)
	o := sh.apply(sh.stamp(card.ID, 3))
	if o.Card.Balance != 1 || o.Card.Goal != 12 || len(o.Coupons) != 1 {
		su.t.Fatalf("have %+v", o)
	}
	sh.proven(card.ID)
}

func stats(su *suite) {
	sh := newShop(su, withWelcome)
	one, other := sh.newCard(), sh.newCard()
	provisional := sh.join(sh.public(sh.phone())).View.Card
	full := sh.apply(sh.stamp(one.ID, 21)) // with 2 of the welcome: two coupons
	sh.apply(sh.redeem(full.Coupons[0].ID))
	undone := sh.apply(sh.stamp(other.ID, 9)) // one coupon, taken back below
	yesterday := sh.stamp(provisional.ID, 4)
	yesterday.At -= 24 * time.Hour.Milliseconds()
	sh.apply(yesterday)
	sh.apply(sh.reverse(undone.Entry.ID))
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, sh.newCard().ID, sh.clock()))
	elsewhere := sh.trusted(sh.phone())
	elsewhere.ProgramID = sh.newProgram(sh.program).ID
	sh.apply(sh.stamp(sh.join(elsewhere).View.Card.ID, 7))

	st, err := sh.Stats(sh.ctx, sh.org.ID, sh.program.ID, sh.clock())
	sh.ok(err)
	su.same("stats", customer.Stats{
		Cards: 3, Provisional: 1, Stamps: 21 + 4,
		// Three cards with welcome stamps and reward, of them one revoked; a stamp and two
		// rewards; a redemption; a stamp and a reward, both taken back; a stamp.
		Entries:       3*2 + 3 + 1 + 4 + 1,
		CouponsIssued: 3 + 2 + 1, CouponsRedeemed: 1, CouponsReversed: 1, CouponsOpen: 4,
		Days: []customer.DayStats{
			{Day: loyalty.DayOf(yesterday.At, sh.zone), Stamps: 4},
			{Day: loyalty.DayOf(sh.clock(), sh.zone), Stamps: 21, CouponsIssued: 6, CouponsRedeemed: 1, NewCards: 4},
		},
	}, st)
	later, err := sh.Stats(sh.ctx, sh.org.ID, sh.program.ID, sh.clock()+(40*24*time.Hour).Milliseconds())
	sh.ok(err)
	su.same("open after they ran out", int64(3), later.CouponsOpen) // the welcome rewards, which never do
}

func emptyStats(su *suite) {
	sh := newShop(su)
	st, err := sh.Stats(sh.ctx, sh.org.ID, sh.program.ID, sh.clock())
	sh.ok(err)
	su.same("stats", customer.Stats{}, st)
	_, err = sh.Stats(sh.ctx, sh.org.ID, typeid.New("prog"), sh.clock())
	sh.is(err, loyalty.ErrNotFound)
}
