package projection_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/projection"
)

// redisVariable names a server for benchmarks; nothing on it is deleted.
const redisVariable = "LEIMA_TEST_REDIS"

// benchCards is how many cards a benchmark goes through.
const benchCards = 500

func benchState(b *testing.B, name string) hot.State {
	b.Helper()
	if name == "in process" {
		return hot.NewInProcessState()
	}
	url := os.Getenv(redisVariable)
	if url == "" {
		b.Skip(redisVariable + " is not set to the URL of a server")
	}
	redis, err := hot.OpenRedis(hot.Options{
		URL: url, Prefix: "bench-" + strings.ToLower(b.Name()[len(b.Name())-5:]),
		Repair: func(context.Context, []hot.CardRef) ([]hot.CardState, error) { return nil, nil }, Lost: func(context.Context) error { return nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = redis.Close() })
	return redis
}

func BenchmarkIdentify(b *testing.B) {
	for _, name := range []string{"in process", "redis"} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, benchState(b, name))
			codes := make([]string, benchCards)
			for i := range codes {
				v := w.join(0, fmt.Sprintf("+35840000%04d", i), true)
				w.stamp(v.Card.ID, 2)
				codes[i] = v.Code
			}
			w.drained()
			var next atomic.Int64
			identify := func() {
				if _, err := w.cards.Identify(b.Context(), w.org.ID, customer.Handle{Code: codes[next.Add(1)%benchCards]}, ""); err != nil {
					b.Error(err)
				}
			}
			for range benchCards {
				identify()
			}
			b.ReportAllocs()
			b.SetParallelism(64)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					identify()
				}
			})
		})
	}
}

// BenchmarkRebuild proves cards that were each stamped five times, a card at a time.
func BenchmarkRebuild(b *testing.B) {
	for _, name := range []string{"in process", "redis"} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, benchState(b, name))
			for i := range benchCards {
				v := w.join(0, fmt.Sprintf("+35840000%04d", i), true)
				for range 5 {
					w.stamp(v.Card.ID, 1)
				}
				w.drained()
				if _, err := w.cards.Identify(b.Context(), w.org.ID, customer.Handle{Code: v.Code}, ""); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if r := w.rebuild(); r.Cards != benchCards || r.Ledger+r.Projection+r.NotSeen > 0 {
					b.Fatalf("report %+v", r)
				}
			}
			b.ReportMetric(float64(benchCards)*float64(b.N)/b.Elapsed().Seconds(), "cards/s")
		})
	}
}

// BenchmarkCommitted is what a batch of 32 stamps pays before its answers, and what
// follows: when batches come quicker than they can be told of, and when each is told of
// before the next one.
func BenchmarkCommitted(b *testing.B) {
	for _, name := range []string{"in process", "redis"} {
		b.Run(name, func(b *testing.B) {
			committed(b, benchState(b, name), func(*projection.Follower, uint64) {})
		})
		b.Run("one by one "+name, func(b *testing.B) {
			committed(b, benchState(b, name), func(f *projection.Follower, seq uint64) {
				for f.Stats().Rounds < int64(seq) {
					runtime.Gosched()
				}
			})
		})
	}
}

// committed tells a follower of batches, each after what comes between.
func committed(b *testing.B, state hot.State, between func(f *projection.Follower, seq uint64)) {
	b.Helper()
	ids := make([]string, 32)
	for i := range ids {
		ids[i] = fmt.Sprintf("card_%026d", i)
	}
	f := projection.Follow(projection.FollowerOptions{State: state, Topic: topic})
	commit := loyalty.Commit{Source: "bench", Counts: []loyalty.CellCounts{{Cell: today, Counts: loyalty.Counts{Stamps: int64(len(ids))}}}}
	b.ReportAllocs()
	for b.Loop() {
		commit.Seq++
		commit.Cards = make([]loyalty.ChangedCard, len(ids))
		for i, id := range ids {
			version := int64(commit.Seq)
			commit.Cards[i] = loyalty.ChangedCard{OrgID: "org", ID: id, Version: version, Since: version - 1, Card: loyalty.Card{
				OrgID: "org", ID: id, Status: loyalty.CardActive, Version: version,
			}}
		}
		f.Committed(commit)
		between(f, commit.Seq)
	}
	if err := f.Close(context.Background()); err != nil {
		b.Error(err)
	}
}
