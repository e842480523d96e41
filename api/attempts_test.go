package api

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/leima/leima/access"
)

func TestAttemptsAreCountedByName(t *testing.T) {
	now := int64(0)
	a := newAttempts(func() int64 { return now })
	try := func(name string) (bool, time.Duration) {
		ok, wait, err := a.Allow(t.Context(), name, 3, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return ok, wait
	}
	for i := range 3 {
		if ok, _ := try("org_a"); !ok {
			t.Fatalf("attempt %d must wait", i+1)
		}
	}
	now = 1000
	if ok, wait := try("org_a"); ok || wait != 59*time.Second {
		t.Errorf("one too many: %v, waits %v", ok, wait)
	}
	if ok, _ := try("org_b"); !ok {
		t.Error("another organization waits")
	}
	now = time.Minute.Milliseconds()
	if ok, _ := try("org_a"); !ok {
		t.Error("after the window one waits")
	}
	now = -time.Hour.Milliseconds()
	for range 3 {
		if ok, _ := try("org_a"); !ok {
			t.Fatal("after the clock was put back one waits")
		}
	}
	if ok, wait := try("org_a"); ok || wait > time.Minute {
		t.Errorf("after the clock was put back: %v, waits %v", ok, wait)
	}
	for i := range 2 * maxCounted {
		try(fmt.Sprint(i))
	}
	if len(a.windows) > maxCounted {
		t.Errorf("%d names are remembered", len(a.windows))
	}
}

var errMissing = errors.New("not there")

func TestOnlyMissesShutOut(t *testing.T) {
	now := int64(0)
	clock := func() int64 { return now }
	g := newGuesses(newAttempts(clock), clock)
	till, other := &access.Principal{ID: "ses_a", StaffID: "stf_a"}, &access.Principal{ID: "key_b"}
	again := &access.Principal{ID: "ses_c", StaffID: "stf_a"}
	for i := range maxMisses {
		if err := g.missed(t.Context(), till, errMissing); g.allowed(till) != nil || !errors.Is(err, errMissing) {
			t.Fatalf("miss %d: %v", i+1, err)
		}
	}
	if err := g.allowed(till); err != nil {
		t.Errorf("before one miss too many: %v", err)
	}
	now = 20_000
	var p *problem
	if err := g.missed(t.Context(), till, errMissing); !errors.As(err, &p) || p.code != codeTooManyAttempts || p.retryAfter != 40 {
		t.Errorf("one miss too many: %v", err)
	}
	if err := g.allowed(till); !errors.As(err, &p) || p.retryAfter != 40 {
		t.Errorf("who missed too often is let in: %v", err)
	}
	if g.allowed(again) == nil {
		t.Error("signing in again lets them in")
	}
	if err := g.allowed(other); err != nil {
		t.Errorf("somebody else is shut out: %v", err)
	}
	now = 60_000
	if err := g.allowed(till); err != nil || !errors.Is(g.missed(t.Context(), till, errMissing), errMissing) {
		t.Errorf("after the window: %v", err)
	}
	if g.any.Load() || len(g.shut) > 0 {
		t.Error("who is let in again is remembered")
	}
}

// broken are Limits that cannot tell.
type broken struct{}

func (broken) Allow(context.Context, string, int, time.Duration) (bool, time.Duration, error) {
	return false, 0, errors.New("no")
}

func TestLimitsThatCannotTellAreAFault(t *testing.T) {
	g := newGuesses(broken{}, func() int64 { return 0 })
	if errors.Is(g.missed(t.Context(), &access.Principal{ID: "x"}, errMissing), errMissing) || g.paired(t.Context(), "org") == nil {
		t.Error("guessing goes on without a limit")
	}
}
