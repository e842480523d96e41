package hot_test

import (
	"testing"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/hot/hottest"
)

func TestInProcessIsLive(t *testing.T) {
	hottest.LiveSuite(t, func() hot.Live { return &hot.InProcess{} })
}

func BenchmarkInProcessPublish(b *testing.B) {
	var live hot.InProcess
	for range 10 {
		live.Subscribe(b.Context(), "card")
	}
	b.ReportAllocs()
	for b.Loop() {
		live.Publish("card")
	}
}
