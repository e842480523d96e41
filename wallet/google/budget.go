package google

import (
	"context"
	"sync"
	"time"
)

const (
	// NotificationsPerDay is how many notifications an object may send in NotificationDay:
	// updates and messages together.
	NotificationsPerDay = 3
	// NotificationDay is the time that they are counted over.
	NotificationDay = 24 * time.Hour
	// maxCounted bounds MemoryBudget.
	maxCounted = 100_000
)

// Budget counts the notifications of objects, NotificationsPerDay in any NotificationDay.
// Keep it where all servers see it.
type Budget interface {
	// Take notes a notification and returns true, or returns false when the object
	// has none left at that instant.
	Take(ctx context.Context, objectID string, at time.Time) (bool, error)
	// Exhaust notes that Google counted more than we did: nothing is left for a
	// NotificationDay after that instant.
	Exhaust(ctx context.Context, objectID string, at time.Time) error
}

// unlimited is the budget of a client without one: Google alone counts.
type unlimited struct{}

func (unlimited) Take(context.Context, string, time.Time) (bool, error) { return true, nil }
func (unlimited) Exhaust(context.Context, string, time.Time) error      { return nil }

// MemoryBudget is a Budget for one process. What it forgets on a restart, or beyond
// 100,000 objects, Google tells by refusing, and the client then goes on silently.
type MemoryBudget struct {
	mu    sync.Mutex
	taken map[string][]time.Time // at most NotificationsPerDay each, oldest first
}

// NewMemoryBudget returns an empty budget.
func NewMemoryBudget() *MemoryBudget { return &MemoryBudget{taken: map[string][]time.Time{}} }

// Take implements Budget; it never fails.
func (b *MemoryBudget) Take(_ context.Context, objectID string, at time.Time) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.makeRoom(at)
	taken := b.taken[objectID]
	for len(taken) > 0 && !taken[0].After(at.Add(-NotificationDay)) {
		taken = taken[1:]
	}
	if len(taken) >= NotificationsPerDay {
		b.taken[objectID] = taken
		return false, nil
	}
	b.taken[objectID] = append(taken, at)
	return true, nil
}

// Exhaust implements Budget; it never fails.
func (b *MemoryBudget) Exhaust(_ context.Context, objectID string, at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.makeRoom(at)
	spent := make([]time.Time, NotificationsPerDay)
	for i := range spent {
		spent[i] = at
	}
	b.taken[objectID] = spent
	return nil
}

// makeRoom forgets what is a day old, and everything when that is not enough.
func (b *MemoryBudget) makeRoom(at time.Time) {
	if len(b.taken) < maxCounted {
		return
	}
	for id, taken := range b.taken {
		if !taken[len(taken)-1].After(at.Add(-NotificationDay)) {
			delete(b.taken, id)
		}
	}
	if len(b.taken) >= maxCounted {
		clear(b.taken)
	}
}
