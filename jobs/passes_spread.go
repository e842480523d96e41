package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
)

// How a new brand or new rules reach all passes of an organization.
const (
	// SpreadPerSecond is how many passes a second are told if nobody asks for another
	// rate. Each of their phones then fetches its pass, some 50 KB, which has to be signed:
	// at this rate that takes about a tenth of a processor, and 100,000 passes take 17
	// minutes.
	SpreadPerSecond = 100
	// MaxSpreadPerSecond bounds the rate.
	MaxSpreadPerSecond = 5000
	// SpreadEvery is how often it is looked whether there is anything to tell.
	SpreadEvery = 10 * time.Second
	// SpreadPassesLimit bounds one run.
	SpreadPassesLimit = 2 * time.Hour
	// spreadStepsPerSecond is how often some passes are told while a spread lasts, so that
	// phones do not come in crowds.
	spreadStepsPerSecond = 4
	// maxSpreadRounds bounds the rounds of one run, so that it ends before its limit.
	maxSpreadRounds = 10_000
	// leastSpreadPause keeps two servers from asking each other's turn without a pause.
	leastSpreadPause = 20 * time.Millisecond
	// spreadPushes bounds the pushes of SpreadPasses that are under way.
	spreadPushes = 50
)

// SpreadPassStore is what SpreadPasses needs.
type SpreadPassStore interface {
	Organizations
	PushedPassStore
	// SpreadPasses takes one step: up to limit passes that show an earlier brand or rule
	// are noted as changed, at most perSecond of them in a second whoever calls it, and
	// those on devices are the caller's to push for the lease.
	SpreadPasses(ctx context.Context, orgID, passType string, limit, perSecond int, lease time.Duration) (customer.PassSpreadStep, error)
}

// SpreadPasses tells phones of a change that concerns all passes of an organization at
// once, little by little. It has pushes and steps of its own, so that no stamp waits for
// it, and keeps in the database how far it came: who is killed in the middle is gone on
// from there by the next process.
type SpreadPasses struct {
	passPusher
	store     SpreadPassStore
	perSecond int
	wait      func(ctx context.Context, d time.Duration)
}

// SpreadPassesOptions are what SpreadPasses is made of.
type SpreadPassesOptions struct {
	PushPassesOptions
	// PerSecond is how many passes of an organization are told in a second, at most
	// MaxSpreadPerSecond; 0 is SpreadPerSecond.
	PerSecond int
	// Wait waits between steps. Only tests set it.
	Wait func(ctx context.Context, d time.Duration)
}

// NewSpreadPasses returns the job.
func NewSpreadPasses(store SpreadPassStore, o SpreadPassesOptions) *SpreadPasses {
	if o.PerSecond <= 0 {
		o.PerSecond = SpreadPerSecond
	}
	if o.Wait == nil {
		o.Wait = func(ctx context.Context, d time.Duration) {
			timer := time.NewTimer(d)
			defer timer.Stop()
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}
	}
	return &SpreadPasses{
		passPusher: newPassPusher(store, o.PushPassesOptions, spreadPushes), store: store,
		perSecond: min(o.PerSecond, MaxSpreadPerSecond), wait: o.Wait,
	}
}

// Run tells all passes of what is new, an organization's some and then another's, and
// returns when there is nothing left to tell.
func (x *SpreadPasses) Run(ctx context.Context) error {
	looked := x.Now()
	under, err := x.all(ctx)
	if err != nil {
		return err
	}
	var problems []error
	for range maxSpreadRounds {
		var next int64 // when the first of them may go on
		under, next, err = x.round(ctx, under)
		if err != nil && len(problems) < maxPassProblems {
			problems = append(problems, err)
		}
		if len(under) == 0 || ctx.Err() != nil {
			break
		}
		x.wait(ctx, max(time.Duration(next-x.Now())*time.Millisecond, leastSpreadPause))
		if x.Now()-looked >= SpreadEvery.Milliseconds() {
			looked = x.Now()
			if under, err = x.all(ctx); err != nil {
				return errors.Join(append(problems, err)...)
			}
		}
	}
	return errors.Join(problems...)
}

func (x *SpreadPasses) all(ctx context.Context) ([]organization.Organization, error) {
	all, err := x.store.Organizations(ctx)
	if err != nil {
		return nil, fmt.Errorf("spread passes: %w", err)
	}
	return all, nil
}

// round takes a step for each of the organizations and returns those with more to tell,
// and when the first of them may go on. One that fails is left to the next run.
func (x *SpreadPasses) round(ctx context.Context, under []organization.Organization) (left []organization.Organization, next int64, err error) {
	var problems []error
	for _, o := range under {
		if ctx.Err() != nil {
			break
		}
		at, err := x.step(ctx, o.ID)
		switch {
		case err != nil && ctx.Err() == nil:
			problems = append(problems, fmt.Errorf("spread passes of %s: %w", o.ID, err))
		case at != 0:
			left = append(left, o)
			if next == 0 || at < next {
				next = at
			}
		}
	}
	return left, next, errors.Join(problems...)
}

func (x *SpreadPasses) step(ctx context.Context, orgID string) (next int64, err error) {
	limit := max(x.perSecond/spreadStepsPerSecond, 1)
	step, err := x.store.SpreadPasses(ctx, orgID, x.PassType, limit, x.perSecond, pushLease)
	if err != nil {
		return 0, fmt.Errorf("note: %w", err)
	}
	return step.NextAt, x.push(ctx, orgID, step.Pushes)
}
