package jobs_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leima/leima/bench/cards"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/apple/appletest"
)

// crowd is a shop with many passes, each on a phone of its own.
type crowd struct {
	*wallets
	deck cards.Deck
}

func newCrowd(t *testing.T, databaseURL string, passes int) *crowd {
	t.Helper()
	began := time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC).UnixMilli()
	c := &crowd{deck: cards.Deck{Seed: 7, Cards: passes, Organizations: 1, Since: began}}
	shops, err := cards.Fill(t.Context(), databaseURL, c.deck)
	if err == nil {
		err = cards.FillPasses(t.Context(), databaseURL, c.deck, shops, passType)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{time: &atomic.Int64{}}
	s.time.Store(c.deck.Until() + time.Minute.Milliseconds())
	if s.Store, err = store.Open(t.Context(), store.Config{URL: databaseURL, Now: s.now, Log: quiet}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a run that is stuck may still use it
	c.wallets = &wallets{shop: s, t: t, apns: appletest.NewAPNs(t)}
	s.org, err = s.Organization(t.Context(), shops[0].OrgID)
	c.ok(err)
	c.job = c.process()
	c.run(c.job)
	c.pushes(0, "nothing has changed")
	return c
}

// onBothWith tells a story of many passes on both databases.
func onBothWith(t *testing.T, passes int, story func(t *testing.T, c *crowd)) {
	t.Helper()
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) { story(t, newCrowd(t, address(t), passes)) })
	}
}

func (c *crowd) newBrand(color string) {
	c.t.Helper()
	var err error
	c.org.Brand.Color = color
	c.org, err = c.UpdateOrganization(c.t.Context(), c.org, c.org.Version)
	c.ok(err)
}

func (c *crowd) spread() customer.PassSpread {
	c.t.Helper()
	s, err := c.PassSpread(c.t.Context(), c.org.ID, passType)
	c.ok(err)
	return s
}

// spreading returns the job with something that happens in the pauses between its steps.
func (c *crowd) spreading(perSecond int, between func(step int)) *jobs.SpreadPasses {
	c.t.Helper()
	step := 0
	pusher := apple.NewPusher(madeUp().Identity, apple.PushOptions{Server: c.apns.URL, Roots: c.apns.Roots, Attempts: 1})
	c.t.Cleanup(pusher.Close)
	return jobs.NewSpreadPasses(c.Store, jobs.SpreadPassesOptions{
		PushPassesOptions: jobs.PushPassesOptions{Pusher: pusher, PassType: passType, Now: c.now, Log: quiet}, PerSecond: perSecond,
		Wait: func(_ context.Context, d time.Duration) {
			step++
			between(step)
			c.later(d)
		},
	})
}

// toldOnce checks that every phone was told so often.
func (c *crowd) told(times int, of func(i int) bool, when string) {
	c.t.Helper()
	count := map[string]int{}
	for _, token := range c.apns.Pushes() {
		count[token]++
	}
	for i := range c.deck.Cards {
		if got := count[c.deck.PushToken(i)]; of(i) && got != times {
			c.t.Fatalf("%s: phone %d was told %d times, want %d", when, i, got, times)
		}
	}
}

func everybody(int) bool { return true }

func TestANewBrandIsSpreadOutAndSaysHowFarItIs(t *testing.T) {
	onBothWith(t, 3000, func(t *testing.T, c *crowd) {
		t.Helper()
		c.newBrand("#7a1f3d")
		began := c.now()
		var seen []int64
		c.ok(c.spreading(400, func(int) {
			s := c.spread()
			if s.Total != 3000 || s.FinishedAt != 0 {
				t.Errorf("under way: %+v", s)
			}
			seen = append(seen, s.Told)
		}).Run(t.Context()))
		if !slices.IsSorted(seen) || len(seen) < 10 || seen[0] >= 400 {
			t.Errorf("told after each step: %v", seen)
		}
		if s := c.spread(); s.Total != 3000 || s.Told != 3000 || s.FinishedAt == 0 || s.StartedAt < began {
			t.Errorf("at the end: %+v", s)
		}
		c.told(1, everybody, "after the new brand")
		if took := c.now() - began; took < 3000*1000/400*9/10 {
			t.Errorf("3,000 passes at 400 a second took %d ms", took)
		}
		c.run(c.job)
		c.told(1, everybody, "when nothing is new")
	})
}

// The process ends in the middle, twice, and another goes on.
func TestASpreadGoesOnAfterTheProcessWasKilled(t *testing.T) {
	onBothWith(t, 1500, func(t *testing.T, c *crowd) {
		t.Helper()
		c.newBrand("#7a1f3d")
		for range 2 {
			ctx, kill := context.WithCancel(t.Context())
			_ = c.spreading(400, func(step int) {
				if step == 4 {
					kill()
				}
			}).Run(ctx)
		}
		halfway := c.spread()
		if halfway.Told < 700 || halfway.Told > 900 || halfway.Total != 1500 {
			t.Errorf("after two deaths: %+v", halfway)
		}
		c.ok(c.spreading(400, func(int) {}).Run(t.Context()))
		c.told(1, everybody, "after the third process")
		if s := c.spread(); s.Told != 1500 || s.StartedAt != halfway.StartedAt {
			t.Errorf("at the end: %+v, halfway %+v", s, halfway)
		}
	})
}

// Steps whose pushes were under way when the process died are pushed by another after the
// lease.
func TestPushesOfASpreadAreNotLost(t *testing.T) {
	onBothWith(t, 300, func(t *testing.T, c *crowd) {
		t.Helper()
		c.newBrand("#7a1f3d")
		step, err := c.SpreadPasses(t.Context(), c.org.ID, passType, 100, 100, 3*time.Minute)
		c.ok(err)
		if len(step.Pushes) != 100 || step.NextAt != c.now()+1000 {
			t.Fatalf("%d to push, go on at %d; now is %d", len(step.Pushes), step.NextAt, c.now())
		} // and then it was killed
		if early, err := c.SpreadPasses(t.Context(), c.org.ID, passType, 100, 100, time.Minute); err != nil || len(early.Pushes) != 0 || early.NextAt != step.NextAt {
			t.Errorf("another server before its turn: %+v, %v", early, err)
		}
		c.run(c.job)
		if got := len(c.apns.Pushes()); got != 200 {
			t.Errorf("%d pushes within the lease", got)
		}
		c.later(3 * time.Minute)
		c.run(c.job)
		c.told(1, everybody, "after the lease")
	})
}

// Apple's server does not answer what the spread pushes; a stamp is pushed all the same.
func TestAStampDoesNotWaitForASpread(t *testing.T) {
	onBothWith(t, 1000, func(t *testing.T, c *crowd) {
		t.Helper()
		const stamped = 999 // the spread comes to it last
		for i := range stamped {
			c.apns.Answer(c.deck.PushToken(i), appletest.Reply{Slow: true})
		}
		c.newBrand("#7a1f3d")
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.spreading(400, func(int) {}).Run(ctx) }()
		// As many as a spread has under way:
		c.ok(c.apns.Await(t.Context(), func(pushes []string) bool { return len(pushes) == 50 }))
		card := c.deck.CardID(stamped)
		c.stamp(card)
		c.job.update.Changed(c.org.ID, card)
		c.ok(c.job.update.Run(t.Context()))
		if !slices.Contains(c.apns.Pushes(), c.deck.PushToken(stamped)) {
			t.Error("the phone was not told of its stamp")
		}
		if s := c.spread(); s.FinishedAt != 0 {
			t.Errorf("the spread is at its end: %+v", s)
		}
		stop()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// Who is stamped while a brand is spread is told of both at once; a second brand on the way
// is told to everybody, and to nobody twice who has both.
func TestStampsAndAnotherBrandDuringASpread(t *testing.T) {
	onBothWith(t, 1200, func(t *testing.T, c *crowd) {
		t.Helper()
		c.newBrand("#7a1f3d")
		const stamped = 1199
		c.ok(c.spreading(400, func(step int) {
			switch step {
			case 2:
				c.stamp(c.deck.CardID(stamped))
				c.job.update.Changed(c.org.ID, c.deck.CardID(stamped))
				c.ok(c.job.update.Run(t.Context()))
			case 5:
				c.newBrand("#123456")
			}
		}).Run(t.Context()))
		c.told(2, func(i int) bool { return i < 500 || i == stamped }, "told of the first brand, or of a stamp")
		c.told(1, func(i int) bool { return i >= 500 && i != stamped }, "told of the second brand only")
		if s := c.spread(); s.Total != 1200 || s.Told != 1200 || s.FinishedAt == 0 {
			t.Errorf("at the end: %+v", s)
		}
	})
}

// New rules of one program reach the passes of its cards and no others. A new program
// reaches none, and what was said of the last change stays.
func TestRulesReachThePassesOfTheirProgram(t *testing.T) {
	onBoth(t, func(t *testing.T, w *wallets) {
		t.Helper()
		_, p := w.installed("a", "aa")
		w.run(w.job)
		w.newProgram(t, loyalty.Limits{})
		w.run(w.job)
		w.pushes(0, "after a new program")
		if s, err := w.PassSpread(t.Context(), w.org.ID, passType); err != nil || s.Total != 0 {
			t.Errorf("%+v, %v", s, err)
		}
		w.program.Name["fi"] = "Uusi kortti"
		_, err := w.UpdateProgram(t.Context(), w.program, w.program.Version)
		w.ok(err)
		w.run(w.job)
		w.pushes(1, "after the rules changed")
		before, err := w.PassSpread(t.Context(), w.org.ID, passType)
		if err != nil || before.Total != 1 || before.Told != 1 || w.pass(p).Version != p.Version+1 {
			t.Errorf("%+v, %v, version %d", before, err, w.pass(p).Version)
		}
		w.newProgram(t, loyalty.Limits{})
		w.run(w.job)
		if after, err := w.PassSpread(t.Context(), w.org.ID, passType); err != nil || after != before {
			t.Errorf("%+v, %v, before %+v", after, err, before)
		}
	})
}
