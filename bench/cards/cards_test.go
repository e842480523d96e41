package cards_test

import (
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/leima/leima/access"
	"github.com/leima/leima/bench/cards"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
	"github.com/leima/leima/typeid"
)

// since is 1 March 2026, 0:00 UTC.
const since = 1772323200000

func TestEverythingOfACardIsWellFormedAndItsOwn(t *testing.T) {
	d := cards.Deck{Seed: 7, Cards: 20_000, Organizations: 3, Since: since}
	seen := map[string]bool{}
	for i := range d.Cards {
		for what, err := range map[string]error{
			"card":     typeid.Check("card", d.CardID(i)),
			"customer": typeid.Check("cust", d.CustomerID(i)),
			"code":     parsed(loyalty.ParseCode(d.Code(i))),
			"number":   parsed(customer.ParseNumber(d.Number(i))),
			"phone":    parsed(customer.ParsePhone("phone", d.Phone(i), "FI")),
		} {
			if err != nil {
				t.Fatalf("card %d: %s: %v", i, what, err)
			}
		}
		for _, s := range []string{d.CardID(i), d.CustomerID(i), d.Code(i), d.Link(i), d.Number(i), d.Phone(i)} {
			if seen[s] {
				t.Fatalf("card %d has %s, which another had", i, s)
			}
			seen[s] = true
		}
		if len(d.Link(i)) != len(rand.Text()) {
			t.Fatalf("the link %q is not as long as those of the product", d.Link(i))
		}
	}
}

func parsed(_ string, err error) error {
	var invalid *customer.InvalidFieldError
	if errors.As(err, &invalid) && invalid == nil {
		return nil
	}
	return err
}

func TestTheSameNumberIsAlwaysTheSameCard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := cards.Deck{Seed: rapid.Uint64().Draw(t, "seed"), Cards: cards.MaxCards, Organizations: 1, Since: since}
		i, k := rapid.IntRange(0, d.Cards-1).Draw(t, "i"), rapid.IntRange(0, d.Cards-1).Draw(t, "k")
		if same := d.CardID(i) == d.CardID(k); same != (i == k) {
			t.Errorf("cards %d and %d: same id: %t", i, k, same)
		}
		if same := d.Number(i) == d.Number(k); same != (i == k) {
			t.Errorf("cards %d and %d: same number: %t", i, k, same)
		}
		if i < k && d.CardID(i) >= d.CardID(k) {
			t.Errorf("card %d sorts after card %d, which was made later", i, k)
		}
	})
}

func TestADeckOutOfBoundsIsRefused(t *testing.T) {
	for name, d := range map[string]cards.Deck{
		"cards":         {Cards: 0, Organizations: 1},
		"cards:":        {Cards: cards.MaxCards + 1, Organizations: 1},
		"organizations": {Cards: 1, Organizations: 2},
		"organizations:": {
			Cards: cards.MaxCards, Organizations: cards.MaxOrganizations + 1,
		},
	} {
		if _, err := cards.Fill(t.Context(), "sqlite:///nowhere", d); err == nil || !strings.HasPrefix(err.Error(), strings.TrimSuffix(name, ":")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// databases are what a deck can be put into.
func databases(t *testing.T) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "leima.db")
	urls := map[string]string{"sqlite": (&url.URL{Scheme: "sqlite", Path: path}).String()}
	if os.Getenv(storetest.PostgresVariable) != "" {
		urls["postgres"] = storetest.NewDatabase(t)
	}
	return urls
}

// The product itself finds and stamps the cards of a deck as it does those that it has
// made.
func TestTheProductTakesTheCardsForItsOwn(t *testing.T) {
	for kind, databaseURL := range databases(t) {
		t.Run(kind, func(t *testing.T) {
			ctx := t.Context()
			d := cards.Deck{Seed: 1, Cards: 1234, Organizations: 5, Since: since}
			shops, err := cards.Fill(ctx, databaseURL, d)
			if err != nil {
				t.Fatal(err)
			}
			s, err := store.Open(ctx, store.Config{URL: databaseURL})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			for _, i := range []int{0, 1, 7, d.Cards - 1} {
				compareWithAJoin(t, s, d, shops[d.Organization(i)], i)
				stampOnce(t, s, d, shops[d.Organization(i)], i)
			}
			if n, err := cards.Stamps(ctx, databaseURL); n != 4 || err != nil {
				t.Errorf("%d stamps are counted, %v; want 4", n, err)
			}
			if err := cards.Settle(ctx, databaseURL); err != nil {
				t.Error(err)
			}
		})
	}
}

// compareWithAJoin compares card i with one that joins now, but for what is anybody's
// own.
func compareWithAJoin(t *testing.T, s *store.Store, d cards.Deck, at cards.Shop, i int) {
	t.Helper()
	ctx := t.Context()
	have, err := s.Identify(ctx, at.OrgID, customer.Handle{Code: d.Code(i)}, "")
	if err != nil {
		t.Fatal(err)
	}
	joined, err := s.Join(ctx, customer.Join{
		OrgID: at.OrgID, ProgramID: at.ProgramID, FirstName: "Aino", LastName: "Aalto", Locale: "en",
		Phone: d.Phone(d.Cards + 10 + i), Trusted: true, Source: customer.SourceAPI,
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, LocationID: at.LocationID, Zone: time.UTC, Now: d.JoinedAt(i),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := joined.View
	want.Code, want.Link = d.Code(i), d.Link(i)
	want.Card.ID, want.Card.CustomerID = d.CardID(i), d.CustomerID(i)
	want.Customer.ID, want.Customer.Number, want.Customer.Phone = d.CustomerID(i), d.Number(i), d.Phone(i)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("card %d (-as the product makes it +as the deck has it):\n%s", i, diff)
	}
}

func stampOnce(t *testing.T, s *store.Store, d cards.Deck, at cards.Shop, i int) {
	t.Helper()
	who, err := s.Authenticate(t.Context(), at.OrgID, access.Hash(at.Token), d.Until())
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Apply(t.Context(), loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: at.OrgID, CardID: d.CardID(i), Quantity: 1, Actor: who.Actor(),
		LocationID: at.LocationID, Zone: time.UTC, IdempotencyKey: d.Code(i), BodyHash: "h", At: d.Until(), Now: d.Until(),
	})
	if err != nil || o.Refusal != nil || o.Card.Balance != 1 {
		t.Errorf("stamping card %d: %+v, %v", i, o, err)
	}
}
