package storetest

import (
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

var mixedStories = []story{
	{"a batch of many organizations does what each of them asked", mixedBatch},
	{"one key in two organizations is two keys, in one batch and later", keyOfTwo},
	{"a command touches nothing of another organization in its batch", wallInBatch},
	{"a batch goes by the rules of the moment", rulesOfTheMoment},
	{"a location that is not there stops one command, every time", unknownLocation},
	{"an organization whose id names several is nobody", listForAnID},
}

func mixedBatch(su *suite) {
	const shops = 5
	var all []*shop
	var cards []loyalty.Card
	var commands []loyalty.Command
	for range shops {
		sh := newShop(su, withMilestone)
		all, cards = append(all, sh), append(cards, sh.newCard())
	}
	for i, sh := range all {
		commands = append(commands, sh.stamp(cards[i].ID, 7+i))
	}
	commands = append(commands, all[0].stamp(typeid.New("card"), 1), all[1].stamp(cards[1].ID, 0))
	for i, sh := range all {
		commands = append(commands, sh.stamp(cards[i].ID, 1))
	}
	outcomes := all[0].batch(commands...)
	for i, o := range outcomes {
		switch i {
		case shops:
			all[0].is(o.Err, loyalty.ErrNotFound)
		case shops + 1:
			if o.Refusal == nil || o.Refusal.Code != loyalty.RefusedQuantity {
				su.t.Fatalf("have %+v", o)
			}
		default:
			if o.Err != nil || o.Refusal != nil || o.Entry.OrgID != commands[i].OrgID || o.Card.ID != commands[i].CardID {
				su.t.Fatalf("command %d: have %+v", i, o)
			}
		}
	}
	for i, sh := range all {
		v := sh.proven(cards[i].ID)
		su.same("stamps", int64(8+i), v.Card.Lifetime)
		su.same("card", outcomes[shops+2+i].Card, v.Card)
	}
}

func keyOfTwo(su *suite) {
	one, other := newShop(su), newShop(su)
	a, b := one.stamp(one.newCard().ID, 1), other.stamp(other.newCard().ID, 2)
	b.IdempotencyKey = a.IdempotencyKey
	b.BodyHash = "another body"
	first := one.batch(a, b, a, b)
	for i, want := range []bool{false, false, true, true} {
		one.is(first[i].Err, nil)
		su.same("replayed", want, first[i].Replayed)
	}
	again := one.batch(b, a)
	for i, o := range again {
		o.Replayed = false
		su.same("the same answer", first[1-i], o)
	}
	third := newShop(su)
	c := third.stamp(third.newCard().ID, 3)
	c.IdempotencyKey = a.IdempotencyKey
	su.same("new to the third", false, third.apply(c).Replayed)
	su.same("one", 1, one.proven(a.CardID).Card.Balance)
	su.same("other", 2, other.proven(b.CardID).Card.Balance)
}

// wallInBatch lets commands of the thief name what is the victim's while the transaction
// may see both organizations.
func wallInBatch(su *suite) {
	v, thief := newShop(su), newShop(su)
	card, own := v.newCard(), thief.newCard()
	stamped := v.apply(v.stamp(card.ID, 10))
	coupon := stamped.Coupons[0]
	elsewhere := thief.stamp(own.ID, 1)
	elsewhere.LocationID = v.location.ID
	merge := thief.command(loyalty.CommandMergeOut, func(c *loyalty.Command) { c.CardID, c.OtherCardID = card.ID, own.ID })
	before := v.card(card.ID)
	outcomes := v.batch(
		v.stamp(card.ID, 1),
		thief.stamp(card.ID, 1), thief.adjust(card.ID, -1), thief.redeem(coupon.ID), thief.reverse(stamped.Entry.ID), elsewhere, merge,
		thief.stamp(own.ID, 1),
	)
	for i, o := range outcomes {
		want := loyalty.ErrNotFound
		if i == 0 || i == len(outcomes)-1 {
			want = nil
		}
		v.is(o.Err, want)
	}
	after := v.proven(card.ID)
	su.same("balance", before.Card.Balance+1, after.Card.Balance)
	su.same("coupons", before.Coupons, after.Coupons)
	su.same("the thief's own", 1, thief.proven(own.ID).Card.Balance)
}

func rulesOfTheMoment(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	su.same("version of the rules", int64(1), sh.apply(sh.stamp(card.ID, 1)).Entry.RuleVersion)
	p := sh.program
	p.Limits.MaxPerScan = 2
	p, err := sh.UpdateProgram(sh.ctx, p, 1)
	sh.ok(err)
	sh.refused(sh.stamp(card.ID, 3), loyalty.RefusedPerScan)
	su.same("version of the rules", int64(2), sh.apply(sh.stamp(card.ID, 2)).Entry.RuleVersion)
	p.Status = loyalty.ProgramEnded
	_, err = sh.UpdateProgram(sh.ctx, p, 2)
	sh.ok(err)
	sh.refused(sh.stamp(card.ID, 1), loyalty.RefusedEnded)
}

func unknownLocation(su *suite) {
	sh, other := newShop(su), newShop(su)
	card, theirs := sh.newCard(), other.newCard()
	nowhere := func(c loyalty.Command) loyalty.Command {
		c.LocationID = "loc_nowhere"
		return c
	}
	for range 2 {
		outcomes := sh.batch(sh.stamp(card.ID, 1), nowhere(sh.stamp(card.ID, 1)), nowhere(other.stamp(theirs.ID, 1)), other.stamp(theirs.ID, 1))
		for i, want := range []error{nil, loyalty.ErrNotFound, loyalty.ErrNotFound, nil} {
			sh.is(outcomes[i].Err, want)
		}
	}
	// One that is made later is found then.
	l := other.location
	l.ID = "loc_nowhere"
	sh.ok(other.CreateLocation(other.ctx, l))
	sh.is(sh.batch(nowhere(sh.stamp(card.ID, 1)))[0].Err, loyalty.ErrNotFound)
	other.apply(nowhere(other.stamp(theirs.ID, 1)))
	su.same("stamps", [2]int{2, 3}, [2]int{sh.proven(card.ID).Card.Balance, other.proven(theirs.ID).Card.Balance})
	j := sh.trusted(sh.phone())
	j.LocationID = "loc_nowhere"
	_, err := sh.Join(sh.ctx, j)
	sh.is(err, loyalty.ErrNotFound)
}

func listForAnID(su *suite) {
	sh, other := newShop(su), newShop(su)
	card := sh.newCard()
	both := sh.stamp(card.ID, 1)
	both.OrgID = sh.org.ID + "," + other.org.ID
	outcomes := sh.batch(both, sh.stamp(card.ID, 1))
	sh.is(outcomes[0].Err, loyalty.ErrNotFound)
	sh.is(outcomes[1].Err, nil)
	if _, err := sh.Card(sh.ctx, both.OrgID, card.ID); err == nil {
		su.t.Fatal("a card was found")
	}
}
