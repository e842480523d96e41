package ledger_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/leima/leima/ledger"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
	"github.com/leima/leima/typeid"
)

const noon = 1_773_835_200_000 // 18 March 2026, 12:00 UTC

// databases are what the stories below are told on.
var databases = map[string]func(*testing.T) (address string, committers int){
	"SQLite": func(t *testing.T) (string, int) {
		t.Helper()
		return "sqlite://" + filepath.Join(t.TempDir(), "leima.db"), 1
	},
	"PostgreSQL": func(t *testing.T) (string, int) {
		t.Helper()
		return storetest.NewDatabase(t), 2
	},
}

// shop is an organization with a program of ten stamps and some cards.
type shop struct {
	*store.Store
	orgID string
	cards []string
}

func openShop(t *testing.T, address string, cards int) shop {
	t.Helper()
	ctx := t.Context()
	s, err := store.Open(ctx, store.Config{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	sh := shop{Store: s, orgID: typeid.New("org")}
	p := loyalty.Program{
		OrgID: sh.orgID, ID: typeid.New("prog"), Name: loyalty.Text{"en": "Card"}, Status: loyalty.ProgramActive, Version: 1, Goal: 10,
		Rewards:   []loyalty.Reward{{ID: typeid.New("rew"), Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Gift"}}},
		CreatedAt: noon,
	}
	if err := errors.Join(s.Migrate(ctx), s.CreateOrganization(ctx, organization.Organization{
		ID: sh.orgID, Slug: "shop", Name: "Shop", Country: "FI", Locale: "en", Zone: "UTC", Version: 1,
		Brand: organization.Brand{Color: "#0b6e4f"}, CreatedAt: noon,
	}), s.CreateProgram(ctx, p)); err != nil {
		t.Fatal(err)
	}
	refs := make([]string, cards)
	for i := range refs {
		refs[i] = fmt.Sprint("customer ", i)
	}
	byRef, _, err := s.ImportedCards(ctx, sh.orgID, p.ID, refs, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range refs {
		sh.cards = append(sh.cards, byRef[ref])
	}
	return sh
}

// Many tills stamp a few cards at once, and each sends every request twice, as after
// a lost answer. Every stamp is there once.
func TestManyTillsAtOnce(t *testing.T) {
	const tills, stampsEach = 64, 15
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			address, committers := database(t)
			sh := openShop(t, address, 7)
			g := ledger.NewGroupCommit(sh, ledger.Config{Committers: committers, Beside: 1})
			var all sync.WaitGroup
			for till := range tills {
				all.Go(func() {
					for n := range stampsEach {
						c := loyalty.Command{
							Kind: loyalty.CommandStamp, OrgID: sh.orgID, CardID: sh.cards[(till+n)%len(sh.cards)], Quantity: 1,
							Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, At: noon, Now: noon,
							IdempotencyKey: fmt.Sprintf("till %d stamp %d", till, n), BodyHash: "same",
						}
						first, err := g.Apply(t.Context(), c)
						again, err2 := g.Apply(t.Context(), c)
						if err := errors.Join(err, err2); err != nil {
							t.Error(err)
							return
						}
						if first.Replayed || !again.Replayed || first.Entry.ID != again.Entry.ID {
							t.Errorf("%s: sent twice it gave %s and then %s", c.IdempotencyKey, first.Entry.ID, again.Entry.ID)
						}
					}
				})
			}
			all.Wait()
			closeNow(t, g)
			sh.mustHold(t, tills*stampsEach)
		})
	}
}

// mustHold checks that the ledgers of all cards hold so many stamps, and that each
// balance is the sum of its entries.
func (sh shop) mustHold(t *testing.T, want int) {
	t.Helper()
	stamps := 0
	for _, id := range sh.cards {
		v, err := sh.Card(t.Context(), sh.orgID, id)
		if err != nil {
			t.Fatal(err)
		}
		sum, page := 0, paging.Page{Limit: paging.MaxLimit}
		for range 100 {
			list, err := sh.Entries(t.Context(), sh.orgID, id, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list.Items {
				sum += e.Quantity
				if e.Kind == loyalty.EntryStamp {
					stamps += e.Quantity
				}
			}
			if page.Cursor = list.NextCursor; page.Cursor == "" {
				break
			}
		}
		if sum != v.Card.Balance {
			t.Errorf("card %s says %d stamps, its entries %d", id, v.Card.Balance, sum)
		}
	}
	if stamps != want {
		t.Errorf("%d stamps are in the ledger, want %d", stamps, want)
	}
}
