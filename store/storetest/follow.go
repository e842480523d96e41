package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

var followStories = []story{
	{"cards read together are as each is alone", viewsTogether},
	{"each card read together has all its coupons", couponsOfViews},
	{"all cards are read page by page in the order of their ids", viewsPageByPage},
	{"cards come in the order of their codes", cardsByCode},
	{"one process has the night", selfCheckNights},
	{"what changed lately is found", changedLately},
	{"the history of a card is read from its beginning", historyOfCard},
	{"a program is known as it was in each version", rulesOfVersions},
	{"the epoch begins at the clock and only rises", epochRises},
	{"however many notice a new incarnation at once, one raises the epoch", incarnationIsNotedOnce},
}

func viewsTogether(su *suite) {
	sh := newShop(su, withWelcome)
	full, provisional, revoked := sh.newCard(), sh.join(sh.public(sh.phone())).View.Card, sh.newCard()
	sh.apply(sh.stamp(full.ID, 25))
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, revoked.ID, sh.clock()))
	foreign := newShop(su).newCard()
	ids := []string{full.ID, provisional.ID, typeid.New("card"), foreign.ID, revoked.ID, full.ID}
	have, err := sh.Views(sh.ctx, sh.org.ID, ids)
	sh.ok(err)
	su.same("views", []customer.View{sh.card(full.ID), sh.card(provisional.ID), sh.card(revoked.ID)}, sorted(have))
	have, err = sh.Views(sh.ctx, sh.org.ID, nil)
	sh.ok(err)
	su.same("no views", 0, len(have))
	if _, err := sh.Views(sh.ctx, sh.org.ID, make([]string, store.MaxViews+1)); err == nil {
		su.t.Fatal("too many cards were read")
	}
}

// sorted returns the views in the order of their cards' ids.
func sorted(views []customer.View) []customer.View {
	return slices.SortedFunc(slices.Values(views), func(a, b customer.View) int { return strings.Compare(a.Card.ID, b.Card.ID) })
}

func couponsOfViews(su *suite) {
	sh := newShop(su)
	one, other := sh.newCard(), sh.newCard()
	used := sh.apply(sh.stamp(one.ID, 20)).Coupons[0]
	sh.apply(sh.redeem(used.ID))
	su.pass(40 * 24 * time.Hour) // those of before have run out
	const each = customer.MaxOpenCoupons + 10
	for range each * 10 / loyalty.MaxQuantity {
		sh.apply(sh.stamp(one.ID, loyalty.MaxQuantity))
		sh.apply(sh.stamp(other.ID, loyalty.MaxQuantity))
	}
	want := []customer.View{sh.card(one.ID), sh.card(other.ID)}
	have, err := sh.Views(sh.ctx, sh.org.ID, []string{one.ID, other.ID})
	sh.ok(err)
	su.same("views", want, sorted(have))
	su.same("coupons", customer.MaxOpenCoupons, len(sorted(have)[1].Coupons))
	for _, v := range want {
		list, err := sh.CustomerCards(sh.ctx, sh.org.ID, v.Customer.ID)
		sh.ok(err)
		su.same("cards of the customer", []customer.View{v}, list)
	}
}

func viewsPageByPage(su *suite) {
	sh := newShop(su)
	var want []customer.View
	for range 8 {
		want = append(want, sh.card(sh.newCard().ID))
	}
	sh.apply(sh.stamp(want[3].Card.ID, 10))
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, want[5].Card.ID, sh.clock()))
	for _, i := range []int{3, 5} {
		want[i] = sh.card(want[i].Card.ID)
	}
	n, err := sh.CountCards(sh.ctx, sh.org.ID)
	sh.ok(err)
	su.same("number of cards", int64(len(want)), n)
	for _, size := range []int{1, 3, 8, 9, store.MaxViews + 1} {
		su.same("all", want, sh.pages(size, func(after string) ([]customer.View, error) {
			return sh.ViewsAfter(sh.ctx, sh.org.ID, after, size)
		}))
	}
}

// pages reads a list that goes on after the last card, and checks that no page is
// larger than the size.
func (sh *shop) pages(size int, read func(after string) ([]customer.View, error)) []customer.View {
	sh.t.Helper()
	const most = 1000
	var all []customer.View
	after := ""
	for range most {
		page, err := read(after)
		sh.ok(err)
		if len(page) > size {
			sh.t.Fatalf("%d cards on a page of %d", len(page), size)
		}
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		after = page[len(page)-1].Card.ID
	}
	sh.t.Fatalf("the list does not end after %d pages", most)
	return nil
}

func cardsByCode(su *suite) {
	sh := newShop(su)
	newShop(su).newCard()
	var want []customer.View
	for range 9 {
		want = append(want, sh.card(sh.newCard().ID))
	}
	slices.SortFunc(want, func(a, b customer.View) int { return strings.Compare(a.Code, b.Code) })
	for _, size := range []int{1, 4, 9, store.MaxViews + 1} {
		su.same("all", want, sh.pages(size, func(after string) ([]customer.View, error) {
			return sh.ViewsByCode(sh.ctx, sh.org.ID, after, size)
		}))
	}
	first, err := sh.ViewsByCode(sh.ctx, sh.org.ID, typeid.New("card"), 1)
	sh.ok(err)
	su.same("after a card that is gone", want[:1], first)
}

func selfCheckNights(su *suite) {
	sh, other := newShop(su), newShop(su)
	const tonight, tomorrow = loyalty.Day(20260316), loyalty.Day(20260317)
	begin := func(sh *shop, night loyalty.Day, lease time.Duration, wantAfter string, want bool) {
		su.t.Helper()
		after, begun, err := sh.BeginSelfCheck(sh.ctx, sh.org.ID, night, lease)
		sh.ok(err)
		if after != wantAfter || begun != want {
			su.t.Errorf("night %d: begun %t after %q, want %t after %q", night, begun, after, want, wantAfter)
		}
	}
	begin(sh, tonight, -time.Millisecond, "", true) // a process that ends in the middle
	begin(sh, tonight, time.Hour, "", true)
	begin(sh, tonight, time.Hour, "", false)
	begin(other, tonight, time.Hour, "", true)
	sh.ok(sh.EndSelfCheck(sh.ctx, sh.org.ID, tonight, "card_9"))
	begin(sh, tonight, time.Hour, "", false)
	begin(sh, tomorrow, time.Hour, "card_9", true)
	begin(sh, tonight, time.Hour, "", false)
	// Who comes too late with an earlier night changes nothing.
	sh.ok(sh.EndSelfCheck(sh.ctx, sh.org.ID, tonight, "card_1"))
	sh.ok(sh.EndSelfCheck(sh.ctx, sh.org.ID, tomorrow, "card_8"))
	begin(sh, tomorrow+1, time.Hour, "card_8", true)
	begin(other, tomorrow, time.Hour, "", true)
}

func changedLately(su *suite) {
	sh := newShop(su)
	quiet, stamped, revoked := sh.newCard(), sh.newCard(), sh.newCard()
	before := moment()
	sh.apply(sh.stamp(stamped.ID, 3))
	sh.apply(sh.stamp(stamped.ID, 9))
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, revoked.ID, sh.clock()))
	joined := sh.newCard()
	newShop(su).newCard()
	want := []customer.View{sh.card(stamped.ID), sh.card(revoked.ID), sh.card(joined.ID)}
	for _, size := range []int{1, 2, 100} {
		su.same("changed", want, sh.pages(size, func(after string) ([]customer.View, error) {
			return sh.ChangedSince(sh.ctx, sh.org.ID, before, after, size)
		}))
	}
	for _, since := range []int64{0, -1} {
		all, err := sh.ChangedSince(sh.ctx, sh.org.ID, since, "", 100)
		sh.ok(err)
		su.same("ever changed", append([]customer.View{sh.card(quiet.ID)}, want...), all)
	}
	none, err := sh.ChangedSince(sh.ctx, sh.org.ID, moment(), "", 100)
	sh.ok(err)
	su.same("changed since now", 0, len(none))
}

// moment returns an instant of the system's clock, by which ids are made, that is after
// all ids so far and not after those that follow.
func moment() int64 {
	last := time.Now().UnixMilli()
	now := last
	for now <= last+1 {
		now = time.Now().UnixMilli()
	}
	return now
}

func historyOfCard(su *suite) {
	sh := newShop(su, withMilestone)
	p := newPlayer(sh, 2)
	random := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		p.learn(sh.batch(p.command(move{
			kind: random.IntN(10), card: random.IntN(2), quantity: random.IntN(14), old: random.IntN(1000), late: random.IntN(4),
		})))
	}
	for _, id := range p.cards {
		wantEntries, wantCoupons := sh.ledger(id), sh.coupons(id)
		slices.Reverse(wantEntries)
		slices.Reverse(wantCoupons)
		if len(wantEntries) < 10 || len(wantCoupons) < 3 {
			su.t.Fatalf("hardly anything happened: %d entries and %d coupons", len(wantEntries), len(wantCoupons))
		}
		entries, coupons, err := sh.LedgerOf(sh.ctx, sh.org.ID, id)
		together, manyErr := sh.HistoriesOf(sh.ctx, sh.org.ID, p.cards)
		sh.ok(manyErr)
		su.same("read with another", loyalty.History{Entries: entries, Coupons: coupons}, together[id])
		sh.ok(err)
		su.same("entries", wantEntries, entries)
		su.same("coupons", wantCoupons, coupons)
	}
	entries, coupons, err := sh.LedgerOf(sh.ctx, sh.org.ID, typeid.New("card"))
	sh.ok(err)
	su.same("history of no card", 0, len(entries)+len(coupons))
}

func rulesOfVersions(su *suite) {
	sh := newShop(su, withMilestone)
	first := sh.program
	changed := first
	changed.Goal, changed.Status = 12, loyalty.ProgramEnded
	second, err := sh.UpdateProgram(sh.ctx, changed, first.Version)
	sh.ok(err)
	for _, want := range []loyalty.Program{first, second} {
		have, err := sh.ProgramVersion(sh.ctx, sh.org.ID, first.ID, want.Version)
		sh.ok(err)
		su.same("program", want, have)
	}
	for _, version := range []int64{0, second.Version + 1} {
		_, err = sh.ProgramVersion(sh.ctx, sh.org.ID, first.ID, version)
		sh.is(err, loyalty.ErrNotFound)
	}
}

func epochRises(su *suite) {
	ctx := su.t.Context()
	epoch := func() int64 {
		su.t.Helper()
		e, err := su.Epoch(ctx)
		if err != nil {
			su.t.Fatal(err)
		}
		return e
	}
	raise := func(now int64) int64 {
		su.t.Helper()
		e, err := su.RaiseEpoch(ctx, now)
		if err != nil {
			su.t.Fatal(err)
		}
		su.same("epoch", e, epoch())
		return e
	}
	began := epoch()
	su.same("the first epoch", su.clock(), began)
	su.pass(time.Hour)
	su.same("the epoch by itself", began, epoch())
	su.same("raised", su.clock(), raise(su.clock()))
	su.same("raised in the same instant", su.clock()+1, raise(su.clock()))
	su.same("raised by a slow clock", su.clock()+2, raise(began))
	const processes = 8
	var mu sync.Mutex
	var epochs []int64
	var all sync.WaitGroup
	for range processes {
		all.Go(func() {
			e, err := su.RaiseEpoch(ctx, began)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				su.t.Error(err)
			}
			epochs = append(epochs, e)
		})
	}
	all.Wait()
	slices.Sort(epochs)
	for i, e := range epochs {
		su.same("raised at once", su.clock()+3+int64(i), e)
	}
}

func incarnationIsNotedOnce(su *suite) {
	ctx := su.t.Context()
	before, err := su.Epoch(ctx)
	if err != nil {
		su.t.Fatal(err)
	}
	for round, incarnation := range []string{"one server", "another", "another", "one server"} {
		const processes = 6
		var mu sync.Mutex
		raises := 0
		epochs := map[int64]bool{}
		var all sync.WaitGroup
		for range processes {
			all.Go(func() {
				e, raised, err := su.NoteIncarnation(ctx, incarnation, su.clock())
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					su.t.Error(err)
				}
				if raised {
					raises++
				}
				epochs[e] = true
			})
		}
		all.Wait()
		now, err := su.Epoch(ctx)
		if err != nil {
			su.t.Fatal(err)
		}
		want := 1
		if round == 2 {
			want = 0 // it is still the same
		}
		if raises != want || len(epochs) != 1 || !epochs[now] || (now > before) != (want == 1) {
			su.t.Fatalf("round %d: raised %d times, from %d to %d, told %v", round, raises, before, now, epochs)
		}
		before = now
	}
}

func attacksOnFollowing(v *victim) map[string]attack {
	return map[string]attack{
		"Views": func(ctx context.Context, org string) error {
			return empty(v.Views(ctx, org, []string{v.view.Card.ID}))
		},
		"CountCards": func(ctx context.Context, org string) error {
			n, err := v.CountCards(ctx, org)
			if err != nil || n != 0 {
				return errors.Join(fmt.Errorf("%d cards", n), err)
			}
			return nil
		},
		"ViewsAfter": func(ctx context.Context, org string) error {
			return empty(v.ViewsAfter(ctx, org, "", store.MaxViews))
		},
		"ViewsByCode": func(ctx context.Context, org string) error {
			return empty(v.ViewsByCode(ctx, org, v.view.Card.ID, store.MaxViews))
		},
		"BeginSelfCheck": func(ctx context.Context, org string) error {
			after, _, err := v.BeginSelfCheck(ctx, org, 20260316, time.Hour)
			return empty([]byte(after), err)
		},
		"EndSelfCheck": func(ctx context.Context, org string) error {
			if err := v.EndSelfCheck(ctx, org, 20260316, "card_of_a_thief"); err != nil {
				return fmt.Errorf("end: %w", err)
			}
			after, _, err := v.BeginSelfCheck(ctx, v.org.ID, 20260401, time.Hour)
			return empty([]byte(after), err)
		},
		"ChangedSince": func(ctx context.Context, org string) error {
			return empty(v.ChangedSince(ctx, org, 0, "", store.MaxViews))
		},
		"CountTotals": func(ctx context.Context, org string) error {
			all := loyalty.TotalsQuery{ProgramID: v.program.ID, To: 99991231}
			counts, _, err := v.CountTotals(ctx, org, all)
			return empty(counts, err)
		},
		"LedgerOf": func(ctx context.Context, org string) error {
			entries, coupons, err := v.LedgerOf(ctx, org, v.view.Card.ID)
			return errors.Join(empty(entries, err), empty(coupons, err))
		},
		"HistoriesOf": func(ctx context.Context, org string) error {
			histories, err := v.HistoriesOf(ctx, org, []string{v.view.Card.ID})
			h := histories[v.view.Card.ID]
			return errors.Join(empty(h.Entries, err), empty(h.Coupons, err))
		},
		"ProgramVersion": func(ctx context.Context, org string) error {
			_, err := v.ProgramVersion(ctx, org, v.program.ID, v.program.Version)
			return refusedWith(loyalty.ErrNotFound, err)
		},
	}
}
