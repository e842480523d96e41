package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/google/googletest"
)

// googles are a shop, a stand-in for Google, and the jobs between them.
type googles struct {
	*shop
	t        *testing.T
	standIn  *googletest.Server
	cards    *pass.Google
	job      *jobs.UpdateGooglePasses
	results  []jobs.GoogleResult
	compared []jobs.GoogleCompared
}

func newGoogles(t *testing.T, databaseURL string) *googles {
	t.Helper()
	g := &googles{shop: newShop(t, databaseURL), t: t}
	g.standIn = googletest.New(t, g.instant)
	var err error
	g.cards, err = pass.NewGoogle(pass.GoogleOptions{
		IssuerID: googletest.Issuer, Account: g.standIn.Account(), Server: g.standIn.URL, KeysURL: g.standIn.KeysURL(), Store: g.Store,
		BaseURL: "https://cards.example.org", Now: g.instant, Log: quiet,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	g.ok(err)
	g.job = g.process()
	return g
}

func (g *googles) instant() time.Time { return time.UnixMilli(g.now()) }

func (g *googles) ok(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// process returns the job as another process has it.
func (g *googles) process() *jobs.UpdateGooglePasses {
	return jobs.NewUpdateGooglePasses(jobs.UpdateGooglePassesOptions{
		Store: g.Store, Cards: g.cards, Sender: g.cards.Client, IssuerID: googletest.Issuer,
		Report: func(r jobs.GoogleResult) { g.results = append(g.results, r) }, Now: g.now, Log: quiet,
	})
}

func (g *googles) run(job *jobs.UpdateGooglePasses) {
	g.t.Helper()
	g.later(jobs.PassesEvery)
	g.ok(job.Run(g.t.Context()))
}

// compare lets a day pass and compares.
func (g *googles) compare() jobs.GoogleCompared {
	g.t.Helper()
	g.later(25 * time.Hour)
	before := len(g.compared)
	g.ok(g.comparison().Run(g.t.Context()))
	if len(g.compared) != before+1 {
		g.t.Fatalf("%d comparisons ended", len(g.compared)-before)
	}
	return g.compared[before]
}

func (g *googles) comparison() jobs.CompareGoogle {
	return jobs.CompareGoogle{
		Store: g.Store, Cards: g.cards, Wallet: g.cards.Client, IssuerID: googletest.Issuer,
		Report: func(c jobs.GoogleCompared) { g.compared = append(g.compared, c) }, Now: g.now, Log: quiet,
	}
}

// saved is a card that somebody has in Google Wallet.
func (g *googles) saved(name string) (cardID, objectID string) {
	g.t.Helper()
	cardID = g.fill(g.t, name, 1).ID
	objectID = g.linked(cardID)
	g.standIn.Save(objectID)
	_, serial, _ := g.cards.PassOf(objectID)
	_, err := g.NoteGoogleEvent(g.t.Context(), g.org.ID, customer.GoogleEvent{Serial: serial, Nonce: "saved " + name, ExpiresAt: g.now() + 1000, Saved: true})
	g.ok(err)
	return cardID, objectID
}

// linked is the object of a card that has a save link.
func (g *googles) linked(cardID string) string {
	g.t.Helper()
	link, err := g.cards.SaveLink(g.t.Context(), g.org.ID, cardID)
	g.ok(err)
	ids, err := g.standIn.OpenSaveLink(link)
	g.ok(err)
	return ids[0]
}

func (g *googles) stamp(cardID string) {
	g.t.Helper()
	o, err := g.Apply(g.t.Context(), loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: g.org.ID, CardID: cardID, Quantity: 1, Zone: time.UTC, At: g.now(), Now: g.now(),
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, IdempotencyKey: typeid.New("key"), BodyHash: "stamp",
	})
	g.ok(err)
	if o.Refusal != nil {
		g.t.Fatal(o.Refusal)
	}
}

// patches are the ids of the objects that were changed, in order.
func (g *googles) patches() []string {
	var ids []string
	for _, r := range g.standIn.Requests() {
		if _, id, ok := strings.Cut(r.Path, "/loyaltyObject/"); ok && r.Method == http.MethodPatch {
			ids = append(ids, id)
		}
	}
	return ids
}

func (g *googles) patched(want int, when string) {
	g.t.Helper()
	if got := g.patches(); len(got) != want {
		g.t.Fatalf("%s: %d changes at Google, want %d", when, len(got), want)
	}
}

// shows is the balance that Google shows.
func (g *googles) shows(objectID string) string {
	g.t.Helper()
	var o google.LoyaltyObject
	text, err := json.Marshal(g.standIn.Object(objectID))
	g.ok(err)
	g.ok(json.Unmarshal(text, &o))
	if o.LoyaltyPoints == nil || o.LoyaltyPoints.Balance.Text == nil {
		return ""
	}
	return *o.LoyaltyPoints.Balance.Text
}

func (g *googles) counts() customer.GooglePassCounts {
	g.t.Helper()
	c, err := g.GooglePassCounts(g.t.Context(), g.org.ID, googletest.Issuer)
	g.ok(err)
	return c
}

// onBothWithGoogle tells a story on both databases.
func onBothWithGoogle(t *testing.T, story func(t *testing.T, g *googles)) {
	t.Helper()
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) { story(t, newGoogles(t, address(t))) })
	}
}

func TestTenStampsAreOneChangeAtGoogle(t *testing.T) {
	onBothWithGoogle(t, func(t *testing.T, g *googles) {
		t.Helper()
		card, object := g.saved("a")
		g.saved("b")
		g.run(g.job)
		g.patched(0, "nothing has changed")
		for range 8 {
			g.stamp(card)
		}
		g.run(g.job)
		g.patched(1, "after eight stamps")
		if got := g.shows(object); got != "9/10" {
			t.Errorf("Google shows %q", got)
		}
		if got := g.standIn.Notifications(object); got != 1 || g.results[0] != jobs.GoogleNotified {
			t.Errorf("%d notifications, %v", got, g.results)
		}
		if got, want := g.counts(), (customer.GooglePassCounts{Issued: 2, Saved: 2, Sent: 2}); got != want {
			t.Errorf("counts %+v, want %+v", got, want)
		}
		g.run(g.job)
		g.patched(1, "a moment later")
	})
}

func TestGoogleIsAwayAndHearsOfItLater(t *testing.T) {
	onBothWithGoogle(t, func(t *testing.T, g *googles) {
		t.Helper()
		card, object := g.saved("a")
		g.standIn.Fail(googletest.Fault{Path: "/loyaltyObject/", Times: 1, Status: http.StatusForbidden, Reason: "permissionDenied"})
		g.stamp(card)
		g.run(g.job)
		if got := g.counts(); got.Stale != 1 || got.Failed != 1 || g.results[0] != jobs.GoogleFailed {
			t.Fatalf("%+v, %v", got, g.results)
		}
		g.run(g.job)
		g.patched(1, "it is left alone for a minute")
		g.later(time.Minute)
		g.run(g.job)
		if got := g.shows(object); got != "2/10" {
			t.Errorf("Google shows %q", got)
		}

		g.stamp(card)
		_, err := g.FollowGooglePasses(t.Context(), g.org.ID, 0)
		g.ok(err)
		if claimed, err := g.ClaimGooglePasses(t.Context(), g.org.ID, googletest.Issuer, time.Hour, 9); err != nil || len(claimed) != 1 {
			t.Fatalf("claimed %+v, %v", claimed, err)
		} // and then it was killed
		next := g.process()
		g.run(next)
		if got := g.shows(object); got != "2/10" {
			t.Errorf("within the lease Google shows %q", got)
		}
		g.later(time.Hour)
		g.run(next)
		if got := g.shows(object); got != "3/10" {
			t.Errorf("after the lease Google shows %q", got)
		}
	})
}

func TestWhatGoogleRefusesIsNotSentAgainUntilItChanges(t *testing.T) {
	onBothWithGoogle(t, func(t *testing.T, g *googles) {
		t.Helper()
		card, object := g.saved("a")
		g.standIn.Fail(googletest.Fault{Path: "/loyaltyObject/", Times: 1, Status: http.StatusBadRequest, Reason: "invalid"})
		g.stamp(card)
		g.run(g.job)
		g.later(48 * time.Hour)
		g.run(g.job)
		g.patched(1, "after two days")
		if got := g.counts().Failed; got != 1 {
			t.Errorf("%d failed", got)
		}
		g.stamp(card)
		g.run(g.job)
		if got := g.shows(object); got != "3/10" || g.counts().Failed != 0 {
			t.Errorf("Google shows %q, %+v", got, g.counts())
		}
	})
}

// A new brand of a hundred cards takes turns, and a stamp in between does not wait for it.
func TestANewBrandKeepsNoStampWaiting(t *testing.T) {
	g := newGoogles(t, databaseKinds["SQLite"](t))
	const cards = 100
	stamped, object := g.saved("a")
	for n := range cards - 1 {
		g.linked(g.fill(t, fmt.Sprint("card ", n), 1).ID)
	}
	g.org.Brand.Color = "#7a1f3d"
	_, err := g.UpdateOrganization(t.Context(), g.org, g.org.Version)
	g.ok(err)
	g.later(5 * time.Minute)
	g.run(g.job)
	turn := len(g.patches())
	if turn == 0 || turn >= cards {
		t.Fatalf("%d of %d in one turn", turn, cards)
	}
	g.stamp(stamped)
	g.run(g.job)
	if got := g.shows(object); got != "2/10" {
		t.Errorf("in the turn after the stamp Google shows %q", got)
	}
	for range 3 {
		g.run(g.job)
	}
	if got := g.patches(); len(got) < cards {
		t.Errorf("%d of %d were sent", len(got), cards)
	}
	if got := g.standIn.Notifications(object); got != 1 {
		t.Errorf("%d notifications, want the one of the stamp", got)
	}
	class := g.standIn.Class(g.cards.ClassID(g.org.ID, g.program.ID))
	if class["hexBackgroundColor"] != "#7a1f3d" {
		t.Errorf("the class has the colour %v", class["hexBackgroundColor"])
	}
}

func TestTwoServersTellGoogleOnce(t *testing.T) {
	onBothWithGoogle(t, func(t *testing.T, g *googles) {
		t.Helper()
		card, _ := g.saved("a")
		g.stamp(card)
		other := jobs.NewUpdateGooglePasses(jobs.UpdateGooglePassesOptions{
			Store: g.Store, Cards: g.cards, Sender: g.cards.Client, IssuerID: googletest.Issuer, Now: g.now, Log: quiet,
		})
		g.later(jobs.PassesEvery)
		failed := make(chan error, 2)
		for _, job := range []*jobs.UpdateGooglePasses{g.job, other} {
			go func() { failed <- job.Run(t.Context()) }()
		}
		for range 2 {
			g.ok(<-failed)
		}
		g.patched(1, "two servers")
	})
}
