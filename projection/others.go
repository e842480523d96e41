package projection

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

// Not everybody who commits tells the hot state: an import on the command line, a server
// with a hot state of its own, a process that was killed in between. Each committer counts
// its transactions in the database, so that can be found out: every process marks in the
// hot state how far it has told of its own, and looks whether others did. Whoever has not
// marked after two looks what the database had before them, did not tell; then everybody
// who notices projects what changed lately.
//
// A server whose hot state is in process therefore shows what another process committed
// within three looks. If the other is a server that works all the time, that costs much:
// then both should have the same Redis.

// marks is the organization of the marks, and a source is the card. No id looks like it.
const marks = "committers"

// others remembers what the database knew of committers.
type others struct {
	mu sync.Mutex
	// last is what was seen at the last look, and before what at the one before.
	last, before map[string]uint64
	// handled are numbers up to which nothing is left to do.
	handled map[string]uint64
}

// maxHandled bounds the sources that are remembered. Forgetting one costs a refresh.
const maxHandled = 10_000

func newOthers() *others { return &others{handled: map[string]uint64{}} }

// lookAtOthers marks how far this process is, and returns whether somebody committed
// without telling the hot state. While that is away nobody can tell.
func (k *Keeper) lookAtOthers(ctx context.Context) (bool, error) {
	if k.Counter == nil {
		return false, nil
	}
	ours := k.Follower.told()
	var mine []hot.CardState
	for source, seq := range ours {
		mine = append(mine, hot.CardState{CardRef: refOf(marks, source), Version: seq})
	}
	for some := range slices.Chunk(mine, hot.MaxBatch) {
		if k.State.Project(ctx, some) != nil {
			return false, nil // away
		}
	}
	// No day at all: the numbers are all that is asked for.
	_, seen, err := k.Counter.CountTotals(ctx, "", loyalty.TotalsQuery{})
	if err != nil {
		return false, fmt.Errorf("projection: look at other committers: %w", err)
	}
	o := k.others
	o.mu.Lock()
	defer o.mu.Unlock()
	unheard := false
	for source, due := range o.before {
		if _, own := ours[source]; own || due <= o.handled[source] {
			continue
		}
		mark, _, err := k.State.Card(ctx, refOf(marks, source))
		if err != nil {
			return false, nil // away
		}
		unheard = unheard || mark.Version < due
		if len(o.handled) >= maxHandled {
			clear(o.handled)
		}
		o.handled[source] = due
	}
	o.before, o.last = o.last, seen
	return unheard, nil
}
