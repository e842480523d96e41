package projection

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

func TestWhatACommitTellsOfACard(t *testing.T) {
	card := loyalty.Card{OrgID: "org", ID: "card", Status: loyalty.CardActive, Version: 7, Balance: 3}
	counters, _ := countersOf(&card)
	ref := hot.CardRef{Org: "org", Card: "card"}
	open := loyalty.Coupon{OrgID: "org", CardID: "card", ID: "coup_1", Name: loyalty.Text{"fi": "Kahvi"}, Status: loyalty.CouponIssued}
	used := loyalty.Coupon{OrgID: "org", CardID: "card", ID: "coup_2", Status: loyalty.CouponRedeemed, ClosedAt: 1, ClosedBy: "ent"}
	part := func(since uint64) hot.CardState {
		return hot.CardState{CardRef: ref, Version: 7, Payload: counters, KeepRest: true, Since: since}
	}
	couponsPart := part(6)
	couponsPart.Rest = slices.Concat(
		[]byte{couponOpen}, []byte("\x06coup_1"), []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, []byte("\x01\x02fi\x05Kahvi"),
		[]byte{couponOver}, []byte("\x06coup_2"),
	)
	for name, c := range map[string]struct {
		changed loyalty.ChangedCard
		want    hot.CardState
	}{
		"a stamp":                      {loyalty.ChangedCard{Version: 7, Since: 6, Card: card}, part(6)},
		"three stamps in one commit":   {loyalty.ChangedCard{Version: 7, Since: 4, Card: card}, part(4)},
		"who does not say since when":  {loyalty.ChangedCard{Version: 7, Card: card}, part(6)},
		"coupons":                      {loyalty.ChangedCard{Version: 7, Since: 6, Card: card, Coupons: []loyalty.Coupon{open, used}}, couponsPart},
		"more coupons than are told":   {loyalty.ChangedCard{Version: 7, Since: 6, Card: card, Coupons: slices.Repeat([]loyalty.Coupon{open}, 40)}, hot.Changed(ref, 7)},
		"a coupon of another card":     {loyalty.ChangedCard{Version: 7, Since: 6, Card: card, Coupons: []loyalty.Coupon{{OrgID: "org", CardID: "other"}}}, hot.Changed(ref, 7)},
		"a name":                       {loyalty.ChangedCard{Version: 7, Whole: true}, hot.Changed(ref, 7)},
		"a status of a later release":  {loyalty.ChangedCard{Version: 7, Since: 6, Card: loyalty.Card{Status: "sleeping"}}, hot.Changed(ref, 7)},
		"a version that goes nowhere":  {loyalty.ChangedCard{Version: 7, Since: 7, Card: card}, hot.Changed(ref, 7)},
		"a version that goes backward": {loyalty.ChangedCard{Version: 7, Since: 9, Card: card}, hot.Changed(ref, 7)},
	} {
		c.changed.OrgID, c.changed.ID = "org", "card"
		if diff := cmp.Diff(c.want, changeOf(&c.changed)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// One change that stands for many must do to the hot state what they do one after the
// other, whatever it knew before.
func TestChangesComeTogether(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		life := &cardLife{
			card: loyalty.Card{OrgID: "org", ID: "card", Status: loyalty.CardActive, Version: rapid.Int64Range(1, 4).Draw(rt, "first version")},
			were: map[int64]customer.View{},
		}
		begin := life.card.Version
		life.note()
		var r round
		var changes []hot.CardState
		for range rapid.IntRange(1, 6).Draw(rt, "changes") {
			if rapid.Bool().Draw(rt, "another process commits in between") {
				life.commit(rt)
			}
			c := changeOf(life.commit(rt))
			changes = append(changes, c)
			r.add(work{cards: []hot.CardState{c}})
		}
		end := life.card.Version
		life.commit(rt)
		known := stateOf(life.were[rapid.Int64Range(begin, end+1).Draw(rt, "known")])
		read := func(told []hot.CardState) (customer.View, bool) {
			s := hot.NewInProcessState()
			if err := s.Project(t.Context(), append([]hot.CardState{known}, told...)); err != nil {
				rt.Fatal(err)
			}
			got, found, err := s.Card(t.Context(), refOf("org", "card"))
			if err != nil {
				rt.Fatal(err)
			}
			if !found {
				return customer.View{}, false
			}
			v, err := viewOf(got)
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(life.were[v.Card.Version].Coupons, v.Coupons, cmpopts.EquateEmpty()); diff != "" {
				rt.Fatalf("version %d (-was +read):\n%s", v.Card.Version, diff)
			}
			return v, true
		}
		if len(r.Cards) != 1 {
			rt.Fatalf("%d changes of one card", len(r.Cards))
		}
		each, foundEach := read(changes)
		once, foundOnce := read(r.Cards)
		if diff := cmp.Diff(each, once, cmpopts.EquateEmpty()); foundEach != foundOnce || diff != "" {
			rt.Fatalf("one after the other %v, at once %v (-one after the other +at once):\n%s", foundEach, foundOnce, diff)
		}
	})
}

// cardLife is a card and its open coupons, as they are and as they were in each version.
type cardLife struct {
	card loyalty.Card
	open []loyalty.Coupon
	were map[int64]customer.View
}

func (l *cardLife) note() {
	l.were[l.card.Version] = customer.View{Card: l.card, Code: "CODE", Coupons: slices.Clone(l.open)}
}

// commit makes one or two versions at once.
func (l *cardLife) commit(t *rapid.T) *loyalty.ChangedCard {
	c := &loyalty.ChangedCard{OrgID: "org", ID: "card", Since: l.card.Version, Whole: rapid.IntRange(0, 5).Draw(t, "whole") == 0}
	for range rapid.IntRange(1, 2).Draw(t, "commands") {
		l.card.Version++
		l.card.Balance = int(l.card.Version)
		if rapid.Bool().Draw(t, "about a coupon") {
			c.Coupons = append(c.Coupons, l.turn(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "coupon")))
		}
		l.note()
	}
	c.Version, c.Card = l.card.Version, l.card
	return c
}

// turn closes a coupon that is open, and issues one that is not.
func (l *cardLife) turn(id string) loyalty.Coupon {
	k := loyalty.Coupon{OrgID: "org", CardID: "card", ID: id, Status: loyalty.CouponIssued}
	if at := slices.IndexFunc(l.open, func(o loyalty.Coupon) bool { return o.ID == id }); at >= 0 {
		l.open = slices.Delete(l.open, at, at+1)
		k.Status, k.ClosedAt, k.ClosedBy = loyalty.CouponRedeemed, 1, "ent"
		return k
	}
	l.open = append(l.open, k)
	slices.SortFunc(l.open, loyalty.OldestFirst)
	return k
}

func TestARoundStaysWithinItsLimits(t *testing.T) {
	cards := func(n int) work { return work{cards: make([]hot.CardState, n)} }
	counts := func(n int) work { return work{push: hot.Push{Increments: make([]hot.Increment, n)}} }
	for name, c := range map[string]struct {
		first, second work
		want          bool
	}{
		"room for cards":        {cards(1), cards(hot.MaxBatch - 1), true},
		"too many cards":        {cards(1), cards(hot.MaxBatch), false},
		"too many increments":   {counts(hot.MaxBatch), counts(1), false},
		"cards and increments":  {cards(hot.MaxBatch), counts(hot.MaxBatch), true},
		"an empty one, however": {cards(0), cards(0), true},
	} {
		r := round{commits: 1, increments: len(c.first.push.Increments)}
		r.Cards = c.first.cards
		if got := r.takes(c.second); got != c.want {
			t.Errorf("%s: takes %v", name, got)
		}
	}
	var empty round
	if !empty.takes(cards(5 * hot.MaxBatch)) {
		t.Error("a commit that is bigger than a round must be taken alone")
	}
	big := split(hot.Round{Cards: make([]hot.CardState, 3*hot.MaxBatch/2), Pushes: []hot.Push{{Source: "a", Seq: 1, Increments: make([]hot.Increment, 3*hot.MaxBatch/2)}}})
	if len(big) != 4 || len(big[1].Cards) != hot.MaxBatch/2 || len(big[3].Pushes[0].Increments) != hot.MaxBatch/2 {
		t.Errorf("split into %d", len(big))
	}
}
