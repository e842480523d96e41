package hottest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/hot"
)

// liveTimeout is how long something that must happen may take: a round trip to a
// server on a busy machine, with a wide margin.
const liveTimeout = 10 * time.Second

// LiveSuite holds a hot.Live to its contract. open returns one that is ready; it
// may be the same every time, since every test has topics of its own.
func LiveSuite(t *testing.T, open func() hot.Live) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, hot.Live){
		"WhoWaitsIsTold":                  whoWaitsIsTold,
		"WhoLooksAgainIsToldAgain":        whoLooksAgainIsToldAgain,
		"EveryoneWhoWaitsIsTold":          everyoneWhoWaitsIsTold,
		"NobodyIsToldOfOtherTopics":       nobodyIsToldOfOtherTopics,
		"TopicsAreTakenByTheLetter":       topicsAreTakenByTheLetter,
		"WhoDoesNotLookHoldsNobodyUp":     whoDoesNotLookHoldsNobodyUp,
		"NobodyNeedsToWait":               nobodyNeedsToWait,
		"AnEndedContextEndsTheMessages":   anEndedContextEndsTheMessages,
		"AContextMayHaveEndedBefore":      aContextMayHaveEndedBefore,
		"ManyComeAndGoAtOnce":             manyComeAndGoAtOnce,
		"WhoWasTheLastLeavesRoomForOther": whoWasTheLastLeavesRoomForOther,
	} {
		t.Run(name, func(t *testing.T) { test(t, open()) })
	}
}

// liveTopic returns a name that no other test uses.
func liveTopic(t *testing.T, name string) string {
	t.Helper()
	return t.Name() + "/" + name
}

// wantTold waits for the message.
func wantTold(t *testing.T, ch <-chan struct{}) {
	t.Helper()
	select {
	case _, open := <-ch:
		if !open {
			t.Fatal("the channel was closed")
		}
	case <-time.After(liveTimeout):
		t.Fatalf("not told within %v", liveTimeout)
	}
}

// returnsInTime fails the test if f does not return.
func returnsInTime(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(liveTimeout):
		t.Fatalf("%s did not return within %v", what, liveTimeout)
	}
}

func whoWaitsIsTold(t *testing.T, live hot.Live) {
	t.Helper()
	ch := live.Subscribe(t.Context(), liveTopic(t, "card"))
	live.Publish(liveTopic(t, "card"))
	wantTold(t, ch)
}

func whoLooksAgainIsToldAgain(t *testing.T, live hot.Live) {
	t.Helper()
	ch := live.Subscribe(t.Context(), liveTopic(t, "card"))
	for range 100 {
		live.Publish(liveTopic(t, "card"))
		wantTold(t, ch)
	}
}

func everyoneWhoWaitsIsTold(t *testing.T, live hot.Live) {
	t.Helper()
	var all []<-chan struct{}
	for range 20 {
		all = append(all, live.Subscribe(t.Context(), liveTopic(t, "card")))
	}
	live.Publish(liveTopic(t, "card"))
	for _, ch := range all {
		wantTold(t, ch)
	}
}

func nobodyIsToldOfOtherTopics(t *testing.T, live hot.Live) {
	t.Helper()
	const topics = 1000
	var all []<-chan struct{}
	for i := range topics {
		all = append(all, live.Subscribe(t.Context(), liveTopic(t, fmt.Sprint(i))))
	}
	for i := 0; i < topics; i += 2 {
		live.Publish(liveTopic(t, fmt.Sprint(i)))
	}
	for i, ch := range all {
		if i%2 == 0 {
			wantTold(t, ch)
		}
	}
	for i, ch := range all {
		if n := len(ch); n != 0 {
			t.Errorf("subscriber %d has %d messages that are not for it", i, n)
		}
	}
}

// A server may have a meaning for stars and spaces; a topic has none.
func topicsAreTakenByTheLetter(t *testing.T, live hot.Live) {
	t.Helper()
	names := []string{
		"", "*", "a*", "ab", "a?", "[ab]", "a b", " ab", "AB", "a\nb", "a\r\nPUBLISH x y", "a\x00b", "{a}b", `a\*`, "äb", "a/b",
		strings.Repeat("a", 200),
	}
	var all []<-chan struct{}
	for _, name := range names {
		all = append(all, live.Subscribe(t.Context(), liveTopic(t, name)))
	}
	for i, name := range names {
		live.Publish(liveTopic(t, name))
		wantTold(t, all[i])
		for j, ch := range all {
			if n := len(ch); n != 0 {
				t.Errorf("who waits for %q was told of %q", names[j], name)
			}
		}
	}
}

// A browser that does not read must slow down neither the till nor other browsers,
// and finds one message when it looks again, not a thousand.
func whoDoesNotLookHoldsNobodyUp(t *testing.T, live hot.Live) {
	t.Helper()
	slow, quick := live.Subscribe(t.Context(), liveTopic(t, "card")), live.Subscribe(t.Context(), liveTopic(t, "card"))
	returnsInTime(t, "publishing to somebody who does not look", func() {
		for range 1000 {
			live.Publish(liveTopic(t, "card"))
		}
	})
	wantTold(t, quick)
	wantTold(t, slow)
	if n := len(slow); n > 1 {
		t.Errorf("%d messages are waiting for who was told already, want at most one", n)
	}
}

func nobodyNeedsToWait(t *testing.T, live hot.Live) {
	t.Helper()
	returnsInTime(t, "publishing to nobody", func() { live.Publish(liveTopic(t, "card")) })
	ch := live.Subscribe(t.Context(), liveTopic(t, "card"))
	live.Publish(liveTopic(t, "card"))
	wantTold(t, ch)
}

func anEndedContextEndsTheMessages(t *testing.T, live hot.Live) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	gone, stays := live.Subscribe(ctx, liveTopic(t, "card")), live.Subscribe(t.Context(), liveTopic(t, "card"))
	live.Publish(liveTopic(t, "card"))
	wantTold(t, gone)
	wantTold(t, stays)
	end()
	wantQuiet(t, live, gone, stays)
}

// wantQuiet publishes until one that is gone is not told any more, which may take
// a moment, while another one is.
func wantQuiet(t *testing.T, live hot.Live, gone, stays <-chan struct{}) {
	t.Helper()
	const quietInARow = 5
	name := liveTopic(t, "card")
	quiet := 0
	for start := time.Now(); quiet < quietInARow; {
		if time.Since(start) > liveTimeout {
			t.Fatalf("still told %v after the context ended", liveTimeout)
		}
		live.Publish(name)
		wantTold(t, stays)
		select {
		case _, open := <-gone:
			if !open {
				t.Fatal("the channel was closed")
			}
			quiet = 0
		default:
			quiet++
		}
		runtime.Gosched()
	}
}

func aContextMayHaveEndedBefore(t *testing.T, live hot.Live) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	end()
	stays := live.Subscribe(t.Context(), liveTopic(t, "card"))
	returnsInTime(t, "subscribing with an ended context", func() {
		gone := live.Subscribe(ctx, liveTopic(t, "card"))
		wantQuiet(t, live, gone, stays)
	})
}

// The last subscriber of a topic takes the topic with it; the next one must find
// it again, however close they meet.
func whoWasTheLastLeavesRoomForOther(t *testing.T, live hot.Live) {
	t.Helper()
	for range 200 {
		ctx, end := context.WithCancel(t.Context())
		live.Subscribe(ctx, liveTopic(t, "card"))
		end()
		next, stop := context.WithCancel(t.Context())
		ch := live.Subscribe(next, liveTopic(t, "card"))
		live.Publish(liveTopic(t, "card"))
		wantTold(t, ch)
		stop()
	}
}

func manyComeAndGoAtOnce(t *testing.T, live hot.Live) {
	t.Helper()
	const workers, rounds = 8, 50
	names := []string{liveTopic(t, "a"), liveTopic(t, "b"), liveTopic(t, "c")}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				live.Publish(names[(w+i)%len(names)])
			}
		})
		wg.Go(func() {
			for i := range rounds {
				ctx, end := context.WithCancel(t.Context())
				ch := live.Subscribe(ctx, names[(w+i)%len(names)])
				select {
				case <-ch:
				default:
				}
				end()
			}
		})
	}
	returnsInTime(t, "coming and going", wg.Wait)
	for _, name := range names {
		ch := live.Subscribe(t.Context(), name)
		live.Publish(name)
		wantTold(t, ch)
	}
}
