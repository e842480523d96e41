package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/wallet/google"
)

// How cards in Google Wallet are kept up to date.
const (
	// googleTurn is how many passes of one organization are sent before the next one has its
	// turn: two seconds of what Google takes, so that a new brand of one chain keeps nobody's
	// stamp waiting.
	googleTurn = 2 * google.RequestsPerSecond
	// googleLease is how long passes are one server's before another may take them over: a
	// run ends before.
	googleLease = MaxTick + time.Minute
	// googleAtOnce bounds the requests that are under way.
	googleAtOnce = 10
	// googlePause is how long Google is left alone after it could not be reached.
	googlePause = time.Minute
)

// GooglePassStore is what UpdateGooglePasses needs.
type GooglePassStore interface {
	Organizations
	// FollowGooglePasses notes the changes of cards that events since the instant tell of on
	// their passes, each once, and returns how many passes changed.
	FollowGooglePasses(ctx context.Context, orgID string, since int64) (int, error)
	// SweepGooglePasses does the same for all passes that are behind.
	SweepGooglePasses(ctx context.Context, orgID string) (int, error)
	// ClaimGooglePasses returns passes to send now, those whose card changed first, which are
	// nobody else's for the lease.
	ClaimGooglePasses(ctx context.Context, orgID, issuerID string, lease time.Duration, limit int) ([]customer.GooglePass, error)
	NoteGooglePassesSent(ctx context.Context, orgID string, sent []customer.GooglePassSent) error
}

// GoogleCards says what Google is to have.
type GoogleCards interface {
	// Object returns a pass with the card as it is now, or loyalty.ErrNotFound.
	Object(ctx context.Context, p customer.GooglePass) (google.LoyaltyObject, error)
	// EnsureClass lets Google have what the passes of a program have in common.
	EnsureClass(ctx context.Context, orgID, programID string) error
}

// GoogleSender sends it. *google.Client is one.
type GoogleSender interface {
	Update(ctx context.Context, object google.LoyaltyObject, notify bool) (notified bool, err error)
	UpsertBatch(ctx context.Context, objects []google.LoyaltyObject) ([]error, error)
}

// GoogleResult is what became of sending one pass.
type GoogleResult string

// The results: sent silently or with a notification; failed, to be tried again; refused,
// which trying again does not change.
const (
	GoogleSent     GoogleResult = "sent"
	GoogleNotified GoogleResult = "notified"
	GoogleFailed   GoogleResult = "failed"
	GoogleRefused  GoogleResult = "refused"
)

// GoogleResults are all of them.
var GoogleResults = []GoogleResult{GoogleSent, GoogleNotified, GoogleFailed, GoogleRefused}

// UpdateGooglePassesOptions are what UpdateGooglePasses is made of.
type UpdateGooglePassesOptions struct {
	Store    GooglePassStore
	Cards    GoogleCards
	Sender   GoogleSender
	IssuerID string
	// Report is told of every pass that was sent; nil is nobody.
	Report func(GoogleResult)
	Now    func() int64
	Log    *slog.Logger
}

// UpdateGooglePasses lets Google have cards as they are. As with UpdatePasses, what has to
// be sent stands with each pass in the database, and events say where to look.
type UpdateGooglePasses struct {
	UpdateGooglePassesOptions
	*changedOrganizations

	// Only Run uses the rest.
	follower passFollower
	away     int64 // when Google was last found away
}

// NewUpdateGooglePasses returns the job.
func NewUpdateGooglePasses(o UpdateGooglePassesOptions) *UpdateGooglePasses {
	if o.Report == nil {
		o.Report = func(GoogleResult) {}
	}
	return &UpdateGooglePasses{
		UpdateGooglePassesOptions: o, changedOrganizations: newChangedOrganizations(),
		follower: newPassFollower(passFollower{follow: o.Store.FollowGooglePasses, sweep: o.Store.SweepGooglePasses, sweepEvery: sweepPassesEvery}),
	}
}

// Run does what is due.
func (x *UpdateGooglePasses) Run(ctx context.Context) error {
	return x.each(ctx, x.Store, "update passes at Google", x.Now, x.update)
}

func (x *UpdateGooglePasses) update(ctx context.Context, orgID string) error {
	// A new brand is noted a batch at a time, between what tills do.
	if err := x.follower.note(ctx, orgID, x.Now()); err != nil {
		return err
	}
	if x.away != 0 && x.Now()-x.away < googlePause.Milliseconds() {
		return nil
	}
	due, err := x.Store.ClaimGooglePasses(ctx, orgID, x.IssuerID, googleLease, googleTurn)
	if err != nil {
		return fmt.Errorf("claim passes for Google: %w", err)
	}
	if err := x.send(ctx, orgID, due); err != nil {
		return err
	}
	if len(due) == googleTurn {
		x.Changed(orgID) // its next turn comes after the others'
	}
	return nil
}

// outgoing is a pass on its way.
type outgoing struct {
	pass   customer.GooglePass
	object google.LoyaltyObject
	result GoogleResult
	err    error
}

// send sends passes, those whose owner may want to know one by one, the others together,
// and notes what became of each.
func (x *UpdateGooglePasses) send(ctx context.Context, orgID string, due []customer.GooglePass) error {
	if len(due) == 0 {
		return nil
	}
	all := make([]outgoing, len(due))
	classes := map[string]error{}
	var single, together []*outgoing
	for i, p := range due {
		o := &all[i]
		o.pass = p
		err, known := classes[p.ProgramID]
		if !known {
			err = x.Cards.EnsureClass(ctx, orgID, p.ProgramID)
			classes[p.ProgramID] = err
		}
		if err == nil {
			o.object, err = x.Cards.Object(ctx, p)
		}
		switch {
		case err != nil:
			x.settle(o, false, err)
		case p.Notify && p.Saved && o.object.State == google.StateActive:
			single = append(single, o)
		default:
			together = append(together, o)
		}
	}
	x.sendSingle(ctx, single)
	x.sendTogether(ctx, together)
	return x.noteSent(ctx, orgID, all)
}

func (x *UpdateGooglePasses) sendSingle(ctx context.Context, list []*outgoing) {
	var sending sync.WaitGroup
	slots := make(chan struct{}, googleAtOnce)
	for _, o := range list {
		slots <- struct{}{}
		sending.Go(func() {
			defer func() { <-slots }()
			notified, err := x.Sender.Update(ctx, o.object, true)
			x.settle(o, notified, err)
		})
	}
	sending.Wait()
}

func (x *UpdateGooglePasses) sendTogether(ctx context.Context, list []*outgoing) {
	for len(list) > 0 {
		batch := list[:min(len(list), google.MaxBatch)]
		list = list[len(batch):]
		objects := make([]google.LoyaltyObject, len(batch))
		for i, o := range batch {
			objects[i] = o.object
		}
		results, err := x.Sender.UpsertBatch(ctx, objects)
		for i, o := range batch {
			if err == nil {
				x.settle(o, false, results[i])
			} else {
				x.settle(o, false, err)
			}
		}
	}
}

// settle says what became of a pass.
func (x *UpdateGooglePasses) settle(o *outgoing, notified bool, err error) {
	o.err = err
	switch {
	case err == nil && notified:
		o.result = GoogleNotified
	case err == nil:
		o.result = GoogleSent
	case errors.Is(err, google.ErrRefused), errors.Is(err, google.ErrInvalid), errors.Is(err, loyalty.ErrNotFound):
		o.result = GoogleRefused
	default:
		o.result = GoogleFailed
	}
	x.Report(o.result)
}

// noteSent keeps what became of passes. What failed is tried again later and later, and
// what Google refuses not before it changes.
func (x *UpdateGooglePasses) noteSent(ctx context.Context, orgID string, all []outgoing) error {
	sent := make([]customer.GooglePassSent, 0, len(all))
	var problem error
	failed := 0
	for _, o := range all {
		s := customer.GooglePassSent{Serial: o.pass.Serial, Version: o.pass.Version, Sent: o.err == nil}
		if o.err != nil {
			failed++
			problem, s.Problem = o.err, customer.WalletRefused
		}
		if o.result == GoogleFailed {
			s.Problem = customer.WalletUnreachable
			s.Again = x.Now() + failedAgain[min(o.pass.Tries, len(failedAgain)-1)].Milliseconds()
			x.away = x.Now()
		}
		sent = append(sent, s)
	}
	if ctx.Err() != nil { // stopping: what is left of the claim is sent again after the lease
		return fmt.Errorf("stopped while sending: %w", ctx.Err())
	}
	if failed < len(all) {
		x.away = 0 // it takes others
	}
	if problem != nil {
		level := slog.LevelWarn
		if errors.Is(problem, google.ErrDenied) {
			level = slog.LevelError // a matter of configuration
		}
		x.Log.LogAttrs(ctx, level, "Google Wallet did not take passes", slog.String("org", orgID), slog.Int("passes", failed), slog.Any("error", problem))
	}
	if err := x.Store.NoteGooglePassesSent(ctx, orgID, sent); err != nil {
		return fmt.Errorf("note what Google has: %w", err)
	}
	return nil
}
