package api

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/leima/leima/access"
)

// Limits of guessing.
const (
	// maxPairingGuesses is for one organization. A pairing code has 39 random bits and
	// lives ten minutes, so at this rate one guess in two thousand million hits.
	maxPairingGuesses = 30
	// maxMisses is for one credential. It is for customer numbers and phone numbers,
	// of which a shop has so many that guessing finds some.
	maxMisses   = 60
	guessWindow = time.Minute
	// maxCounted bounds the names that are counted in this process, and the
	// credentials that are shut out.
	maxCounted = 4096
)

// Limits holds callers to a number of calls per time, in all replicas of a server
// together where it can.
type Limits interface {
	// Allow counts a call under the key and says whether it is within limit calls in a
	// window of time; if not, retryAfter is how long to wait. A refused call does not
	// count.
	Allow(ctx context.Context, key string, limit int, window time.Duration) (ok bool, retryAfter time.Duration, err error)
}

// attempts are the Limits of a server that was given none: it counts for itself, in
// windows that begin with the first call.
type attempts struct {
	now     func() int64
	mu      sync.Mutex
	windows map[string]attemptWindow
}

type attemptWindow struct {
	ends  int64
	count int
}

func newAttempts(now func() int64) *attempts {
	return &attempts{now: now, windows: map[string]attemptWindow{}}
}

// Allow implements Limits. Names beyond the bound push out all others: a guesser
// gains little by that, because only organizations and credentials that exist are
// counted.
func (a *attempts) Allow(_ context.Context, key string, limit int, window time.Duration) (bool, time.Duration, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	w, ok := a.windows[key]
	// A clock that was put back must not shut anybody out for longer than a window.
	if !ok || now >= w.ends || w.ends-now > window.Milliseconds() {
		if len(a.windows) >= maxCounted {
			clear(a.windows)
		}
		w = attemptWindow{ends: now + window.Milliseconds()}
	}
	if w.count >= limit {
		return false, time.Duration(w.ends-now) * time.Millisecond, nil
	}
	w.count++
	a.windows[key] = w
	return true, 0, nil
}

// guesses keeps callers from finding by trial what they were not told. A hit costs
// nothing: only what finds nothing is counted, and who has missed too often is shut
// out, also from what would be found, until the limit lets the next miss pass.
type guesses struct {
	limits Limits
	now    func() int64
	// any tells whether shut holds something, so that asking is free while nobody
	// guesses.
	any  atomic.Bool
	mu   sync.Mutex
	shut map[string]int64 // until when, by credential
}

func newGuesses(limits Limits, now func() int64) *guesses {
	return &guesses{limits: limits, now: now, shut: map[string]int64{}}
}

// guesser is whose misses are counted together. Somebody who signs in again is the
// same person.
func guesser(p *access.Principal) string {
	if p.StaffID != "" {
		return p.StaffID
	}
	return p.ID
}

// allowed returns a problem for a principal who is shut out.
func (g *guesses) allowed(p *access.Principal) error {
	if !g.any.Load() {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	left := time.Duration(g.shut[guesser(p)]-g.now()) * time.Millisecond
	if left > 0 && left <= guessWindow {
		return tooManyMisses(left)
	}
	delete(g.shut, guesser(p))
	g.any.Store(len(g.shut) > 0)
	return nil
}

// missed counts that the principal named a card that is not there. It returns what to
// answer: notFound, or that it was too often.
func (g *guesses) missed(ctx context.Context, p *access.Principal, notFound error) error {
	ok, wait, err := g.limits.Allow(ctx, "misses "+guesser(p), maxMisses, guessWindow)
	if err != nil {
		return fmt.Errorf("limit guessing: %w", err)
	}
	if ok {
		return notFound
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.shut) >= maxCounted {
		clear(g.shut) // they are back with their next miss
	}
	g.shut[guesser(p)] = g.now() + wait.Milliseconds()
	g.any.Store(true)
	return tooManyMisses(wait)
}

// paired counts an attempt at pairing with the organization.
func (g *guesses) paired(ctx context.Context, orgID string) error {
	ok, wait, err := g.limits.Allow(ctx, "pairing "+orgID, maxPairingGuesses, guessWindow)
	if err != nil {
		return fmt.Errorf("limit guessing: %w", err)
	}
	if !ok {
		return tooManyAttempts("too many codes were tried at this organization", wait)
	}
	return nil
}

func tooManyMisses(wait time.Duration) error {
	return tooManyAttempts("too many codes that lead to no card were tried with this credential", wait)
}

func tooManyAttempts(detail string, wait time.Duration) error {
	return &problem{code: codeTooManyAttempts, detail: detail, retryAfter: max(1, int(math.Ceil(wait.Seconds())))}
}
