package appletest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/leima/leima/wallet/apple"
)

// World is an implementation that is held to the contracts, and what the suites need
// to move it.
type World interface {
	apple.Registrations
	apple.Passes
	// Add makes a pass with a token.
	Add(ctx context.Context, key apple.Key, token string) error
	// Change commits a change of a pass. It is called by several goroutines at once.
	Change(ctx context.Context, key apple.Key) error
	// ChangeSlowly commits a change of a pass, too, and calls meanwhile once after it has
	// given the change its tag and before anybody can see it. meanwhile must not change
	// passes itself.
	ChangeSlowly(ctx context.Context, key apple.Key, meanwhile func()) error
	// PushTokens returns where pushes about a pass go, in alphabetical order.
	PushTokens(ctx context.Context, key apple.Key) ([]string, error)
	// FetchedVersion returns the largest version that was noted as fetched, 0 for none.
	FetchedVersion(ctx context.Context, key apple.Key) (int64, error)
}

const (
	passType = "pass.example.suite"
	token    = "token-of-the-suite-0123456789"
)

// key returns the key of the suites' n-th pass.
func key(n int) apple.Key { return apple.Key{PassType: passType, Serial: fmt.Sprintf("serial-%d", n)} }

// suite is one story: a fresh world with some passes.
type suite struct {
	*testing.T
	World
}

func newSuite(t *testing.T, open func(t *testing.T) World, passes int) suite {
	t.Helper()
	s := suite{t, open(t)}
	for n := range passes {
		s.ok(s.Add(t.Context(), key(n), token))
	}
	return s
}

func (s suite) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// register registers and returns whether that was new.
func (s suite) register(device string, n int, pushToken string) bool {
	s.Helper()
	created, err := s.Register(s.Context(), apple.Registration{Device: device, Key: key(n), PushToken: pushToken})
	s.ok(err)
	return created
}

// changed returns what a device sees after a tag.
func (s suite) changed(device string, after int64) apple.Changes {
	s.Helper()
	changes, err := s.Changed(s.Context(), device, passType, after)
	s.ok(err)
	return changes
}

// TestRegistrations holds an implementation to the contract of apple.Registrations.
// The world that open returns is empty.
func TestRegistrations(t *testing.T, open func(t *testing.T) World) {
	t.Helper()
	t.Run("a registration is new once", func(t *testing.T) {
		s := newSuite(t, open, 1)
		if first, again := s.register("phone", 0, "aa"), s.register("phone", 0, "aa"); !first || again {
			t.Errorf("new at first: %v, again: %v", first, again)
		}
	})
	t.Run("registering again replaces the push token", func(t *testing.T) {
		s := newSuite(t, open, 1)
		s.register("phone", 0, "aa")
		s.register("phone", 0, "bb")
		s.register("tablet", 0, "cc")
		tokens, err := s.PushTokens(t.Context(), key(0))
		s.ok(err)
		if !slices.Equal(tokens, []string{"bb", "cc"}) {
			t.Errorf("pushes go to %v, want bb and cc", tokens)
		}
	})
	t.Run("what is unregistered is gone, and may be again", func(t *testing.T) {
		s := newSuite(t, open, 2)
		s.register("phone", 0, "aa")
		s.register("phone", 1, "aa")
		for range 2 {
			s.ok(s.Unregister(t.Context(), "phone", key(0)))
		}
		if got := s.changed("phone", 0).Serials; !slices.Equal(got, []string{"serial-1"}) {
			t.Errorf("the phone still has %v", got)
		}
		if !s.register("phone", 0, "aa") {
			t.Error("a registration after that is not new")
		}
	})
	t.Run("a device sees its own passes of the type", func(t *testing.T) { seesItsOwn(newSuite(t, open, 3)) })
	t.Run("changes come once, in their order", func(t *testing.T) { changesComeOnce(newSuite(t, open, 3)) })
	t.Run("no change is missed while others are made", func(t *testing.T) { nothingIsMissed(newSuite(t, open, 8)) })
	t.Run("a slow change beside a quick one is not missed", func(t *testing.T) {
		s := newSuite(t, open, 2)
		if err := slowIsNotMissed(t.Context(), s.World); err != nil {
			t.Error(err)
		}
	})
	t.Run("a device has at most so many passes", func(t *testing.T) { tooMany(newSuite(t, open, apple.MaxRegistrations+1)) })
}

func seesItsOwn(s suite) {
	s.Helper()
	s.register("phone", 0, "aa")
	s.register("phone", 1, "aa")
	s.register("tablet", 2, "bb")
	if got := s.changed("phone", 0); len(got.Serials) != 2 || got.Tag < 1 {
		s.Errorf("the phone sees %+v", got)
	}
	if got := s.changed("nobody's", 0); len(got.Serials) != 0 || got.Tag != 0 {
		s.Errorf("a device that nobody has sees %+v", got)
	}
	other, err := s.Changed(s.Context(), "phone", "pass.example.other", 0)
	s.ok(err)
	if len(other.Serials) != 0 {
		s.Errorf("of another pass type it sees %+v", other)
	}
}

func changesComeOnce(s suite) {
	s.Helper()
	for n := range 3 {
		s.register("phone", n, "aa")
	}
	tag := s.changed("phone", 0).Tag
	if got := s.changed("phone", tag); len(got.Serials) != 0 {
		s.Errorf("after everything was seen, there is %+v", got)
	}
	for _, n := range []int{2, 0, 2} {
		s.ok(s.Change(s.Context(), key(n)))
	}
	got := s.changed("phone", tag)
	if !slices.Equal(got.Serials, []string{"serial-0", "serial-2"}) || got.Tag <= tag {
		s.Errorf("after %d there is %+v", tag, got)
	}
	if again := s.changed("phone", got.Tag); len(again.Serials) != 0 {
		s.Errorf("it comes again: %+v", again)
	}
}

// nothingIsMissed lets several goroutines change passes while a phone asks again and
// again. A tag that was given before a change became visible, by a slow transaction
// beside a quick one, shows as a pass that the phone never hears of, if the moments meet.
func nothingIsMissed(s suite) {
	s.Helper()
	const rounds, passes = 25, 8
	for n := range passes {
		s.register("phone", n, "aa")
	}
	seen := map[string]int64{} // versions
	var tag int64
	look := func() {
		changes := s.changed("phone", tag)
		for _, serial := range changes.Serials {
			state, err := s.State(s.Context(), apple.Key{PassType: passType, Serial: serial})
			s.ok(err)
			seen[serial] = state.Version
		}
		tag = max(tag, changes.Tag)
	}
	done := make(chan struct{})
	failures := make(chan error, passes)
	var changing sync.WaitGroup
	for n := range passes {
		changing.Go(func() {
			for range rounds {
				if err := s.Change(s.Context(), key(n)); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	go func() { changing.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		look() // once more after the last change
	}
	select {
	case err := <-failures:
		s.Fatal(err)
	default:
	}
	for n := range passes {
		state, err := s.State(s.Context(), key(n))
		s.ok(err)
		if got := seen[key(n).Serial]; got != state.Version {
			s.Errorf("%s is in version %d, the phone has heard of %d", key(n).Serial, state.Version, got)
		}
	}
}

// looksMeanwhile bounds how often the phone asks while a change is under way. A quick one
// that does not wait for it is committed long before.
const looksMeanwhile = 200

// slowIsNotMissed lets a quick change begin, and end if it can, while a slow one has its
// tag and is not visible yet. A phone that asks all the time has heard of both in the end.
func slowIsNotMissed(ctx context.Context, w World) error {
	const device, slow, quick = "phone", 0, 1
	for _, n := range []int{slow, quick} {
		if _, err := w.Register(ctx, apple.Registration{Device: device, Key: key(n), PushToken: "aa"}); err != nil {
			return fmt.Errorf("register: %w", err)
		}
	}
	before, err := w.Changed(ctx, device, passType, 0)
	if err != nil {
		return fmt.Errorf("what changed: %w", err)
	}
	heard, tag := map[string]bool{}, before.Tag
	look := func() error {
		changes, err := w.Changed(ctx, device, passType, tag)
		for _, serial := range changes.Serials {
			heard[serial] = true
		}
		tag = max(tag, changes.Tag)
		return err
	}
	ended := make(chan error, 1)
	var looking error
	err = w.ChangeSlowly(ctx, key(slow), func() {
		go func() { ended <- w.Change(ctx, key(quick)) }()
		for range looksMeanwhile {
			looking = errors.Join(looking, look())
			select {
			case err := <-ended: // it did not wait
				ended <- err
				looking = errors.Join(looking, look())
				return
			default:
				runtime.Gosched()
			}
		}
	})
	if err := errors.Join(err, looking, <-ended, look()); err != nil {
		return fmt.Errorf("two changes at once: %w", err)
	}
	for _, n := range []int{slow, quick} {
		if !heard[key(n).Serial] {
			return fmt.Errorf("the phone never hears of the change of %s: its tag is smaller than one that was visible before", key(n).Serial)
		}
	}
	return nil
}

func tooMany(s suite) {
	s.Helper()
	for n := range apple.MaxRegistrations {
		s.register("phone", n, "aa")
	}
	_, err := s.Register(s.Context(), apple.Registration{Device: "phone", Key: key(apple.MaxRegistrations), PushToken: "aa"})
	if !errors.Is(err, apple.ErrTooMany) {
		s.Errorf("one more: %v, want %v", err, apple.ErrTooMany)
	}
	if s.register("phone", 0, "bb") {
		s.Error("a registration that is there is new")
	}
	if !s.register("tablet", apple.MaxRegistrations, "cc") {
		s.Error("another device cannot register")
	}
	s.ok(s.Unregister(s.Context(), "phone", key(0)))
	if !s.register("phone", apple.MaxRegistrations, "aa") {
		s.Error("there is no room after one was unregistered")
	}
}

// TestPasses holds an implementation to the contract of apple.Passes. The world that open
// returns is empty.
func TestPasses(t *testing.T, open func(t *testing.T) World) {
	t.Helper()
	t.Run("a pass that is not there", func(t *testing.T) {
		s := newSuite(t, open, 1)
		for _, missing := range []apple.Key{key(1), {PassType: "pass.example.other", Serial: key(0).Serial}, {}} {
			if _, err := s.State(t.Context(), missing); !errors.Is(err, apple.ErrNoPass) {
				t.Errorf("state of %v: %v", missing, err)
			}
			if _, _, err := s.Package(t.Context(), missing); !errors.Is(err, apple.ErrNoPass) {
				t.Errorf("package of %v: %v", missing, err)
			}
		}
	})
	t.Run("every change has a later date in whole seconds, and a larger version", func(t *testing.T) {
		s := newSuite(t, open, 1)
		before, err := s.State(t.Context(), key(0))
		s.ok(err)
		for range 5 { // all in one second
			s.ok(s.Change(t.Context(), key(0)))
			now, packed, err := s.Package(t.Context(), key(0))
			s.ok(err)
			if now.Modified.Unix() <= before.Modified.Unix() || now.Version <= before.Version {
				t.Errorf("changed at %v in version %d, after %v and %d", now.Modified, now.Version, before.Modified, before.Version)
			}
			if now.Token != token || len(packed) == 0 {
				t.Errorf("token %q, %d bytes", now.Token, len(packed))
			}
			before = now
		}
	})
	t.Run("what was fetched is noted, and never less", func(t *testing.T) {
		s := newSuite(t, open, 1)
		for _, version := range []int64{2, 3, 1, 3} {
			s.ok(s.Fetched(t.Context(), key(0), version))
		}
		if got, err := s.FetchedVersion(t.Context(), key(0)); err != nil || got != 3 {
			t.Errorf("version %d was fetched (%v), want 3", got, err)
		}
		s.ok(s.Fetched(t.Context(), key(99), 1)) // gone in the meantime: nobody minds
	})
}
