package jobs_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/samsung"
	"github.com/leima/leima/wallet/samsung/samsungtest"
)

// galaxy is a shop, a stand-in of Samsung, and the job between them.
type galaxy struct {
	*shop
	t       *testing.T
	samsung *samsungtest.Server
	job     *jobs.UpdateSamsung
}

func onBothGalaxies(t *testing.T, story func(t *testing.T, g *galaxy)) {
	t.Helper()
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			g := &galaxy{shop: newShop(t, address(t)), t: t}
			g.samsung = samsungtest.New(t, func() time.Time { return time.UnixMilli(g.now()) })
			g.job = g.process()
			story(t, g)
		})
	}
}

// process returns the job as another process has it.
func (g *galaxy) process() *jobs.UpdateSamsung {
	g.t.Helper()
	client, err := samsung.New(samsung.Options{
		Partner: samsungtest.Partner(), Now: func() time.Time { return time.UnixMilli(g.now()) },
		Wait:  func(context.Context, time.Duration) error { return nil },
		Check: func(string) error { return nil }, // the stand-in is on this machine
	})
	g.ok(err)
	return jobs.NewUpdateSamsung(jobs.UpdateSamsungOptions{Store: g.Store, Notifier: client, Kind: samsungtest.CardID, Now: g.now, Log: quiet})
}

func (g *galaxy) ok(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// added is a card that somebody added to the wallet.
func (g *galaxy) added(name string) (cardID string, p customer.SamsungPass) {
	g.t.Helper()
	cardID = g.fill(g.t, name, 1).ID
	p, err := g.IssueSamsungPass(g.t.Context(), customer.SamsungPass{OrgID: g.org.ID, CardID: cardID, Kind: samsungtest.CardID, Ref: "ref-" + name})
	g.ok(err)
	g.ok(g.NoteSamsungFetched(g.t.Context(), g.org.ID, p.Ref, p.Version))
	g.ok(g.NoteSamsungReport(g.t.Context(), customer.SamsungReport{
		OrgID: g.org.ID, Kind: samsungtest.CardID, Ref: p.Ref, State: "ADDED", Country: "fi", Callback: g.samsung.URL,
	}))
	return cardID, p
}

func (g *galaxy) stamp(cardID string) {
	g.t.Helper()
	_, err := g.Apply(g.t.Context(), loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: g.org.ID, CardID: cardID, Quantity: 1, Zone: time.UTC, At: g.now(), Now: g.now(),
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, IdempotencyKey: typeid.New("key"), BodyHash: "stamp",
	})
	g.ok(err)
}

// run lets time pass and runs the job.
func (g *galaxy) run(after time.Duration) {
	g.t.Helper()
	g.later(after)
	g.ok(g.job.Run(g.t.Context()))
}

// told says what Samsung was told in all.
func (g *galaxy) told(when string, want ...string) {
	g.t.Helper()
	var have []string
	for _, n := range g.samsung.Notifications() {
		have = append(have, n.RefID+" "+n.State)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		g.t.Fatalf("%s Samsung was told (-want +got):\n%s", when, diff)
	}
}

func TestTenStampsAreToldSamsungOnceAndNoMoreWhenItAsked(t *testing.T) {
	onBothGalaxies(t, func(t *testing.T, g *galaxy) {
		t.Helper()
		card, p := g.added("a")
		g.added("b")
		g.run(jobs.PassesEvery)
		g.told("at first")
		for range 10 {
			g.stamp(card)
		}
		g.run(jobs.PassesEvery)
		g.told("after ten stamps", "ref-a UPDATED")
		g.run(time.Hour)
		g.told("when it has not asked", "ref-a UPDATED", "ref-a UPDATED")
		g.ok(g.NoteSamsungFetched(t.Context(), g.org.ID, p.Ref, 2))
		g.run(30 * 24 * time.Hour)
		g.told("when it has asked", "ref-a UPDATED", "ref-a UPDATED")
	})
}

// Samsung is away, and then a process ends in the middle.
func TestNotificationsAreNotLostWithSamsungOrTheProcess(t *testing.T) {
	onBothGalaxies(t, func(t *testing.T, g *galaxy) {
		t.Helper()
		card, _ := g.added("a")
		g.samsung.Fail(samsungtest.Fault{Times: samsung.MaxAttempts, Status: http.StatusServiceUnavailable})
		g.samsung.Fail(samsungtest.Fault{Times: 1, Cut: true})
		g.stamp(card)
		g.run(jobs.PassesEvery)
		g.told("while it is away")
		g.run(time.Minute)
		g.told("a minute later", "ref-a UPDATED")

		g.stamp(card)
		_, err := g.FollowSamsungPasses(t.Context(), g.org.ID, samsungtest.CardID, 0)
		g.ok(err)
		if claimed, err := g.ClaimSamsungPasses(t.Context(), g.org.ID, samsungtest.CardID, time.Hour); err != nil || len(claimed) != 1 {
			t.Fatalf("claimed %+v, %v", claimed, err)
		} // and then it was killed
		g.job = g.process()
		g.run(jobs.PassesEvery)
		g.told("within the lease", "ref-a UPDATED")
		g.run(time.Hour)
		g.told("after it", "ref-a UPDATED", "ref-a UPDATED")
	})
}

func TestACardThatIsLostIsGoneFromSamsungOnce(t *testing.T) {
	onBothGalaxies(t, func(t *testing.T, g *galaxy) {
		t.Helper()
		card, _ := g.added("a")
		_, err := g.ReissueCard(t.Context(), g.org.ID, card, g.now())
		g.ok(err)
		g.run(jobs.PassesEvery)
		g.told("after the new code", "ref-a DELETED")
		g.stamp(card)
		g.run(30 * 24 * time.Hour)
		g.told("a month later", "ref-a DELETED")
	})
}

func TestANewBrandReachesSamsung(t *testing.T) {
	onBothGalaxies(t, func(t *testing.T, g *galaxy) {
		t.Helper()
		g.added("a")
		g.org.Brand.Color = "#7a1f3d"
		_, err := g.UpdateOrganization(t.Context(), g.org, g.org.Version)
		g.ok(err)
		g.run(jobs.PassesEvery)
		g.told("after the brand changed", "ref-a UPDATED")
	})
}

// sweptStore counts how often all passes are compared with their cards.
type sweptStore struct {
	jobs.SamsungStore
	sweeps int
}

func (s *sweptStore) SweepSamsungPasses(ctx context.Context, orgID, kind string) (int, error) {
	s.sweeps++
	return s.SamsungStore.SweepSamsungPasses(ctx, orgID, kind)
}

// All passes are compared with their cards when what they all show has changed, and else
// now and then.
func TestPassesForSamsungAreSweptWhenTheyLookDifferent(t *testing.T) {
	onBothGalaxies(t, func(t *testing.T, g *galaxy) {
		t.Helper()
		card, _ := g.added("a")
		store := &sweptStore{SamsungStore: g.Store}
		g.job.Store = store
		g.job = jobs.NewUpdateSamsung(g.job.UpdateSamsungOptions)
		swept := func(what string, want int) {
			t.Helper()
			if store.sweeps != want {
				t.Fatalf("%s they were swept %d times, want %d", what, store.sweeps, want)
			}
		}
		g.run(jobs.PassesEvery)
		swept("at first", 1)
		for range 10 {
			g.stamp(card)
			g.run(jobs.PassesEvery)
		}
		swept("while only stamps are given", 1)
		g.org.Brand.Color = "#7a1f3d"
		_, err := g.UpdateOrganization(t.Context(), g.org, g.org.Version)
		g.ok(err)
		g.run(jobs.PassesEvery)
		swept("after the brand changed", 2)
		g.run(jobs.PassesEvery)
		swept("after everybody was told", 2)
		g.run(time.Hour)
		swept("an hour later", 3)
	})
}

func TestTwoServersTellSamsungOnce(t *testing.T) {
	onBothGalaxies(t, func(t *testing.T, g *galaxy) {
		t.Helper()
		card, _ := g.added("a")
		g.stamp(card)
		other := g.process()
		g.later(jobs.PassesEvery)
		failed := make(chan error, 2)
		for _, job := range []*jobs.UpdateSamsung{g.job, other} {
			go func() { failed <- job.Run(t.Context()) }()
		}
		for range 2 {
			g.ok(<-failed)
		}
		g.told("by two servers", "ref-a UPDATED")
	})
}
