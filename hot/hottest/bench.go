package hottest

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leima/leima/hot"
)

const (
	// benchCards is the number of cards that benchmarks go through.
	benchCards = 10_000
	// benchPayload is about what a card page needs, in bytes.
	benchPayload = 300
)

// Bench measures a State. Callers of the parallel benchmarks are 64 per processor.
func Bench(b *testing.B, open Open) {
	b.Helper()
	b.Run("Project512", func(b *testing.B) { benchProject(b, open(b)) })
	b.Run("AddTotals8", func(b *testing.B) { benchTotals(b, open(b)) })
	b.Run("Card", func(b *testing.B) {
		benchReads(b, open(b), func(s hot.State, i int) (bool, error) {
			_, found, err := s.Card(b.Context(), hot.CardRef{Org: "org", Card: fmt.Sprint("card-", i)})
			return found, err
		})
	})
	b.Run("CardByAlias", func(b *testing.B) {
		benchReads(b, open(b), func(s hot.State, i int) (bool, error) {
			_, found, err := s.CardByAlias(b.Context(), "org", fmt.Sprint("code-", i))
			return found, err
		})
	})
	b.Run("Allow", func(b *testing.B) {
		benchReads(b, open(b), func(s hot.State, i int) (bool, error) {
			_, _, err := s.Allow(b.Context(), fmt.Sprint("till-", i%100), 100, time.Second)
			return true, err
		})
	})
	b.Run("Publish", func(b *testing.B) {
		s := open(b)
		s.Subscribe(b.Context(), "card-0")
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			s.Publish(fmt.Sprint("card-", i%benchCards))
		}
	})
}

func benchBatches(n int) [][]hot.CardState {
	payload := strings.Repeat("x", benchPayload)
	var batches [][]hot.CardState
	for i := range n {
		if i%hot.MaxBatch == 0 {
			batches = append(batches, nil)
		}
		last := &batches[len(batches)-1]
		*last = append(*last, card("org", fmt.Sprint("card-", i), 1, payload, fmt.Sprint("code-", i), fmt.Sprint(i)))
	}
	return batches
}

func benchProject(b *testing.B, s hot.State) {
	b.Helper()
	batch := benchBatches(hot.MaxBatch)[0]
	project(b, s, batch...)
	b.ReportAllocs()
	version := uint64(1)
	for b.Loop() {
		version++
		for i := range batch {
			batch[i].Version = version
		}
		project(b, s, batch...)
	}
}

func benchTotals(b *testing.B, s hot.State) {
	b.Helper()
	p := hot.Push{Source: "a"}
	for i := range 8 {
		cell := today
		cell.Location = fmt.Sprint("shop-", i)
		counted(b, s, cell, hot.Counts{}, nil)
		p.Increments = append(p.Increments, hot.Increment{Cell: cell, Counts: stamps(1)})
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Seq++
		add(b, s, p)
	}
}

func benchReads(b *testing.B, s hot.State, read func(s hot.State, i int) (bool, error)) {
	b.Helper()
	for _, batch := range benchBatches(benchCards) {
		project(b, s, batch...)
	}
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if found, err := read(s, i%benchCards); err != nil || !found {
				b.Fatal(found, err)
			}
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.SetParallelism(64)
		var next atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if found, err := read(s, int(next.Add(1)%benchCards)); err != nil || !found {
					b.Error(found, err)
				}
			}
		})
	})
}
