package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/leima/leima/customer"
)

// How quickly phones hear of a stamp.
const (
	// GatherChanges is how long further changes are waited for: stamps that are given one
	// after the other become one push.
	GatherChanges = 300 * time.Millisecond
	// UpdatePassesLimit bounds one run, which goes on as long as cards change.
	UpdatePassesLimit = time.Hour
	// maxGatherings bounds the gatherings of one run, so that it ends long before its limit.
	maxGatherings = 3000
	// maxChangedCards bounds the cards that wait for a run. KeepPasses finds the others by
	// their events.
	maxChangedCards = 20_000
	// pushBatches bounds the batches of customer.MaxPassBatch passes that are being pushed:
	// a device that does not answer holds up its own batch only.
	pushBatches = 16
	// quickPushes bounds the pushes of UpdatePasses that are under way.
	quickPushes = 300
)

// ChangedPassStore is what UpdatePasses needs.
type ChangedPassStore interface {
	PushedPassStore
	// ChangePasses notes the changes of at most customer.MaxPassBatch cards on their passes,
	// each once, and returns those that are on devices: the caller's to push for the lease.
	ChangePasses(ctx context.Context, orgID, passType string, cardIDs []string, lease time.Duration) ([]customer.PassPush, error)
}

// UpdatePasses tells phones at once that cards changed which this process changed. It
// knows of them from Changed only and does no other work, so that nothing stands before a
// stamp; what it does not come to, or another process left behind, KeepPasses finds.
type UpdatePasses struct {
	passPusher
	store ChangedPassStore
	wake  chan struct{}

	mu      sync.Mutex
	changed map[string]map[string]bool // cards by organization
	waiting int                        // cards
}

// NewUpdatePasses returns the job.
func NewUpdatePasses(store ChangedPassStore, o PushPassesOptions) *UpdatePasses {
	return &UpdatePasses{
		passPusher: newPassPusher(store, o, quickPushes), store: store, wake: make(chan struct{}, 1), changed: map[string]map[string]bool{},
	}
}

// Changed says that cards of the organization changed. It does not wait.
func (x *UpdatePasses) Changed(orgID string, cardIDs ...string) {
	x.mu.Lock()
	cards := x.changed[orgID]
	if cards == nil {
		cards = make(map[string]bool, len(cardIDs))
		x.changed[orgID] = cards
	}
	for _, id := range cardIDs {
		if !cards[id] && x.waiting < maxChangedCards {
			cards[id] = true
			x.waiting++
		}
	}
	x.mu.Unlock()
	select {
	case x.wake <- struct{}{}:
	default: // told already
	}
}

// Wake begins a run early.
func (x *UpdatePasses) Wake() <-chan struct{} { return x.wake }

func (x *UpdatePasses) takeChanged() map[string]map[string]bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	taken := x.changed
	x.changed, x.waiting = map[string]map[string]bool{}, 0
	return taken
}

func (x *UpdatePasses) anyChanged() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.waiting > 0
}

// Run tells phones of all cards that changed, and of those that change meanwhile, and
// returns when all pushes have an answer.
func (x *UpdatePasses) Run(ctx context.Context) error {
	batches := newPassBatches()
	for range maxGatherings {
		if !x.anyChanged() && !batches.idleBefore(ctx, x.wake) {
			continue
		}
		if !x.anyChanged() || ctx.Err() != nil {
			break
		}
		select {
		case <-ctx.Done(): // stopping: events tell the next process
		case <-time.After(GatherChanges):
			x.tell(ctx, batches)
		}
	}
	return batches.wait()
}

// tell begins to push what changed.
func (x *UpdatePasses) tell(ctx context.Context, batches *passBatches) {
	for orgID, cards := range x.takeChanged() {
		for ids := range slices.Chunk(slices.Sorted(maps.Keys(cards)), customer.MaxPassBatch) {
			batches.begin(func() error {
				changed, err := x.store.ChangePasses(ctx, orgID, x.PassType, ids, pushLease)
				if err != nil {
					return fmt.Errorf("update passes of %s: %w", orgID, err)
				}
				return x.push(ctx, orgID, changed)
			})
		}
	}
}

// passBatches are batches of passes that are being pushed, at most pushBatches at once.
type passBatches struct {
	slots chan struct{}
	all   sync.WaitGroup

	mu       sync.Mutex
	running  int
	idle     chan struct{} // closed when none is running
	problems []error
}

func newPassBatches() *passBatches {
	idle := make(chan struct{})
	close(idle)
	return &passBatches{slots: make(chan struct{}, pushBatches), idle: idle}
}

// begin runs a batch beside the others, as soon as there is room.
func (b *passBatches) begin(run func() error) {
	b.slots <- struct{}{}
	b.mu.Lock()
	if b.running++; b.running == 1 {
		b.idle = make(chan struct{})
	}
	b.mu.Unlock()
	b.all.Go(func() {
		err := run()
		b.mu.Lock()
		if err != nil && len(b.problems) < maxPassProblems {
			b.problems = append(b.problems, err)
		}
		if b.running--; b.running == 0 {
			close(b.idle)
		}
		b.mu.Unlock()
		<-b.slots
	})
}

// idleBefore waits until no batch is running and reports true, or until somebody wakes it.
func (b *passBatches) idleBefore(ctx context.Context, wake <-chan struct{}) bool {
	b.mu.Lock()
	idle := b.idle
	b.mu.Unlock()
	select {
	case <-wake:
		return false
	case <-idle:
	case <-ctx.Done():
	}
	return true
}

// wait returns when all batches have ended, with what went wrong in them.
func (b *passBatches) wait() error {
	b.all.Wait()
	return errors.Join(b.problems...)
}

// maxPassProblems bounds the errors that one run reports.
const maxPassProblems = 5
