package hot

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestLRUKeepsWhatWasUsedLastWithinItsCost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const most = 10
		type kept struct{ key, value, cost int }
		var model []kept // the last one was used last
		var dropped int
		l := newLRU(most, func(int, int) { dropped++ })
		find := func(key int) int {
			for i, k := range model {
				if k.key == key {
					return i
				}
			}
			return -1
		}
		remove := func(i int) {
			model = append(model[:i:i], model[i+1:]...)
		}
		puts := 0
		rt.Repeat(map[string]func(*rapid.T){
			"put": func(*rapid.T) {
				k := kept{rapid.IntRange(0, 6).Draw(rt, "key"), puts, rapid.IntRange(0, most+1).Draw(rt, "cost")}
				if i := find(k.key); i >= 0 {
					remove(i)
				}
				l.put(k.key, k.value, k.cost)
				if k.cost > most {
					return
				}
				puts++
				model = append(model, k)
				for cost := func() (sum int) {
					for _, k := range model {
						sum += k.cost
					}
					return sum
				}; cost() > most; {
					remove(0)
				}
			},
			"get": func(*rapid.T) {
				key := rapid.IntRange(0, 6).Draw(rt, "key")
				got, ok := l.get(key)
				i := find(key)
				if ok != (i >= 0) || ok && got != model[i].value {
					rt.Fatalf("get %d: %d, %v; model %v", key, got, ok, model)
				}
				if ok {
					k := model[i]
					remove(i)
					model = append(model, k)
				}
			},
			"": func(*rapid.T) {
				if len(l.items) != len(model) || dropped != puts-len(model) {
					rt.Fatalf("%d items, %d of %d dropped, model %v", len(l.items), dropped, puts, model)
				}
			},
		})
	})
}

func TestInProcessMemoryIsBounded(t *testing.T) {
	s := NewInProcessState()
	payload := make([]byte, MaxPayload)
	for i := range 2 * MaxInProcessBytes / MaxPayload {
		state := CardState{
			CardRef: CardRef{"org", fmt.Sprint(i)}, Version: 1, Payload: payload, Aliases: []string{fmt.Sprint("code-", i)},
		}
		if err := s.Project(t.Context(), []CardState{state}); err != nil {
			t.Fatal(err)
		}
	}
	if s.cards.cost > MaxInProcessBytes || len(s.cards.items) < MaxInProcessBytes/MaxPayload/2 {
		t.Errorf("%d cards cost %d bytes", len(s.cards.items), s.cards.cost)
	}
	if len(s.aliases) != len(s.cards.items) {
		t.Errorf("%d aliases lead to %d cards", len(s.aliases), len(s.cards.items))
	}
	for i := range MaxInProcessCalls/inProcessKeyCalls + 1000 {
		if _, _, err := s.Allow(t.Context(), fmt.Sprint(i), 1, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if s.calls.cost > MaxInProcessCalls {
		t.Errorf("%d keys remember %d calls", len(s.calls.items), s.calls.cost)
	}
}

func TestInProcessTimePasses(t *testing.T) {
	cell := Cell{"org", "program", "shop", "2026-03-01"}
	synctest.Test(t, func(t *testing.T) {
		s := NewInProcessState()
		known := func() bool {
			t.Helper()
			got, err := s.ReadTotals(t.Context(), []Cell{cell})
			if err != nil {
				t.Fatal(err)
			}
			return got[0].Known
		}
		allowed := func() (bool, time.Duration) {
			t.Helper()
			ok, retryAfter, err := s.Allow(t.Context(), "till", 2, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return ok, retryAfter
		}

		ticket, _, _ := s.BeginTotals(t.Context(), cell)
		pass(CountTTL)
		if done, _ := s.FinishTotals(t.Context(), ticket, Counts{}, nil); done.Taken {
			t.Error("a count that took too long was taken")
		}
		ticket, begun, _ := s.BeginTotals(t.Context(), cell)
		if done, _ := s.FinishTotals(t.Context(), ticket, Counts{}, nil); !begun || !done.Taken || !known() {
			t.Error("the next count was not taken")
		}
		pass(TotalsTTL - time.Nanosecond)
		if !known() {
			t.Error("forgotten too early")
		}
		pass(time.Nanosecond)
		if known() {
			t.Error("known for too long")
		}

		allowed()
		pass(10 * time.Second)
		allowed()
		pass(10 * time.Second)
		if ok, retryAfter := allowed(); ok || retryAfter != 40*time.Second {
			t.Errorf("a third call: %v, again after %s, want 40s", ok, retryAfter)
		}
		pass(40*time.Second - time.Nanosecond)
		if ok, retryAfter := allowed(); ok || retryAfter != time.Nanosecond {
			t.Errorf("a moment too early: %v, again after %s", ok, retryAfter)
		}
		pass(time.Nanosecond)
		if ok, _ := allowed(); !ok {
			t.Error("the window is over and the call is refused")
		}
		if ok, retryAfter := allowed(); ok || retryAfter != 10*time.Second {
			t.Errorf("the second call is still in the window: %v, again after %s", ok, retryAfter)
		}
	})
}
