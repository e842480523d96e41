package projection

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

func TestWhatACommitTellsOfACard(t *testing.T) {
	card := loyalty.Card{OrgID: "org", ID: "card", Status: loyalty.CardActive, Version: 7, Balance: 3}
	counters, _ := countersOf(&card)
	ref := hot.CardRef{Org: "org", Card: "card"}
	part := func(since uint64) hot.CardState {
		return hot.CardState{CardRef: ref, Version: 7, Payload: counters, KeepRest: true, Since: since}
	}
	for name, c := range map[string]struct {
		changed loyalty.ChangedCard
		want    hot.CardState
	}{
		"a stamp":                      {loyalty.ChangedCard{Version: 7, Since: 6, Card: card}, part(6)},
		"three stamps in one commit":   {loyalty.ChangedCard{Version: 7, Since: 4, Card: card}, part(4)},
		"who does not say since when":  {loyalty.ChangedCard{Version: 7, Card: card}, part(6)},
		"a coupon":                     {loyalty.ChangedCard{Version: 7, Since: 6, Card: card, Whole: true}, hot.Changed(ref, 7)},
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
		ref := hot.CardRef{Org: "org", Card: "card"}
		card := loyalty.Card{OrgID: "org", ID: "card", Status: loyalty.CardActive}
		var r round
		var changes []hot.CardState
		version := rapid.Int64Range(1, 4).Draw(rt, "first version")
		begin := version
		for range rapid.IntRange(1, 6).Draw(rt, "changes") {
			since := version + rapid.Int64Range(0, 1).Draw(rt, "others' commits in between")
			version = since + rapid.Int64Range(1, 2).Draw(rt, "commands")
			card.Version, card.Balance = version, int(version)
			c := changeOf(&loyalty.ChangedCard{
				OrgID: "org", ID: "card", Version: version, Since: since, Card: card, Whole: rapid.Bool().Draw(rt, "whole"),
			})
			changes = append(changes, c)
			r.add(work{cards: []hot.CardState{c}})
		}
		known := hot.CardState{CardRef: ref, Version: uint64(rapid.Int64Range(max(begin-1, 1), version+1).Draw(rt, "known")), Rest: []byte("rest")}
		read := func(told []hot.CardState) (hot.CardState, bool) {
			s := hot.NewInProcessState()
			if err := s.Project(t.Context(), append([]hot.CardState{known}, told...)); err != nil {
				rt.Fatal(err)
			}
			got, found, err := s.Card(t.Context(), ref)
			if err != nil {
				rt.Fatal(err)
			}
			return got, found
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
