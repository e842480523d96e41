package ledger_test

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/leima/leima/ledger"
	"github.com/leima/leima/loyalty"
)

// atOnce carries out whatever it is given, at once.
type atOnce struct{ loyalty.BatchLedger }

func (atOnce) ApplyBatch(_ context.Context, commands []loyalty.Command) ([]loyalty.Outcome, error) {
	return make([]loyalty.Outcome, len(commands)), nil
}

// BenchmarkGroupCommit is what a stamp pays to share a batch, with 64 callers at once.
func BenchmarkGroupCommit(b *testing.B) {
	g := ledger.NewGroupCommit(atOnce{}, ledger.Config{})
	var next atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			key := strconv.FormatInt(next.Add(1), 10)
			if _, err := g.Apply(b.Context(), loyalty.Command{OrgID: "org", CardID: key, IdempotencyKey: key}); err != nil {
				b.Error(err)
			}
		}
	})
	if err := g.Close(context.Background()); err != nil {
		b.Error(err)
	}
}
