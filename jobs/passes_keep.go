package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
)

// How passes are kept up to date that UpdatePasses did not come to.
const (
	// PassesEvery is how often all organizations are looked at.
	PassesEvery = 10 * time.Second
	// sweepPassesEvery is how often all passes are compared with their cards, for cards of
	// whose change no event was followed.
	sweepPassesEvery = 5 * time.Minute
	// eventsOverlap is how far events are read again that were read before: for clocks that
	// differ, and for transactions that end later than they began.
	eventsOverlap = 5 * time.Second
	// firstEvents is how far events are read back at first. A sweep finds what is older.
	firstEvents = time.Minute
	// maxPassBatches bounds the batches of customer.MaxPassBatch passes in one run for one
	// organization, so that no organization keeps the others waiting; the rest is done in
	// the next run.
	maxPassBatches = 20
	// keptPushes bounds the pushes of KeepPasses that are under way.
	keptPushes = 50
)

// PassStore is what KeepPasses needs. What it counts is in batches of at most
// customer.MaxPassBatch.
type PassStore interface {
	Organizations
	PushedPassStore
	// FollowPasses notes the changes of cards that events since the instant tell of on
	// their passes, each once, and returns how many passes changed.
	FollowPasses(ctx context.Context, orgID string, since int64) (int, error)
	// SweepPasses does the same for all passes whose card changed.
	SweepPasses(ctx context.Context, orgID string) (int, error)
	// ClaimPasses returns passes to push now, which are nobody else's for the lease.
	ClaimPasses(ctx context.Context, orgID, passType string, lease time.Duration) ([]customer.PassPush, error)
}

// KeepPasses finds the changes of cards that no process told phones of, because it ended
// or because there were too many, and tells phones again that did not fetch. Events say
// where to look.
type KeepPasses struct {
	passPusher
	store PassStore

	follower passFollower // only Run uses it
}

// NewKeepPasses returns the job.
func NewKeepPasses(store PassStore, o PushPassesOptions) *KeepPasses {
	return &KeepPasses{
		passPusher: newPassPusher(store, o, keptPushes), store: store,
		follower: newPassFollower(passFollower{follow: store.FollowPasses, sweep: store.SweepPasses, sweepEvery: sweepPassesEvery}),
	}
}

// Run does what is due.
func (x *KeepPasses) Run(ctx context.Context) error {
	return each(ctx, x.store, "keep passes", func(ctx context.Context, o organization.Organization) error {
		if err := x.follower.note(ctx, o.ID, x.Now()); err != nil {
			return err
		}
		return x.pushDue(ctx, o.ID)
	})
}

// pushDue tells the devices that are to be told by now.
func (x *KeepPasses) pushDue(ctx context.Context, orgID string) error {
	if x.Pusher == nil {
		return nil
	}
	for range maxPassBatches {
		due, err := x.store.ClaimPasses(ctx, orgID, x.PassType, pushLease)
		if err != nil {
			return fmt.Errorf("claim pushes: %w", err)
		}
		if err := x.push(ctx, orgID, due); err != nil {
			return err
		}
		if len(due) < customer.MaxPassBatch {
			break
		}
	}
	return nil
}
