package google

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNeverMoreThanTwentyInASecondAndNoFewer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pace
		now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
		var sent []time.Time
		for _, cost := range rapid.SliceOfN(rapid.IntRange(1, RequestsPerSecond), 1, 60).Draw(t, "costs") {
			now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "milliseconds")) * time.Millisecond)
			at := now.Add(p.reserve(cost, now))
			if at.Before(now) {
				t.Fatal("it goes out before it was asked for")
			}
			for range cost {
				sent = append(sent, at)
			}
			if n := len(sent); n > RequestsPerSecond && sent[n-1].Sub(sent[n-1-RequestsPerSecond]) < paceWindow {
				t.Fatalf("%d requests within %v", RequestsPerSecond+1, sent[n-1].Sub(sent[n-1-RequestsPerSecond]))
			}
			now = at
		}
	})
	var p pace
	start := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	at := start
	for range 10 * RequestsPerSecond {
		at = at.Add(p.reserve(1, at))
	}
	if took := at.Sub(start); took != 9*paceWindow {
		t.Errorf("ten seconds' worth of requests, the first at once, took %v", took)
	}
}
