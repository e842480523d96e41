package hottest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/hot"
)

var errLedger = errors.New("the ledger is away")

// runReader tries what callers use: the hot state first, the truth on a miss.
func runReader(t *testing.T, open Open) {
	t.Helper()
	t.Run("a cell is counted once and read from then on", func(t *testing.T) {
		s := open(t)
		counts := 0
		ledger := func(context.Context, hot.Cell) (hot.Counts, map[string]uint64, error) {
			counts++
			return stamps(7), map[string]uint64{"a": 1}, nil
		}
		for range 3 {
			got, err := hot.ReadOrCount(t.Context(), s, []hot.Cell{today, tomorrow}, ledger)
			if err != nil || len(got) != 2 || got[0] != stamps(7) || got[1] != stamps(7) {
				t.Fatalf("got %+v, %v", got, err)
			}
		}
		if counts != 2 {
			t.Errorf("the ledger was counted %d times for two cells", counts)
		}
		add(t, s, push("a", 2, today, stamps(1)))
		done, err := hot.CountAgain(t.Context(), s, today, ledger)
		want := hot.Recount{Taken: true, Before: known(stamps(8)), After: known(stamps(7))}
		if diff := cmp.Diff(want, done); err != nil || diff != "" {
			t.Errorf("recount: %v (-want +got):\n%s", err, diff)
		}
	})
	t.Run("whoever meets a count under way gets the number all the same", func(t *testing.T) {
		s := open(t)
		begin(t, s, today)
		got, err := hot.ReadOrCount(t.Context(), s, []hot.Cell{today},
			func(context.Context, hot.Cell) (hot.Counts, map[string]uint64, error) { return stamps(7), nil, nil })
		if err != nil || got[0] != stamps(7) {
			t.Errorf("got %+v, %v", got, err)
		}
		wantTotals(t, s, today, hot.Reading{})
	})
	t.Run("a ledger that is away is an error", func(t *testing.T) {
		s := open(t)
		_, err := hot.ReadOrCount(t.Context(), s, []hot.Cell{today},
			func(context.Context, hot.Cell) (hot.Counts, map[string]uint64, error) {
				return hot.Counts{}, nil, errLedger
			})
		if !errors.Is(err, errLedger) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a card is read from the truth once", func(t *testing.T) { readOnce(t, open(t)) })
	t.Run("callers at the same time share a reading", func(t *testing.T) { shareReading(t, open(t)) })
	t.Run("what the truth does not have", func(t *testing.T) { readNothing(t, open(t)) })
}

func readOnce(t *testing.T, s hot.State) {
	t.Helper()
	r := hot.NewReader(s)
	reads := 0
	truth := func(context.Context) (hot.CardState, bool, error) {
		reads++
		return card("org", "card", 4, "four", "code"), true, nil
	}
	for range 3 {
		got, found, err := r.Alias(t.Context(), "org", "code", truth)
		if err != nil || !found || got.Card != "card" || string(got.Payload) != "four" {
			t.Fatalf("got %+v, %v, %v", got, found, err)
		}
	}
	if _, found, err := r.Card(t.Context(), hot.CardRef{Org: "org", Card: "card"}, truth); err != nil || !found {
		t.Fatalf("by id: %v, %v", found, err)
	}
	if reads != 1 {
		t.Errorf("the truth was read %d times", reads)
	}
	// A card whose pointer is gone: the state is there in the same version.
	project(t, s, card("org", "second", 1, "one"))
	_, _, err := r.Alias(t.Context(), "org", "1234", func(context.Context) (hot.CardState, bool, error) {
		return card("org", "second", 1, "one", "1234"), true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantAlias(t, s, "org", "1234", "second", 1, "one")
}

// missing counts the cards that were asked for in vain.
type missing struct {
	hot.Cards
	misses atomic.Int64
}

func (m *missing) Card(ctx context.Context, ref hot.CardRef) (hot.CardState, bool, error) {
	state, found, err := m.Cards.Card(ctx, ref)
	if !found {
		m.misses.Add(1)
	}
	return state, found, err
}

func shareReading(t *testing.T, s hot.State) {
	t.Helper()
	const callers = 32
	cards := &missing{Cards: s}
	r := hot.NewReader(cards)
	var reads atomic.Int64
	release := make(chan struct{})
	truth := func(ctx context.Context) (hot.CardState, bool, error) {
		reads.Add(1)
		select {
		case <-release:
			return card("org", "card", 4, "four"), true, nil
		case <-ctx.Done():
			return hot.CardState{}, false, ctx.Err()
		}
	}
	ref := hot.CardRef{Org: "org", Card: "card"}

	// The first caller goes away; its reading goes on for the others.
	ctx, cancel := context.WithCancel(t.Context())
	var first sync.WaitGroup
	first.Go(func() {
		if _, _, err := r.Card(ctx, ref, truth); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller who gave up got %v", err)
		}
	})
	eventually(t, "the reading to begin", func() bool { return reads.Load() == 1 })
	cancel()
	first.Wait()

	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			got, found, err := r.Card(t.Context(), ref, truth)
			if err != nil || !found || got.Version != 4 {
				t.Errorf("got %+v, %v, %v", got, found, err)
			}
		})
	}
	eventually(t, "the callers", func() bool { return cards.misses.Load() == callers+1 })
	close(release)
	all.Wait()
	// One that was held up between its miss and joining the others reads again.
	const heldUp = callers / 4
	if reads.Load() > 1+heldUp {
		t.Errorf("%d callers read the truth %d times", callers, reads.Load())
	}
}

func readNothing(t *testing.T, s hot.State) {
	t.Helper()
	r := hot.NewReader(s)
	_, found, err := r.Alias(t.Context(), "org", "code", func(context.Context) (hot.CardState, bool, error) {
		return hot.CardState{}, false, nil
	})
	if found || err != nil {
		t.Errorf("a card that is not there: %v, %v", found, err)
	}
	_, _, err = r.Alias(t.Context(), "org", "code", func(context.Context) (hot.CardState, bool, error) {
		return hot.CardState{}, false, errLedger
	})
	if !errors.Is(err, errLedger) {
		t.Errorf("a truth that is away: %v", err)
	}
	_, _, err = r.Alias(t.Context(), "org", "code", func(context.Context) (hot.CardState, bool, error) {
		panic("a mistake in the query")
	})
	if err == nil {
		t.Error("a reading that panics is no answer")
	}
	_, _, err = r.Card(t.Context(), hot.CardRef{Org: "a:b", Card: "card"}, nil)
	wantInputError(t, err, "Org")
}
