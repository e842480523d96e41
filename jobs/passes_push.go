package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/wallet/apple"
)

// pushLease is how long pushes are one server's before another may take them over.
const pushLease = 3 * time.Minute

// pushAgain is after how long devices are told again of a pass that no phone fetched, and
// failedAgain after how long what could not be told is told again, to Apple's devices, Google
// or Samsung. After the last of them nothing more is done until the pass changes again; with
// Google the last one repeats.
var (
	pushAgain   = []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
	failedAgain = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
)

// PushedPassStore keeps what became of pushes.
type PushedPassStore interface {
	NotePassesPushed(ctx context.Context, orgID string, pushed []customer.PassPushed) error
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

// PushPassesOptions are what the jobs about passes have in common: UpdatePasses, KeepPasses
// and SpreadPasses. What has to be told stands with each pass in the database, so a process
// may end at any moment, and several may do the work side by side.
type PushPassesOptions struct {
	// Pusher is nil where phones cannot be told; passes are then up to date when somebody
	// asks.
	Pusher   Pusher
	PassType string
	// Report is told of every push; nil is nobody.
	Report func(PushResult)
	Now    func() int64
	Log    *slog.Logger
}

// passPusher pushes for one of the jobs.
type passPusher struct {
	PushPassesOptions
	results PushedPassStore
	slots   chan struct{} // pushes under way
}

func newPassPusher(results PushedPassStore, o PushPassesOptions, atOnce int) passPusher {
	if o.Report == nil {
		o.Report = func(PushResult) {}
	}
	return passPusher{PushPassesOptions: o, results: results, slots: make(chan struct{}, atOnce)}
}

// push tells each device once, however many of its passes changed, and notes for each pass
// what became of it.
func (x *passPusher) push(ctx context.Context, orgID string, due []customer.PassPush) error {
	if x.Pusher == nil || len(due) == 0 {
		return nil
	}
	results := x.pushAll(ctx, orgID, due)
	if ctx.Err() != nil { // it is pushed again after the lease
		return fmt.Errorf("stopped while pushing: %w", ctx.Err())
	}
	now := x.Now()
	pushed := make([]customer.PassPushed, 0, len(due))
	for _, p := range due {
		one := customer.PassPushed{Serial: p.Serial, Version: p.Version, Problem: pushProblem(p, results)}
		one.Sent = one.Problem == ""
		schedule := pushAgain
		if !one.Sent {
			schedule = failedAgain
		}
		if p.Tries < len(schedule) {
			one.Again = now + schedule[p.Tries].Milliseconds()
		}
		pushed = append(pushed, one)
	}
	if err := x.results.NotePassesPushed(ctx, orgID, pushed); err != nil {
		return fmt.Errorf("note pushes: %w", err)
	}
	return nil
}

// pushProblem says why not all devices of the pass were told, "" if they were.
func pushProblem(p customer.PassPush, results map[string]PushResult) (problem customer.WalletProblem) {
	for _, token := range p.Tokens {
		switch results[token] {
		case PushSent, PushGone:
		case PushRefused:
			return customer.WalletRefused
		default:
			problem = customer.WalletUnreachable
		}
	}
	return problem
}

func (x *passPusher) pushAll(ctx context.Context, orgID string, due []customer.PassPush) map[string]PushResult {
	var mu sync.Mutex
	var pushing sync.WaitGroup
	results := map[string]PushResult{}
	for _, p := range due {
		for _, token := range p.Tokens {
			mu.Lock()
			_, known := results[token]
			results[token] = PushFailed
			mu.Unlock()
			if known {
				continue
			}
			x.slots <- struct{}{}
			pushing.Go(func() {
				defer func() { <-x.slots }()
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

func (x *passPusher) pushOne(ctx context.Context, orgID, token string) PushResult {
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
		if _, err := x.results.DropPushToken(ctx, orgID, token, before); err != nil {
			x.Log.LogAttrs(ctx, slog.LevelWarn, "a device that is gone was not forgotten", slog.String("org", orgID), slog.Any("error", err))
			return PushFailed
		}
		return PushGone
	}
	return PushSent
}
