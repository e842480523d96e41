package projection_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/projection"
)

func (w *world) keeperOf(state hot.State, follower *projection.Follower, log *bytes.Buffer) *projection.Keeper {
	w.t.Helper()
	k := projection.NewKeeper(projection.KeeperOptions{
		State: state, Follower: follower, Views: w.Store, Pages: w.Store, Epochs: w.Store, Counter: w.Store, Organizations: w.organizations,
		Servers: true, Now: w.now, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	w.ok(k.Start(w.t.Context()))
	return k
}

func TestServersWithDifferentRedisAreTold(t *testing.T) {
	w, one := newRedisWorld(t, startServer(t))
	second := startServer(t)
	two, err := hot.OpenRedis(hot.Options{URL: "redis://" + second.address, Prefix: "test-two", Repair: w.keeper.Repair, Lost: w.keeper.Raise})
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close() //nolint:errcheck // nothing is left to lose
	eventually(t, "the second Redis", func() bool { return two.Health(t.Context()).OK })
	var saidOne, saidTwo bytes.Buffer
	keeperOne, keeperTwo := w.keeperOf(one, w.follower, &saidOne), w.keeperOf(two, w.follower, &saidTwo)

	w.ok(keeperOne.Keep(t.Context()))
	w.ok(keeperTwo.Keep(t.Context()))
	w.ok(keeperOne.Keep(t.Context()))
	if keeperOne.Divided() || keeperTwo.Divided() {
		t.Error("told of a failover")
	}
	for range 10 {
		w.pass(projection.KeepEvery)
		w.ok(keeperOne.Keep(t.Context()))
		w.ok(keeperTwo.Keep(t.Context()))
	}
	for name, log := range map[string]string{"one": saidOne.String(), "two": saidTwo.String()} {
		if n := strings.Count(log, "another server has a different one"); n != 1 {
			t.Errorf("%s said it %d times:\n%s", name, n, log)
		}
	}
	if !keeperOne.Divided() || !keeperTwo.Divided() {
		t.Error("they are divided and do not know it")
	}
	w.pass(time.Minute)
	w.ok(keeperTwo.Keep(t.Context())) // the other one was given the same Redis
	w.pass(time.Minute)
	w.ok(keeperTwo.Keep(t.Context()))
	if keeperTwo.Divided() {
		t.Error("it is over, and not known to be")
	}
}

func TestAServerThatHearsNothingOfOthersIsTold(t *testing.T) {
	w := newWorld(t, hot.NewInProcessState())
	v := w.join(0, "+358400000001", true)
	w.drained()
	var said bytes.Buffer
	state := hot.NewInProcessState()
	follower := projection.Follow(projection.FollowerOptions{State: state})
	defer func() { w.ok(follower.Close(context.Background())) }()
	alone := w.keeperOf(state, follower, &said)
	for range 10 {
		w.stamp(v.Card.ID, 1)
		w.drained()
		w.pass(projection.KeepEvery)
		w.ok(alone.Keep(t.Context()))
	}
	if n := strings.Count(said.String(), "servers of one database must share one Redis"); n != 1 {
		t.Errorf("said it %d times:\n%s", n, said.String())
	}
	if alone.Divided() {
		t.Error("nobody raises the epoch")
	}
}
