package pass_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/apple/appletest"
)

const (
	passType = "pass.example.leima"
	team     = "ABCDE12345"
)

// demo is an identity that no phone accepts; making one takes its time.
var demo = sync.OnceValue(func() *apple.DemoIdentity {
	made, err := apple.NewDemoIdentity(apple.Expected{PassType: passType, Team: team}, time.Now())
	if err != nil {
		panic(err)
	}
	return made
})

// engines are the databases under test.
var engines = map[string]func(t *testing.T) *store.Store{
	"SQLite": func(t *testing.T) *store.Store {
		t.Helper()
		return openStore(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	},
	"PostgreSQL": func(t *testing.T) *store.Store {
		t.Helper()
		return openStore(t, storetest.NewDatabase(t))
	},
}

func openStore(t testing.TB, address string) *store.Store {
	t.Helper()
	clock := &clock{}
	s, err := store.Open(t.Context(), store.Config{URL: address, Now: clock.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	clocks.Store(s, clock)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// clock is a store's. It can do something the next time that the store asks for the time.
type clock struct{ next atomic.Pointer[func()] }

// clocks are those of the stores.
var clocks sync.Map

func (c *clock) now() int64 {
	if next := c.next.Swap(nil); next != nil {
		(*next)()
	}
	return time.Now().UnixMilli()
}

// shop is a pharmacy with one program on a database.
type shop struct {
	t       testing.TB
	store   *store.Store
	issuer  *pass.Issuer
	org     organization.Organization
	program loyalty.Program
	joined  atomic.Int64
}

var shops atomic.Int64

func newShop(t testing.TB, s *store.Store) *shop {
	t.Helper()
	now := time.Now().UnixMilli()
	sh := &shop{t: t, store: s}
	sh.org = organization.Organization{
		ID: typeid.New("org"), Slug: fmt.Sprintf("leimala-%d", shops.Add(1)), Name: "Leimala", Country: "FI", Locale: "fi", Zone: "Europe/Helsinki",
		Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: now,
	}
	sh.program = loyalty.Program{
		OrgID: sh.org.ID, ID: typeid.New("prog"), Name: loyalty.Text{"en": "Stamp card", "fi": "Leimakortti"}, Status: loyalty.ProgramActive,
		Version: 1, Goal: 10, CreatedAt: now,
		Rewards: []loyalty.Reward{{ID: "rew_main", Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Hand cream", "fi": "Käsivoide"}}},
	}
	sh.ok(s.CreateOrganization(t.Context(), sh.org))
	sh.ok(s.CreateProgram(t.Context(), sh.program))
	sh.issuer = pass.New(pass.Options{
		Identity: demo().Identity, Store: s, BaseURL: "https://cards.example.org", Log: slog.New(slog.DiscardHandler),
	})
	return sh
}

func (sh *shop) ok(err error) {
	sh.t.Helper()
	if err != nil {
		sh.t.Fatal(err)
	}
}

// join gives somebody a card.
func (sh *shop) join() customer.View {
	sh.t.Helper()
	return sh.joinAs(customer.Join{
		ProgramID: sh.program.ID, FirstName: "Aino", Email: fmt.Sprintf("aino%d@example.org", sh.joined.Add(1)), Trusted: true, Source: customer.SourceStaff,
	})
}

// stamp gives a card one stamp. It may be called by several goroutines.
func (sh *shop) stamp(ctx context.Context, cardID string) error {
	now := time.Now().UnixMilli()
	outcomes, err := sh.store.ApplyBatch(ctx, []loyalty.Command{{
		Kind: loyalty.CommandStamp, OrgID: sh.org.ID, CardID: cardID, Quantity: 1, Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
		Zone: time.UTC, IdempotencyKey: typeid.New("key"), BodyHash: "stamp", At: now, Now: now,
	}})
	if err != nil {
		return fmt.Errorf("stamp: %w", err)
	}
	if outcomes[0].Refusal != nil {
		return fmt.Errorf("stamp: %w", outcomes[0].Refusal)
	}
	return outcomes[0].Err
}

// suiteWorld lets the library's suites move the store. Their pass type is theirs, so it is
// kept as it comes.
type suiteWorld struct {
	pass.Phones
	shop  *shop
	mu    sync.Mutex
	cards map[string]string // by serial
}

var _ appletest.World = (*suiteWorld)(nil)

// Add implements appletest.World.
func (w *suiteWorld) Add(ctx context.Context, key apple.Key, token string) error {
	view := w.shop.join()
	w.mu.Lock()
	w.cards[key.Serial] = view.Card.ID
	w.mu.Unlock()
	_, err := w.shop.store.IssuePass(ctx, customer.Pass{
		OrgID: w.shop.org.ID, CardID: view.Card.ID, Type: key.PassType, Serial: key.Serial, Token: token,
	})
	return err
}

// Change implements appletest.World: a stamp, and what follows from its event.
func (w *suiteWorld) Change(ctx context.Context, key apple.Key) error {
	w.mu.Lock()
	id := w.cards[key.Serial]
	w.mu.Unlock()
	if err := w.shop.stamp(ctx, id); err != nil {
		return err
	}
	_, err := w.shop.store.FollowPasses(ctx, w.shop.org.ID, time.Now().Add(-time.Minute).UnixMilli())
	return err
}

// ChangeSlowly implements appletest.World. The store asks for the time once a change has
// its tag and before it is written.
func (w *suiteWorld) ChangeSlowly(ctx context.Context, key apple.Key, meanwhile func()) error {
	w.mu.Lock()
	id := w.cards[key.Serial]
	w.mu.Unlock()
	if err := w.shop.stamp(ctx, id); err != nil {
		return err
	}
	known, _ := clocks.Load(w.shop.store)
	known.(*clock).next.Store(&meanwhile) //nolint:errcheck,forcetypeassert // nothing else is in it
	_, err := w.shop.store.ChangePasses(ctx, w.shop.org.ID, key.PassType, []string{id}, time.Minute)
	return err
}

// PushTokens implements appletest.World.
func (w *suiteWorld) PushTokens(ctx context.Context, key apple.Key) ([]string, error) {
	if err := w.Change(ctx, key); err != nil {
		return nil, err
	}
	due, err := w.shop.store.ClaimPasses(ctx, w.shop.org.ID, key.PassType, time.Minute)
	for _, p := range due {
		if p.Serial == key.Serial {
			return p.Tokens, nil
		}
	}
	return nil, err
}

// FetchedVersion implements appletest.World.
func (w *suiteWorld) FetchedVersion(ctx context.Context, key apple.Key) (int64, error) {
	p, err := w.shop.store.PassBySerial(ctx, w.shop.org.ID, key.PassType, key.Serial)
	return p.FetchedVersion, err
}
