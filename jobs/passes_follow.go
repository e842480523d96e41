package jobs

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
)

// changedOrganizations are those with cards that this process changed. A job that has them
// looks at these at once, and every PassesEvery at all, for what others changed.
type changedOrganizations struct {
	wake chan struct{}

	mu      sync.Mutex
	changed map[string]bool

	all int64 // when each looked at all
}

func newChangedOrganizations() *changedOrganizations {
	return &changedOrganizations{wake: make(chan struct{}, 1), changed: map[string]bool{}}
}

// Changed says that cards of the organization changed. It does not wait.
func (c *changedOrganizations) Changed(orgID string) {
	c.mu.Lock()
	c.changed[orgID] = true
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default: // told already
	}
}

// Wake begins a run early.
func (c *changedOrganizations) Wake() <-chan struct{} { return c.wake }

// each runs f for the organizations that are to be looked at now, as the function each
// does, after it has waited a moment for further changes. One run at a time.
func (c *changedOrganizations) each(ctx context.Context, all Organizations, what string, now func() int64, f func(ctx context.Context, orgID string) error) error {
	if c.any() {
		select {
		case <-ctx.Done():
			return nil // stopping: the next process finds it
		case <-time.After(GatherChanges):
		}
	}
	changed, began := c.take(), now()
	everybody := began-c.all >= PassesEvery.Milliseconds()
	if everybody {
		c.all = began
	}
	return each(ctx, all, what, func(ctx context.Context, o organization.Organization) error {
		if !everybody && !changed[o.ID] {
			return nil
		}
		return f(ctx, o.ID)
	})
}

func (c *changedOrganizations) any() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.changed) > 0
}

func (c *changedOrganizations) take() map[string]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.changed
	c.changed = map[string]bool{}
	return taken
}

// passFollower notes on passes that what they show has changed. One call at a time.
type passFollower struct {
	// follow notes the changes of cards that events since the instant tell of, and sweep
	// all that were not noted: both at most customer.MaxPassBatch passes in a call, each
	// change once, and return how many there were.
	follow func(ctx context.Context, orgID string, since int64) (int, error)
	sweep  func(ctx context.Context, orgID string) (int, error)
	// sweepEvery is how often it sweeps. A sweep that found a whole batch goes on in
	// the next run, but not within pace of the last.
	sweepEvery, pace time.Duration
	// looks returns a number that rises with what all passes of an organization show: then
	// it sweeps at once. It is asked once in pace; nil if others tell phones of that.
	looks func(ctx context.Context, orgID string) (int64, error)

	// By organization.
	followed map[string]int64 // up to when events were followed
	swept    map[string]sweepState
}

// sweepState is how far passes of an organization were swept.
type sweepState struct {
	begun int64 // when it was last looked whether to sweep
	done  int64 // when a sweep last left none, 0 for never
	looks int64 // what passes showed then
}

// newPassFollower returns one that has not followed anything yet.
func newPassFollower(x passFollower) passFollower {
	x.followed, x.swept = map[string]int64{}, map[string]sweepState{}
	return x
}

// note does what is due in the organization at the instant.
func (x *passFollower) note(ctx context.Context, orgID string, now int64) error {
	since := now - firstEvents.Milliseconds()
	if last, ok := x.followed[orgID]; ok {
		since = last - eventsOverlap.Milliseconds()
	}
	for range maxPassBatches {
		n, err := x.follow(ctx, orgID, since)
		if err != nil {
			return fmt.Errorf("follow changes: %w", err)
		}
		if n < customer.MaxPassBatch {
			x.followed[orgID] = now
			break
		}
	}
	return x.sweepDue(ctx, orgID, now)
}

// sweepDue sweeps if that is due.
func (x *passFollower) sweepDue(ctx context.Context, orgID string, now int64) error {
	state := x.swept[orgID]
	if state.begun != 0 && now-state.begun < x.pace.Milliseconds() {
		return nil
	}
	state.begun = now
	x.swept[orgID] = state
	looks := state.looks
	if x.looks != nil {
		var err error
		if looks, err = x.looks(ctx, orgID); err != nil {
			return fmt.Errorf("ask what passes show: %w", err)
		}
	}
	if state.done != 0 && now-state.done < x.sweepEvery.Milliseconds() && looks == state.looks {
		return nil
	}
	n, err := x.sweep(ctx, orgID)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	if n < customer.MaxPassBatch {
		// What came to look different since it was asked is found the next time.
		state.done, state.looks = now, looks
		x.swept[orgID] = state
	}
	return nil
}
