package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

var batchStories = []story{
	{"one bad command does not fail its batch", badCommandInBatch},
	{"values that the database refuses fail alone", rejectedValuesInBatch},
	{"commands of one batch see what those before them did", batchIsSequential},
	{"the same key twice in a batch is one command", keyTwiceInBatch},
	{"a reference twice in a batch is used once", refTwiceInBatch},
	{"a batch does what its commands do one by one", batchEqualsSingles},
	{"what would be refused today was carried out before", refusedWhenSentAgain},
	{"a batch has a limit and may be empty", batchLimits},
}

// batch carries out commands at once.
func (sh *shop) batch(commands ...loyalty.Command) []loyalty.Outcome {
	sh.t.Helper()
	outcomes, err := sh.ApplyBatch(sh.ctx, commands)
	sh.ok(err)
	if len(outcomes) != len(commands) {
		sh.t.Fatalf("%d outcomes for %d commands", len(outcomes), len(commands))
	}
	return outcomes
}

func badCommandInBatch(su *suite) {
	sh := newShop(su)
	one, other, revoked := sh.newCard(), sh.newCard(), sh.newCard()
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, revoked.ID, sh.clock()))
	used := sh.stamp(one.ID, 1)
	sh.apply(used)
	reused := sh.stamp(other.ID, 1)
	reused.IdempotencyKey, reused.BodyHash = used.IdempotencyKey, "other"
	su.takeTold()
	outcomes := sh.batch(
		sh.stamp(one.ID, 1), sh.stamp(typeid.New("card"), 1), sh.stamp(revoked.ID, 1), sh.stamp(other.ID, -1),
		reused, sh.redeem(typeid.New("coup")), sh.stamp(other.ID, 2),
	)
	for i, want := range []error{nil, loyalty.ErrNotFound, loyalty.ErrNotFound, nil, loyalty.ErrKeyReused, loyalty.ErrNotFound, nil} {
		sh.is(outcomes[i].Err, want)
	}
	if outcomes[3].Refusal == nil || outcomes[3].Refusal.Code != loyalty.RefusedQuantity {
		su.t.Fatalf("have %+v", outcomes[3])
	}
	su.same("one", 2, sh.proven(one.ID).Card.Balance)
	su.same("other", 2, sh.proven(other.ID).Card.Balance)
	su.same("told", []string{one.ID, other.ID}, su.takeTold())
}

// A request that is sent again is answered again, though the rules would now refuse it,
// and whether the requests beside it are fresh or refused.
func refusedWhenSentAgain(su *suite) {
	sh := newShop(su, func(p *loyalty.Program) { p.Limits = loyalty.Limits{CoolDown: time.Hour} })
	card, other, third := sh.newCard(), sh.newCard(), sh.newCard()
	sent := sh.stamp(card.ID, 1)
	first := sh.apply(sent)
	changed := sent
	changed.BodyHash = "other"
	for name, fresh := range map[string]loyalty.Command{"alone": {}, "beside a stamp": sh.stamp(other.ID, 1)} {
		commands := []loyalty.Command{sent, changed, sh.stamp(card.ID, 1)}
		if fresh.Kind != "" {
			commands = append(commands, fresh)
		}
		outcomes := sh.batch(commands...)
		want := first
		want.Replayed = true
		su.same(name, want, outcomes[0])
		sh.is(outcomes[1].Err, loyalty.ErrKeyReused)
		if r := outcomes[2].Refusal; r == nil || r.Code != loyalty.RefusedCoolDown {
			su.t.Fatalf("%s: another stamp at once: %+v", name, outcomes[2])
		}
	}
	su.same("the card", 1, sh.proven(card.ID).Card.Balance)
	su.same("the other", 1, sh.proven(other.ID).Card.Balance)

	// Many fresh stamps share a batch with one that was there before.
	commands := []loyalty.Command{sent, sh.stamp(third.ID, 1)}
	for range 20 {
		commands = append(commands, sh.stamp(sh.newCard().ID, 1))
	}
	outcomes := sh.batch(commands...)
	su.same("sent again", true, outcomes[0].Replayed)
	for i, o := range outcomes[1:] {
		if o.Err != nil || o.Refusal != nil || o.Replayed {
			su.t.Fatalf("fresh stamp %d: %+v", i, o)
		}
	}
	su.same("the third", 1, sh.proven(third.ID).Card.Balance)
}

func rejectedValuesInBatch(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	nowhere := sh.stamp(card.ID, 1)
	nowhere.LocationID = typeid.New("loc")
	outcomes := sh.batch(sh.stamp(card.ID, 1), nowhere, sh.stamp(card.ID, 1))
	sh.is(outcomes[0].Err, nil)
	sh.is(outcomes[1].Err, loyalty.ErrNotFound)
	sh.is(outcomes[2].Err, nil)
	su.same("balance", 2, sh.proven(card.ID).Card.Balance)
}

func batchIsSequential(su *suite) {
	sh := newShop(su, func(p *loyalty.Program) { p.Limits.MaxPerCardDay, p.Limits.MaxPerStaffDay = 20, 21 })
	card := sh.newCard()
	first := sh.apply(sh.stamp(card.ID, 9))
	yesterday := sh.stamp(card.ID, 2)
	yesterday.At -= 24 * 60 * 60 * 1000
	outcomes := sh.batch(
		sh.stamp(card.ID, 2),         // fills the card
		sh.reverse(first.Entry.ID),   // takes the coupon of the command before back
		sh.reverse(first.Entry.ID),   // was taken back
		sh.stamp(card.ID, 18),        // 2 + 18: to the limit of the card's day
		sh.stamp(card.ID, 1),         // over it
		yesterday,                    // has a day of its own, for the cashier too
		sh.adjust(card.ID, -1),       // sees the coupon of the fourth
		sh.stamp(sh.newCard().ID, 1), // 20 + 1: to the limit of the cashier's day
		sh.stamp(sh.newCard().ID, 1), // over it
	)
	var codes []loyalty.RefusalCode
	for _, o := range outcomes {
		sh.ok(o.Err)
		code := loyalty.RefusalCode("")
		if o.Refusal != nil {
			code = o.Refusal.Code
		}
		codes = append(codes, code)
	}
	su.same("refusals", []loyalty.RefusalCode{
		"", "", loyalty.RefusedReversed, "", loyalty.RefusedPerCardDay, "", "", "", loyalty.RefusedPerStaffDay,
	}, codes)
	su.same("coupon issued, then taken back", loyalty.CouponReversed, outcomes[1].Coupons[0].Status)
	su.same("the same coupon", outcomes[0].Coupons[0].ID, outcomes[1].Coupons[0].ID)
	v := sh.proven(card.ID)
	su.same("card", outcomes[6].Card, v.Card)
	su.same("balance", 1, v.Card.Balance)
	su.same("version", int64(8-1), v.Card.Version)
	statuses := map[loyalty.CouponStatus]int{}
	for _, k := range sh.coupons(card.ID) {
		statuses[k.Status]++
	}
	su.same("coupons", map[loyalty.CouponStatus]int{loyalty.CouponIssued: 2, loyalty.CouponReversed: 1}, statuses)
}

func keyTwiceInBatch(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	c := sh.stamp(card.ID, 1)
	other := c
	other.BodyHash, other.Quantity = "other", 2
	refusedFirst := sh.stamp(card.ID, 0)
	thenRight := refusedFirst
	thenRight.Quantity = 3
	system := sh.stamp(card.ID, 1)
	system.IdempotencyKey = ""
	outcomes := sh.batch(c, c, other, refusedFirst, thenRight, thenRight, system, system)
	want := outcomes[0]
	want.Replayed = true
	su.same("replay", want, outcomes[1])
	sh.is(outcomes[2].Err, loyalty.ErrKeyReused)
	if outcomes[3].Refusal == nil || outcomes[4].Replayed || !outcomes[5].Replayed {
		su.t.Fatalf("have %+v", outcomes[3:6])
	}
	su.same("stored replay", want, sh.batch(c)[0])
	su.same("balance", 1+3+1+1, sh.proven(card.ID).Card.Balance)
}

func refTwiceInBatch(su *suite) {
	sh := newShop(su)
	card, other := sh.newCard(), sh.newCard()
	a, b := sh.stamp(card.ID, 1), sh.stamp(other.ID, 1)
	a.ExternalRef, b.ExternalRef = "R", "R"
	outcomes := sh.batch(a, b)
	sh.is(outcomes[0].Err, nil)
	sh.is(outcomes[1].Err, loyalty.ErrExternalRefUsed)
	su.same("other", 0, len(sh.ledger(other.ID)))
}

// batchEqualsSingles runs the same random commands in two shops, in one of them batch
// by batch, in the other one by one.
func batchEqualsSingles(su *suite) {
	rules := func(p *loyalty.Program) {
		withMilestone(p)
		p.Limits = loyalty.Limits{MaxPerScan: 12, MaxPerCardDay: 30, MaxPerStaffDay: 80}
	}
	const cards, rounds, size = 4, 12, 24
	batched, single := newPlayer(newShop(su, rules), cards), newPlayer(newShop(su, rules), cards)
	for round := range rounds {
		random := rand.New(rand.NewPCG(uint64(round), 2))
		var a, b []loyalty.Command
		for range size {
			move := move{kind: random.IntN(10), card: random.IntN(cards), quantity: random.IntN(14) - 1, old: random.IntN(1000), late: random.IntN(4)}
			a, b = append(a, batched.command(move)), append(b, single.command(move))
		}
		together := batched.sh.batch(a...)
		var apart []loyalty.Outcome
		for _, c := range b {
			apart = append(apart, single.sh.batch(c)...)
		}
		batched.learn(together)
		single.learn(apart)
		ignoreIDs := cmp.FilterPath(func(p cmp.Path) bool {
			name := p.Last().String()
			return slices.Contains([]string{
				".OrgID", ".ID", ".CardID", ".ProgramID", ".CustomerID", ".HeadID", ".IdempotencyKey", ".EarnedBy", ".EntryID",
				".ClosedBy", ".Reverses", ".CouponID", ".LocationID",
			}, name)
		}, cmp.Ignore())
		onlyErr := func(p cmp.Path) bool { return p.Last().String() == ".Err" }
		if diff := cmp.Diff(apart, together, ignoreIDs, cmp.FilterPath(onlyErr, cmpopts.EquateErrors())); diff != "" {
			su.t.Fatalf("round %d (-one by one +together):\n%s", round, diff)
		}
	}
	for i := range cards {
		su.same(fmt.Sprint("card ", i), kinds(single.sh.ledger(single.cards[i])), kinds(batched.sh.ledger(batched.cards[i])))
		batched.sh.proven(batched.cards[i])
		single.sh.proven(single.cards[i])
	}
}

func batchLimits(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	outcomes, err := sh.ApplyBatch(sh.ctx, nil)
	sh.ok(err)
	su.same("outcomes", 0, len(outcomes))
	commands := make([]loyalty.Command, loyalty.MaxBatch+1)
	for i := range commands {
		commands[i] = sh.stamp(card.ID, 1)
	}
	if _, err := sh.ApplyBatch(sh.ctx, commands); err == nil {
		su.t.Fatal("a batch that is too large was taken")
	}
	sh.batch(commands[:loyalty.MaxBatch]...)
	v := sh.proven(card.ID)
	su.same("stamps", int64(loyalty.MaxBatch), v.Card.Lifetime)
	su.same("rounds", loyalty.MaxBatch/10, v.Card.Round)
	su.same("entries", loyalty.MaxBatch+loyalty.MaxBatch/10, len(sh.ledger(card.ID)))
}
