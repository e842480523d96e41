package jobs_test

import (
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
	"github.com/leima/leima/typeid"
)

// databaseKinds are the databases that a story is told on: each makes an empty one
// that goes with the test and returns its URL.
var databaseKinds = map[string]func(t *testing.T) string{
	"SQLite":     func(t *testing.T) string { t.Helper(); return "sqlite://" + filepath.Join(t.TempDir(), "leima.db") },
	"PostgreSQL": func(t *testing.T) string { t.Helper(); return storetest.NewDatabase(t) },
}

// shop is an organization with a card of ten in a database of its own. Its clock
// stands until the story moves it.
type shop struct {
	*store.Store
	org     organization.Organization
	program loyalty.Program
	time    *atomic.Int64
}

func newShop(t *testing.T, databaseURL string) *shop {
	t.Helper()
	s := &shop{time: &atomic.Int64{}}
	s.time.Store(time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC).UnixMilli())
	var err error
	s.Store, err = store.Open(t.Context(), store.Config{URL: databaseURL, Now: s.now, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.org = organization.Organization{
		ID: typeid.New("org"), Slug: "shop", Name: "Leimala", Country: "FI", Locale: "fi", Zone: "Europe/Helsinki",
		Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: s.now(),
	}
	if err := s.CreateOrganization(t.Context(), s.org); err != nil {
		t.Fatal(err)
	}
	s.program = s.newProgram(t, loyalty.Limits{})
	return s
}

func (s *shop) now() int64 { return s.time.Load() }

// later moves the clock.
func (s *shop) later(d time.Duration) { s.time.Add(d.Milliseconds()) }

func (s *shop) newProgram(t *testing.T, limits loyalty.Limits) loyalty.Program {
	t.Helper()
	p := loyalty.Program{
		OrgID: s.org.ID, ID: typeid.New("prog"), Name: loyalty.Text{"en": "Stamps"}, Status: loyalty.ProgramActive,
		Version: 1, Goal: 10, CreatedAt: s.now(), Limits: limits,
		Rewards: []loyalty.Reward{{
			ID: typeid.New("rew"), Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Coffee"}, ValidFor: loyalty.Period{Days: 30},
		}},
	}
	if err := s.CreateProgram(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	return p
}

// cards returns all cards of the program by their customer's external reference.
func (s *shop) cards(t *testing.T, programID string) map[string]loyalty.Card {
	t.Helper()
	cards := map[string]loyalty.Card{}
	page := paging.Page{Limit: paging.MaxLimit}
	for {
		list, err := s.Cards(t.Context(), s.org.ID, programID, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list.Items {
			cards[v.Customer.ExternalRef] = v.Card
		}
		if page.Cursor = list.NextCursor; page.Cursor == "" {
			return cards
		}
	}
}

// coupons counts the coupons of a card, whatever their status.
func (s *shop) coupons(t *testing.T, cardID string) int {
	t.Helper()
	list, err := s.Coupons(t.Context(), s.org.ID, cardID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	return len(list.Items)
}

func (s *shop) stats(t *testing.T, programID string) customer.Stats {
	t.Helper()
	st, err := s.Stats(t.Context(), s.org.ID, programID, s.now())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

var quiet = slog.New(slog.DiscardHandler)
