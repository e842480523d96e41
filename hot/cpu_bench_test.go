//go:build unix

package hot_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/leima/leima/hot"
)

// What a round of the stamp path holds: a batch of commits on a busy shop's server.
const (
	roundCards = 32
	roundCells = 4
	// allCards is how many cards there are, so that no round meets the last one's.
	allCards = 8192
	// counters is about the size of what changes with every stamp, and rest of what
	// does not: names, code, link, coupons.
	counters, rest = 56, 220
	// callers is how many goroutines read at once.
	callers = 64
)

// BenchmarkCPU measures what the stamp path costs in processor time, here and in
// Redis, for every card: elapsed time alone hides one behind the other.
func BenchmarkCPU(b *testing.B) {
	url := testServer(b)
	b.Run("CardByAlias", func(b *testing.B) {
		s, per := openMeasured(b, url)
		fill(b, s)
		var next atomic.Int64
		b.SetParallelism(callers)
		per(1, func() {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, found, err := s.CardByAlias(b.Context(), "org", "n:"+cardID(int(next.Add(1)))); err != nil || !found {
						b.Error(found, err)
					}
				}
			})
		})
	})
	b.Run("Card", func(b *testing.B) {
		s, per := openMeasured(b, url)
		fill(b, s)
		var next atomic.Int64
		b.SetParallelism(callers)
		per(1, func() {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, found, err := s.Card(b.Context(), hot.CardRef{Org: "org", Card: cardID(int(next.Add(1)))}); err != nil || !found {
						b.Error(found, err)
					}
				}
			})
		})
	})
	b.Run("Project", func(b *testing.B) {
		s, per := openMeasured(b, url)
		fill(b, s)
		per(roundCards, func() {
			for i := 0; b.Loop(); i++ {
				if err := s.Project(b.Context(), round(i)); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("Follow", func(b *testing.B) {
		s, per := openMeasured(b, url)
		fill(b, s)
		follow(b, s, roundCells, per)
	})
	b.Run("Follow cards of as many shops", func(b *testing.B) {
		s, per := openMeasured(b, url)
		fill(b, s)
		follow(b, s, roundCards, per)
	})
	b.Run("Follow unread cards", func(b *testing.B) {
		s, per := openMeasured(b, url) // which knows none: it remembers versions
		follow(b, s, roundCells, per)
	})
}

// follow measures rounds of stamps that change so many cells.
func follow(b *testing.B, s *hot.Redis, cells int, per func(n int, run func())) {
	b.Helper()
	push := hot.Push{Source: "a"}
	for i := range cells {
		cell := hot.Cell{Org: "org", Program: "program", Location: "shop-" + strconv.Itoa(i), Day: "20260301"}
		push.Increments = append(push.Increments, hot.Increment{Cell: cell, Counts: hot.Counts{Stamps: int64(roundCards / cells)}})
		if _, err := hot.CountAgain(b.Context(), s, cell, countOf(0)); err != nil {
			b.Fatal(err)
		}
	}
	topics := make([]string, roundCards)
	per(roundCards, func() {
		for i := 0; b.Loop(); i++ {
			for j := range topics {
				topics[j] = cardID(i*roundCards + j)
			}
			push.Seq++
			if err := s.Follow(b.Context(), hot.Round{Cards: round(i), Pushes: []hot.Push{push}, Topics: topics}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func cardID(i int) string { return cardIDs[i%allCards] }

var (
	cardIDs = func() (ids [allCards]string) {
		for i := range ids {
			ids[i] = fmt.Sprintf("card_%026d", i)
		}
		return ids
	}()
	benchCounters = []byte(strings.Repeat("p", counters))
	benchRest     = []byte(strings.Repeat("r", rest))
)

// fill projects all cards.
func fill(b *testing.B, s *hot.Redis) {
	b.Helper()
	for i := 0; i < allCards; i += hot.MaxBatch {
		batch := make([]hot.CardState, hot.MaxBatch)
		for j := range batch {
			batch[j] = whole(i+j, 1)
		}
		if err := s.Project(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
}

func whole(i int, version uint64) hot.CardState {
	id := cardID(i)
	return hot.CardState{
		CardRef: hot.CardRef{Org: "org", Card: id}, Version: version,
		Payload: benchCounters, Rest: benchRest, Aliases: []string{"c:" + id, "l:" + id, "n:" + id},
	}
}

// round is the i-th: every card gets its next version when all had their turn.
func round(i int) []hot.CardState {
	batch := make([]hot.CardState, roundCards)
	for j := range batch {
		n := i*roundCards + j
		version := uint64(n/allCards) + 2
		batch[j] = hot.CardState{
			CardRef: hot.CardRef{Org: "org", Card: cardID(n)}, Version: version, Payload: benchCounters, KeepRest: true, Since: version - 1,
		}
	}
	return batch
}

// openMeasured opens a Redis, and returns a function that runs the rest of a benchmark
// and reports the processor time for each of n things per turn.
func openMeasured(b *testing.B, url string) (s *hot.Redis, per func(n int, run func())) {
	b.Helper()
	s, _ = openPatient(b, url, newPrefix())
	options, err := redis.ParseURL(url)
	if err != nil {
		b.Skipf("Redis' processor time is not measured: %v", err)
	}
	client := redis.NewClient(options)
	b.Cleanup(func() { _ = client.Close() })
	return s, func(n int, run func()) {
		b.ReportAllocs()
		b.ResetTimer()
		hereBefore, thereBefore := cpuHere(b), cpuThere(b, client)
		run()
		things := float64(b.N * n)
		b.ReportMetric(float64((cpuHere(b)-hereBefore).Nanoseconds())/1e3/things, "client-µs/card")
		b.ReportMetric(float64((cpuThere(b, client)-thereBefore).Nanoseconds())/1e3/things, "redis-µs/card")
	}
}

// cpuHere returns the processor time that this process has used.
func cpuHere(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// cpuThere returns the processor time that Redis has used.
func cpuThere(b *testing.B, client *redis.Client) time.Duration {
	b.Helper()
	info, err := client.InfoMap(b.Context(), "cpu").Result()
	if err != nil {
		b.Fatal(err)
	}
	var sum time.Duration
	for _, name := range []string{"used_cpu_user", "used_cpu_sys"} {
		seconds, err := strconv.ParseFloat(info["CPU"][name], 64)
		if err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(seconds * float64(time.Second))
	}
	return sum
}
