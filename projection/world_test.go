package projection_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/projection"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

// patience bounds how long a test waits for what happens in the background.
const patience = 20 * time.Second

// world is a server's database and hot state, and a shop in it.
type world struct {
	t testing.TB
	*store.Store
	at       atomic.Int64
	state    hot.State
	follower *projection.Follower
	keeper   *projection.Keeper
	cards    *projection.Cards
	org      organization.Organization
	location organization.Location
	cashier  organization.Staff
	programs []loyalty.Program
	zone     *time.Location
	keys     int
	// path is that of the database.
	path string
}

func (w *world) now() int64 { return w.at.Load() }

func (w *world) pass(d time.Duration) { w.at.Add(d.Milliseconds()) }

// newWorld opens a SQLite database, and a follower of its commits in front of state.
func newWorld(t testing.TB, state hot.State) *world {
	t.Helper()
	w := &world{t: t, state: state, zone: organization.LoadZone("Europe/Helsinki", "")}
	w.path = filepath.Join(t.TempDir(), "leima.db")
	w.at.Store(time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC).UnixMilli())
	w.follower = projection.Follow(projection.FollowerOptions{
		State: state, Topic: topic, Lost: func(ctx context.Context) error { return w.keeper.Raise(ctx) }, Log: slog.New(slog.DiscardHandler),
	})
	st, err := store.Open(t.Context(), store.Config{
		URL: "sqlite://" + w.path, Now: w.now, Committed: w.follower.Committed, Log: slog.New(slog.DiscardHandler),
	})
	w.ok(err)
	t.Cleanup(func() {
		deadline, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := w.follower.Close(deadline); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Store = st
	w.ok(st.Migrate(t.Context()))
	w.keeper = projection.NewKeeper(projection.KeeperOptions{
		State: state, Follower: w.follower, Views: st, Pages: st, Epochs: st, Counter: st, Organizations: w.organizations, Now: w.now,
	})
	w.ok(w.keeper.Start(t.Context()))
	w.cards = projection.NewCards(st, w.follower, w.now)
	w.openShop()
	return w
}

// newDeadProcess is another process at work on the same database, which tells nobody of
// its commits.
func newDeadProcess(t testing.TB, w *world) *world {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: "sqlite://" + w.path, Now: w.now, Log: slog.New(slog.DiscardHandler)})
	w.ok(err)
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	dead := &world{t: t, Store: st, org: w.org, location: w.location, cashier: w.cashier, zone: w.zone, keys: 1_000_000}
	dead.at.Store(w.now())
	return dead
}

func topic(orgID, cardID string) string { return orgID + "/" + cardID }

func (w *world) organizations(ctx context.Context) ([]string, error) {
	list, err := w.Organizations(ctx)
	ids := make([]string, len(list))
	for i, o := range list {
		ids[i] = o.ID
	}
	return ids, err
}

// openShop makes an organization with two programs.
func (w *world) openShop() {
	w.t.Helper()
	ctx := w.t.Context()
	w.org = organization.Organization{
		ID: typeid.New("org"), Slug: "leimala", Name: "Leimala", Country: "FI", Locale: "fi", Zone: "Europe/Helsinki",
		Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: w.now(),
	}
	w.ok(w.CreateOrganization(ctx, w.org))
	w.location = organization.Location{
		OrgID: w.org.ID, ID: typeid.New("loc"), Name: "Keskusta", Zone: "Europe/Helsinki", Version: 1, CreatedAt: w.now(),
	}
	w.ok(w.CreateLocation(ctx, w.location))
	w.cashier = organization.Staff{
		OrgID: w.org.ID, ID: typeid.New("stf"), Name: "Aino", Role: organization.RoleCashier, Active: true, Version: 1, CreatedAt: w.now(),
	}
	w.ok(w.CreateStaff(ctx, w.cashier))
	for _, name := range []string{"Coffee", "Bread"} {
		p := loyalty.Program{
			OrgID: w.org.ID, ID: typeid.New("prog"), Name: loyalty.Text{"en": name}, Status: loyalty.ProgramActive, Version: 1, Goal: 4, WelcomeStamps: 1,
			Rewards: []loyalty.Reward{
				{ID: "rew_main", Kind: loyalty.RewardMain, Name: loyalty.Text{"en": name, "fi": "Palkinto"}, ValidFor: loyalty.Period{Days: 3}},
				{ID: "rew_half", Kind: loyalty.RewardMilestone, At: 2, Name: loyalty.Text{"en": "Half"}},
			},
			CreatedAt: w.now(),
		}
		w.ok(w.CreateProgram(ctx, p))
		w.programs = append(w.programs, p)
	}
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// join returns the card of a customer with the phone number.
func (w *world) join(program int, phone string, trusted bool) customer.View {
	w.t.Helper()
	j := customer.Join{
		OrgID: w.org.ID, ProgramID: w.programs[program].ID, FirstName: "Veera", LastName: "Virtanen", Phone: phone, Locale: "fi",
		Source: customer.SourceForm, Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, LocationID: w.location.ID, Zone: w.zone, Now: w.now(),
	}
	if trusted {
		j.Trusted, j.Source, j.Actor = true, customer.SourceStaff, loyalty.Actor{Kind: loyalty.ActorStaff, ID: w.cashier.ID}
	}
	joined, err := w.Join(w.t.Context(), j)
	w.ok(err)
	return joined.View
}

// confirm confirms the oldest contact that waits for it, if any does.
func (w *world) confirm() {
	w.t.Helper()
	ctx := w.t.Context()
	waiting, err := w.PendingConfirmations(ctx, w.org.ID, 1)
	w.ok(err)
	for _, c := range waiting {
		token := sha256.Sum256([]byte(c.ID))
		w.ok(w.SentConfirmation(ctx, w.org.ID, c.ID, token, w.now(), w.now()+customer.ConfirmationLife.Milliseconds()))
		if _, err := w.Confirm(ctx, w.org.ID, token, w.now()); err != nil && !errors.Is(err, customer.ErrNotFound) {
			w.t.Fatalf("confirm: %v", err)
		}
	}
}

func (w *world) command(kind loyalty.CommandKind, cardID string, quantity int) loyalty.Command {
	w.keys++
	return loyalty.Command{
		Kind: kind, OrgID: w.org.ID, CardID: cardID, Quantity: quantity, Actor: loyalty.Actor{Kind: loyalty.ActorStaff, ID: w.cashier.ID},
		LocationID: w.location.ID, Zone: w.zone, IdempotencyKey: fmt.Sprint("key-", w.keys), BodyHash: "body", At: w.now(), Now: w.now(),
	}
}

// apply carries out a command, and stops the test for a fault; what the rules say no to
// is an answer.
func (w *world) apply(c loyalty.Command) loyalty.Outcome {
	w.t.Helper()
	outcomes, err := w.ApplyBatch(w.t.Context(), []loyalty.Command{c})
	w.ok(err)
	return outcomes[0]
}

func (w *world) stamp(cardID string, quantity int) loyalty.Outcome {
	w.t.Helper()
	return w.apply(w.command(loyalty.CommandStamp, cardID, quantity))
}

// drained waits until the hot state was told of everything.
func (w *world) drained() {
	w.t.Helper()
	eventually(w.t, "the follower", func() bool { return w.follower.Stats().Waiting == 0 })
	// What was taken from the queue may be on its way.
	rounds := w.follower.Stats().Rounds
	w.stampNobody()
	eventually(w.t, "the last round", func() bool { return w.follower.Stats().Rounds > rounds })
}

// stampNobody makes every lane of the follower finish one more round.
func (w *world) stampNobody() {
	w.keys++
	w.follower.Committed(loyalty.Commit{Source: fmt.Sprint("nobody-", w.keys), Seq: 1})
}

func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("waited in vain for %s", what)
		case <-again.C:
		}
	}
}
