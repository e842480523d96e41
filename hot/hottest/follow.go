package hottest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/leima/leima/hot"
)

func follow(tb failer, s hot.State, round hot.Round) {
	tb.Helper()
	if err := s.Follow(tb.Context(), round); err != nil {
		tb.Fatalf("follow: %v", err)
	}
}

func runFollow(t *testing.T, open Open) {
	t.Helper()
	t.Run("a round brings cards, totals and news", func(t *testing.T) {
		s := open(t)
		counted(t, s, today, stamps(10), nil)
		heard := s.Subscribe(t.Context(), "card")
		follow(t, s, hot.Round{
			Cards:  []hot.CardState{card("org", "card", 1, "one", "code"), part("org", "card", 2, 1, "two")},
			Pushes: []hot.Push{push("a", 1, today, stamps(1)), push("b", 1, today, stamps(2)), push("a", 2, today, stamps(4))},
			Topics: []string{"card", "another card", strings.Repeat("x", hot.MaxTopic+1)},
		})
		wantAlias(t, s, "org", "code", "card", 2, "two")
		wantTotals(t, s, today, known(stamps(17)))
		if !told(heard) {
			t.Error("whoever watches the card was not told")
		}
	})
	t.Run("a round may be empty", func(t *testing.T) {
		s := open(t)
		follow(t, s, hot.Round{})
		follow(t, s, hot.Round{Pushes: []hot.Push{{Source: "a", Seq: 1}}, Topics: []string{""}})
	})
	t.Run("the biggest round", func(t *testing.T) {
		s := open(t)
		var round hot.Round
		for i := range hot.MaxBatch {
			cell := today
			cell.Location = fmt.Sprint("shop-", i)
			round.Cards = append(round.Cards, card("org", fmt.Sprint("card-", i), 1, "one"))
			round.Pushes = append(round.Pushes, push("a", uint64(i)+1, cell, stamps(1)))
			round.Topics = append(round.Topics, strings.Repeat("x", hot.MaxTopic))
		}
		cell := round.Pushes[hot.MaxBatch-1].Increments[0].Cell
		counted(t, s, cell, stamps(1), nil)
		follow(t, s, round)
		wantCard(t, s, "org", fmt.Sprint("card-", hot.MaxBatch-1), 1, "one")
		wantTotals(t, s, cell, known(stamps(2)))
	})
	t.Run("totals that were forgotten are counted again", func(t *testing.T) {
		s := open(t)
		counted(t, s, today, stamps(10), nil)
		ticket := begin(t, s, tomorrow)
		forget := func(cells ...hot.Cell) {
			t.Helper()
			if err := s.ForgetTotals(t.Context(), cells); err != nil {
				t.Fatal(err)
			}
		}
		forget(today, tomorrow)
		forget()
		wantTotals(t, s, today, hot.Reading{})
		if finish(t, s, ticket, stamps(1), nil).Taken {
			t.Error("a count that had been forgotten was taken")
		}
		counted(t, s, today, stamps(11), nil)
		add(t, s, push("a", 1, today, stamps(1)))
		wantTotals(t, s, today, known(stamps(12)))
	})
	t.Run("a wrong round is not taken", func(t *testing.T) { badRounds(t, open(t)) })
}

func badRounds(t *testing.T, s hot.State) {
	t.Helper()
	counted(t, s, today, stamps(10), nil)
	cards, pushes := []hot.CardState{card("org", "card", 1, "one")}, []hot.Push{push("a", 1, today, stamps(1))}
	crowd := hot.Push{Source: "a", Seq: 2}
	for i := range hot.MaxBatch {
		cell := today
		cell.Location = fmt.Sprint("shop-", i)
		crowd.Increments = append(crowd.Increments, hot.Increment{Cell: cell, Counts: stamps(1)})
	}
	many := make([]hot.Push, hot.MaxBatch+1)
	for i := range many {
		many[i] = hot.Push{Source: "a", Seq: uint64(i) + 1}
	}
	for _, bad := range []struct {
		field string
		round hot.Round
	}{
		{"Card", hot.Round{Cards: append(cards, card("org", "", 1, "")), Pushes: pushes}},
		{"batch", hot.Round{Cards: make([]hot.CardState, hot.MaxBatch+1), Pushes: pushes}},
		{"Source", hot.Round{Cards: cards, Pushes: append(pushes, push("", 1, today, stamps(1)))}},
		{"Pushes", hot.Round{Cards: cards, Pushes: many}},
		{"Pushes", hot.Round{Cards: cards, Pushes: append(pushes, crowd)}},
		{"Topics", hot.Round{Cards: cards, Pushes: pushes, Topics: make([]string, hot.MaxBatch+1)}},
	} {
		wantInputError(t, s.Follow(t.Context(), bad.round), bad.field)
	}
	wantNoCard(t, s, "org", "card")
	wantTotals(t, s, today, known(stamps(10)))
	wantInputError(t, s.ForgetTotals(t.Context(), make([]hot.Cell, hot.MaxBatch+1)), "cells")
}
