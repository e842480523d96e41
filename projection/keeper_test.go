package projection_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/projection"
)

// shown is the version of a card that the hot state has, 0 for none.
func (w *world) shown(v customer.View) int64 {
	w.t.Helper()
	got, found, err := w.state.Card(w.t.Context(), hot.CardRef{Org: w.org.ID, Card: v.Card.ID})
	if err != nil && !errors.Is(err, hot.ErrUnavailable) {
		w.t.Fatal(err)
	}
	if !found {
		return 0
	}
	return int64(got.Version)
}

func TestARestartedRedisIsANewEpochForAllProcesses(t *testing.T) {
	server := startServer(t)
	w, redis := newRedisWorld(t, server)
	idle := w.join(0, "+358400000001", true)
	w.drained()
	idle = w.read(idle)
	other := projection.NewKeeper(projection.KeeperOptions{
		State: redis, Follower: w.follower, Views: w.Store, Pages: w.Store, Epochs: w.Store, Organizations: w.organizations, Now: w.now,
	})
	w.ok(w.keeper.Keep(t.Context()))
	w.ok(other.Keep(t.Context()))
	epoch := w.keeper.Epoch()
	w.ok(w.keeper.Keep(t.Context()))
	if w.keeper.Epoch() != epoch || other.Epoch() != epoch || w.shown(idle) == 0 {
		t.Fatalf("the epochs %d and %d, at first %d, without a reason", w.keeper.Epoch(), other.Epoch(), epoch)
	}
	for name, fault := range map[string]func(){
		"restarted": func() { server.kill(); server.start() },
		"emptied":   func() { w.ok(server.do("FLUSHALL")) },
	} {
		fault()
		w.healthy()
		w.pass(time.Second)
		w.ok(other.Keep(t.Context()))
		if other.Epoch() <= epoch {
			t.Errorf("%s: the epoch is still %d", name, epoch)
		}
		epoch = other.Epoch()
		w.ok(w.keeper.Keep(t.Context()))
		if w.keeper.Epoch() != epoch {
			t.Errorf("%s: two processes raised it, to %d and %d", name, epoch, w.keeper.Epoch())
		}
	}
	// What changed lately is known again.
	eventually(t, "the card", func() bool { return w.shown(idle) == idle.Card.Version })
}

func TestAProcessThatStartsProjectsWhatAnotherLeftBehind(t *testing.T) {
	w, redis := newRedisWorld(t, startServer(t))
	v := w.join(0, "+358400000001", true)
	old := w.join(1, "+358400000001", true)
	w.drained()
	v, old = w.read(v), w.read(old)
	w.ok(w.keeper.Keep(t.Context()))
	// A process that commits and dies before it projects.
	dead := newDeadProcess(t, w)
	dead.stamp(v.Card.ID, 1)
	if got := w.shown(v); got != v.Card.Version {
		t.Fatalf("version %d is shown", got)
	}
	started := projection.NewKeeper(projection.KeeperOptions{
		State: redis, Follower: w.follower, Views: w.Store, Pages: w.Store, Epochs: w.Store, Organizations: w.organizations, Now: w.now,
	})
	w.ok(started.Start(t.Context()))
	w.ok(started.Keep(t.Context()))
	if got := w.shown(v); got != v.Card.Version+1 {
		t.Errorf("version %d is shown, it is %d", got, v.Card.Version+1)
	}
	if got := w.shown(old); got != old.Card.Version {
		t.Errorf("version %d of a card that did not change, it is %d", got, old.Card.Version)
	}
}

// lookingAt counts how often somebody looks for what changed lately.
type lookingAt struct {
	projection.Pages
	looks int
}

func (l *lookingAt) ChangedSince(ctx context.Context, orgID string, since int64, after string, limit int) ([]customer.View, error) {
	l.looks++
	return l.Pages.ChangedSince(ctx, orgID, since, after, limit)
}

// keepsOf returns a keeper of the world whose looks are counted, and lets it settle.
func keepsOf(w *world, follower *projection.Follower) (*projection.Keeper, *lookingAt) {
	w.t.Helper()
	pages := &lookingAt{Pages: w.Store}
	k := projection.NewKeeper(projection.KeeperOptions{
		State: w.state, Follower: follower, Views: w.Store, Pages: pages, Epochs: w.Store, Counter: w.Store, Organizations: w.organizations, Now: w.now,
	})
	for range 4 {
		w.ok(k.Keep(w.t.Context()))
	}
	pages.looks = 0
	return k, pages
}

// An import on the command line knows no hot state.
func TestCommitsThatNobodyTellsOfAreNoticed(t *testing.T) {
	w := newWorld(t, hot.NewInProcessState())
	v := w.join(0, "+358400000001", true)
	w.drained()
	v = w.read(v)
	totals, _ := newTotals(w)
	day := loyalty.DayOf(w.now(), w.zone)
	q := loyalty.TotalsQuery{From: day, To: day + 1}
	w.totalsAlike(totals, q)
	keeper, pages := keepsOf(w, w.follower)
	dead := newDeadProcess(t, w)
	for range 2 {
		dead.stamp(v.Card.ID, 1)
		if got := w.read(v); got.Card.Version != v.Card.Version {
			t.Fatalf("version %d was told of", got.Card.Version)
		}
		for range 3 {
			w.ok(keeper.Keep(t.Context()))
		}
		want, err := w.Card(t.Context(), w.org.ID, v.Card.ID)
		w.ok(err)
		if v = w.read(v); v.Card != want.Card {
			t.Errorf("have %+v, want %+v", v.Card, want.Card)
		}
		w.totalsAlike(totals, q)
	}
	if pages.looks != 2 {
		t.Errorf("looked %d times for what changed, commits went untold twice", pages.looks)
	}
}

func TestProcessesThatTellAreLeftAlone(t *testing.T) {
	w, redis := newRedisWorld(t, startServer(t))
	v := w.join(0, "+358400000001", true)
	// The other process shares the database and Redis.
	quiet := projection.Follow(projection.FollowerOptions{State: redis})
	t.Cleanup(func() { w.ok(quiet.Close(context.Background())) })
	mine, _ := keepsOf(w, w.follower)
	other, pages := keepsOf(w, quiet)
	for range 10 {
		w.stamp(v.Card.ID, 1)
		w.drained()
		w.ok(other.Keep(t.Context()))
		w.ok(mine.Keep(t.Context()))
	}
	if pages.looks != 0 {
		t.Errorf("looked %d times for what the other had told", pages.looks)
	}
}

func TestRaisingTheEpochForgetsEverything(t *testing.T) {
	w := newWorld(t, hot.NewInProcessState())
	v := w.join(0, "+358400000001", true)
	w.drained()
	v = w.read(v)
	eventually(t, "the card", func() bool { return w.shown(v) == v.Card.Version })
	w.pass(time.Hour) // so that it did not change lately
	before := w.keeper.Epoch()
	w.ok(w.keeper.Raise(t.Context()))
	if w.keeper.Epoch() <= before || w.shown(v) != 0 {
		t.Errorf("epoch %d after %d, version %d is shown", w.keeper.Epoch(), before, w.shown(v))
	}
	w.ok(w.keeper.Keep(t.Context()))
	if got := w.read(v); got.Card != v.Card {
		t.Errorf("have %+v", got.Card)
	}
}

func TestRepairReadsTheDatabase(t *testing.T) {
	w := newWorld(t, hot.NewInProcessState())
	v := w.join(0, "+358400000001", true)
	refs := []hot.CardRef{
		{Org: w.org.ID, Card: v.Card.ID}, {Org: w.org.ID, Card: "card_unknown"}, {Org: "org_unknown", Card: v.Card.ID},
	}
	states, err := w.keeper.Repair(t.Context(), refs)
	if err != nil || len(states) != 1 || states[0].CardRef != refs[0] || states[0].KeepRest {
		t.Errorf("have %+v, %v", states, err)
	}
}
