package hot

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

var errAway = errors.New("away")

// pass is a wait that takes no real time inside a synctest bubble.
func pass(d time.Duration) { <-time.After(d) }

func TestTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changes []error
		b := &breaker{changed: func(err error) { changes = append(changes, err) }}
		try := func(result error) error {
			if err := b.enter(); err != nil {
				return err
			}
			b.report(result)
			return result
		}
		want := func(what string, got, want error) {
			t.Helper()
			if !errors.Is(got, want) {
				t.Fatalf("%s: got %v, want %v", what, got, want)
			}
		}

		for range FailuresToOpen - 1 {
			want("a failure", try(errAway), errAway)
		}
		want("a success in between", try(nil), nil)
		for range FailuresToOpen {
			want("a failure", try(errAway), errAway)
		}
		want("an open breaker", try(nil), errOpen)
		pass(OpenFor - time.Nanosecond)
		want("a moment too early", try(nil), errOpen)
		pass(time.Nanosecond)
		want("the probe", b.enter(), nil)
		want("beside the probe", b.enter(), errOpen)
		b.report(errAway)
		want("after a probe that failed", try(nil), errOpen)
		pass(OpenFor)
		want("a probe whose caller gives up", b.enter(), nil)
		b.leave()
		want("the next probe", try(nil), nil)
		want("a closed breaker", try(nil), nil)
		if len(changes) != 2 || !errors.Is(changes[0], errAway) || changes[1] != nil {
			t.Errorf("told of %v, want that it opened and that it closed", changes)
		}
	})
}
