package storetest

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

var totalsStories = []story{
	{"totals count what happened by program, location and day", totalsOfADay},
	{"totals of a random history are what its entries say, and what its commits added up to", totalsOfHistory},
	{"a count tells how far it saw each committer", countsTellWhatTheySaw},
	{"a card is counted where and when it was joined", totalsOfJoins},
}

// totals counts and returns the cells without their organization, in order.
func (sh *shop) totals(q loyalty.TotalsQuery) map[loyalty.Cell]loyalty.Counts {
	sh.t.Helper()
	counts, _, err := sh.CountTotals(sh.ctx, sh.org.ID, q)
	sh.ok(err)
	cells := map[loyalty.Cell]loyalty.Counts{}
	for _, c := range counts {
		if _, twice := cells[c.Cell]; twice || c.OrgID != sh.org.ID {
			sh.t.Fatalf("a cell is there twice or another organization's: %+v", c)
		}
		c.OrgID = ""
		cells[c.Cell] = c.Counts
	}
	return cells
}

func (sh *shop) today() loyalty.Day { return loyalty.DayOf(sh.clock(), sh.zone) }

func totalsOfADay(su *suite) {
	sh := newShop(su)
	branch := sh.newLocation("Satama")
	card := sh.newCard()
	joined := sh.today()
	su.pass(48 * time.Hour)
	here := loyalty.Cell{ProgramID: sh.program.ID, LocationID: sh.location.ID, Day: sh.today()}
	there := loyalty.Cell{ProgramID: sh.program.ID, LocationID: branch.ID, Day: sh.today()}
	nowhere := loyalty.Cell{ProgramID: sh.program.ID, Day: sh.today()}
	q := loyalty.TotalsQuery{ProgramID: sh.program.ID, From: joined + 1, To: sh.today() + 3}
	want := map[loyalty.Cell]loyalty.Counts{}
	check := func(what string) {
		su.t.Helper()
		su.same(what, want, sh.totals(q))
	}
	check("nothing happened")

	full := sh.apply(sh.stamp(card.ID, 12))
	want[here] = loyalty.Counts{Stamps: 12, Coupons: 1}
	check("a full card")
	redeem := sh.redeem(full.Coupons[0].ID)
	redeem.LocationID = branch.ID
	redeemed := sh.apply(redeem)
	want[there] = loyalty.Counts{Redemptions: 1}
	check("used at the other branch")

	// What is taken back a day later, elsewhere, is missing where and when it was given.
	su.pass(24 * time.Hour)
	back := sh.reverse(redeemed.Entry.ID)
	sh.apply(back)
	delete(want, there)
	check("the use taken back")
	sh.apply(sh.reverse(full.Entry.ID))
	delete(want, here)
	check("the stamps taken back, and with them the coupon")

	elsewhere := sh.stamp(card.ID, 2)
	elsewhere.LocationID, elsewhere.At = "", elsewhere.At-24*time.Hour.Milliseconds()
	sh.apply(elsewhere)
	sh.apply(sh.adjust(card.ID, 5))
	want[nowhere] = loyalty.Counts{Stamps: 2}
	check("stamps of no location, told of late, and a correction")
	q.LocationID = branch.ID
	want = map[loyalty.Cell]loyalty.Counts{}
	check("one location")
}

// expected counts the shop's entries and cards one by one, in another way than the
// store does.
func (sh *shop) expected(programs []string, cards []string, q loyalty.TotalsQuery) map[loyalty.Cell]loyalty.Counts {
	sh.t.Helper()
	cells := map[loyalty.Cell]loyalty.Counts{}
	for _, id := range cards {
		entries := map[string]loyalty.Entry{}
		for _, e := range sh.ledger(id) {
			entries[e.ID] = e
		}
		for _, e := range entries {
			at, sign := e, int64(1)
			if e.Kind == loyalty.EntryReversal {
				at, sign = entries[e.Reverses], -1
			}
			cell := loyalty.Cell{ProgramID: at.ProgramID, LocationID: at.LocationID, Day: at.Day}
			if !slices.Contains(programs, at.ProgramID) || at.Day < q.From || at.Day >= q.To || q.LocationID != "" && q.LocationID != at.LocationID {
				continue
			}
			n := cells[cell]
			switch at.Kind {
			case loyalty.EntryStamp:
				n.Stamps += sign * int64(at.Quantity)
			case loyalty.EntryReward:
				n.Coupons += sign
			case loyalty.EntryRedeem:
				n.Redemptions += sign
			default:
			}
			cells[cell] = n
		}
	}
	for cell, n := range cells {
		if n == (loyalty.Counts{}) {
			delete(cells, cell)
		}
	}
	return cells
}

func totalsOfHistory(su *suite) {
	const cards, rounds, size = 5, 12, 25
	sh := newShop(su, withMilestone)
	su.takeCommits()
	branch := sh.newLocation("Satama")
	p := newPlayer(sh, cards)
	first := sh.program
	sh.program = sh.newProgram(first)
	other := newPlayer(sh, cards)
	random := rand.New(rand.NewPCG(3, 4))
	for range rounds {
		su.pass(30 * time.Hour)
		for _, player := range []*player{p, other} {
			var commands []loyalty.Command
			for range size {
				c := player.command(move{
					kind: random.IntN(10), card: random.IntN(cards), quantity: random.IntN(14), old: random.IntN(1000), late: random.IntN(4),
				})
				c.LocationID = []string{sh.location.ID, branch.ID, ""}[random.IntN(3)]
				commands = append(commands, c)
			}
			player.learn(sh.batch(commands...))
		}
	}
	both := []string{first.ID, sh.program.ID}
	all := append(slices.Clone(p.cards), other.cards...)
	last := sh.today() + 1
	// After the day of joining, which totalsOfJoins is about.
	start := loyalty.DayOf(sh.card(all[0]).Card.JoinedAt, sh.zone) + 1
	middle := loyalty.DayOf(sh.clock()-rounds/2*30*time.Hour.Milliseconds(), sh.zone)
	for _, c := range []struct {
		programs []string
		q        loyalty.TotalsQuery
	}{
		{both, loyalty.TotalsQuery{From: start, To: last}},
		{both[:1], loyalty.TotalsQuery{ProgramID: first.ID, From: start, To: last}},
		{both[1:], loyalty.TotalsQuery{ProgramID: sh.program.ID, From: middle, To: last}},
		{both, loyalty.TotalsQuery{LocationID: branch.ID, From: start, To: middle}},
		{both, loyalty.TotalsQuery{LocationID: branch.ID, From: middle, To: middle}},
	} {
		want := sh.expected(c.programs, all, c.q)
		if len(want) < 5 && c.q.From != c.q.To {
			su.t.Fatalf("hardly anything happened: %v", want)
		}
		su.same("totals", want, sh.totals(c.q))
	}
	su.same("what was told", sh.totals(loyalty.TotalsQuery{To: last}), sh.added(su.takeCommits()))
}

// added adds up what commits told of the shop.
func (sh *shop) added(commits []loyalty.Commit) map[loyalty.Cell]loyalty.Counts {
	cells := map[loyalty.Cell]loyalty.Counts{}
	for _, commit := range commits {
		for _, c := range commit.Counts {
			if c.OrgID != sh.org.ID {
				continue
			}
			c.OrgID = ""
			n := cells[c.Cell]
			n.Stamps += c.Stamps
			n.Coupons += c.Coupons
			n.Redemptions += c.Redemptions
			n.Cards += c.Cards
			cells[c.Cell] = n
		}
	}
	for cell, n := range cells {
		if n == (loyalty.Counts{}) {
			delete(cells, cell)
		}
	}
	return cells
}

func countsTellWhatTheySaw(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	su.takeCommits()
	for range 3 {
		sh.apply(sh.stamp(card.ID, 1))
		_, seen, err := sh.CountTotals(sh.ctx, sh.org.ID, loyalty.TotalsQuery{From: sh.today(), To: sh.today() + 1})
		sh.ok(err)
		commits := su.takeCommits()
		su.same("commits", 1, len(commits))
		for _, commit := range commits {
			su.same("the last number of "+commit.Source, commit.Seq, seen[commit.Source])
		}
	}
	su.pass(time.Hour)
	_, seen, err := sh.CountTotals(sh.ctx, sh.org.ID, loyalty.TotalsQuery{From: sh.today(), To: sh.today() + 1})
	sh.ok(err)
	su.same("committers that have long been silent", map[string]uint64{}, seen)
}

func totalsOfJoins(su *suite) {
	sh := newShop(su)
	join := func(location, zone string) {
		su.t.Helper()
		j := sh.trusted(sh.phone())
		j.LocationID, j.Zone = location, organization.LoadZone(zone, "")
		sh.join(j)
	}
	branch := sh.newLocation("Kiritimati")
	join(sh.location.ID, "Europe/Helsinki")
	join(sh.location.ID, "Europe/Helsinki")
	join("", "Europe/Helsinki")
	// Whatever the time, it is another day in one of these than in the other.
	join(branch.ID, "Pacific/Kiritimati")
	join(branch.ID, "Pacific/Pago_Pago")
	_, _, err := sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, []string{"A", "B"}, sh.clock())
	sh.ok(err)
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, sh.newCard().ID, sh.clock()))
	today := sh.today()
	later := loyalty.DayOf(sh.clock(), organization.LoadZone("Pacific/Kiritimati", ""))
	earlier := loyalty.DayOf(sh.clock(), organization.LoadZone("Pacific/Pago_Pago", ""))
	cell := func(location string, day loyalty.Day) loyalty.Cell {
		return loyalty.Cell{ProgramID: sh.program.ID, LocationID: location, Day: day}
	}
	all := map[loyalty.Cell]loyalty.Counts{
		cell(sh.location.ID, today): {Cards: 3},
		cell("", today):             {Cards: 3},
		cell(branch.ID, later):      {Cards: 1},
		cell(branch.ID, earlier):    {Cards: 1},
	}
	su.same("all days", all, sh.totals(loyalty.TotalsQuery{From: earlier, To: later + 1}))
	for day := range map[loyalty.Day]bool{today: true, later: true, earlier: true} {
		want := map[loyalty.Cell]loyalty.Counts{}
		for c, n := range all {
			if c.Day == day {
				want[c] = n
			}
		}
		// day + 1 may be no day of the calendar, but no other day lies before it.
		su.same("one day", want, sh.totals(loyalty.TotalsQuery{ProgramID: sh.program.ID, From: day, To: day + 1}))
	}
	su.same("one location", map[loyalty.Cell]loyalty.Counts{cell(sh.location.ID, today): {Cards: 3}},
		sh.totals(loyalty.TotalsQuery{LocationID: sh.location.ID, From: earlier, To: later + 1}))
	su.same("another program", map[loyalty.Cell]loyalty.Counts{},
		sh.totals(loyalty.TotalsQuery{ProgramID: sh.newProgram(sh.program).ID, From: earlier, To: later + 1}))
}
