package hottest

import (
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
	t.Helper()
	s := open(t)
	LiveSuite(t, func() hot.Live { return s })
	t.Run("whoever waits in this process is told before Publish returns", func(t *testing.T) {
		first, second := s.Subscribe(t.Context(), "card"), s.Subscribe(t.Context(), "card")
		s.Publish("card")
		if !told(first) || !told(second) {
			t.Error("they have to wait")
		}
	})
	t.Run("more topics at once than can wait to be told", func(t *testing.T) {
		const flood = 50_000
		returnsInTime(t, "publishing", func() {
			for i := range flood {
				s.Publish(fmt.Sprint("card ", i))
			}
		})
	})
}
