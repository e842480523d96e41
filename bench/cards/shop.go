package cards

import (
	"context"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

const (
	// zone is that of all organizations of a deck.
	zone = "Europe/Helsinki"
	// goal is the size of a card in stamps: every tenth stamp issues a coupon.
	goal = 10
	// dayMillis is a day.
	dayMillis = 24 * 60 * 60 * 1000
)

// Shop is one organization of a deck, with what a till needs.
type Shop struct {
	OrgID      string `json:"org_id"`
	ProgramID  string `json:"program_id"`
	LocationID string `json:"location_id"`
	// Token is an API key that may stamp and scan.
	Token string `json:"token"`
}

// openShop makes organization number i of the deck, a day before its first card.
func openShop(ctx context.Context, s *store.Store, d Deck, i int) (Shop, error) {
	at := d.Since - dayMillis
	o := organization.Organization{
		ID: typeid.New("org"), Slug: fmt.Sprintf("bench-%05d", i), Name: fmt.Sprintf("Bench %d", i),
		Country: "FI", Locale: "en", Zone: zone, Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: at,
	}
	l := organization.Location{OrgID: o.ID, ID: typeid.New("loc"), Name: "Counter", Version: 1, CreatedAt: at}
	p := loyalty.Program{
		OrgID: o.ID, ID: typeid.New("prog"), Name: loyalty.Text{"en": "Stamps"}, Status: loyalty.ProgramActive,
		Version: 1, Goal: goal, CreatedAt: at,
		Rewards: []loyalty.Reward{{ID: typeid.New("rew"), Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Gift"}}},
	}
	token := access.NewToken(access.TokenAPIKey, o.Slug)
	k := access.APIKey{
		OrgID: o.ID, ID: typeid.New("key"), Name: "Benchmark", Hint: access.HintOf(token), CreatedAt: at,
		Scopes: access.SetOf(access.StampsWrite, access.ScansWrite),
	}
	for _, check := range []error{o.Validate(), l.Validate(), p.Validate()} {
		if check != nil {
			return Shop{}, fmt.Errorf("organization %d: %w", i, check)
		}
	}
	if err := s.CreateOrganization(ctx, o); err != nil {
		return Shop{}, fmt.Errorf("create organization %d: %w", i, err)
	}
	if err := s.CreateLocation(ctx, l); err != nil {
		return Shop{}, fmt.Errorf("create the location of organization %d: %w", i, err)
	}
	if err := s.CreateProgram(ctx, p); err != nil {
		return Shop{}, fmt.Errorf("create the program of organization %d: %w", i, err)
	}
	if err := s.CreateAPIKey(ctx, k, access.Hash(token)); err != nil {
		return Shop{}, fmt.Errorf("create the key of organization %d: %w", i, err)
	}
	return Shop{OrgID: o.ID, ProgramID: p.ID, LocationID: l.ID, Token: token}, nil
}
