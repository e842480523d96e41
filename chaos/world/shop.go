//go:build linux

package world

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

// zone is that of both shops.
const zone = "Europe/Helsinki"

// OpenedAgo is how long both shops and their cards have been there: a stamp that is sent
// late cannot be older than its card.
const OpenedAgo = 7 * 24 * time.Hour

// Shop is one organization with what a till needs.
type Shop struct {
	OrgID, LocationID string
	// Token is an API key that may do all that tills do.
	Token   string
	Program loyalty.Program
	Cards   []Card
}

// Card is a card as a till knows it.
type Card struct{ ID, Code string }

// openShops makes the shops and their cards in an empty database. Their programs differ
// in all that decides what a stamp leads to. Nobody is welcomed, so that every entry has
// been asked for by a till.
func openShops(ctx context.Context, url string, cards int) (shops []Shop, err error) {
	s, err := store.Open(ctx, store.Config{URL: url})
	if err != nil {
		return nil, fmt.Errorf("open shops: %w", err)
	}
	defer func() {
		if closeErr := s.Close(); err == nil {
			err = closeErr
		}
	}()
	if err := s.Migrate(ctx); err != nil {
		return nil, fmt.Errorf("open shops: %w", err)
	}
	month := loyalty.Period{Months: 1}
	for i, p := range []loyalty.Program{
		{Goal: 10, Rewards: []loyalty.Reward{
			{ID: typeid.New("rew"), Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Gift"}},
			{ID: typeid.New("rew"), Kind: loyalty.RewardMilestone, At: 4, Name: loyalty.Text{"en": "Sample"}, ValidFor: month},
		}},
		{Goal: 7, Limits: loyalty.Limits{MaxPerScan: 4}, Rewards: []loyalty.Reward{
			{ID: typeid.New("rew"), Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Tea", "fi": "Tee"}, ValidFor: month},
		}},
	} {
		shop, err := openShop(ctx, s, fmt.Sprintf("shop-%d", i), p, cards)
		if err != nil {
			return nil, fmt.Errorf("open shop %d: %w", i, err)
		}
		shops = append(shops, shop)
	}
	return shops, nil
}

// keep makes durable what was written so far, whatever the settings of PostgreSQL: one that
// forgets is to forget stamps, and not that there are shops, of which no till could tell.
func keep(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("keep the shops: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the server ends it otherwise
	// A commit waits for the log to be written up to its own record, if its transaction has
	// written into the log.
	const commit = "BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_logical_emit_message(true, 'chaos', 'kept'); COMMIT"
	if _, err := conn.PgConn().Exec(ctx, commit).ReadAll(); err != nil {
		return fmt.Errorf("keep the shops: %w", err)
	}
	return nil
}

func openShop(ctx context.Context, s *store.Store, slug string, p loyalty.Program, cards int) (Shop, error) {
	now := time.Now().Add(-OpenedAgo).UnixMilli()
	o := organization.Organization{
		ID: typeid.New("org"), Slug: slug, Name: slug, Country: "FI", Locale: "en", Zone: zone,
		Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: now,
	}
	l := organization.Location{OrgID: o.ID, ID: typeid.New("loc"), Name: "Counter", Version: 1, CreatedAt: now}
	p.OrgID, p.ID, p.Name, p.Status, p.Version, p.CreatedAt = o.ID, typeid.New("prog"), loyalty.Text{"en": "Stamps"}, loyalty.ProgramActive, 1, now
	shop := Shop{OrgID: o.ID, LocationID: l.ID, Token: access.NewToken(access.TokenAPIKey, slug), Program: p}
	key := access.APIKey{
		OrgID: o.ID, ID: typeid.New("key"), Name: "Till", Hint: access.HintOf(shop.Token), CreatedAt: now,
		Scopes: access.SetOf(access.StampsWrite, access.ScansWrite, access.CouponsRedeem, access.EntriesReverse,
			access.EntriesAdjust, access.CardsRead, access.StatsRead),
	}
	if err := s.CreateOrganization(ctx, o); err != nil {
		return Shop{}, err
	}
	if err := s.CreateLocation(ctx, l); err != nil {
		return Shop{}, err
	}
	if err := s.CreateProgram(ctx, p); err != nil {
		return Shop{}, err
	}
	if err := s.CreateAPIKey(ctx, key, access.Hash(shop.Token)); err != nil {
		return Shop{}, err
	}
	for i := range cards {
		joined, err := s.Join(ctx, customer.Join{
			OrgID: o.ID, ProgramID: p.ID, FirstName: "Helmi", Phone: fmt.Sprintf("+35840%07d", i), Trusted: true,
			Source: customer.SourceAPI, Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, Zone: organization.LoadZone(zone, ""), Now: now,
		})
		if err != nil {
			return Shop{}, err
		}
		shop.Cards = append(shop.Cards, Card{ID: joined.View.Card.ID, Code: joined.View.Code})
	}
	return shop, nil
}
