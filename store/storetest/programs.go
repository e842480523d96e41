package storetest

import (
	"errors"
	"fmt"
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
	{"a design is chosen by whoever read the last, kept for going back, and told to passes", designs},
	{"pictures for passes are kept while a design names them", artworks},
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

func designs(su *suite) {
	sh := newShop(su)
	pass := sh.newPass(sh.join(sh.trusted(sh.phone())).View)
	first, err := sh.PassDesign(sh.ctx, sh.org.ID, sh.program.ID)
	sh.ok(err)
	su.same("before", organization.StandardPassDesign(sh.org.ID, sh.program.ID), first)
	tag, err := sh.AddArtwork(sh.ctx, sh.org.ID, []byte("a stamp of "+sh.org.ID))
	sh.ok(err)
	d := first
	d.Background, d.Foreground, d.Label, d.Ink = "#0b6e4f", "#ffffff", "#cfe8df", "#ffd400"
	d.Icon, d.Rows, d.Barcode, d.Front = "cup", 3, organization.BarcodePDF417, []organization.PassField{organization.FieldNumber}
	d.Stamp, d.Empty, d.Backdrop = tag, tag, tag
	second, err := sh.SetPassDesign(sh.ctx, d, 1)
	sh.ok(err)
	d.Version = 2
	su.same("chosen", d, second)
	read, err := sh.PassDesign(sh.ctx, sh.org.ID, sh.program.ID)
	sh.ok(err)
	su.same("read", d, read)
	_, err = sh.SetPassDesign(sh.ctx, first, 1)
	sh.is(err, organization.ErrVersion)
	lost := d
	lost.Stamp = "0123456789abcdef"
	var wrong *organization.InvalidFieldError
	if _, err = sh.SetPassDesign(sh.ctx, lost, 2); !errors.As(err, &wrong) || wrong.Field != "artwork" {
		su.t.Errorf("a picture that is not there: %v", err)
	}
	lost.ProgramID = typeid.New("prog")
	_, err = sh.SetPassDesign(sh.ctx, lost, 2)
	sh.is(err, loyalty.ErrNotFound)

	sh.spreadsOnce(su.t, pass)
	program, err := sh.Program(sh.ctx, sh.org.ID, sh.program.ID)
	sh.ok(err)
	su.same("the rules", sh.program, program)

	for version := int64(2); version < 2+organization.MaxDesigns; version++ {
		_, err = sh.SetPassDesign(sh.ctx, first, version)
		sh.ok(err)
	}
	_, err = sh.PassDesignVersion(sh.ctx, sh.org.ID, sh.program.ID, 2)
	sh.is(err, loyalty.ErrNotFound)
	back, err := sh.PassDesignVersion(sh.ctx, sh.org.ID, sh.program.ID, 3)
	sh.ok(err)
	want := first
	want.Version = 3
	su.same("the oldest that is kept", want, back)
	back, err = sh.PassDesignVersion(sh.ctx, sh.org.ID, sh.program.ID, 1)
	sh.ok(err)
	su.same("the first", first, back)
}

func artworks(su *suite) {
	sh := newShop(su)
	picture := func(n int) []byte { return fmt.Appendf(nil, "picture %d", n) }
	add := func(n int) string {
		su.pass(time.Millisecond)
		tag, err := sh.AddArtwork(sh.ctx, sh.org.ID, picture(n))
		sh.ok(err)
		return tag
	}
	named := add(0)
	d := organization.StandardPassDesign(sh.org.ID, sh.program.ID)
	d.Backdrop = named
	_, err := sh.SetPassDesign(sh.ctx, d, 1)
	sh.ok(err)
	oldest, again := add(1), add(2)
	for n := 3; n < organization.MaxArtworks; n++ {
		add(n)
	}
	su.same("the same picture", again, add(2))
	add(organization.MaxArtworks)
	_, err = sh.Artwork(sh.ctx, sh.org.ID, oldest)
	sh.is(err, loyalty.ErrNotFound)
	for tag, n := range map[string]int{named: 0, again: 2} {
		data, err := sh.Artwork(sh.ctx, sh.org.ID, tag)
		sh.ok(err)
		su.same("picture", string(picture(n)), string(data))
	}
	var wrong *organization.InvalidFieldError
	if _, err := sh.AddArtwork(sh.ctx, sh.org.ID, make([]byte, organization.MaxArtworkBytes+1)); !errors.As(err, &wrong) {
		su.t.Errorf("a picture that is too large: %v", err)
	}
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
