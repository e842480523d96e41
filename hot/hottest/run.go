package hottest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/hot"
)

// patience bounds how long a test waits for what happens in the background.
const patience = 10 * time.Second

// Open returns an empty State at epoch 1, which ends with the test.
type Open func(tb testing.TB) hot.State

// OpenShared returns two States, as of two processes, that share everything.
type OpenShared func(tb testing.TB) (a, b hot.State)

// Run holds one State to the contract.
func Run(t *testing.T, open Open) {
	t.Helper()
	t.Run("cards", func(t *testing.T) { runCards(t, open) })
	t.Run("totals", func(t *testing.T) { runTotals(t, open) })
	t.Run("follow", func(t *testing.T) { runFollow(t, open) })
	t.Run("limits", func(t *testing.T) { runLimits(t, open) })
	t.Run("live", func(t *testing.T) { runLive(t, open) })
	t.Run("reader", func(t *testing.T) { runReader(t, open) })
	t.Run("a healthy state says so", func(t *testing.T) {
		if h := open(t).Health(t.Context()); !h.OK {
			t.Errorf("health: %+v", h)
		}
	})
}

// RunShared holds two States to what they must do together.
func RunShared(t *testing.T, open OpenShared) {
	t.Helper()
	t.Run("what one process projects another reads", func(t *testing.T) {
		a, b := open(t)
		project(t, a, card("org", "card", 3, "three", "code"))
		project(t, b, card("org", "card", 2, "two", "old code"))
		wantCard(t, b, "org", "card", 3, "three")
		wantAlias(t, b, "org", "code", "card", 3, "three")
		wantNoAlias(t, a, "org", "old code")
	})
	t.Run("two processes share a limit", func(t *testing.T) {
		a, b := open(t)
		for range 2 {
			wantAllowed(t, a, "till", 3, time.Hour, true)
		}
		wantAllowed(t, b, "till", 3, time.Hour, true)
		wantAllowed(t, a, "till", 3, time.Hour, false)
		wantAllowed(t, b, "till", 3, time.Hour, false)
	})
	t.Run("two processes share the totals", func(t *testing.T) {
		a, b := open(t)
		begin(t, a, today)
		if _, begun, err := b.BeginTotals(t.Context(), today); err != nil || begun {
			t.Fatalf("a second count may begin beside the first: %v, %v", begun, err)
		}
	})
	t.Run("whoever waits in one process hears of the other", func(t *testing.T) {
		a, b := open(t)
		heard := b.Subscribe(t.Context(), "card")
		other := b.Subscribe(t.Context(), "another card")
		// The connection that hears may not be there yet; once it is, every waiting
		// channel is told once, and drained here.
		eventually(t, "the message of another process", func() bool {
			a.Publish("card")
			return told(heard)
		})
		told(other)
		a.Publish("card")
		eventually(t, "a second message", func() bool { return told(heard) })
		if told(other) {
			t.Error("another topic was told")
		}
	})
	t.Run("a new epoch is another world", func(t *testing.T) {
		a, b := open(t)
		project(t, a, card("org", "card", 3, "three", "code"))
		b.SetEpoch(2)
		wantNoCard(t, b, "org", "card")
		project(t, b, card("org", "card", 1, "one", "code"))
		wantCard(t, a, "org", "card", 3, "three")
		a.SetEpoch(2)
		wantCard(t, a, "org", "card", 1, "one")
	})
}

// eventually fails the test unless the condition comes true within the suite's
// patience.
func eventually(tb testing.TB, what string, condition func() bool) {
	tb.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			tb.Fatalf("waited in vain for %s", what)
		case <-again.C:
		}
	}
}

// wantInputError fails the test unless err is an *hot.InputError about the field.
func wantInputError(tb testing.TB, err error, field string) {
	tb.Helper()
	var wrong *hot.InputError
	if !errors.As(err, &wrong) || wrong.Field != field {
		tb.Errorf("got the error %v, want an InputError about %s", err, field)
	} else if wrong.Reason == "" || !strings.Contains(err.Error(), wrong.Reason) {
		tb.Errorf("the error %q does not say why", err)
	}
}
