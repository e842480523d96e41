package hottest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leima/leima/hot"
)

var (
	today    = hot.Cell{Org: "org", Program: "program", Location: "shop", Day: "2026-03-01"}
	tomorrow = hot.Cell{Org: "org", Program: "program", Location: "shop", Day: "2026-03-02"}
)

func stamps(n int64) hot.Counts { return hot.Counts{Stamps: n} }

func push(source string, seq uint64, cell hot.Cell, counts hot.Counts) hot.Push {
	return hot.Push{Source: source, Seq: seq, Increments: []hot.Increment{{Cell: cell, Counts: counts}}}
}

func add(tb failer, s hot.State, p hot.Push) {
	tb.Helper()
	if err := s.AddTotals(tb.Context(), p); err != nil {
		tb.Fatalf("add: %v", err)
	}
}

func begin(tb failer, s hot.State, cell hot.Cell) hot.Ticket {
	tb.Helper()
	ticket, begun, err := s.BeginTotals(tb.Context(), cell)
	if err != nil || !begun {
		tb.Fatalf("begin: %v, %v", begun, err)
	}
	return ticket
}

func finish(tb failer, s hot.State, ticket hot.Ticket, counts hot.Counts, seen map[string]uint64) hot.Recount {
	tb.Helper()
	done, err := s.FinishTotals(tb.Context(), ticket, counts, seen)
	if err != nil {
		tb.Fatalf("finish: %v", err)
	}
	return done
}

// counted makes a cell known.
func counted(tb failer, s hot.State, cell hot.Cell, counts hot.Counts, seen map[string]uint64) {
	tb.Helper()
	if done := finish(tb, s, begin(tb, s, cell), counts, seen); !done.Taken {
		tb.Fatalf("the count was not taken")
	}
}

func wantTotals(tb failer, s hot.State, cell hot.Cell, want hot.Reading) {
	tb.Helper()
	got, err := s.ReadTotals(tb.Context(), []hot.Cell{cell})
	if err != nil || len(got) != 1 {
		tb.Fatalf("read: %+v, %v", got, err)
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		tb.Fatalf("totals of %+v (-want +got):\n%s", cell, diff)
	}
}

func known(c hot.Counts) hot.Reading { return hot.Reading{Counts: c, Known: true} }

func runTotals(t *testing.T, open Open) {
	t.Helper()
	t.Run("a cell that nobody counted is unknown, whatever is added", func(t *testing.T) {
		s := open(t)
		wantTotals(t, s, today, hot.Reading{})
		add(t, s, push("a", 1, today, stamps(3)))
		wantTotals(t, s, today, hot.Reading{})
	})
	t.Run("after a count, what is added is seen", func(t *testing.T) {
		s := open(t)
		counted(t, s, today, hot.Counts{Stamps: 10, Coupons: 2, Redemptions: 1, Cards: 4}, nil)
		add(t, s, push("a", 1, today, hot.Counts{Stamps: 5, Coupons: 1, Redemptions: 2, Cards: 3}))
		add(t, s, push("b", 1, today, hot.Counts{Stamps: -1, Coupons: -1}))
		wantTotals(t, s, today, known(hot.Counts{Stamps: 14, Coupons: 2, Redemptions: 3, Cards: 7}))
		wantTotals(t, s, tomorrow, hot.Reading{})
	})
	t.Run("a batch that is pushed again counts once", func(t *testing.T) {
		s := open(t)
		counted(t, s, today, stamps(0), nil)
		for range 3 {
			add(t, s, push("a", 1, today, stamps(5)))
		}
		add(t, s, push("a", 2, today, stamps(1)))
		add(t, s, push("a", 1, today, stamps(5)))
		wantTotals(t, s, today, known(stamps(6)))
	})
	t.Run("a batch that the count saw is not added", func(t *testing.T) {
		s := open(t)
		counted(t, s, today, stamps(10), map[string]uint64{"a": 4, "b": 9})
		add(t, s, push("a", 4, today, stamps(100)))
		add(t, s, push("b", 8, today, stamps(100)))
		add(t, s, push("a", 5, today, stamps(1)))
		wantTotals(t, s, today, known(stamps(11)))
	})
	t.Run("what arrives during a count is added if the count did not see it", func(t *testing.T) {
		s := open(t)
		ticket := begin(t, s, today)
		add(t, s, push("a", 1, today, stamps(100))) // committed before the count read
		add(t, s, push("a", 2, today, stamps(1)))   // and this one after
		add(t, s, push("b", 1, today, stamps(2)))
		add(t, s, push("b", 1, today, stamps(2)))
		done := finish(t, s, ticket, stamps(100), map[string]uint64{"a": 1})
		want := hot.Recount{Taken: true, After: known(stamps(103))}
		if diff := cmp.Diff(want, done); diff != "" {
			t.Errorf("recount (-want +got):\n%s", diff)
		}
		wantTotals(t, s, today, known(stamps(103)))
	})
	runCounts(t, open)
	t.Run("a batch changes many cells", func(t *testing.T) { manyCells(t, open(t)) })
	t.Run("always the ledger or unknown", func(t *testing.T) { totalsProperty(t, open(t)) })
	t.Run("bad input", func(t *testing.T) { badTotals(t, open(t)) })
}

func runCounts(t *testing.T, open Open) {
	t.Helper()
	t.Run("a recount replaces, and says what drifted", func(t *testing.T) {
		s := open(t)
		counted(t, s, today, stamps(10), nil)
		ticket := begin(t, s, today)
		add(t, s, push("a", 1, today, stamps(1)))
		wantTotals(t, s, today, known(stamps(11))) // still answers meanwhile
		done := finish(t, s, ticket, stamps(20), nil)
		want := hot.Recount{Taken: true, Before: known(stamps(11)), After: known(stamps(21))}
		if diff := cmp.Diff(want, done); diff != "" {
			t.Errorf("recount (-want +got):\n%s", diff)
		}
	})
	t.Run("one count at a time", func(t *testing.T) {
		s := open(t)
		ticket := begin(t, s, today)
		if _, begun, err := s.BeginTotals(t.Context(), today); err != nil || begun {
			t.Fatalf("a second count began: %v, %v", begun, err)
		}
		begin(t, s, tomorrow)
		finish(t, s, ticket, stamps(1), nil)
		if done := finish(t, s, ticket, stamps(2), nil); done.Taken {
			t.Error("a ticket was taken twice")
		}
		begin(t, s, today)
		if done := finish(t, s, ticket, stamps(3), nil); done.Taken {
			t.Error("an old ticket was taken for a new count")
		}
		wantTotals(t, s, today, known(stamps(1)))
	})
	t.Run("a flush during a count", func(t *testing.T) {
		s := open(t)
		ticket := begin(t, s, today)
		s.SetEpoch(2)
		if done := finish(t, s, ticket, stamps(1), nil); done.Taken {
			t.Error("a count from before was taken")
		}
		wantTotals(t, s, today, hot.Reading{})
	})
	t.Run("a count under which too much arrives is given up", func(t *testing.T) {
		s := open(t)
		ticket := begin(t, s, today)
		for seq := range uint64(hot.MaxCountLog + 1) {
			add(t, s, push("a", seq+1, today, stamps(1)))
		}
		if done := finish(t, s, ticket, stamps(0), nil); done.Taken {
			t.Error("the count was taken")
		}
		begin(t, s, today)
	})
	t.Run("a cell with too many committers is counted again", func(t *testing.T) {
		s := open(t)
		counted(t, s, today, stamps(0), nil)
		for i := range hot.MaxSources {
			add(t, s, push(fmt.Sprint("committer-", i), 1, today, stamps(1)))
		}
		wantTotals(t, s, today, known(stamps(hot.MaxSources)))
		add(t, s, push("one-more", 1, today, stamps(1)))
		wantTotals(t, s, today, hot.Reading{})
	})
}

func manyCells(t *testing.T, s hot.State) {
	t.Helper()
	p := hot.Push{Source: "a", Seq: 1}
	var cells []hot.Cell
	for i := range hot.MaxBatch {
		cell := hot.Cell{Org: fmt.Sprint("org-", i%7), Program: "program", Location: fmt.Sprint("shop-", i), Day: today.Day}
		cells = append(cells, cell)
		p.Increments = append(p.Increments, hot.Increment{Cell: cell, Counts: stamps(int64(i))})
		if i%2 == 0 {
			counted(t, s, cell, hot.Counts{Cards: 1}, nil)
		}
	}
	add(t, s, p)
	got, err := s.ReadTotals(t.Context(), cells)
	if err != nil || len(got) != len(cells) {
		t.Fatalf("%d readings, %v", len(got), err)
	}
	for i, reading := range got {
		want := hot.Reading{}
		if i%2 == 0 {
			want = known(hot.Counts{Cards: 1, Stamps: int64(i)})
		}
		if reading != want {
			t.Errorf("cell %d: %+v, want %+v", i, reading, want)
		}
	}
}

func badTotals(t *testing.T, s hot.State) {
	t.Helper()
	ctx := t.Context()
	wantInputError(t, s.AddTotals(ctx, push("", 1, today, stamps(1))), "Source")
	wantInputError(t, s.AddTotals(ctx, push("a b", 1, today, stamps(1))), "Source")
	wantInputError(t, s.AddTotals(ctx, push("a", 0, today, stamps(1))), "Seq")
	wantInputError(t, s.AddTotals(ctx, push("a", hot.MaxSeq+1, today, stamps(1))), "Seq")
	twice := push("a", 1, today, stamps(1))
	twice.Increments = append(twice.Increments, twice.Increments...)
	wantInputError(t, s.AddTotals(ctx, twice), "Increments")
	wantInputError(t, s.AddTotals(ctx, hot.Push{Source: "a", Seq: 1, Increments: make([]hot.Increment, hot.MaxBatch+1)}), "Increments")
	for field, cell := range map[string]hot.Cell{
		"Org":      {Org: "a:b", Program: "p", Location: "l", Day: "d"},
		"Program":  {Org: "o", Program: "", Location: "l", Day: "d"},
		"Location": {Org: "o", Program: "p", Location: strings.Repeat("l", hot.MaxName+1), Day: "d"},
		"Day":      {Org: "o", Program: "p", Location: "l", Day: "d:e"},
	} {
		wantInputError(t, s.AddTotals(ctx, push("a", 1, cell, stamps(1))), field)
		_, err := s.ReadTotals(ctx, []hot.Cell{cell})
		wantInputError(t, err, field)
		_, _, err = s.BeginTotals(ctx, cell)
		wantInputError(t, err, field)
	}
	_, err := s.ReadTotals(ctx, make([]hot.Cell, hot.MaxBatch+1))
	wantInputError(t, err, "cells")
	ticket := begin(t, s, today)
	_, err = s.FinishTotals(ctx, ticket, stamps(1), map[string]uint64{"a b": 1})
	wantInputError(t, err, "Source")
	crowd := map[string]uint64{}
	for i := range hot.MaxSources + 1 {
		crowd[fmt.Sprint(i)] = 1
	}
	_, err = s.FinishTotals(ctx, ticket, stamps(1), crowd)
	wantInputError(t, err, "seen")
}
