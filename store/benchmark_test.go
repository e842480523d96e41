package store_test

import (
	"testing"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
)

// benchmarkCards is how many cards the stamps of a benchmark go to.
const benchmarkCards = 2000

// BenchmarkApply is one plain stamp in a transaction of its own, on SQLite.
func BenchmarkApply(b *testing.B) { benchmarkBatch(b, 1) }

// BenchmarkApplyBatch512 is a full batch of plain stamps on different cards. An
// operation is one command, so the figures compare with those of BenchmarkApply.
func BenchmarkApplyBatch512(b *testing.B) { benchmarkBatch(b, loyalty.MaxBatch) }

func benchmarkBatch(b *testing.B, size int) {
	b.Helper()
	s := openSQLite(b, store.Config{})
	run(b, s, seedCards(b, s, benchmarkCards), size)
}

// run gives stamps in batches of the size.
func run(b *testing.B, s *store.Store, cards []loyalty.Card, size int) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		commands := make([]loyalty.Command, min(size, b.N-done))
		for i := range commands {
			commands[i] = stamp(cards[(done+i)%len(cards)])
		}
		outcomes, err := s.ApplyBatch(b.Context(), cards[0].OrgID, commands)
		if err != nil {
			b.Fatal(err)
		}
		for _, o := range outcomes {
			if o.Err != nil || o.Refusal != nil {
				b.Fatalf("have %+v", o)
			}
		}
		done += len(commands)
	}
}
