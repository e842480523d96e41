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
	"github.com/leima/leima/wallet/samsung"
)

// How cards in Samsung Wallet are kept up to date.
const (
	// SamsungEvery is how often all organizations are looked at; one whose cards this
	// process changed is looked at at once.
	SamsungEvery = 10 * time.Second
	// gatherForSamsung is how long further changes are waited for: stamps that are given one
	// after the other become one notification.
	gatherForSamsung = 300 * time.Millisecond
	// sweepSamsungEvery is how often all passes are compared with their cards. Each sweep
	// notes one batch, so that a new brand over many passes is told little by little, at
	// most customer.MaxPassBatch in this time, between what tills do.
	sweepSamsungEvery = 10 * time.Second
	// samsungOverlap is how far events are read again that were read before: for clocks that
	// differ, and for transactions that end later than they began.
	samsungOverlap = 5 * time.Second
	// firstForSamsung is how far events are read back at first. A sweep finds what is older.
	firstForSamsung = time.Minute
	// samsungLease is how long notifications are one server's before another may take them
	// over. Each is tried samsung.MaxAttempts times within it.
	samsungLease = 10 * time.Minute
	// maxSamsungBatches bounds the batches of customer.MaxPassBatch passes in one run for one
	// organization.
	maxSamsungBatches = 20
	// notificationsAtOnce bounds the notifications that are under way.
	notificationsAtOnce = 10
)

// samsungAgain is after how long Samsung is told again of a card that it did not ask for,
// and samsungFailedAgain after how long a notification that failed is sent again. After the
// last of them nothing more is done until the card changes again.
var (
	samsungAgain       = []time.Duration{time.Hour, 24 * time.Hour}
	samsungFailedAgain = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
)

// SamsungStore is what UpdateSamsung needs. What it counts is in batches of at most
// customer.MaxPassBatch.
type SamsungStore interface {
	Organizations
	// FollowSamsungPasses notes the changes of cards that events since the instant tell of
	// on their passes, each once, and returns how many passes changed.
	FollowSamsungPasses(ctx context.Context, orgID, kind string, since int64) (int, error)
	// SweepSamsungPasses does the same for all passes that are behind.
	SweepSamsungPasses(ctx context.Context, orgID, kind string) (int, error)
	// ClaimSamsungPasses returns passes to tell of now, which are nobody else's for the lease.
	ClaimSamsungPasses(ctx context.Context, orgID, kind string, lease time.Duration) ([]customer.SamsungPush, error)
	NoteSamsungTold(ctx context.Context, orgID string, t customer.SamsungTold) error
}

// SamsungNotifier tells Samsung of cards. *samsung.Client is one.
type SamsungNotifier interface {
	Changed(ctx context.Context, added samsung.State, event samsung.Event) error
}

// UpdateSamsungOptions are what UpdateSamsung is made of.
type UpdateSamsungOptions struct {
	Store    SamsungStore
	Notifier SamsungNotifier
	// Kind is the card of Samsung's portal whose passes it is about.
	Kind string
	// Report is told of every notification, and whether Samsung took it; nil is nobody.
	Report func(taken bool)
	Now    func() int64
	Log    *slog.Logger
}

// UpdateSamsung tells Samsung that cards have changed. What has to be told stands with each
// pass in the database; events say where to look. So a process may end at any moment, and
// several may do the work side by side.
type UpdateSamsung struct {
	UpdateSamsungOptions
	wake chan struct{}

	mu      sync.Mutex
	changed map[string]bool // organizations

	// Only Run uses the rest.
	all      int64            // when all organizations were looked at
	followed map[string]int64 // up to when events were followed, by organization
	swept    map[string]int64
}

// NewUpdateSamsung returns the job.
func NewUpdateSamsung(o UpdateSamsungOptions) *UpdateSamsung {
	if o.Report == nil {
		o.Report = func(bool) {}
	}
	return &UpdateSamsung{
		UpdateSamsungOptions: o, wake: make(chan struct{}, 1), changed: map[string]bool{}, followed: map[string]int64{}, swept: map[string]int64{},
	}
}

// Changed says that cards of the organization changed. It does not wait.
func (x *UpdateSamsung) Changed(orgID string) {
	x.mu.Lock()
	x.changed[orgID] = true
	x.mu.Unlock()
	select {
	case x.wake <- struct{}{}:
	default: // told already
	}
}

// Wake begins a run early.
func (x *UpdateSamsung) Wake() <-chan struct{} { return x.wake }

// takeChanged returns the organizations of which Changed told, and waits before for more of
// the same.
func (x *UpdateSamsung) takeChanged(ctx context.Context) map[string]bool {
	x.mu.Lock()
	waiting := len(x.changed) > 0
	x.mu.Unlock()
	if waiting {
		select {
		case <-ctx.Done():
		case <-time.After(gatherForSamsung):
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	taken := x.changed
	x.changed = map[string]bool{}
	return taken
}

// Run does what is due.
func (x *UpdateSamsung) Run(ctx context.Context) error {
	changed := x.takeChanged(ctx)
	now := x.Now()
	everybody := now-x.all >= SamsungEvery.Milliseconds()
	if everybody {
		x.all = now
	}
	return each(ctx, x.Store, "update Samsung Wallet", func(ctx context.Context, o organization.Organization) error {
		if !everybody && !changed[o.ID] {
			return nil
		}
		if err := x.note(ctx, o.ID); err != nil {
			return err
		}
		return x.tellDue(ctx, o.ID)
	})
}

// note finds what changed.
func (x *UpdateSamsung) note(ctx context.Context, orgID string) error {
	began := x.Now()
	since := began - firstForSamsung.Milliseconds()
	if last, ok := x.followed[orgID]; ok {
		since = last - samsungOverlap.Milliseconds()
	}
	for range maxSamsungBatches {
		n, err := x.Store.FollowSamsungPasses(ctx, orgID, x.Kind, since)
		if err != nil {
			return fmt.Errorf("follow changes: %w", err)
		}
		if n < customer.MaxPassBatch {
			x.followed[orgID] = began
			break
		}
	}
	if last, ok := x.swept[orgID]; ok && began-last < sweepSamsungEvery.Milliseconds() {
		return nil
	}
	x.swept[orgID] = began
	if _, err := x.Store.SweepSamsungPasses(ctx, orgID, x.Kind); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// tellDue tells Samsung of what is due, a batch at a time.
func (x *UpdateSamsung) tellDue(ctx context.Context, orgID string) error {
	for range maxSamsungBatches {
		due, err := x.Store.ClaimSamsungPasses(ctx, orgID, x.Kind, samsungLease)
		if err != nil {
			return fmt.Errorf("claim notifications: %w", err)
		}
		if err := x.tell(ctx, orgID, due); err != nil {
			return err
		}
		if len(due) < customer.MaxPassBatch {
			break
		}
	}
	return nil
}

// tell tells Samsung of each pass and notes what became of it. A pass that could not be
// noted is told of again after the lease.
func (x *UpdateSamsung) tell(ctx context.Context, orgID string, due []customer.SamsungPush) error {
	var telling sync.WaitGroup
	slots := make(chan struct{}, notificationsAtOnce)
	failures := make([]error, len(due))
	for i, p := range due {
		slots <- struct{}{}
		telling.Go(func() {
			defer func() { <-slots }()
			failures[i] = x.tellOne(ctx, orgID, p)
		})
	}
	telling.Wait()
	return errors.Join(failures...)
}

func (x *UpdateSamsung) tellOne(ctx context.Context, orgID string, p customer.SamsungPush) error {
	event := samsung.Updated
	if p.Gone {
		event = samsung.Deleted
	}
	err := x.Notifier.Changed(ctx, samsung.State{RefID: p.Ref, Country: p.Country, Callback: p.Callback}, event)
	if ctx.Err() != nil { // stopping: told again after the lease
		return fmt.Errorf("stopped while telling Samsung: %w", ctx.Err())
	}
	x.Report(err == nil)
	schedule := samsungAgain
	if err != nil {
		schedule = samsungFailedAgain
		x.Log.LogAttrs(ctx, slog.LevelWarn, "Samsung was not told of a card", slog.String("org", orgID), slog.Any("error", err))
	}
	told := customer.SamsungTold{Ref: p.Ref, Version: p.Version, Sent: err == nil, Gone: p.Gone && err == nil}
	if err != nil {
		told.Problem = customer.WalletUnreachable
		if samsung.Refused(err) {
			told.Problem = customer.WalletRefused
		}
	}
	if p.Tries < len(schedule) {
		told.Again = x.Now() + schedule[p.Tries].Milliseconds()
	}
	if err := x.Store.NoteSamsungTold(ctx, orgID, told); err != nil {
		return fmt.Errorf("note what Samsung was told: %w", err)
	}
	return nil
}
