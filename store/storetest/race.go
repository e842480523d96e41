package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

var raceStories = []story{
	{"fifty at once with one key are one stamp", oneKeyAtOnce},
	{"one key on two cards at once is one stamp", oneKeyOnTwoCards},
	{"one reference at once is one stamp", oneReferenceAtOnce},
	{"of sixty-four who redeem a coupon one gets it", oneRedemption},
	{"of many who take an entry back one does", oneReversal},
	{"batches over the same cards in both directions do not block each other", noDeadlock},
	{"batches that share keys and references but no cards do not block each other", noDeadlockOnNames},
	{"a command that is cancelled anywhere leaves all or nothing", cancelledAnywhere},
	{"two trusted joins with one phone at once are one customer and one card", oneJoin},
}

// atOnce runs f n times, all released together, and returns when all are done.
func atOnce(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			ready.Done()
			<-start
			f(i)
		}()
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func oneKeyAtOnce(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	c := sh.stamp(card.ID, 2)
	outcomes := make([]loyalty.Outcome, 50)
	atOnce(len(outcomes), func(i int) {
		var err error
		if outcomes[i], err = sh.Apply(sh.ctx, c); err != nil {
			su.t.Error(err)
		}
	})
	fresh := 0
	for _, o := range outcomes {
		if !o.Replayed {
			fresh++
		}
		o.Replayed = outcomes[0].Replayed
		su.same("outcome", outcomes[0], o)
	}
	su.same("fresh outcomes", 1, fresh)
	su.same("ledger", "stamp+2", kinds(sh.ledger(card.ID)))
}

// oneKeyOnTwoCards is where no lock on a card helps: only the unique key does.
func oneKeyOnTwoCards(su *suite) {
	sh := newShop(su)
	const rounds = 20
	one, other := sh.newCard(), sh.newCard()
	for range rounds {
		a := sh.stamp(one.ID, 1)
		b := a
		b.CardID, b.BodyHash = other.ID, "other"
		errs := make([]error, 2)
		atOnce(2, func(i int) {
			_, errs[i] = sh.Apply(sh.ctx, []loyalty.Command{a, b}[i])
		})
		lost := errs[0]
		if lost == nil {
			lost = errs[1]
		} else {
			sh.is(errs[1], nil)
		}
		sh.is(lost, loyalty.ErrKeyReused)
	}
	su.same("stamps", rounds, sh.proven(one.ID).Card.Balance+sh.proven(other.ID).Card.Balance+
		10*(sh.card(one.ID).Card.Round+sh.card(other.ID).Card.Round))
}

func oneReferenceAtOnce(su *suite) {
	sh := newShop(su)
	cards := []string{sh.newCard().ID, sh.newCard().ID, sh.newCard().ID, sh.newCard().ID}
	var won, lost atomic.Int64
	commands := make([]loyalty.Command, 16)
	for i := range commands {
		commands[i] = sh.stamp(cards[i%len(cards)], 1)
		commands[i].ExternalRef = "R"
	}
	atOnce(len(commands), func(i int) {
		switch _, err := sh.Apply(sh.ctx, commands[i]); {
		case err == nil:
			won.Add(1)
		case errors.Is(err, loyalty.ErrExternalRefUsed):
			lost.Add(1)
		default:
			su.t.Error(err)
		}
	})
	su.same("stamped, refused", [2]int64{1, int64(len(commands) - 1)}, [2]int64{won.Load(), lost.Load()})
}

func oneRedemption(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	coupon := sh.apply(sh.stamp(card.ID, 10)).Coupons[0]
	won, refused := sh.race(64, func() loyalty.Command { return sh.redeem(coupon.ID) }, loyalty.RefusedCouponRedeemed)
	su.same("redeemed, refused", [2]int64{1, 63}, [2]int64{won, refused})
	su.same("ledger", "redeem+0 reward-10 stamp+10", kinds(sh.ledger(card.ID)))
}

// race gives n commands at once and counts those carried out and those refused for the
// reason; nothing else may happen.
func (sh *shop) race(n int, command func() loyalty.Command, reason loyalty.RefusalCode) (won, refused int64) {
	sh.t.Helper()
	var w, r atomic.Int64
	atOnce(n, func(int) {
		o, err := sh.Apply(sh.ctx, command())
		switch {
		case err != nil:
			sh.t.Error(err)
		case o.Refusal == nil:
			w.Add(1)
		case o.Refusal.Code == reason:
			r.Add(1)
		default:
			sh.t.Error(o.Refusal)
		}
	})
	return w.Load(), r.Load()
}

func oneReversal(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	o := sh.apply(sh.stamp(card.ID, 13))
	won, refused := sh.race(16, func() loyalty.Command { return sh.reverse(o.Entry.ID) }, loyalty.RefusedReversed)
	su.same("taken back, refused", [2]int64{1, 15}, [2]int64{won, refused})
	su.same("balance", 0, sh.proven(card.ID).Card.Balance)
}

// noDeadlock lets several committers work on the same few cards, each with the cards in
// an order of its own, with the counters of the same staff and with shared references.
func noDeadlock(su *suite) {
	sh := newShop(su, func(p *loyalty.Program) { withMilestone(p); p.Limits.MaxPerStaffDay = 1_000_000 })
	const committers, batches, size, cards = 6, 15, 20, 8
	players := make([]*player, committers)
	ids := newPlayer(sh, cards).cards
	staff := []string{sh.cashier.ID, sh.newCashier("Eero").ID, sh.newCashier("Salme").ID}
	for i := range players {
		players[i] = &player{sh: sh, cards: ids}
	}
	su.takeLog()
	atOnce(committers, func(n int) {
		random := rand.New(rand.NewPCG(uint64(n), 1)) //nolint:gosec // counts from 0
		for b := range batches {
			commands := make([]loyalty.Command, size)
			for i := range commands {
				at := i % cards
				if n%2 == 1 {
					at = cards - 1 - at
				}
				c := players[n].command(move{kind: random.IntN(10), card: at, quantity: random.IntN(12), old: random.IntN(1000), late: random.IntN(4)})
				if c.Kind == loyalty.CommandStamp {
					c.Actor.ID = staff[random.IntN(len(staff))]
					c.ExternalRef = fmt.Sprintf("%d-%d", b, random.IntN(3*size))
				}
				commands[i] = c
			}
			outcomes, err := sh.ApplyBatch(sh.ctx, commands)
			if err != nil {
				su.t.Error(err)
				return
			}
			players[n].learn(outcomes)
		}
	})
	for _, id := range ids {
		sh.proven(id)
	}
	// A victim of a deadlock is run again, so the outcomes alone would not show one.
	if log := su.takeLog(); strings.Contains(log, "deadlock") {
		su.t.Fatalf("batches blocked each other:\n%s", log)
	}
}

// noDeadlockOnNames lets several committers, each with cards of its own, use the same
// references and keys in different orders.
func noDeadlockOnNames(su *suite) {
	sh := newShop(su)
	const committers, batches, size, names = 6, 8, 240, 300
	cards := newPlayer(sh, committers).cards
	su.takeLog()
	var used [batches][names]atomic.Int64
	atOnce(committers, func(n int) {
		random := rand.New(rand.NewPCG(uint64(n), 5)) //nolint:gosec // counts from 0
		for round := range batches {
			order := random.Perm(names)[:size]
			keys := random.Perm(4 * names) // few are shared, or whoever comes second would wait for one at once
			commands := make([]loyalty.Command, size)
			for i, name := range order {
				commands[i] = sh.stamp(cards[n], 1)
				commands[i].ExternalRef = fmt.Sprintf("ref %d-%d", round, name)
				commands[i].IdempotencyKey, commands[i].BodyHash = fmt.Sprintf("key %d-%d", round, keys[i]), cards[n]
			}
			outcomes, err := sh.ApplyBatch(sh.ctx, commands)
			if err != nil {
				su.t.Error(err)
				return
			}
			for i, o := range outcomes {
				switch {
				case o.Err == nil:
					used[round][order[i]].Add(1)
				case !errors.Is(o.Err, loyalty.ErrExternalRefUsed) && !errors.Is(o.Err, loyalty.ErrKeyReused):
					su.t.Error(o.Err)
				}
			}
		}
	})
	for round := range used {
		for name := range used[round] {
			if n := used[round][name].Load(); n > 1 {
				su.t.Errorf("reference %d-%d was used %d times", round, name, n)
			}
		}
	}
	for _, id := range cards {
		sh.proven(id)
	}
	if log := su.takeLog(); strings.Contains(log, "deadlock") {
		su.t.Fatalf("batches blocked each other:\n%s", log)
	}
}

// impatient is a context that is cancelled when it has been asked a number of times
// whether it is.
type impatient struct {
	context.Context
	cancel context.CancelFunc
	left   atomic.Int64
}

func (c *impatient) Done() <-chan struct{} {
	if c.left.Add(-1) <= 0 {
		c.cancel()
	}
	return c.Context.Done()
}

func (c *impatient) Err() error {
	if c.left.Add(-1) <= 0 {
		c.cancel()
	}
	return c.Context.Err() //nolint:wrapcheck // it stands in for it
}

// cancelledAnywhere cancels a command at one place after the other, from its beginning
// until it comes through untouched.
func cancelledAnywhere(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	const most, untouched = 3000, 3
	stamps, failed, through := 0, 0, 0
	for place := 1; through < untouched; place += 1 + place/16 {
		if place > most {
			su.t.Fatalf("%d questions were not enough for one stamp", most)
		}
		c := sh.stamp(card.ID, 1)
		ctx, cancel := context.WithCancel(sh.ctx)
		hurried := &impatient{Context: ctx, cancel: cancel}
		hurried.left.Store(int64(place))
		_, err := sh.Apply(hurried, c)
		cancel()
		if err == nil {
			through++
		} else {
			failed, through = failed+1, 0
		}
		kept := sh.proven(card.ID).Card.Lifetime == int64(stamps+1)
		stamps++
		if err == nil && !kept {
			su.t.Fatalf("place %d: an acknowledged stamp is not there", place)
		}
		// Whether a cancelled commit took effect is not known; the same key tells.
		if o := sh.apply(c); o.Replayed != kept {
			su.t.Fatalf("place %d: the stamp was kept: %v, it is a replay: %v", place, kept, o.Replayed)
		}
		su.same("stamps", int64(stamps), sh.proven(card.ID).Card.Lifetime)
	}
	if failed < untouched {
		su.t.Fatalf("only %d were cancelled: the test does not try what it should", failed)
	}
	su.t.Logf("%d of %d stamps were cancelled on their way", failed, stamps)
}

func oneJoin(su *suite) {
	sh := newShop(su, withWelcome)
	const rounds = 5
	for range rounds {
		phone := sh.phone()
		joins := make([]customer.Joined, 12)
		atOnce(len(joins), func(i int) {
			var err error
			if joins[i], err = sh.Join(sh.ctx, sh.trusted(phone)); err != nil {
				su.t.Error(err)
			}
		})
		created := 0
		for _, j := range joins {
			if j.Created {
				created++
			}
			su.same("view", joins[0].View, j.View)
		}
		su.same("created", 1, created)
		su.same("ledger", "reward+0 welcome+2", kinds(sh.ledger(joins[0].View.Card.ID)))
	}
}

func withWelcome(p *loyalty.Program) {
	p.WelcomeStamps = 2
	p.Rewards = append(p.Rewards, loyalty.Reward{ID: "rew_hello", Kind: loyalty.RewardWelcome, Name: loyalty.Text{"en": "Hand cream"}})
}
