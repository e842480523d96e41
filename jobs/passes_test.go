package jobs_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/apple/appletest"
)

const passType = "pass.example.leima"

// madeUp is an identity that no phone accepts; making one takes its time.
var madeUp = sync.OnceValue(func() *apple.DemoIdentity {
	made, err := apple.NewDemoIdentity(apple.Expected{PassType: passType, Team: "ABCDE12345"}, time.Now())
	if err != nil {
		panic(err)
	}
	return made
})

// wallets are a shop, a stand-in of Apple's server, and the job between them.
type wallets struct {
	*shop
	t    *testing.T
	apns *appletest.APNs
	job  *process
}

// process are the jobs of one process.
type process struct {
	update *jobs.UpdatePasses
	keep   *jobs.KeepPasses
	spread *jobs.SpreadPasses
}

func newWallets(t *testing.T, databaseURL string) *wallets {
	t.Helper()
	w := &wallets{shop: newShop(t, databaseURL), t: t, apns: appletest.NewAPNs(t)}
	w.job = w.process()
	return w
}

// process returns the jobs as another process has them.
func (w *wallets) process() *process {
	pusher := apple.NewPusher(madeUp().Identity, apple.PushOptions{
		Server: w.apns.URL, Roots: w.apns.Roots, Attempts: 2, Wait: func(context.Context, time.Duration) error { return nil },
	})
	w.t.Cleanup(pusher.Close)
	o := jobs.PushPassesOptions{Pusher: pusher, PassType: passType, Now: w.now, Log: quiet}
	return &process{
		update: jobs.NewUpdatePasses(w.Store, o), keep: jobs.NewKeepPasses(w.Store, o),
		spread: jobs.NewSpreadPasses(w.Store, jobs.SpreadPassesOptions{
			PushPassesOptions: o, Wait: func(_ context.Context, d time.Duration) { w.later(d) },
		}),
	}
}

func (w *wallets) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// run lets the time of a run pass and runs the jobs that look into the database.
func (w *wallets) run(p *process) {
	w.t.Helper()
	w.later(jobs.PassesEvery)
	w.ok(p.keep.Run(w.t.Context()))
	w.ok(p.spread.Run(w.t.Context()))
}

// installed is a card whose pass is on a phone with the push token.
func (w *wallets) installed(name, pushToken string) (cardID string, p customer.Pass) {
	w.t.Helper()
	cardID = w.fill(w.t, name, 1).ID
	p, err := w.IssuePass(w.t.Context(), customer.Pass{
		OrgID: w.org.ID, CardID: cardID, Type: passType, Serial: typeid.New("pass"), Token: "0123456789abcdef",
	})
	w.ok(err)
	w.ok(w.NotePassFetched(w.t.Context(), w.org.ID, p.Serial, p.Version))
	_, err = w.RegisterPass(w.t.Context(), customer.PassDevice{
		OrgID: w.org.ID, Type: passType, Serial: p.Serial, Device: "phone " + pushToken, PushToken: pushToken,
	})
	w.ok(err)
	return cardID, p
}

func (w *wallets) stamp(cardID string) {
	w.t.Helper()
	o, err := w.Apply(w.t.Context(), loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: w.org.ID, CardID: cardID, Quantity: 1, Zone: time.UTC, At: w.now(), Now: w.now(),
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, IdempotencyKey: typeid.New("key"), BodyHash: "stamp",
	})
	w.ok(err)
	if o.Refusal != nil {
		w.t.Fatal(o.Refusal)
	}
}

func (w *wallets) pushes(want int, when string) {
	w.t.Helper()
	if got := w.apns.Pushes(); len(got) != want || len(w.apns.Faults()) != 0 {
		w.t.Fatalf("%s: %d pushes, want %d; %v", when, len(got), want, w.apns.Faults())
	}
}

// pass is the pass as the database has it.
func (w *wallets) pass(p customer.Pass) customer.Pass {
	w.t.Helper()
	found, err := w.PassBySerial(w.t.Context(), w.org.ID, passType, p.Serial)
	w.ok(err)
	return found
}

func (w *wallets) counts() customer.PassCounts {
	w.t.Helper()
	c, err := w.PassCounts(w.t.Context(), w.org.ID, passType)
	w.ok(err)
	return c
}

// onBoth tells a story on both databases.
func onBoth(t *testing.T, story func(t *testing.T, w *wallets)) {
	t.Helper()
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) { story(t, newWallets(t, address(t))) })
	}
}

func TestTenStampsArePushedOnceAndNoMoreWhenFetched(t *testing.T) {
	onBoth(t, func(t *testing.T, w *wallets) {
		t.Helper()
		card, p := w.installed("a", "aa")
		w.installed("b", "bb")
		w.run(w.job)
		w.pushes(0, "nothing has changed")
		for range 10 {
			w.stamp(card)
		}
		w.run(w.job)
		w.pushes(1, "after ten stamps")
		if got, want := w.counts(), (customer.PassCounts{Issued: 2, Installed: 2, Pushed: 1, Fetched: 1, Stale: 1}); got != want {
			t.Errorf("counts %+v, want %+v", got, want)
		}
		w.ok(w.NotePassFetched(t.Context(), w.org.ID, p.Serial, w.pass(p).Version))
		w.later(48 * time.Hour)
		w.run(w.job)
		w.pushes(1, "fetched")
		if got := w.counts().Stale; got != 0 {
			t.Errorf("%d stale", got)
		}
	})
}

func TestWhatIsNotFetchedIsPushedAgainButNotForEver(t *testing.T) {
	onBoth(t, func(t *testing.T, w *wallets) {
		t.Helper()
		card, _ := w.installed("a", "aa")
		w.stamp(card)
		w.run(w.job)
		w.pushes(1, "after the stamp")
		w.run(w.job)
		w.pushes(1, "a moment later")
		for n, wait := range []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour} {
			w.later(wait)
			w.run(w.job)
			w.pushes(n+2, "after "+wait.String())
		}
		w.later(30 * 24 * time.Hour)
		w.run(w.job)
		w.pushes(5, "a month later")
		w.stamp(card)
		w.run(w.job)
		w.pushes(6, "after another stamp")
	})
}

func TestADeviceThatIsGoneIsForgottenAndOthersAreNot(t *testing.T) {
	onBoth(t, func(t *testing.T, w *wallets) {
		t.Helper()
		gone, _ := w.installed("a", "aa")
		refused, _ := w.installed("b", "bb")
		w.apns.Answer("aa", appletest.Reply{Status: http.StatusGone, Reason: "Unregistered"})
		w.apns.Answer("bb", appletest.Reply{Status: http.StatusBadRequest, Reason: "DeviceTokenNotForTopic"}, appletest.Reply{})
		w.stamp(gone)
		w.stamp(refused)
		w.run(w.job)
		w.pushes(2, "after the stamps")
		if got := w.counts().Installed; got != 1 {
			t.Errorf("%d installed, want the one whose push was refused", got)
		}
		w.later(time.Minute)
		w.run(w.job)
		w.pushes(3, "the refused one once more")
		if got := w.counts().Pushed; got != 1 {
			t.Errorf("%d pushed", got)
		}
	})
}

// Apple's server is away, and then the process ends in the middle of a push.
func TestPushesAreNotLostWithTheServerOrTheProcess(t *testing.T) {
	onBoth(t, func(t *testing.T, w *wallets) {
		t.Helper()
		card, _ := w.installed("a", "aa")
		w.apns.Answer("aa",
			appletest.Reply{Status: http.StatusServiceUnavailable}, appletest.Reply{Status: http.StatusServiceUnavailable}, appletest.Reply{})
		w.stamp(card)
		w.run(w.job)
		w.pushes(2, "two attempts fail")
		w.later(time.Minute)
		w.run(w.job)
		w.pushes(3, "after a minute")

		w.stamp(card)
		_, err := w.FollowPasses(t.Context(), w.org.ID, 0)
		w.ok(err)
		if claimed, err := w.ClaimPasses(t.Context(), w.org.ID, passType, time.Hour); err != nil || len(claimed) != 1 {
			t.Fatalf("claimed %+v, %v", claimed, err)
		} // and then it was killed
		next := w.process()
		w.run(next)
		w.pushes(3, "within the lease")
		w.later(time.Hour)
		w.run(next)
		w.pushes(4, "after it")
	})
}

func TestTwoServersPushOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *wallets) {
		t.Helper()
		card, _ := w.installed("a", "aa")
		w.stamp(card)
		other := w.process()
		w.later(jobs.PassesEvery)
		failed := make(chan error, 2)
		for _, p := range []*process{w.job, other} {
			go func() { failed <- p.keep.Run(t.Context()) }()
		}
		for range 2 {
			w.ok(<-failed)
		}
		w.pushes(1, "two servers")
	})
}

func TestANewBrandReachesThePasses(t *testing.T) {
	onBoth(t, func(t *testing.T, w *wallets) {
		t.Helper()
		_, p := w.installed("a", "aa")
		w.run(w.job)
		before := w.pass(p)
		w.org.Brand.Color = "#7a1f3d"
		_, err := w.UpdateOrganization(t.Context(), w.org, w.org.Version)
		w.ok(err)
		w.run(w.job)
		w.pushes(1, "after the brand changed")
		if now := w.pass(p); now.Version <= before.Version || now.ModifiedAt <= before.ModifiedAt {
			t.Errorf("the pass is in version %d of %d, before %d of %d", now.Version, now.ModifiedAt, before.Version, before.ModifiedAt)
		}
	})
}

// What this process changed is told without a look at events, each card once however often
// it is named.
func TestChangesAreToldAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *wallets) {
		t.Helper()
		card, p := w.installed("a", "aa")
		other, _ := w.installed("b", "bb")
		for range 10 {
			w.stamp(card)
			w.job.update.Changed(w.org.ID, card, "card_of_nobody", other)
		}
		w.ok(w.job.update.Run(t.Context()))
		w.pushes(1, "after ten stamps")
		w.run(w.job)
		w.pushes(1, "when the events are read")
		w.ok(w.NotePassFetched(t.Context(), w.org.ID, p.Serial, w.pass(p).Version))
		w.ok(w.job.update.Run(t.Context()))
		w.pushes(1, "when nothing has changed")
		w.job.update.Changed("org_of_nobody", "card_of_nobody")
		w.ok(w.job.update.Run(t.Context()))
		w.pushes(1, "for nobody")
	})
}

// A device that does not answer holds up nobody else's push.
func TestAPushThatHangsHoldsUpNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, w *wallets) {
		t.Helper()
		slow, _ := w.installed("a", "aa")
		quick, _ := w.installed("b", "bb")
		w.apns.Answer("aa", appletest.Reply{Slow: true})
		ctx, stop := context.WithCancel(t.Context())
		w.stamp(slow)
		w.job.update.Changed(w.org.ID, slow)
		ended := make(chan error)
		go func() { ended <- w.job.update.Run(ctx) }()
		waitForPush := func(token string) {
			t.Helper()
			w.ok(w.apns.Await(t.Context(), func(pushes []string) bool { return slices.Contains(pushes, token) }))
		}
		waitForPush("aa")
		w.stamp(quick)
		w.job.update.Changed(w.org.ID, quick)
		waitForPush("bb")
		stop()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
