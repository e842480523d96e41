package hot

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// wantWatched checks how many subscriptions and topics are remembered.
func (l *InProcess) wantWatched(t *testing.T, subscriptions, topics int) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total != subscriptions || len(l.topics) != topics {
		t.Errorf("%d subscriptions of %d topics are remembered, want %d of %d", l.total, len(l.topics), subscriptions, topics)
	}
}

// A day of card pages that were opened and closed must leave nothing behind.
func TestInProcessForgetsWhoHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live InProcess
		ctx, end := context.WithCancel(t.Context())
		for i := range 100 {
			live.Subscribe(ctx, fmt.Sprint(i))
			live.Subscribe(ctx, fmt.Sprint(i))
			stays, stop := context.WithCancel(t.Context())
			defer stop()
			live.Subscribe(stays, fmt.Sprint(i/2))
		}
		live.wantWatched(t, 300, 100)
		end()
		synctest.Wait()
		live.wantWatched(t, 100, 50)
	})
}

func TestInProcessForgetsWhenTheTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live InProcess
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		ch := live.Subscribe(ctx, "card")
		<-time.After(time.Hour - time.Nanosecond)
		live.Publish("card")
		<-ch
		<-time.After(time.Nanosecond)
		synctest.Wait()
		live.wantWatched(t, 0, 0)
		live.Publish("card")
		if len(ch) != 0 {
			t.Error("told after the time was up")
		}
	})
}

func TestInProcessDoesNotRememberAnEndedContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live InProcess
		ctx, end := context.WithCancel(t.Context())
		end()
		live.Subscribe(ctx, "card")
		synctest.Wait()
		live.wantWatched(t, 0, 0)
	})
}

// Exactly one message waits for who does not look, and none for other topics.
func TestInProcessTellsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live InProcess
		ctx, end := context.WithCancel(t.Context())
		defer end()
		card, other := live.Subscribe(ctx, "card"), live.Subscribe(ctx, "other card")
		for range 1000 {
			live.Publish("card")
		}
		synctest.Wait()
		if len(card) != 1 || len(other) != 0 {
			t.Errorf("%d and %d messages are waiting, want 1 and 0", len(card), len(other))
		}
		<-card
		live.Publish("card")
		if len(card) != 1 {
			t.Error("who looked is not told again")
		}
	})
}

// More than MaxSubscribers are not remembered; when some have gone there is room.
func TestInProcessHasABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live InProcess
		ctx, end := context.WithCancel(t.Context())
		for range MaxSubscribers {
			live.Subscribe(ctx, "card")
		}
		stays, stop := context.WithCancel(t.Context())
		defer stop()
		beyond := live.Subscribe(stays, "card")
		live.wantWatched(t, MaxSubscribers, 1)
		live.Publish("card")
		if len(beyond) != 0 {
			t.Error("one beyond the bound was told")
		}
		end()
		synctest.Wait()
		ch := live.Subscribe(stays, "card")
		live.wantWatched(t, 1, 1)
		live.Publish("card")
		if len(ch) != 1 {
			t.Error("one who came when there was room was not told")
		}
	})
}
