package storetest

import (
	"slices"

	"github.com/leima/leima/loyalty"
)

var commitStories = []story{
	{"a batch tells what it changed and what to count", tellBatch},
	{"what is taken back is taken away where it was counted", tellReversals},
	{"joins and imports tell of new cards where they were joined", tellJoins},
	{"a merge tells of all cards of both customers", tellMerge},
	{"a customer's new name gives the cards new versions", tellRename},
	{"the numbers of a source rise, whoever commits", tellInOrder},
	{"what is said of commits adds up to what the ledger says", tellTotals},
}

// oneCommit returns the only commit that the store has told of since the last call.
func (su *suite) oneCommit() loyalty.Commit {
	su.t.Helper()
	told := su.takeCommits()
	if len(told) != 1 {
		su.t.Fatalf("%d commits were told of, want 1: %+v", len(told), told)
	}
	if told[0].Source == "" || told[0].Seq == 0 {
		su.t.Fatalf("the commit has no name: %+v", told[0])
	}
	return told[0]
}

// cell names where the shop counts what happens now.
func (sh *shop) cell() loyalty.Cell {
	return loyalty.Cell{OrgID: sh.org.ID, ProgramID: sh.program.ID, LocationID: sh.location.ID, Day: loyalty.DayOf(sh.clock(), sh.zone)}
}

func tellBatch(su *suite) {
	sh, other := newShop(su), newShop(su)
	plain, full, theirs := sh.newCard(), sh.newCard(), other.newCard()
	su.takeCommits()
	refused := sh.stamp(plain.ID, 0)
	again := sh.stamp(plain.ID, 2)
	outcomes := sh.batch(again, sh.stamp(full.ID, 23), refused, again, other.stamp(theirs.ID, 1), sh.stamp(plain.ID, 1))
	c := su.oneCommit()
	su.same("cards", []loyalty.ChangedCard{
		{OrgID: sh.org.ID, ID: plain.ID, Version: outcomes[5].Card.Version, Since: plain.Version, Card: outcomes[5].Card},
		{OrgID: sh.org.ID, ID: full.ID, Version: outcomes[1].Card.Version, Since: full.Version, Card: outcomes[1].Card, Coupons: outcomes[1].Coupons},
		{OrgID: other.org.ID, ID: theirs.ID, Version: outcomes[4].Card.Version, Since: theirs.Version, Card: outcomes[4].Card},
	}, c.Cards)
	su.same("counts", []loyalty.CellCounts{
		{Cell: sh.cell(), Counts: loyalty.Counts{Stamps: 26, Coupons: 2}},
		{Cell: other.cell(), Counts: loyalty.Counts{Stamps: 1}},
	}, c.Counts)
	sh.batch(again)
	sh.refused(refused, loyalty.RefusedQuantity)
	su.same("after nothing new", 0, len(su.takeCommits()))
}

func tellReversals(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	yesterday := sh.stamp(card.ID, 12)
	yesterday.At -= 24 * 60 * 60 * 1000
	stamped := sh.apply(yesterday)
	other := sh.newLocation("Asema")
	redeem := sh.redeem(sh.apply(sh.stamp(card.ID, 8)).Coupons[0].ID)
	redeem.LocationID = other.ID
	redeemed := sh.apply(redeem)
	su.takeCommits()
	sh.apply(sh.reverse(redeemed.Entry.ID))
	at := sh.cell()
	at.LocationID = other.ID
	back := su.oneCommit()
	su.same("a redemption", []loyalty.CellCounts{{Cell: at, Counts: loyalty.Counts{Redemptions: -1}}}, back.Counts)
	su.same("its coupon", sh.card(card.ID).Coupons[1:], back.Cards[0].Coupons)
	// The stamps of yesterday earned one coupon then, and with those of today a second one.
	sh.apply(sh.reverse(stamped.Entry.ID))
	earlier, today := sh.cell(), sh.cell()
	earlier.Day = loyalty.DayOf(yesterday.At, sh.zone)
	told := su.oneCommit()
	su.same("counts", []loyalty.CellCounts{
		{Cell: earlier, Counts: loyalty.Counts{Stamps: -12, Coupons: -1}},
		{Cell: today, Counts: loyalty.Counts{Coupons: -1}},
	}, told.Counts)
	var closed []string
	for _, k := range told.Cards[0].Coupons {
		su.same("status", loyalty.CouponReversed, k.Status)
		closed = append(closed, k.ID)
	}
	su.same("coupons", 2, len(closed))
	su.same("whole", false, told.Cards[0].Whole)
}

func tellJoins(su *suite) {
	sh := newShop(su, withWelcome)
	su.takeCommits()
	card := sh.newCard()
	c := su.oneCommit()
	su.same("cards", []loyalty.ChangedCard{{OrgID: sh.org.ID, ID: card.ID, Version: card.Version, Card: card, Coupons: sh.card(card.ID).Coupons, Whole: true}}, c.Cards)
	su.same("counts", []loyalty.CellCounts{{Cell: sh.cell(), Counts: loyalty.Counts{Coupons: 1, Cards: 1}}}, c.Counts)
	cards, _, err := sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, []string{"a", "b"}, sh.clock())
	sh.ok(err)
	c = su.oneCommit()
	su.same("imported", []string{cards["a"], cards["b"]}, []string{c.Cards[0].ID, c.Cards[1].ID})
	at := sh.cell()
	at.LocationID = ""
	su.same("counts", []loyalty.CellCounts{{Cell: at, Counts: loyalty.Counts{Cards: 2}}}, c.Counts)
	_, _, err = sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, []string{"a", "b"}, sh.clock())
	sh.ok(err)
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, card.ID, sh.clock()))
	c = su.oneCommit()
	su.same("revoked", []loyalty.ChangedCard{{OrgID: sh.org.ID, ID: card.ID, Version: card.Version + 1, Since: card.Version, Card: sh.card(card.ID).Card, Whole: true}}, c.Cards)
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, card.ID, sh.clock()))
	su.same("revoked again", 0, len(su.takeCommits()))
}

func tellMerge(su *suite) {
	sh := newShop(su)
	phone := sh.phone()
	known := sh.join(sh.trusted(phone)).View
	j := sh.trusted(phone)
	j.ProgramID = sh.newProgram(sh.program).ID
	elsewhere := sh.join(j).View
	typed := sh.join(sh.public(phone)).View
	sh.apply(sh.stamp(typed.Card.ID, 3))
	hash := sh.link()
	su.takeCommits()
	before := map[string]int64{}
	for _, v := range []string{known.Card.ID, elsewhere.Card.ID, typed.Card.ID} {
		before[v] = sh.card(v).Card.Version
	}
	sh.confirm(hash)
	c := su.oneCommit()
	su.same("cards", len(before), len(c.Cards))
	for _, x := range c.Cards {
		now := sh.card(x.ID).Card
		if !x.Whole || x.Version <= before[x.ID] || x.Version != now.Version || x.Card != now {
			su.t.Errorf("card %s: have %+v, it was %d and is %+v", x.ID, x, before[x.ID], now)
		}
	}
	su.same("counts", 0, len(c.Counts))
}

func tellRename(su *suite) {
	sh := newShop(su)
	phone := sh.phone()
	v := sh.join(sh.trusted(phone)).View
	j := sh.trusted(phone)
	j.ProgramID = sh.newProgram(sh.program).ID
	second := sh.join(j).View
	su.takeCommits()
	who := v.Customer
	who.FirstName = "Aada"
	_, err := sh.UpdateCustomer(sh.ctx, who, who.Version)
	sh.ok(err)
	c := su.oneCommit()
	var ids []string
	for _, x := range c.Cards {
		ids = append(ids, x.ID)
		now := sh.card(x.ID)
		if now.Customer.FirstName != "Aada" || x.Version != now.Card.Version || x.Card != now.Card || x.Version != 2 || !x.Whole {
			su.t.Errorf("have %+v, the card is %+v", x, now)
		}
	}
	slices.Sort(ids)
	want := []string{v.Card.ID, second.Card.ID}
	slices.Sort(want)
	su.same("cards", want, ids)
	_, err = sh.UpdateCustomer(sh.ctx, who, who.Version)
	if err == nil {
		su.t.Fatal("an old version was changed")
	}
	su.same("after nothing", 0, len(su.takeCommits()))
	// A stamp after it goes on from there.
	su.same("version", int64(3), sh.apply(sh.stamp(v.Card.ID, 1)).Card.Version)
}

// tellInOrder lets many commit at once, each source in its order.
func tellInOrder(su *suite) {
	sh := newShop(su)
	cards := newPlayer(sh, 8).cards
	su.takeCommits()
	const each = 10
	atOnce(len(cards), func(i int) {
		for range each {
			if _, err := sh.Apply(sh.ctx, sh.stamp(cards[i], 1)); err != nil {
				su.t.Error(err)
			}
		}
	})
	last := map[string]uint64{}
	told := su.takeCommits()
	for _, c := range told {
		if c.Seq <= last[c.Source] {
			su.t.Fatalf("%s told of %d after %d", c.Source, c.Seq, last[c.Source])
		}
		last[c.Source] = c.Seq
	}
	su.same("commits", len(cards)*each, len(told))
}

// tellTotals plays random commands and compares the sum of what was told with the ledger.
func tellTotals(su *suite) {
	sh := newShop(su, withMilestone)
	p := newPlayer(sh, 4)
	joined := su.takeCommits()
	told := map[loyalty.Cell]loyalty.Counts{}
	add := func(list []loyalty.Commit) {
		for _, c := range list {
			for _, x := range c.Counts {
				n := told[x.Cell]
				told[x.Cell] = loyalty.Counts{
					Stamps: n.Stamps + x.Stamps, Coupons: n.Coupons + x.Coupons, Redemptions: n.Redemptions + x.Redemptions, Cards: n.Cards + x.Cards,
				}
			}
		}
	}
	for _, c := range joined {
		if c.Cards[0].OrgID == sh.org.ID {
			add([]loyalty.Commit{c})
		}
	}
	for round := range 15 {
		var commands []loyalty.Command
		for _, m := range moves(round, 20, len(p.cards)) {
			commands = append(commands, p.command(m))
		}
		p.learn(sh.batch(commands...))
		add(su.takeCommits())
	}
	var all []loyalty.Entry
	for _, id := range p.cards {
		all = append(all, sh.ledger(id)...)
	}
	want := cellsOf(all)
	n := want[sh.cell()]
	n.Cards += int64(len(p.cards))
	want[sh.cell()] = n
	su.same("cells", want, told)
	for _, kind := range []loyalty.EntryKind{loyalty.EntryReversal, loyalty.EntryRedeem, loyalty.EntryReward} {
		if !slices.ContainsFunc(all, func(e loyalty.Entry) bool { return e.Kind == kind }) {
			su.t.Fatalf("no entry is a %s: the story does not try what it should", kind)
		}
	}
	st, err := sh.Stats(sh.ctx, sh.org.ID, sh.program.ID, sh.clock())
	sh.ok(err)
	var stamps int64
	for _, x := range told {
		stamps += x.Stamps
	}
	su.same("stamps", st.Stamps, stamps)
}

// cellsOf counts the entries of a ledger.
func cellsOf(all []loyalty.Entry) map[loyalty.Cell]loyalty.Counts {
	cells := map[loyalty.Cell]loyalty.Counts{}
	byID := map[string]loyalty.Entry{}
	for _, e := range all {
		byID[e.ID] = e
	}
	count := func(e loyalty.Entry, sign int64) {
		cell := loyalty.Cell{OrgID: e.OrgID, ProgramID: e.ProgramID, LocationID: e.LocationID, Day: e.Day}
		n := cells[cell]
		switch e.Kind {
		case loyalty.EntryStamp:
			n.Stamps += sign * int64(e.Quantity)
		case loyalty.EntryReward:
			n.Coupons += sign
		case loyalty.EntryRedeem:
			n.Redemptions += sign
		default:
			return
		}
		cells[cell] = n
	}
	for _, e := range all {
		count(e, 1)
		if e.Kind == loyalty.EntryReversal {
			count(byID[e.Reverses], -1)
		}
	}
	return cells
}
