package apple_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/apple/appletest"
)

const device = "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899"

// waits collects how long a pusher would have waited.
type waits struct {
	mu   sync.Mutex
	long []time.Duration
}

func (w *waits) wait(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.long = append(w.long, d)
	return ctx.Err()
}

func newPusher(t *testing.T, server *appletest.APNs, change func(o *apple.PushOptions)) (*apple.Pusher, *waits) {
	t.Helper()
	w := &waits{}
	o := apple.PushOptions{Server: server.URL, Roots: server.Roots, Attempts: 3, Wait: w.wait}
	if change != nil {
		change(&o)
	}
	p := apple.NewPusher(demo().Identity, o)
	t.Cleanup(p.Close)
	return p, w
}

func TestAPushIsAsAppleWantsIt(t *testing.T) {
	server := appletest.NewAPNs(t)
	p, _ := newPusher(t, server, nil)
	pushed, err := p.Push(t.Context(), device)
	if err != nil || pushed.Gone || pushed.Attempts != 1 {
		t.Errorf("%+v, %v", pushed, err)
	}
	if pushes, faults := server.Pushes(), server.Faults(); !slices.Equal(pushes, []string{device}) || len(faults) != 0 {
		t.Errorf("pushes to %v, faults %q", pushes, faults)
	}
}

// TestWhatAnAnswerMeansForADevice is the table that decides which registrations are
// deleted: too few, and pushes go to nobody; too many, and phones are never told again.
func TestWhatAnAnswerMeansForADevice(t *testing.T) {
	gone := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		replies  []appletest.Reply
		gone     bool
		since    time.Time
		err      error // nil, ErrPush or ErrPushRefused
		attempts int
	}{
		"taken":                          {nil, false, time.Time{}, nil, 1},
		"410, the pass is off":           {[]appletest.Reply{{Status: 410, Reason: "Unregistered", Timestamp: gone}}, true, gone, nil, 1},
		"410 without a word":             {[]appletest.Reply{{Status: 410}}, true, time.Time{}, nil, 1},
		"400, no such token":             {[]appletest.Reply{{Status: 400, Reason: "BadDeviceToken"}}, true, time.Time{}, nil, 1},
		"400, token of another topic":    {[]appletest.Reply{{Status: 400, Reason: "DeviceTokenNotForTopic"}}, false, time.Time{}, apple.ErrPushRefused, 1},
		"400, bad topic":                 {[]appletest.Reply{{Status: 400, Reason: "BadTopic"}}, false, time.Time{}, apple.ErrPushRefused, 1},
		"400, something new":             {[]appletest.Reply{{Status: 400, Reason: "Whatever"}}, false, time.Time{}, apple.ErrPushRefused, 1},
		"400, then taken":                {[]appletest.Reply{{Status: 400, Reason: "IdleTimeout"}, {}}, false, time.Time{}, nil, 2},
		"403, certificate":               {[]appletest.Reply{{Status: 403, Reason: "BadCertificate"}}, false, time.Time{}, apple.ErrPushRefused, 1},
		"404":                            {[]appletest.Reply{{Status: 404, Reason: "BadPath"}}, false, time.Time{}, apple.ErrPushRefused, 1},
		"413":                            {[]appletest.Reply{{Status: 413, Reason: "PayloadTooLarge"}}, false, time.Time{}, apple.ErrPushRefused, 1},
		"302, somewhere else":            {[]appletest.Reply{{Status: 302}}, false, time.Time{}, apple.ErrPushRefused, 1},
		"429, then taken":                {[]appletest.Reply{{Status: 429, Reason: "TooManyRequests"}, {}}, false, time.Time{}, nil, 2},
		"429 for ever":                   {[]appletest.Reply{{Status: 429, Reason: "TooManyRequests"}}, false, time.Time{}, apple.ErrPush, 3},
		"500, 503, then taken":           {[]appletest.Reply{{Status: 500}, {Status: 503, Reason: "Shutdown"}, {}}, false, time.Time{}, nil, 3},
		"500, then gone":                 {[]appletest.Reply{{Status: 500}, {Status: 410, Reason: "ExpiredToken", Timestamp: gone}}, true, gone, nil, 2},
		"503 for ever":                   {[]appletest.Reply{{Status: 503, Reason: "ServiceUnavailable"}}, false, time.Time{}, apple.ErrPush, 3},
		"cut off, then taken":            {[]appletest.Reply{{Cut: true}, {}}, false, time.Time{}, nil, 2},
		"cut off for ever":               {[]appletest.Reply{{Cut: true}}, false, time.Time{}, apple.ErrPush, 3},
		"too slow, then taken":           {[]appletest.Reply{{Slow: true}, {}}, false, time.Time{}, nil, 2},
		"400 with another body, no JSON": {[]appletest.Reply{{Status: 400, Reason: strings.Repeat("x", 1<<16)}}, false, time.Time{}, apple.ErrPushRefused, 1},
	} {
		t.Run(name, func(t *testing.T) {
			server := appletest.NewAPNs(t)
			server.Answer(device, c.replies...)
			p, w := newPusher(t, server, func(o *apple.PushOptions) {
				if len(c.replies) > 0 && c.replies[0].Slow {
					o.Timeout = 500 * time.Millisecond
				}
			})
			pushed, err := p.Push(t.Context(), device)
			if pushed.Gone != c.gone || !pushed.Since.Equal(c.since) || pushed.Attempts != c.attempts {
				t.Errorf("%+v, want gone %v since %v after %d attempts (%v)", pushed, c.gone, c.since, c.attempts, err)
			}
			if (err == nil) != (c.err == nil) || !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if err != nil && (!errors.Is(err, apple.ErrPush) || strings.Contains(err.Error(), device)) {
				t.Errorf("error of another kind, or with the token: %v", err)
			}
			if len(w.long) != c.attempts-1 || len(server.Faults()) != 0 {
				t.Errorf("it waited %v, faults %q", w.long, server.Faults())
			}
		})
	}
}

func TestPausesGrowAndRespectWhatAppleAsksFor(t *testing.T) {
	server := appletest.NewAPNs(t)
	server.Answer(device, appletest.Reply{Status: 503})
	p, w := newPusher(t, server, func(o *apple.PushOptions) {
		o.Attempts, o.FirstWait, o.LongestWait = 5, time.Second, 3*time.Second
	})
	if _, err := p.Push(t.Context(), device); !errors.Is(err, apple.ErrPush) {
		t.Fatal(err)
	}
	for i, most := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second} {
		if got := w.long[i]; got < most/2 || got > most {
			t.Errorf("pause %d is %v, want between %v and %v", i+1, got, most/2, most)
		}
	}
	server.Answer(device, appletest.Reply{Status: 429, RetryAfter: "2"}, appletest.Reply{Status: 429, RetryAfter: "86400"}, appletest.Reply{})
	if _, err := p.Push(t.Context(), device); err != nil {
		t.Fatal(err)
	}
	if first, second := w.long[4], w.long[5]; first != 2*time.Second || second != 3*time.Second {
		t.Errorf("asked for 2 s it waited %v, asked for a day %v", first, second)
	}
}

func TestAPushIsGivenUpWhenNobodyWaitsForIt(t *testing.T) {
	server := appletest.NewAPNs(t)
	server.Answer(device, appletest.Reply{Status: 503})
	ctx, cancel := context.WithCancel(t.Context())
	p, _ := newPusher(t, server, func(o *apple.PushOptions) {
		o.Wait = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	})
	if _, err := p.Push(ctx, device); !errors.Is(err, context.Canceled) || !errors.Is(err, apple.ErrPush) {
		t.Errorf("error %v", err)
	}
	if n := len(server.Pushes()); n != 1 {
		t.Errorf("it was tried %d times", n)
	}
}

func TestATokenThatIsNoneIsNeverSent(t *testing.T) {
	server := appletest.NewAPNs(t)
	p, _ := newPusher(t, server, nil)
	for _, token := range []string{"", "../../x", "zz", strings.Repeat("a", 300)} {
		if pushed, err := p.Push(t.Context(), token); err != nil || !pushed.Gone {
			t.Errorf("%q: %+v, %v", token, pushed, err)
		}
	}
	if pushes := server.Pushes(); len(pushes) != 0 {
		t.Errorf("pushes to %v", pushes)
	}
}

func TestManyPushesShareAConnectionAndALimit(t *testing.T) {
	server := appletest.NewAPNs(t)
	const limit, pushes = 5, 60
	p, _ := newPusher(t, server, func(o *apple.PushOptions) { o.InFlight = limit })
	var all sync.WaitGroup
	for n := range pushes {
		all.Go(func() {
			if _, err := p.Push(t.Context(), fmt.Sprintf("%064x", n)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := len(server.Pushes()); got != pushes || server.MostAtOnce() > limit {
		t.Errorf("%d pushes, %d at once, want %d and at most %d", got, server.MostAtOnce(), pushes, limit)
	}
	if len(server.Faults()) != 0 {
		t.Errorf("faults %q", server.Faults())
	}
}

// TestAServerThatIsNotApplesIsNotTold is about a wrong address or somebody in between.
func TestAServerThatIsNotApplesIsNotTold(t *testing.T) {
	server := appletest.NewAPNs(t)
	p, _ := newPusher(t, server, func(o *apple.PushOptions) { o.Roots = nil })
	if _, err := p.Push(t.Context(), device); !errors.Is(err, apple.ErrPush) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v", err)
	}
	if len(server.Pushes()) != 0 {
		t.Error("it got the push all the same")
	}
}
