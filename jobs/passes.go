package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/apple"
)

// How passes are kept up to date.
const (
	// PassesEvery is how often all organizations are looked at; one whose cards this
	// process changed is looked at at once.
	PassesEvery = 10 * time.Second
	// GatherChanges is how long further changes are waited for: stamps that are given one
	// after the other become one push.
	GatherChanges = 300 * time.Millisecond
	// sweepPassesEvery is how often all passes are compared with their cards. It finds
	// brands and rules that changed, and cards of whose change no event was followed.
	sweepPassesEvery = 5 * time.Minute
	// eventsOverlap is how far events are read again that were read before: for clocks that
	// differ, and for transactions that end later than they began.
	eventsOverlap = 5 * time.Second
	// firstEvents is how far events are read back at first. A sweep finds what is older.
	firstEvents = time.Minute
	// pushLease is how long pushes are one server's before another may take them over.
	pushLease = 3 * time.Minute
	// maxPassBatches bounds the batches of customer.MaxPassBatch passes in one run for one
	// organization, so that no organization keeps the others waiting; the rest is done in
	// the next run.
	maxPassBatches = 20
	// pushesAtOnce bounds the pushes that are under way.
	pushesAtOnce = 50
)

// pushAgain is after how long devices are told again of a pass that no phone fetched, and
// failedAgain after how long a push that failed is sent again. After the last of them
// nothing more is done until the pass changes again.
var (
	pushAgain   = []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
	failedAgain = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
)

// PassStore is what UpdatePasses needs. What it counts is in batches of at most
// customer.MaxPassBatch.
type PassStore interface {
	Organizations
	// FollowPasses notes the changes of cards that events since the instant tell of on
	// their passes, each once, and returns how many passes changed.
	FollowPasses(ctx context.Context, orgID string, since int64) (int, error)
	// SweepPasses does the same for all passes that are behind.
	SweepPasses(ctx context.Context, orgID string) (int, error)
	// ClaimPasses returns passes to push now, which are nobody else's for the lease.
	ClaimPasses(ctx context.Context, orgID, passType string, lease time.Duration) ([]customer.PassPush, error)
	NotePassPushed(ctx context.Context, orgID string, p customer.PassPushed) error
	// DropPushToken forgets the registrations with the token that are older than the
	// instant, whatever their age if it is 0.
	DropPushToken(ctx context.Context, orgID, pushToken string, before int64) (int64, error)
}

// Pusher tells devices that a pass changed. *apple.Pusher is one.
type Pusher interface {
	Push(ctx context.Context, token string) (apple.Pushed, error)
}

// PushResult is what became of one push.
type PushResult string

// The results of pushes.
const (
	PushSent    PushResult = "sent"
	PushGone    PushResult = "gone"
	PushFailed  PushResult = "failed"
	PushRefused PushResult = "refused"
)

// PushResults are all of them.
var PushResults = []PushResult{PushSent, PushGone, PushFailed, PushRefused}

// UpdatePassesOptions are what UpdatePasses is made of.
type UpdatePassesOptions struct {
	Store PassStore
	// Pusher is nil where phones cannot be told; passes are then up to date when somebody
	// asks.
	Pusher   Pusher
	PassType string
	// Report is told of every push; nil is nobody.
	Report func(PushResult)
	Now    func() int64
	Log    *slog.Logger
}

// UpdatePasses tells phones that cards have changed. What has to be told stands with each
// pass in the database; events say where to look. So a process may end at any moment, and
// several may do the work side by side.
type UpdatePasses struct {
	UpdatePassesOptions
	wake chan struct{}

	mu      sync.Mutex
	changed map[string]bool // organizations

	// Only Run uses the rest.
	all      int64            // when all organizations were looked at
	followed map[string]int64 // up to when events were followed, by organization
	swept    map[string]int64
}

// NewUpdatePasses returns the job.
func NewUpdatePasses(o UpdatePassesOptions) *UpdatePasses {
	if o.Report == nil {
		o.Report = func(PushResult) {}
	}
	return &UpdatePasses{
		UpdatePassesOptions: o, wake: make(chan struct{}, 1), changed: map[string]bool{}, followed: map[string]int64{}, swept: map[string]int64{},
	}
}

// Changed says that cards of the organization changed. It does not wait.
func (x *UpdatePasses) Changed(orgID string) {
	x.mu.Lock()
	x.changed[orgID] = true
	x.mu.Unlock()
	select {
	case x.wake <- struct{}{}:
	default: // told already
	}
}

// Wake begins a run early.
func (x *UpdatePasses) Wake() <-chan struct{} { return x.wake }

func (x *UpdatePasses) takeChanged() map[string]bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	taken := x.changed
	x.changed = map[string]bool{}
	return taken
}

// Run does what is due.
func (x *UpdatePasses) Run(ctx context.Context) error {
	x.mu.Lock()
	waiting := len(x.changed) > 0
	x.mu.Unlock()
	if waiting {
		select {
		case <-ctx.Done():
			return nil // stopping: the next process finds it
		case <-time.After(GatherChanges):
		}
	}
	changed := x.takeChanged()
	now := x.Now()
	everybody := now-x.all >= PassesEvery.Milliseconds()
	if everybody {
		x.all = now
	}
	return each(ctx, x.Store, "update passes", func(ctx context.Context, o organization.Organization) error {
		if !everybody && !changed[o.ID] {
			return nil
		}
		return x.update(ctx, o.ID)
	})
}

func (x *UpdatePasses) update(ctx context.Context, orgID string) error {
	began := x.Now()
	since := began - firstEvents.Milliseconds()
	if last, ok := x.followed[orgID]; ok {
		since = last - eventsOverlap.Milliseconds()
	}
	for range maxPassBatches {
		n, err := x.Store.FollowPasses(ctx, orgID, since)
		if err != nil {
			return fmt.Errorf("follow changes: %w", err)
		}
		if n < customer.MaxPassBatch {
			x.followed[orgID] = began
			break
		}
	}
	if last, ok := x.swept[orgID]; !ok || began-last >= sweepPassesEvery.Milliseconds() {
		n, err := x.Store.SweepPasses(ctx, orgID)
		if err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		// A new brand is told a batch at a time, between what tills do.
		if n < customer.MaxPassBatch {
			x.swept[orgID] = began
		}
	}
	if x.Pusher == nil {
		return nil
	}
	for range maxPassBatches {
		due, err := x.Store.ClaimPasses(ctx, orgID, x.PassType, pushLease)
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

// push tells each device once, however many of its passes changed, and notes for each pass
// what became of it.
func (x *UpdatePasses) push(ctx context.Context, orgID string, due []customer.PassPush) error {
	results := x.pushAll(ctx, orgID, due)
	for _, p := range due {
		if ctx.Err() != nil { // what is left of the claim is pushed again after the lease
			return fmt.Errorf("stopped while pushing: %w", ctx.Err())
		}
		sent := true
		for _, token := range p.Tokens {
			sent = sent && (results[token] == PushSent || results[token] == PushGone)
		}
		schedule := pushAgain
		if !sent {
			schedule = failedAgain
		}
		pushed := customer.PassPushed{Serial: p.Serial, Version: p.Version, Sent: sent}
		if p.Tries < len(schedule) {
			pushed.Again = x.Now() + schedule[p.Tries].Milliseconds()
		}
		if err := x.Store.NotePassPushed(ctx, orgID, pushed); err != nil {
			return fmt.Errorf("note push: %w", err)
		}
	}
	return nil
}

func (x *UpdatePasses) pushAll(ctx context.Context, orgID string, due []customer.PassPush) map[string]PushResult {
	var mu sync.Mutex
	var pushing sync.WaitGroup
	results := map[string]PushResult{}
	slots := make(chan struct{}, pushesAtOnce)
	for _, p := range due {
		for _, token := range p.Tokens {
			mu.Lock()
			_, known := results[token]
			results[token] = PushFailed
			mu.Unlock()
			if known {
				continue
			}
			slots <- struct{}{}
			pushing.Go(func() {
				defer func() { <-slots }()
				result := x.pushOne(ctx, orgID, token)
				x.Report(result)
				mu.Lock()
				results[token] = result
				mu.Unlock()
			})
		}
	}
	pushing.Wait()
	return results
}

func (x *UpdatePasses) pushOne(ctx context.Context, orgID, token string) PushResult {
	pushed, err := x.Pusher.Push(ctx, token)
	switch {
	case errors.Is(err, apple.ErrPushRefused):
		x.Log.LogAttrs(ctx, slog.LevelError, "Apple refuses pushes", slog.String("org", orgID), slog.Any("error", err))
		return PushRefused
	case err != nil:
		x.Log.LogAttrs(ctx, slog.LevelWarn, "push failed", slog.String("org", orgID), slog.Any("error", err))
		return PushFailed
	case pushed.Gone:
		before := int64(0)
		if !pushed.Since.IsZero() {
			before = pushed.Since.UnixMilli()
		}
		if _, err := x.Store.DropPushToken(ctx, orgID, token, before); err != nil {
			x.Log.LogAttrs(ctx, slog.LevelWarn, "a device that is gone was not forgotten", slog.String("org", orgID), slog.Any("error", err))
			return PushFailed
		}
		return PushGone
	}
	return PushSent
}
