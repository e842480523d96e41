package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/wallet/samsung"
)

// How cards in Samsung Wallet are kept up to date.
const (
	// samsungPace is how often it is asked whether the brand or the rules changed, and the
	// time between two sweeps. Each sweep notes one batch, so that a new brand over many
	// passes is told little by little, at most customer.MaxPassBatch in this time, between
	// what tills do.
	samsungPace = 10 * time.Second
	// samsungLease is how long notifications are one server's before another may take them
	// over. Each is tried samsung.MaxAttempts times within it.
	samsungLease = 10 * time.Minute
	// notificationsAtOnce bounds the notifications that are under way.
	notificationsAtOnce = 10
)

// samsungAgain is after how long Samsung is told again of a card that it did not ask for.
// After the last of them nothing more is done until the card changes again.
var samsungAgain = []time.Duration{time.Hour, 24 * time.Hour}

// SamsungStore is what UpdateSamsung needs. What it counts is in batches of at most
// customer.MaxPassBatch.
type SamsungStore interface {
	Organizations
	// FollowSamsungPasses notes the changes of cards that events since the instant tell of
	// on their passes, each once, and returns how many passes changed.
	FollowSamsungPasses(ctx context.Context, orgID, kind string, since int64) (int, error)
	// SweepSamsungPasses does the same for all passes that are behind.
	SweepSamsungPasses(ctx context.Context, orgID, kind string) (int, error)
	// PassLooks returns a number that rises with the brand and with rules.
	PassLooks(ctx context.Context, orgID string) (int64, error)
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
	*changedOrganizations

	follower passFollower // only Run uses it
}

// NewUpdateSamsung returns the job.
func NewUpdateSamsung(o UpdateSamsungOptions) *UpdateSamsung {
	if o.Report == nil {
		o.Report = func(bool) {}
	}
	return &UpdateSamsung{
		UpdateSamsungOptions: o, changedOrganizations: newChangedOrganizations(),
		follower: newPassFollower(passFollower{
			follow: func(ctx context.Context, orgID string, since int64) (int, error) {
				return o.Store.FollowSamsungPasses(ctx, orgID, o.Kind, since)
			},
			sweep: func(ctx context.Context, orgID string) (int, error) {
				return o.Store.SweepSamsungPasses(ctx, orgID, o.Kind)
			},
			sweepEvery: sweepPassesEvery, pace: samsungPace, looks: o.Store.PassLooks,
		}),
	}
}

// Run does what is due.
func (x *UpdateSamsung) Run(ctx context.Context) error {
	return x.each(ctx, x.Store, "update Samsung Wallet", x.Now, func(ctx context.Context, orgID string) error {
		if err := x.follower.note(ctx, orgID, x.Now()); err != nil {
			return err
		}
		return x.tellDue(ctx, orgID)
	})
}

// tellDue tells Samsung of what is due, a batch at a time.
func (x *UpdateSamsung) tellDue(ctx context.Context, orgID string) error {
	for range maxPassBatches {
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
		schedule = failedAgain
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
