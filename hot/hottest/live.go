package hottest

import (
	"context"
	"fmt"
	"testing"

	"github.com/leima/leima/hot"
)

// told returns whether the channel has received, and takes what it has.
func told(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func runLive(t *testing.T, open Open) {
	t.Run("whoever waits is told, without waiting", func(t *testing.T) {
		s := open(t)
		first, second := s.Subscribe(t.Context(), "card"), s.Subscribe(t.Context(), "card")
		s.Publish("card")
		if !told(first) || !told(second) {
			t.Error("in the same process everybody is told at once")
		}
	})
	t.Run("who has not looked yet is told once", func(t *testing.T) {
		s := open(t)
		ch := s.Subscribe(t.Context(), "card")
		for range 5 {
			s.Publish("card")
		}
		if !told(ch) || told(ch) {
			t.Error("five changes are one message")
		}
	})
	t.Run("nobody waits", func(t *testing.T) {
		s := open(t)
		for i := range 20_000 {
			s.Publish(fmt.Sprint("card ", i))
		}
	})
	t.Run("after the context nothing comes", func(t *testing.T) {
		s := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		ch := s.Subscribe(ctx, "card")
		cancel()
		eventually(t, "the end of the subscription", func() bool {
			told(ch)
			s.Publish("card")
			return !told(ch)
		})
	})
	t.Run("beyond the limit nothing comes", func(t *testing.T) {
		s := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		for range hot.MaxSubscribers {
			s.Subscribe(ctx, "card")
		}
		late := s.Subscribe(t.Context(), "card")
		s.Publish("card")
		if told(late) {
			t.Error("one more than the limit is told")
		}
		cancel()
		eventually(t, "a free place", func() bool {
			next := s.Subscribe(t.Context(), "card")
			s.Publish("card")
			return told(next)
		})
	})
}
