package storetest

import (
	"time"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

var ledgerStories = []story{
	{"a stamp is in the ledger, on the card and told after the commit", stampIsKept},
	{"thirteen stamps on a card of ten are one coupon and three stamps", overflow},
	{"a refusal changes nothing and its key may be used again", refusalChangesNothing},
	{"limits count what the card does not carry", limits},
	{"a late stamp keeps its distance", coolDown},
	{"a stamp is not older than its card and program", pastStamps},
	{"late stamps in any order keep the limit of their day", lateDays},
	{"a limit per staff and day counts all cards and forgets what was taken back", staffDayLimit},
	{"a coupon is redeemed once", redeemOnce},
	{"a coupon is of no use after its last day and is expired then", expiry},
	{"a key replays the same answer whatever came after", replays},
	{"an external reference is used once for a location and kind", externalRefs},
	{"what is not there, revoked or elsewhere is not found", notFound},
	{"a milestone is given on the way", milestone},
}

func stampIsKept(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	su.takeTold()
	c := sh.stamp(card.ID, 3)
	c.ExternalRef, c.Reason = "receipt 1", "bought three"
	o := sh.apply(c)
	su.same("entry", loyalty.Entry{
		OrgID: sh.org.ID, ID: o.Entry.ID, CardID: card.ID, ProgramID: sh.program.ID, Kind: loyalty.EntryStamp, Quantity: 3, BalanceAfter: 3,
		CardVersion: 2, RuleVersion: 1, At: c.At, RecordedAt: c.Now, Day: 20260316, LocationID: sh.location.ID, Actor: c.Actor,
		HeadID: o.Entry.ID, IdempotencyKey: c.IdempotencyKey, ExternalRef: "receipt 1", Reason: "bought three",
	}, o.Entry)
	su.same("told", []string{card.ID}, su.takeTold())
	su.same("card", sh.card(card.ID).Card, o.Card)
	su.same("ledger", []loyalty.Entry{o.Entry}, sh.ledger(card.ID))
	e, err := sh.Entry(sh.ctx, sh.org.ID, o.Entry.ID)
	sh.ok(err)
	su.same("entry by id", o.Entry, e)
}

func overflow(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	o := sh.apply(sh.stamp(card.ID, 13))
	if o.Card.Balance != 3 || o.Entry.BalanceAfter != 3 || len(o.Coupons) != 1 {
		su.t.Fatalf("want a balance of 3 and one coupon, have %+v", o)
	}
	su.same("ledger", "reward-10 stamp+13", kinds(sh.ledger(card.ID)))
	su.same("coupons", o.Coupons, sh.coupons(card.ID))
	su.same("view", o.Coupons, sh.proven(card.ID).Coupons)
	k, err := sh.Coupon(sh.ctx, sh.org.ID, o.Coupons[0].ID)
	sh.ok(err)
	su.same("coupon by id", o.Coupons[0], k)
}

func refusalChangesNothing(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	su.takeTold()
	c := sh.stamp(card.ID, 0)
	sh.refused(c, loyalty.RefusedQuantity)
	if told := su.takeTold(); len(told) != 0 || len(sh.ledger(card.ID)) != 0 {
		su.t.Fatalf("a refusal told of %v and left %v", told, sh.ledger(card.ID))
	}
	c.Quantity = 1
	if o := sh.apply(c); o.Replayed {
		su.t.Fatal("a refused command took its key")
	}
}

func limits(su *suite) {
	sh := newShop(su, func(p *loyalty.Program) {
		p.Limits = loyalty.Limits{MaxPerScan: 3, MaxPerCardDay: 4, CoolDown: time.Minute}
	})
	card := sh.newCard()
	at := func(d time.Duration, quantity int) loyalty.Command {
		c := sh.stamp(card.ID, quantity)
		c.At += d.Milliseconds()
		c.Now = c.At
		return c
	}
	sh.refused(at(0, 4), loyalty.RefusedPerScan)
	first := sh.apply(at(0, 3))
	sh.refused(at(30*time.Second, 1), loyalty.RefusedCoolDown)
	sh.refused(at(time.Hour, 2), loyalty.RefusedPerCardDay)
	sh.apply(at(24*time.Hour, 3))
	// A stamp of yesterday that arrives late counts for yesterday.
	late := at(time.Hour, 2)
	late.Now += (25 * time.Hour).Milliseconds()
	sh.refused(late, loyalty.RefusedPerCardDay)
	late.Quantity = 1
	sh.apply(late)
	// Taken back, it leaves room again, on a day that the card does not carry any more.
	sh.apply(sh.reverse(first.Entry.ID))
	late.IdempotencyKey, late.At, late.Quantity = sh.key(), late.At+time.Hour.Milliseconds(), 3
	sh.apply(late)
	sh.proven(card.ID)
}

// A late stamp keeps its distance from the stampings on both sides, and taking the
// last one back makes the one before it the last.
func coolDown(su *suite) {
	sh := newShop(su, func(p *loyalty.Program) { p.Limits = loyalty.Limits{CoolDown: time.Hour} })
	card := sh.newCard()
	at := func(minutes int) loyalty.Command {
		c := sh.stamp(card.ID, 1)
		c.At += (time.Duration(minutes) * time.Minute).Milliseconds()
		c.Now = c.At + (24 * time.Hour).Milliseconds()
		return c
	}
	sh.apply(at(0))
	sh.apply(at(100))
	last := sh.apply(at(300))
	sh.refused(at(130), loyalty.RefusedCoolDown) // 30 minutes after one in the middle
	between := sh.apply(at(200))
	sh.refused(at(150), loyalty.RefusedCoolDown)
	sh.apply(sh.reverse(last.Entry.ID))
	sh.refused(at(250), loyalty.RefusedCoolDown) // 50 minutes after what is now the last
	sh.apply(sh.reverse(between.Entry.ID))
	sh.apply(at(250))
	sh.proven(card.ID)
}

// The rules are told when the program and the card came to be.
func pastStamps(su *suite) {
	sh := newShop(su)
	const minute, day = int64(60_000), int64(24 * 60 * 60_000)
	join := sh.trusted(sh.phone())
	join.Now += 10 * day
	card := sh.join(join).View.Card
	at := func(at int64, past loyalty.Past) loyalty.Command {
		c := sh.stamp(card.ID, 1)
		c.At, c.Now, c.Past = at, join.Now+day, past
		return c
	}
	sh.refused(at(join.Now-6*minute, loyalty.PastOfCard), loyalty.RefusedTooOld)
	sh.apply(at(join.Now-5*minute, loyalty.PastOfCard))
	sh.refused(at(sh.program.CreatedAt-6*minute, loyalty.PastReviewed), loyalty.RefusedNotBegun)
	sh.apply(at(sh.program.CreatedAt-5*minute, loyalty.PastOfCustomer))
	sh.apply(at(0, loyalty.PastRecorded))
	much := at(join.Now, loyalty.PastOfCustomer)
	much.Now += 40 * day
	sh.refused(much, loyalty.RefusedTooOld)
	much.Past = loyalty.PastReviewed
	sh.apply(much)
	sh.proven(card.ID)
}

// A card carries the count of its last day only; those of all others are counted in the
// ledger, one command at a time or many at once.
func lateDays(su *suite) {
	sh := newShop(su, func(p *loyalty.Program) { p.Limits.MaxPerCardDay, p.Goal = 2, 100 })
	card := sh.newCard()
	ago := func(days int) loyalty.Command {
		c := sh.stamp(card.ID, 1)
		c.At -= int64(days) * 24 * 60 * 60_000
		return c
	}
	type given struct {
		days    int
		refused bool
	}
	check := func(g given, o loyalty.Outcome) {
		if o.Err != nil || (o.Refusal != nil) != g.refused || g.refused && o.Refusal.Code != loyalty.RefusedPerCardDay {
			sh.t.Errorf("a stamp of %d days ago: %+v %v, want it refused: %v", g.days, o.Refusal, o.Err, g.refused)
		}
	}
	for _, g := range []given{{0, false}, {3, false}, {1, false}, {3, false}, {0, false}, {3, true}} {
		o, err := sh.Apply(sh.ctx, ago(g.days))
		sh.ok(err)
		check(g, o)
	}
	together := []given{{1, false}, {1, true}, {2, false}, {3, true}, {0, true}, {2, false}, {2, true}}
	batch := make([]loyalty.Command, 0, len(together))
	for _, g := range together {
		batch = append(batch, ago(g.days))
	}
	outcomes, err := sh.ApplyBatch(sh.ctx, batch)
	sh.ok(err)
	for i, o := range outcomes {
		check(together[i], o)
	}
	if v := sh.proven(card.ID); v.Card.Balance != 8 {
		sh.t.Errorf("two stamps on each of four days are %d", v.Card.Balance)
	}
}

func staffDayLimit(su *suite) {
	sh := newShop(su, func(p *loyalty.Program) { p.Limits.MaxPerStaffDay = 5 })
	one, other := sh.newCard(), sh.newCard()
	three := sh.apply(sh.stamp(one.ID, 3))
	sh.refused(sh.stamp(other.ID, 3), loyalty.RefusedPerStaffDay)
	sh.apply(sh.stamp(other.ID, 2))
	sh.refused(sh.stamp(one.ID, 1), loyalty.RefusedPerStaffDay)
	colleague := sh.stamp(one.ID, 5)
	colleague.Actor.ID = sh.newCashier("Eero").ID
	sh.apply(colleague)
	sh.apply(sh.reverse(three.Entry.ID))
	sh.apply(sh.stamp(one.ID, 3))
	sh.refused(sh.stamp(one.ID, 1), loyalty.RefusedPerStaffDay)
	byKey := sh.stamp(one.ID, 9)
	byKey.Actor = loyalty.Actor{Kind: loyalty.ActorAPIKey, ID: "key_1"}
	sh.apply(byKey)
}

func redeemOnce(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	coupon := sh.apply(sh.stamp(card.ID, 10)).Coupons[0]
	wrong := sh.redeem(coupon.ID)
	wrong.CardID = sh.newCard().ID
	sh.fails(wrong, loyalty.ErrNotFound)
	o := sh.apply(sh.redeem(coupon.ID))
	if o.Entry.Kind != loyalty.EntryRedeem || o.Entry.CardID != card.ID || o.Entry.CouponID != coupon.ID {
		su.t.Fatalf("have %+v", o.Entry)
	}
	su.same("coupon", []loyalty.Coupon{o.Coupons[0]}, sh.coupons(card.ID))
	if o.Coupons[0].Status != loyalty.CouponRedeemed || o.Coupons[0].ClosedBy != o.Entry.ID {
		su.t.Fatalf("have %+v", o.Coupons[0])
	}
	sh.refused(sh.redeem(coupon.ID), loyalty.RefusedCouponRedeemed)
	if v := sh.proven(card.ID); len(v.Coupons) != 0 {
		su.t.Fatalf("a used coupon is still shown: %+v", v.Coupons)
	}
}

func expiry(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	coupon := sh.apply(sh.stamp(card.ID, 10)).Coupons[0]
	lastDayOver := time.Date(2026, 4, 16, 0, 0, 0, 0, sh.zone).UnixMilli()
	su.same("end of the last day", lastDayOver, coupon.ExpiresAt)
	expire := sh.command(loyalty.CommandExpire, func(c *loyalty.Command) {
		c.CouponID, c.Actor, c.At, c.Now = coupon.ID, loyalty.Actor{Kind: loyalty.ActorSystem}, lastDayOver, lastDayOver
		c.IdempotencyKey, c.LocationID = "", ""
	})
	early := expire
	early.At--
	sh.refused(early, loyalty.RefusedNotExpired)
	for now, want := range map[int64]int{lastDayOver - 1: 0, lastDayOver: 1} {
		overdue, err := sh.OverdueCoupons(sh.ctx, sh.org.ID, now, 10)
		sh.ok(err)
		if len(overdue) != want {
			su.t.Fatalf("want %d overdue, have %+v", want, overdue)
		}
	}
	late := sh.redeem(coupon.ID)
	late.At = lastDayOver
	sh.refused(late, loyalty.RefusedCouponExpired)
	if o := sh.apply(expire); o.Coupons[0].Status != loyalty.CouponExpired || o.Entry.Actor.Kind != loyalty.ActorSystem {
		su.t.Fatalf("have %+v", o)
	}
	overdue, err := sh.OverdueCoupons(sh.ctx, sh.org.ID, lastDayOver, 10)
	sh.ok(err)
	su.same("overdue", 0, len(overdue))
}

func replays(su *suite) {
	sh := newShop(su, withMilestone)
	card := sh.newCard()
	stamp := sh.stamp(card.ID, 13)
	first := sh.apply(stamp)
	redeem := sh.redeem(first.Coupons[0].ID)
	redeemed := sh.apply(redeem)
	reverse := sh.reverse(redeemed.Entry.ID)
	reversed := sh.apply(reverse)
	undo := sh.reverse(first.Entry.ID)
	undone := sh.apply(undo)
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, card.ID, sh.clock()))
	before := sh.ledger(card.ID)
	su.takeTold()
	for name, x := range map[string]struct {
		command loyalty.Command
		want    loyalty.Outcome
	}{
		"stamp": {stamp, first}, "redemption": {redeem, redeemed}, "its reversal": {reverse, reversed}, "undo": {undo, undone},
	} {
		have, err := sh.Apply(sh.ctx, x.command)
		sh.ok(err)
		x.want.Replayed = true
		su.same(name, x.want, have)
		other := x.command
		other.BodyHash = "another body"
		sh.fails(other, loyalty.ErrKeyReused)
	}
	su.same("ledger", before, sh.ledger(card.ID))
	su.same("told", 0, len(su.takeTold()))
}

func withMilestone(p *loyalty.Program) {
	p.Rewards = append(p.Rewards, loyalty.Reward{ID: "rew_5", Kind: loyalty.RewardMilestone, Name: loyalty.Text{"en": "Bun"}, At: 5})
}

func externalRefs(su *suite) {
	sh := newShop(su)
	card, other := sh.newCard(), sh.newCard()
	with := func(c loyalty.Command, location, ref string) loyalty.Command {
		c.LocationID, c.ExternalRef = location, ref
		return c
	}
	first := with(sh.stamp(card.ID, 1), sh.location.ID, "R1")
	sh.apply(first)
	sh.fails(with(sh.stamp(card.ID, 1), sh.location.ID, "R1"), loyalty.ErrExternalRefUsed)
	sh.fails(with(sh.stamp(other.ID, 2), sh.location.ID, "R1"), loyalty.ErrExternalRefUsed)
	if o := sh.apply(first); !o.Replayed {
		su.t.Fatal("the same key and reference are the same command")
	}
	sh.apply(with(sh.adjust(card.ID, 1), sh.location.ID, "R1"))
	sh.apply(with(sh.stamp(card.ID, 1), sh.newLocation("Asema").ID, "R1"))
	sh.apply(with(sh.stamp(card.ID, 1), "", "R1"))
	sh.fails(with(sh.stamp(card.ID, 1), "", "R1"), loyalty.ErrExternalRefUsed)
	sh.apply(with(sh.stamp(card.ID, 1), sh.location.ID, "r1"))
	su.same("balance", 5, sh.proven(card.ID).Card.Balance)
}

func notFound(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	stamped := sh.apply(sh.stamp(card.ID, 10))
	elsewhere := newShop(su)
	theirs := sh.stamp(card.ID, 1)
	theirs.OrgID = elsewhere.org.ID
	nowhere := sh.stamp(card.ID, 1)
	nowhere.LocationID = elsewhere.location.ID
	for name, c := range map[string]loyalty.Command{
		"unknown card":                        sh.stamp(typeid.New("card"), 1),
		"no card":                             sh.stamp("", 1),
		"unknown coupon":                      sh.redeem(typeid.New("coup")),
		"unknown entry":                       sh.reverse(typeid.New("ent")),
		"another organization's card":         theirs,
		"another organization's location":     nowhere,
		"an entry as a coupon":                sh.redeem(stamped.Entry.ID),
		"a coupon as an entry":                sh.reverse(stamped.Coupons[0].ID),
		"a redemption without a coupon":       sh.redeem(""),
		"another organization's coupon":       elsewhere.redeem(stamped.Coupons[0].ID),
		"another organization's entry":        elsewhere.reverse(stamped.Entry.ID),
		"another organization's to adjust":    elsewhere.adjust(card.ID, 1),
		"another organization's to take away": elsewhere.adjust(card.ID, -1),
	} {
		if o, err := sh.Apply(sh.ctx, c); err == nil || o.Entry.ID != "" {
			su.t.Errorf("%s: have %+v", name, o)
		} else {
			sh.is(err, loyalty.ErrNotFound)
		}
	}
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, card.ID, sh.clock()))
	sh.fails(sh.stamp(card.ID, 1), loyalty.ErrNotFound)
	sh.fails(sh.adjust(card.ID, 1), loyalty.ErrNotFound)
	sh.fails(sh.redeem(stamped.Coupons[0].ID), loyalty.ErrNotFound)
	sh.refused(sh.reverse(stamped.Entry.ID), loyalty.RefusedCardNotUsable)
	sh.is(sh.RevokeCard(sh.ctx, sh.org.ID, typeid.New("card"), sh.clock()), loyalty.ErrNotFound)
	sh.proven(card.ID)
}

func milestone(su *suite) {
	sh := newShop(su, withMilestone)
	card := sh.newCard()
	sh.apply(sh.stamp(card.ID, 4))
	o := sh.apply(sh.stamp(card.ID, 1))
	if len(o.Coupons) != 1 || o.Coupons[0].Kind != loyalty.RewardMilestone || o.Card.Balance != 5 {
		su.t.Fatalf("have %+v", o)
	}
	o = sh.apply(sh.stamp(card.ID, 11))
	if len(o.Coupons) != 2 || o.Card.Balance != 6 {
		su.t.Fatalf("want the main reward and the next card's milestone, have %+v", o)
	}
	sh.proven(card.ID)
}
