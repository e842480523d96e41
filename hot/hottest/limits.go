package hottest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leima/leima/hot"
)

func wantAllowed(tb testing.TB, s hot.State, key string, limit int, window time.Duration, want bool) {
	tb.Helper()
	ok, retryAfter, err := s.Allow(tb.Context(), key, limit, window)
	switch {
	case err != nil || ok != want:
		tb.Fatalf("%s: allowed %v, error %v, want %v", key, ok, err, want)
	case ok && retryAfter != 0:
		tb.Fatalf("%s: allowed, but again after %s", key, retryAfter)
	case !ok && (retryAfter <= 0 || retryAfter > window):
		tb.Fatalf("%s: refused for %s, want up to %s", key, retryAfter, window)
	}
}

func runLimits(t *testing.T, open Open) {
	t.Helper()
	t.Run("so many and no more", func(t *testing.T) {
		s := open(t)
		for range 3 {
			wantAllowed(t, s, "till", 3, time.Hour, true)
		}
		wantAllowed(t, s, "till", 3, time.Hour, false)
		wantAllowed(t, s, "till", 3, time.Hour, false)
		wantAllowed(t, s, "another till", 3, time.Hour, true)
	})
	t.Run("a place is free when the oldest call leaves the window", func(t *testing.T) { placeIsFree(t, open(t)) })
	t.Run("the limit may be lowered and raised", func(t *testing.T) {
		s := open(t)
		for range 5 {
			wantAllowed(t, s, "till", 5, time.Hour, true)
		}
		wantAllowed(t, s, "till", 2, time.Hour, false)
		wantAllowed(t, s, "till", 6, time.Hour, true)
		wantAllowed(t, s, "till", 6, time.Hour, false)
	})
	t.Run("callers at the same time", func(t *testing.T) { callersAtOnce(t, open(t)) })
	t.Run("a new epoch forgets", func(t *testing.T) {
		s := open(t)
		wantAllowed(t, s, "till", 1, time.Hour, true)
		wantAllowed(t, s, "till", 1, time.Hour, false)
		s.SetEpoch(2)
		wantAllowed(t, s, "till", 1, time.Hour, true)
	})
	t.Run("bad input", func(t *testing.T) {
		s := open(t)
		for _, c := range []struct {
			field, key string
			limit      int
			window     time.Duration
		}{
			{"key", "", 1, time.Second},
			{"limit", "till", 0, time.Second},
			{"limit", "till", -1, time.Second},
			{"limit", "till", hot.MaxLimit + 1, time.Second},
			{"window", "till", 1, 0},
			{"window", "till", 1, time.Microsecond},
			{"window", "till", 1, hot.MaxWindow + 1},
		} {
			ok, _, err := s.Allow(t.Context(), c.key, c.limit, c.window)
			wantInputError(t, err, c.field)
			if ok {
				t.Errorf("%+v: allowed", c)
			}
		}
	})
}

func placeIsFree(t *testing.T, s hot.State) {
	t.Helper()
	const window = 50 * time.Millisecond
	start := time.Now()
	wantAllowed(t, s, "till", 2, window, true)
	wantAllowed(t, s, "till", 2, window, true)
	eventually(t, "a free place", func() bool {
		ok, _, err := s.Allow(t.Context(), "till", 2, window)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	})
	// A server's clock counts whole microseconds and is not ours.
	if waited := time.Since(start); waited < window-time.Millisecond {
		t.Errorf("a third call in %s was allowed", waited)
	}
}

func callersAtOnce(t *testing.T, s hot.State) {
	t.Helper()
	var allowed atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			ok, _, err := s.Allow(t.Context(), "till", 10, time.Hour)
			if err != nil {
				t.Error(err)
			}
			if ok {
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	if allowed.Load() != 10 {
		t.Errorf("%d calls were allowed, the limit is 10", allowed.Load())
	}
}
