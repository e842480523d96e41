package ledger_test

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/leima/leima/ledger"
	"github.com/leima/leima/loyalty"
)

// atOnce is a BatchLedger to which everything is durable at once.
type atOnce struct{ outcomes []loyalty.Outcome }

func (l *atOnce) ApplyBatch(_ context.Context, commands []loyalty.Command) ([]loyalty.Outcome, error) {
	return l.outcomes[:len(commands)], nil
}

// BenchmarkApply is what waiting for a batch costs 64 callers for each command, beside
// the batch itself.
func BenchmarkApply(b *testing.B) {
	g := ledger.NewGroupCommit(&atOnce{outcomes: make([]loyalty.Outcome, loyalty.MaxBatch)}, ledger.Config{})
	var next atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			key := strconv.FormatInt(next.Add(1), 10)
			if _, err := g.Apply(b.Context(), loyalty.Command{Kind: loyalty.CommandStamp, OrgID: "org", CardID: key, IdempotencyKey: key}); err != nil {
				b.Error(err)
			}
		}
	})
	if err := g.Close(b.Context()); err != nil {
		b.Error(err)
	}
}
