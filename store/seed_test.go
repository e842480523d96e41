package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

// now is the instant of tests in this package: 16 March 2026, 9:00 UTC.
const now = 1773651600000

// seedCards makes an organization with a program of ten stamps and returns n cards.
func seedCards(t testing.TB, s *store.Store, n int) []loyalty.Card {
	t.Helper()
	ctx := t.Context()
	o := organization.Organization{
		ID: typeid.New("org"), Name: "Leimala", Country: "FI", Locale: "fi", Zone: "Europe/Helsinki", Brand: organization.Brand{Color: "#0b6e4f"},
	}
	o.Slug = o.ID[len(o.ID)-10:]
	p := loyalty.Program{
		OrgID: o.ID, ID: typeid.New("prog"), Name: loyalty.Text{"en": "Stamps"}, Status: loyalty.ProgramActive, Goal: 10,
		Rewards: []loyalty.Reward{{ID: "rew_main", Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Coffee", "fi": "Kahvi"}}},
	}
	if err := s.CreateOrganization(ctx, o); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateProgram(ctx, p); err != nil {
		t.Fatal(err)
	}
	cards := make([]loyalty.Card, 0, n)
	for len(cards) < n {
		refs := make([]string, min(n-len(cards), store.MaxImportRefs))
		for i := range refs {
			refs[i] = fmt.Sprint(len(cards) + i)
		}
		ids, _, err := s.ImportedCards(ctx, o.ID, p.ID, refs, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, ref := range refs {
			cards = append(cards, loyalty.Card{OrgID: o.ID, ID: ids[ref], ProgramID: p.ID})
		}
	}
	return cards
}

func seedCard(t testing.TB, s *store.Store) loyalty.Card {
	t.Helper()
	return seedCards(t, s, 1)[0]
}

func stamp(card loyalty.Card) loyalty.Command {
	return loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: card.OrgID, CardID: card.ID, Quantity: 1, IdempotencyKey: typeid.New("k"), BodyHash: "h",
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, At: now, Now: now,
	}
}

func stampMany(ctx context.Context, s *store.Store, card loyalty.Card, n int) error {
	for range n {
		if _, err := s.Apply(ctx, stamp(card)); err != nil {
			return err
		}
	}
	return nil
}
