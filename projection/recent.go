package projection

import (
	"sync"
	"time"

	"github.com/leima/leima/hot"
)

const (
	// rememberFor is for how long, at least, versions are remembered after they were
	// projected: longer than a read of the hot state takes, so that one which began before
	// the projection is found out.
	rememberFor = 2 * hot.WriteTimeout
	// maxRemembered bounds the cards of one generation. With more, none is believed.
	maxRemembered = 200_000
)

// recent remembers the versions that were committed in this process, until the hot state
// has had them for a while. Commits must be projected in the order in which they were
// noted.
//
// There are three generations. A commit is noted in the first. When all of the second
// are projected, and rememberFor after the last time, all move on and the third is
// forgotten. So what is forgotten was projected one turn ago or more.
type recent struct {
	now func() time.Time

	mu          sync.RWMutex
	generations [3]generation
	// noted and done count commits: those remembered, and of these those projected. moved
	// is what noted was when the generations last moved on, and movedAt is when.
	noted, done, moved uint64
	movedAt            time.Time
}

type generation struct {
	versions map[hot.CardRef]uint64
	// all is set when there were more than could be remembered.
	all bool
}

func newRecent(now func() time.Time) *recent {
	r := &recent{now: now, movedAt: now()}
	r.generations[0].versions = map[hot.CardRef]uint64{}
	return r
}

// note remembers the cards of a commit.
func (r *recent) note(cards []hot.CardState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.noted++
	g := &r.generations[0]
	if len(g.versions)+len(cards) > maxRemembered {
		g.all = true
		return
	}
	for i := range cards {
		ref := cards[i].CardRef
		g.versions[ref] = max(g.versions[ref], cards[i].Version)
	}
}

// projected tells that the hot state was told of so many commits, the next ones.
func (r *recent) projected(commits int) {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done += uint64(commits) //nolint:gosec // not negative
	if r.done >= r.moved && now.Sub(r.movedAt) >= rememberFor {
		r.generations[2], r.generations[1] = r.generations[1], r.generations[0]
		// The next one will be about as large: it need not grow under the lock.
		r.generations[0] = generation{versions: make(map[hot.CardRef]uint64, len(r.generations[1].versions))}
		r.moved, r.movedAt = r.noted, now
	}
}

// newer tells whether a newer version of the card than this one was committed here.
func (r *recent) newer(ref hot.CardRef, version uint64) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, g := range r.generations {
		if g.all || g.versions[ref] > version {
			return true
		}
	}
	return false
}
