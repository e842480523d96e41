package hot_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/leima/leima/hot"
)

var shop = hot.Cell{Org: "org", Program: "program", Location: "shop", Day: "2026-03-01"}

func push(seq uint64, stamps int64) hot.Push {
	return hot.Push{Source: "a", Seq: seq, Increments: []hot.Increment{{Cell: shop, Counts: hot.Counts{Stamps: stamps}}}}
}

// read returns the version of a card, 0 when it is not known or cannot be read.
func read(t testing.TB, s *hot.Redis, id string) uint64 {
	t.Helper()
	got, found, err := s.Card(t.Context(), hot.CardRef{Org: "org", Card: id})
	if err != nil && !errors.Is(err, hot.ErrUnavailable) {
		t.Fatalf("read %s: %v", id, err)
	}
	if !found {
		return 0
	}
	return got.Version
}

func readsAs(t testing.TB, s *hot.Redis, id string, version uint64) func() bool {
	t.Helper()
	return func() bool { return read(t, s, id) == version }
}

// commit commits a card until Redis has it.
func commit(t testing.TB, s *hot.Redis, tr *truth, c hot.CardState) {
	t.Helper()
	eventually(t, "a projection", func() bool { return tr.commit(t.Context(), s, c) == nil })
}

// wantUnavailable calls everything while Redis is away, and nothing may take longer
// than it says.
func wantUnavailable(t *testing.T, s *hot.Redis) {
	t.Helper()
	ctx := t.Context()
	for name, c := range map[string]struct {
		limit time.Duration
		call  func() error
	}{
		"Project": {hot.WriteTimeout, func() error { return s.Project(ctx, []hot.CardState{cardState("other", 1, "")}) }},
		"Card": {hot.ReadTimeout, func() error {
			_, _, err := s.Card(ctx, hot.CardRef{Org: "org", Card: "card"})
			return err
		}},
		"CardByAlias": {hot.ReadTimeout, func() error {
			_, _, err := s.CardByAlias(ctx, "org", "code")
			return err
		}},
		"AddTotals": {hot.WriteTimeout, func() error { return s.AddTotals(ctx, push(99, 1)) }},
		"ReadTotals": {hot.ReadTimeout, func() error {
			_, err := s.ReadTotals(ctx, []hot.Cell{shop})
			return err
		}},
		"BeginTotals": {hot.ReadTimeout, func() error {
			_, _, err := s.BeginTotals(ctx, shop)
			return err
		}},
		"Incarnation": {hot.ReadTimeout, func() error {
			_, err := s.Incarnation(ctx)
			return err
		}},
	} {
		within(t, c.limit, name, func() {
			if err := c.call(); !errors.Is(err, hot.ErrUnavailable) {
				t.Errorf("%s: got %v, want ErrUnavailable", name, err)
			}
		})
	}
	within(t, hot.ReadTimeout, "Health", func() {
		if h := s.Health(ctx); h.OK || h.Detail == "" {
			t.Errorf("health: %+v", h)
		}
	})
	within(t, hot.ReadTimeout, "Allow", func() {
		if ok, _, err := s.Allow(ctx, "alone", 1, time.Hour); !ok || err != nil {
			t.Errorf("the first call is not allowed: %v, %v", ok, err)
		}
	})
	if ok, retryAfter, err := s.Allow(ctx, "alone", 1, time.Hour); ok || retryAfter == 0 || err != nil {
		t.Errorf("without Redis the limit does not hold in this process: %v, %v, %v", ok, retryAfter, err)
	}
	heard := s.Subscribe(ctx, "card")
	s.Publish("card")
	if len(heard) != 1 {
		t.Error("without Redis this process does not hear itself")
	}
}

func TestRedisIsKilledAndComesBackEmpty(t *testing.T) {
	server := startServer(t)
	s, tr := open(t, server.url(), "test")
	commit(t, s, tr, cardState("card", 1, "one", "code"))
	commit(t, s, tr, cardState("idle", 1, "one", "idle code"))
	server.kill()
	wantUnavailable(t, s)
	if err := tr.commit(t.Context(), s, cardState("card", 2, "two", "code")); !errors.Is(err, hot.ErrUnavailable) {
		t.Errorf("projected to a dead server: %v", err)
	}
	// Callers read the truth meanwhile.
	got, found, err := hot.NewReader(s).Alias(t.Context(), "org", "code", func(context.Context) (hot.CardState, bool, error) {
		return cardState("card", 2, "two", "code"), true, nil
	})
	if err != nil || !found || got.Version != 2 {
		t.Errorf("without Redis: %+v, %v, %v", got, found, err)
	}
	counts, err := hot.ReadOrCount(t.Context(), s, []hot.Cell{shop, shop}, countOf(3))
	if err != nil || len(counts) != 2 || counts[1].Stamps != 3 {
		t.Errorf("without Redis: %+v, %v", counts, err)
	}
	server.restart()
	// What was missed is repaired without anybody's doing, also the scripts are there
	// again; the rest is unknown until somebody reads it.
	eventually(t, "the missed version", readsAs(t, s, "card", 2))
	healthy(t, s)
	if v := read(t, s, "idle"); v != 0 {
		t.Errorf("an empty server knows version %d", v)
	}
	eventually(t, "the pointer", func() bool {
		got, found, _ := s.CardByAlias(t.Context(), "org", "code")
		return found && got.Version == 2
	})
}

func TestRedisStopsAnsweringAndGoesOn(t *testing.T) {
	server := startServer(t)
	s, tr := open(t, server.url(), "test")
	commit(t, s, tr, cardState("card", 1, "one"))
	server.signal(syscall.SIGSTOP)
	wantUnavailable(t, s)
	// These versions are stuck in connections, or were never sent.
	for v := uint64(2); v < 20; v++ {
		if tr.commit(t.Context(), s, cardState("card", v, "")) == nil {
			t.Errorf("a stopped server took version %d", v)
		}
	}
	// Nobody waits for a server that is known to be away.
	start := time.Now()
	const calls = 100
	for range calls {
		read(t, s, "card")
	}
	if took := time.Since(start); took > calls*hot.ReadTimeout/5 {
		t.Errorf("%d reads of a stopped server took %s", calls, took)
	}
	server.signal(syscall.SIGCONT)
	eventually(t, "the last version", func() bool {
		v := read(t, s, "card")
		if v != 0 && v != 19 {
			t.Fatalf("read version %d while 19 was missed", v)
		}
		return v == 19
	})
	healthy(t, s)
}

func TestRedisIsFlushed(t *testing.T) {
	server := startServer(t)
	s, tr := openPatient(t, server.url(), "test")
	commit(t, s, tr, cardState("card", 5, "five", "code"))
	ticket, _, err := s.BeginTotals(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	server.do("FLUSHALL")
	server.do("SCRIPT", "FLUSH")
	if v := read(t, s, "card"); v != 0 {
		t.Errorf("read version %d after FLUSHALL", v)
	}
	if done, err := s.FinishTotals(t.Context(), ticket, hot.Counts{Stamps: 1}, nil); err != nil || done.Taken {
		t.Errorf("a count that a flush interrupted: %+v, %v", done, err)
	}
	if err := s.AddTotals(t.Context(), push(1, 1)); err != nil {
		t.Error(err)
	}
	if got, err := s.ReadTotals(t.Context(), []hot.Cell{shop}); err != nil || got[0].Known {
		t.Errorf("a small number is shown as the total: %+v, %v", got, err)
	}
	// Every script is unknown to the server in turn and works all the same.
	for range 3 {
		commit(t, s, tr, cardState("card", 6, "six", "code"))
		server.do("SCRIPT", "FLUSH")
		if got, found, err := s.CardByAlias(t.Context(), "org", "code"); err != nil || !found || got.Version != 6 {
			t.Errorf("got %+v, %v, %v", got, found, err)
		}
		server.do("SCRIPT", "FLUSH")
	}
}

func TestRedisIsFull(t *testing.T) {
	server := startServer(t, "--maxmemory-policy", "noeviction")
	s, tr := openPatient(t, server.url(), "test")
	commit(t, s, tr, cardState("card", 1, "one", "code"))
	commit(t, s, tr, cardState("idle", 1, "one"))
	commit(t, s, tr, cardState("growing", 1, "one"))
	if done, err := hot.CountAgain(t.Context(), s, shop, countOf(7)); err != nil || !done.Taken {
		t.Fatalf("count: %+v, %v", done, err)
	}
	server.do("CONFIG", "SET", "maxmemory", "1")

	if err := tr.commit(t.Context(), s, cardState("card", 2, "two", "code")); !errors.Is(err, hot.ErrUnavailable) {
		t.Errorf("a full server took a card: %v", err)
	}
	if v := read(t, s, "card"); v != 0 {
		t.Errorf("a full server shows the old version %d", v)
	}
	grown := cardState("growing", 2, "two")
	grown.KeepRest, grown.Since, grown.Rest = true, 1, []byte("a coupon")
	if err := s.Project(t.Context(), []hot.CardState{grown}); !errors.Is(err, hot.ErrUnavailable) {
		t.Errorf("a full server took what came to a card: %v", err)
	}
	if v := read(t, s, "growing"); v != 0 {
		t.Errorf("a full server shows version %d without what came to it", v)
	}
	if v := read(t, s, "idle"); v != 1 {
		t.Errorf("a full server does not answer reads: version %d", v)
	}
	_ = s.AddTotals(t.Context(), push(1, 1)) // by its contract it may fail, and then the cell is unknown
	if got, err := s.ReadTotals(t.Context(), []hot.Cell{shop}); err != nil || got[0].Known {
		t.Errorf("a full server shows a total that misses a batch: %+v, %v", got, err)
	}
	if got, err := hot.ReadOrCount(t.Context(), s, []hot.Cell{shop}, countOf(8)); err != nil || got[0].Stamps != 8 {
		t.Errorf("count on a full server: %+v, %v", got, err)
	}
	if ok, _, err := s.Allow(t.Context(), "till", 1, time.Hour); !ok || err != nil {
		t.Errorf("a full server stops callers: %v, %v", ok, err)
	}
	if h := s.Health(t.Context()); h.OK || !strings.Contains(h.Detail, "full") {
		t.Errorf("health: %+v", h)
	}

	server.do("CONFIG", "SET", "maxmemory", "0")
	commit(t, s, tr, cardState("card", 3, "three", "code"))
	if v := read(t, s, "card"); v != 3 {
		t.Errorf("read version %d, want 3", v)
	}
	if done, err := hot.CountAgain(t.Context(), s, shop, countOf(9)); err != nil || !done.Taken {
		t.Errorf("count: %+v, %v", done, err)
	}
}

func TestRedisIsNotThereAtTheStart(t *testing.T) {
	server := startServer(t)
	server.kill()
	s, tr := open(t, server.url(), "test")
	wantUnavailable(t, s)
	_ = tr.commit(t.Context(), s, cardState("card", 1, "one"))
	server.restart()
	eventually(t, "the card", readsAs(t, s, "card", 1))
	healthy(t, s)
}

func TestACardThatIsNoMoreIsRepairedAway(t *testing.T) {
	server := startServer(t)
	p := startProxy(t, server.address())
	s, tr := open(t, p.url(), "test")
	other, _ := openPatient(t, server.url(), "test")
	commit(t, s, tr, cardState("card", 1, "one"))
	p.set(refuse)
	// Its last change could not be projected, and then it was erased.
	if err := s.Project(t.Context(), []hot.CardState{cardState("card", 2, "two")}); err == nil {
		t.Fatal("projected through a closed door")
	}
	tr.mu.Lock()
	delete(tr.cards, hot.CardRef{Org: "org", Card: "card"})
	tr.mu.Unlock()
	if v := read(t, other, "card"); v != 1 {
		t.Fatalf("read version %d, want 1", v)
	}
	p.set(pass)
	eventually(t, "the card to be gone", readsAs(t, other, "card", 0))
	healthy(t, s)
}

func TestAnAnswerIsLost(t *testing.T) {
	server := startServer(t)
	p := startProxy(t, server.address())
	s, tr := open(t, p.url(), "test")
	healthy(t, s)
	commit(t, s, tr, cardState("card", 1, "one"))
	eventually(t, "a count", func() bool {
		done, err := hot.CountAgain(t.Context(), s, shop, countOf(10))
		return err == nil && done.Taken
	})
	p.set(swallow)
	if err := s.AddTotals(t.Context(), push(1, 5)); !errors.Is(err, hot.ErrUnavailable) {
		t.Fatalf("without an answer: %v", err)
	}
	if err := tr.commit(t.Context(), s, cardState("card", 2, "two")); !errors.Is(err, hot.ErrUnavailable) {
		t.Fatalf("without an answer: %v", err)
	}
	p.set(pass)
	eventually(t, "version 2", func() bool {
		v := read(t, s, "card")
		if v == 1 {
			t.Fatal("read version 1 after version 2 was committed")
		}
		return v == 2
	})
	// The push may have been counted or not, so the cell is counted again.
	eventually(t, "a count", func() bool {
		got, err := hot.ReadOrCount(t.Context(), s, []hot.Cell{shop}, countOf(15))
		if err != nil || got[0].Stamps != 15 {
			t.Fatalf("got %+v, %v", got, err)
		}
		known, err := s.ReadTotals(t.Context(), []hot.Cell{shop})
		return err == nil && known[0] == hot.Reading{Counts: hot.Counts{Stamps: 15}, Known: true}
	})
}

// A stall is what a lost network looks like: connections are there and silent.
func TestTheNetworkStalls(t *testing.T) {
	server := startServer(t)
	p := startProxy(t, server.address())
	s, tr := open(t, p.url(), "test")
	healthy(t, s)
	commit(t, s, tr, cardState("card", 1, "one"))
	p.set(stall)
	wantUnavailable(t, s)
	_ = tr.commit(t.Context(), s, cardState("card", 2, "two"))
	p.set(pass)
	eventually(t, "version 2", readsAs(t, s, "card", 2))
	healthy(t, s)
}
