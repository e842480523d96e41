package projection_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/projection"
)

// gated is a hot state that takes nothing until its gate is opened, and remembers what it
// was told.
type gated struct {
	hot.State
	gate chan struct{}
	mu   sync.Mutex
	told []hot.Round
}

func newGated() *gated { return &gated{State: hot.NewInProcessState(), gate: make(chan struct{})} }

func (g *gated) Follow(ctx context.Context, r hot.Round) error {
	select {
	case <-g.gate:
	case <-ctx.Done():
		return hot.ErrUnavailable
	}
	g.mu.Lock()
	g.told = append(g.told, r)
	g.mu.Unlock()
	return g.State.Follow(ctx, r)
}

// pushes returns the numbers of a source in the order in which they were told.
func (g *gated) pushes(source string) []uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	var seqs []uint64
	for _, r := range g.told {
		for _, p := range r.Pushes {
			if p.Source == source {
				seqs = append(seqs, p.Seq)
			}
		}
	}
	return seqs
}

func (g *gated) rounds() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.told)
}

var today = loyalty.Cell{OrgID: "org", ProgramID: "prog", LocationID: "shop", Day: 20260316}

// commitOf is a commit of one stamp on a card.
func commitOf(source string, seq uint64, cardID string, version int64) loyalty.Commit {
	card := loyalty.Card{OrgID: "org", ID: cardID, Status: loyalty.CardActive, Version: version, Balance: int(version)}
	return loyalty.Commit{
		Source: source, Seq: seq, Cards: []loyalty.ChangedCard{{OrgID: "org", ID: cardID, Version: version, Since: version - 1, Card: card}},
		Counts: []loyalty.CellCounts{{Cell: today, Counts: loyalty.Counts{Stamps: 1}}},
	}
}

func follow(t *testing.T, options projection.FollowerOptions) *projection.Follower {
	t.Helper()
	f := projection.Follow(options)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = f.Close(ctx) // a test that cares closes it itself
	})
	return f
}

func closes(t *testing.T, f *projection.Follower) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := f.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// known reads a cell, which must be known.
func known(t *testing.T, s hot.State, cell hot.Cell) int64 {
	t.Helper()
	got, err := s.ReadTotals(t.Context(), []hot.Cell{cell})
	if err != nil || !got[0].Known {
		t.Fatalf("totals: %+v, %v", got, err)
	}
	return got[0].Stamps
}

var todayHot = hot.Cell{Org: "org", Program: "prog", Location: "shop", Day: "20260316"}

func counted(t *testing.T, s hot.State, stamps int64) {
	t.Helper()
	if _, err := hot.CountAgain(t.Context(), s, todayHot, func(context.Context, hot.Cell) (hot.Counts, map[string]uint64, error) {
		return hot.Counts{Stamps: stamps}, nil, nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestCommitsThatWaitGoTogetherAndKeepTheirOrder(t *testing.T) {
	const commits = 300
	g := newGated()
	counted(t, g.State, 0)
	f := follow(t, projection.FollowerOptions{State: g, Topic: topic})
	heard := g.Subscribe(t.Context(), topic("org", "card-1"))
	sources := []string{"a", "b", "c"}
	start := time.Now()
	for i := range commits {
		for _, source := range sources {
			f.Committed(commitOf(source, uint64(i)+1, fmt.Sprint("card-", i%7), int64(i)+1))
		}
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("%d commits took %s although nobody has to wait", commits*len(sources), took)
	}
	if s := f.Stats(); s.Waiting == 0 || s.Lag <= 0 {
		t.Errorf("stats while the hot state hangs: %+v", s)
	}
	close(g.gate)
	closes(t, f)
	for _, source := range sources {
		seqs := g.pushes(source)
		for i, seq := range seqs {
			if seq != uint64(i)+1 {
				t.Fatalf("source %s: number %d came as %d", source, seq, i+1)
			}
		}
		if len(seqs) != commits {
			t.Errorf("source %s: %d of %d commits were told", source, len(seqs), commits)
		}
	}
	if n := g.rounds(); n > commits/10 {
		t.Errorf("%d commits went in %d rounds", commits*len(sources), n)
	}
	if got := known(t, g.State, todayHot); got != int64(commits*len(sources)) {
		t.Errorf("%d stamps were counted", got)
	}
	if len(heard) != 1 {
		t.Error("whoever watches a card was not told")
	}
}

func TestACommitIsRememberedUntilTheHotStateHasIt(t *testing.T) {
	g := newGated()
	f := follow(t, projection.FollowerOptions{State: g})
	ref := hot.CardRef{Org: "org", Card: "card"}
	if f.Newer(ref, 0) {
		t.Error("newer than what was never committed")
	}
	f.Committed(commitOf("a", 1, "card", 7))
	if !f.Newer(ref, 6) || f.Newer(ref, 7) || f.Newer(hot.CardRef{Org: "other", Card: "card"}, 0) {
		t.Error("version 7 is not remembered as it should")
	}
	close(g.gate)
	// A read that began before may end now, so it is remembered a while longer.
	eventually(t, "the round", func() bool { return g.rounds() == 1 })
	if !f.Newer(ref, 6) {
		t.Error("forgotten at once")
	}
	seq := uint64(1)
	eventually(t, "it to be forgotten", func() bool {
		seq++
		f.Committed(commitOf("a", seq, "another", int64(seq)))
		return !f.Newer(ref, 6)
	})
}

// A hot state that cannot keep up loses what changed, and shows nothing that is old.
func TestAQueueThatIsFull(t *testing.T) {
	const more = 50
	g := newGated()
	counted(t, g.State, 1000)
	old := hot.CardState{CardRef: hot.CardRef{Org: "org", Card: "late"}, Version: 1, Payload: []byte("old")}
	if err := g.Project(t.Context(), []hot.CardState{old}); err != nil {
		t.Fatal(err)
	}
	f := follow(t, projection.FollowerOptions{State: g})
	var seq uint64
	// A round may be on its way already.
	for range hot.MaxBatch + projection.MaxWaiting + more {
		seq++
		f.Committed(commitOf("a", seq, "card", int64(seq)))
	}
	f.Committed(commitOf("a", seq+1, "late", 2))
	if s := f.Stats(); s.Waiting < projection.MaxWaiting {
		t.Errorf("%d commits wait", s.Waiting)
	}
	close(g.gate)
	closes(t, f)
	if _, found, err := g.Card(t.Context(), old.CardRef); found || err != nil {
		t.Errorf("a card that changed is still shown: %v", err)
	}
	if got, err := g.ReadTotals(t.Context(), []hot.Cell{todayHot}); err != nil || got[0].Known {
		t.Errorf("a total that misses increments is still shown: %+v, %v", got, err)
	}
}

// A commit that the database did not answer may have happened, or may still: neither the
// card nor the total of before is shown, and a reader who was slow does not bring them
// back.
func TestWhatMayHaveBeenCommittedIsForgotten(t *testing.T) {
	state := hot.NewInProcessState()
	counted(t, state, 7)
	old := hot.CardState{CardRef: hot.CardRef{Org: "org", Card: "card"}, Version: 1, Payload: []byte("old")}
	if err := state.Project(t.Context(), []hot.CardState{old}); err != nil {
		t.Fatal(err)
	}
	f := follow(t, projection.FollowerOptions{State: state})
	unsure := commitOf("a", 1, "card", 2)
	unsure.Unsure = true
	f.Committed(unsure)
	closes(t, f)
	if err := state.Project(t.Context(), []hot.CardState{old}); err != nil {
		t.Fatal(err)
	}
	if _, found, err := state.Card(t.Context(), old.CardRef); found || err != nil {
		t.Errorf("a card that may have changed is still shown: %v", err)
	}
	if got, err := state.ReadTotals(t.Context(), []hot.Cell{todayHot}); err != nil || got[0].Known {
		t.Errorf("a total that may miss a stamp is still shown: %+v, %v", got, err)
	}
}

func TestMoreThanCanBeNamedRaisesTheEpoch(t *testing.T) {
	g := newGated()
	raised := make(chan struct{}, 1)
	fail := true
	f := follow(t, projection.FollowerOptions{State: g, Lost: func(context.Context) error {
		if fail {
			fail = false
			return errors.New("the database is away")
		}
		raised <- struct{}{}
		return nil
	}})
	for i := range hot.MaxBatch + projection.MaxWaiting + 2*projection.MaxForgotten {
		f.Committed(commitOf("a", uint64(i)+1, fmt.Sprint("card-", i), 1))
	}
	if !f.Newer(hot.CardRef{Org: "org", Card: "any"}, 1000) {
		t.Error("with more than can be remembered, something is believed")
	}
	close(g.gate)
	select {
	case <-raised:
	case <-time.After(patience):
		t.Fatal("the epoch was not raised")
	}
	closes(t, f)
}

func TestAFollowerThatHasNoTimeLeftSaysSo(t *testing.T) {
	f := projection.Follow(projection.FollowerOptions{State: newGated()})
	for i := range 600 {
		f.Committed(commitOf("a", uint64(i)+1, fmt.Sprint("card-", i), 1))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := f.Close(ctx); err == nil {
		t.Error("what is left is not told of")
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("closing took %s", took)
	}
	f.Committed(commitOf("a", 601, "card", 2))
	if !f.Newer(hot.CardRef{Org: "org", Card: "card"}, 1) {
		t.Error("a commit after the end is not remembered")
	}
}

// One name that no hot state takes must not keep others from being told.
func TestAStrangeCardIsLeftOut(t *testing.T) {
	g := newGated()
	close(g.gate)
	counted(t, g.State, 0)
	f := follow(t, projection.FollowerOptions{State: g, Topic: topic})
	good, ref := commitOf("a", 1, "card", 2), hot.CardRef{Org: "org", Card: "card"}
	if err := g.Project(t.Context(), []hot.CardState{{CardRef: ref, Version: 1}}); err != nil {
		t.Fatal(err)
	}
	good.Cards = append(good.Cards, loyalty.ChangedCard{OrgID: "a:b", ID: "card", Version: 1, Whole: true})
	f.Committed(good)
	closes(t, f)
	if got, found, err := g.Card(t.Context(), ref); err != nil || found && got.Version != 2 {
		t.Errorf("the card beside it: %+v, %v, %v", got, found, err)
	}
	if got := known(t, g.State, todayHot); got != 1 {
		t.Errorf("%d stamps were counted", got)
	}
	if s := f.Stats(); s.Refused != 1 {
		t.Errorf("stats %+v", s)
	}
}
