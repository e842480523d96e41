package hot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/leima/leima/hot"
)

func TestMoreIsMissedThanCanBeRepaired(t *testing.T) {
	server := startServer(t)
	s, tr := open(t, server.url(), "test")
	commit(t, s, tr, cardState("card", 1, "one"))
	server.kill()
	batch := make([]hot.CardState, hot.MaxBatch)
	for n := 0; n <= hot.MaxMissed; n += len(batch) {
		for i := range batch {
			batch[i] = cardState(fmt.Sprint("card-", n+i), 1, "")
		}
		if s.Project(t.Context(), batch) == nil {
			t.Fatal("a dead server took cards")
		}
	}
	if h := s.Health(t.Context()); h.OK || !strings.Contains(h.Detail, "epoch") {
		t.Errorf("health: %+v", h)
	}
	server.restart()
	healthy(t, s)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.lost != 1 {
		t.Errorf("the epoch was raised %d times", tr.lost)
	}
}

// A pointer can be gone while its card is there: it expires or is evicted by itself.
func TestAPointerIsLost(t *testing.T) {
	server := startServer(t)
	s, _ := openPatient(t, server.url(), "test")
	c := cardState("card", 3, "three", "code", "1234")
	if err := s.Project(t.Context(), []hot.CardState{c}); err != nil {
		t.Fatal(err)
	}
	pointers, ok := server.do("KEYS", "test:1:a:*").([]any)
	if !ok || len(pointers) != len(c.Aliases) {
		t.Fatalf("the pointers are %v", pointers)
	}
	for _, pointer := range pointers {
		server.do("DEL", pointer)
	}
	r := hot.NewReader(s)
	reads := 0
	for range 3 {
		got, found, err := r.Alias(t.Context(), "org", "code", func(context.Context) (hot.CardState, bool, error) {
			reads++
			return c, true, nil
		})
		if err != nil || !found || got.Version != 3 {
			t.Errorf("got %+v, %v, %v", got, found, err)
		}
	}
	if reads != 1 {
		t.Errorf("the truth was read %d times", reads)
	}
}

func TestARestartFromAnOlderStateIsSeen(t *testing.T) {
	server := startServer(t)
	s, tr := open(t, server.url(), "test")
	incarnation := func() (is string) {
		eventually(t, "the incarnation", func() bool {
			var err error
			is, err = s.Incarnation(t.Context())
			return err == nil
		})
		return is
	}
	commit(t, s, tr, cardState("card", 1, "one"))
	first := incarnation()
	if again := incarnation(); again != first || first == "" {
		t.Errorf("the incarnation changed from %q to %q while the server ran", first, again)
	}
	server.do("SAVE")
	commit(t, s, tr, cardState("card", 2, "two")) // acknowledged, and lost by the restart
	server.kill()
	server.restart()
	second := incarnation()
	if second == first {
		t.Error("a restart is not seen")
	}
	eventually(t, "the older state", readsAs(t, s, "card", 1))
	s.SetEpoch(2) // as the caller does now
	eventually(t, "an answer", func() bool { return s.Health(t.Context()).OK })
	if v := read(t, s, "card"); v != 0 {
		t.Errorf("read version %d in the new epoch", v)
	}
}

// After FLUSHALL nobody remembers versions, and what was under way could bring back an
// older card.
func TestAFlushIsAnotherIncarnation(t *testing.T) {
	server := startServer(t)
	s, _ := open(t, server.url(), "test")
	other, _ := open(t, server.url(), "test")
	incarnation := func(s *hot.Redis) string {
		t.Helper()
		var is string
		eventually(t, "an answer in time", func() (ok bool) {
			var err error
			is, err = s.Incarnation(t.Context())
			return err == nil
		})
		return is
	}
	first := incarnation(s)
	if incarnation(other) != first || incarnation(s) != first {
		t.Error("two processes see different incarnations")
	}
	server.do("FLUSHALL")
	second := incarnation(other)
	if second == first || incarnation(s) != second {
		t.Error("a flush is not seen")
	}
}

func TestProcessesHearEachOtherAgain(t *testing.T) {
	server := startServer(t)
	a, _ := open(t, server.url(), "test")
	b, _ := open(t, server.url(), "test")
	healthy(t, a)
	healthy(t, b)
	heard := b.Subscribe(t.Context(), "card")
	talk := func() bool {
		a.Publish("card")
		select {
		case <-heard:
			return true
		default:
			return false
		}
	}
	eventually(t, "a message", talk)
	for range 2 {
		server.kill()
		server.restart()
		// Anything may have been missed, so whoever waits is told to look.
		eventually(t, "a reason to look", func() bool { return len(heard) == 1 })
		<-heard
		eventually(t, "a message", talk)
	}
}

// A connection can be lost without anybody saying so; the silence tells.
func TestASilentConnectionIsGivenUp(t *testing.T) {
	server := startServer(t)
	p := startProxy(t, server.address())
	a, _ := open(t, server.url(), "test")
	b, _ := open(t, p.url(), "test")
	healthy(t, a)
	healthy(t, b)
	heard := b.Subscribe(t.Context(), "card")
	p.set(stall)
	a.Publish("card")
	eventually(t, "the silence to be noticed", func() bool {
		return strings.Contains(b.Health(t.Context()).Detail, "not heard")
	})
	if len(heard) != 0 {
		t.Error("heard through a wall")
	}
	p.set(pass)
	eventually(t, "a reason to look", func() bool { return len(heard) == 1 })
	healthy(t, b)
}

func TestClosing(t *testing.T) {
	server := startServer(t)
	s, err := hot.OpenRedis(hot.Options{URL: server.url(), Prefix: "test", Repair: (&truth{}).repair, Lost: (&truth{}).raise})
	if err != nil {
		t.Fatal(err)
	}
	server.signal(syscall.SIGSTOP)
	_ = s.Project(t.Context(), []hot.CardState{cardState("card", 1, "")})
	s.Publish("card")
	within(t, hot.WriteTimeout, "Close", func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, _, err := s.Card(t.Context(), hot.CardRef{Org: "org", Card: "card"}); !errors.Is(err, hot.ErrUnavailable) {
		t.Errorf("read after the end: %v", err)
	}
	if err := s.Project(t.Context(), []hot.CardState{cardState("card", 1, "")}); !errors.Is(err, hot.ErrUnavailable) {
		t.Errorf("projected after the end: %v", err)
	}
}
