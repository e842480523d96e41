package cards

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/store"
)

// database is what Fill needs beside package store.
type database interface {
	// tables returns the tables whose rows belong to organizations.
	tables(ctx context.Context) ([]string, error)
	// count returns the rows of the organization in the table.
	count(ctx context.Context, table, orgID string) (int64, error)
	// row returns the columns of the table and their values in the row with the id.
	row(ctx context.Context, table, orgID, id string) (columns []string, values []any, err error)
	// add adds n rows, in their order, without looking references up. The slice that
	// row returns is used until the next call.
	add(ctx context.Context, table string, columns []string, n int, row func(i int) []any) error
	// settle lets the database take stock of the tables: statistics for its planner,
	// and nothing left to be tidied up while somebody measures.
	settle(ctx context.Context, tables ...string) error
	// stamps returns the entries of the kind stamp.
	stamps(ctx context.Context) (int64, error)
	close(ctx context.Context) error
}

// countStampsSQL counts over all organizations.
const countStampsSQL = "SELECT COUNT(*) FROM entry WHERE kind = 'stamp'"

// tables that a join by somebody trusted adds rows to, in the order of their
// references.
const (
	customerTable = "customer"
	cardTable     = "card"
	eventTable    = "event"
)

// Fill brings an empty database up to date and puts the deck into it: the organizations
// by way of store, the cards beside it. Nobody else may use the database meanwhile. In
// PostgreSQL the login must be a superuser, for it leaves out the checks of references.
// It returns the organizations, and an error if the product writes rows that Fill does
// not know how to make.
func Fill(ctx context.Context, databaseURL string, d Deck) (shops []Shop, err error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	shops, samples, err := open(ctx, databaseURL, d)
	if err != nil {
		return nil, err
	}
	db, err := openDatabase(ctx, databaseURL)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.close(ctx)) }()
	for _, p := range plans(d, shops) {
		columns, row, err := p.rows(samples)
		if err != nil {
			return nil, err
		}
		if err := db.add(ctx, p.table, columns, d.Cards, row); err != nil {
			return nil, fmt.Errorf("add rows to %s: %w", p.table, err)
		}
	}
	return shops, db.settle(ctx, customerTable, cardTable)
}

// open brings the database up to date, makes the organizations and takes samples of
// what the product writes for a card.
func open(ctx context.Context, databaseURL string, d Deck) (shops []Shop, samples [2]sample, err error) {
	s, err := store.Open(ctx, store.Config{URL: databaseURL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, samples, fmt.Errorf("fill: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Migrate(ctx); err != nil {
		return nil, samples, fmt.Errorf("fill: %w", err)
	}
	for i := range d.Organizations {
		shop, err := openShop(ctx, s, d, i)
		if err != nil {
			return nil, samples, err
		}
		shops = append(shops, shop)
	}
	db, err := openDatabase(ctx, databaseURL)
	if err != nil {
		return nil, samples, err
	}
	defer func() { err = errors.Join(err, db.close(ctx)) }()
	samples, err = takeSamples(ctx, s, db, d, shops[0])
	return shops, samples, err
}

// Settle lets a database that was used for a while take stock of its tables, as it
// would by itself some minutes later.
func Settle(ctx context.Context, databaseURL string) (err error) {
	db, err := openDatabase(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close(ctx)) }()
	return db.settle(ctx)
}

// Stamps returns how many entries of the kind stamp are in the ledger of all organizations.
func Stamps(ctx context.Context, databaseURL string) (n int64, err error) {
	db, err := openDatabase(ctx, databaseURL)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.close(ctx)) }()
	if n, err = db.stamps(ctx); err != nil {
		return 0, fmt.Errorf("count stamps: %w", err)
	}
	return n, nil
}

func openDatabase(ctx context.Context, databaseURL string) (database, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, errors.New("the database URL cannot be read") // the parser's error repeats it, with its password
	}
	if u.Scheme == "sqlite" {
		return openSQLite(ctx, u.Path)
	}
	return openPostgres(ctx, databaseURL)
}

// sample is the rows of one card that the product itself has made.
type sample map[string]sampleRow

type sampleRow struct {
	columns []string
	values  []any
}

// takeSamples lets two customers join the first shop and returns the rows that came of
// each. They are not of the deck. If the product adds rows to a table that the deck has
// nothing for, that is an error.
func takeSamples(ctx context.Context, s *store.Store, db database, d Deck, at Shop) ([2]sample, error) {
	var samples [2]sample
	before, err := counts(ctx, db, at.OrgID)
	if err != nil {
		return samples, err
	}
	for i := range samples {
		if samples[i], err = takeSample(ctx, s, db, d, at, i); err != nil {
			return samples, err
		}
	}
	after, err := counts(ctx, db, at.OrgID)
	if err != nil {
		return samples, err
	}
	for table, n := range after {
		known := slices.Contains([]string{customerTable, cardTable, eventTable}, table)
		if n != before[table] && !known {
			return samples, fmt.Errorf("joining adds rows to %s now: teach bench/cards to make them", table)
		}
	}
	return samples, nil
}

func takeSample(ctx context.Context, s *store.Store, db database, d Deck, at Shop, i int) (sample, error) {
	j := customer.Join{
		OrgID: at.OrgID, ProgramID: at.ProgramID, FirstName: "Aino", LastName: "Aalto", Locale: "en",
		Phone: d.Phone(MaxCards + i), Trusted: true, Source: customer.SourceAPI,
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, LocationID: at.LocationID,
		Zone: organization.LoadZone(zone, zone), Now: d.Since - int64(i+1)*joinEvery,
	}
	joined, err := s.Join(ctx, j)
	if err != nil {
		return nil, fmt.Errorf("let a customer join: %w", err)
	}
	made := sample{}
	for table, id := range map[string]string{customerTable: joined.View.Customer.ID, cardTable: joined.View.Card.ID} {
		columns, values, err := db.row(ctx, table, at.OrgID, id)
		if err != nil {
			return nil, fmt.Errorf("read a row of %s: %w", table, err)
		}
		made[table] = sampleRow{columns, values}
	}
	return made, nil
}

func counts(ctx context.Context, db database, orgID string) (map[string]int64, error) {
	tables, err := db.tables(ctx)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	n := make(map[string]int64, len(tables))
	for _, t := range tables {
		if n[t], err = db.count(ctx, t, orgID); err != nil {
			return nil, fmt.Errorf("count the rows of %s: %w", t, err)
		}
	}
	return n, nil
}

// plan says how the rows of a table differ from card to card.
type plan struct {
	table string
	own   map[string]func(i int) any
}

func plans(d Deck, shops []Shop) []plan {
	at := organization.LoadZone(zone, zone)
	org := func(i int) any { return shops[d.Organization(i)].OrgID }
	customerID := func(i int) any { return d.CustomerID(i) }
	joinedAt := func(i int) any { return d.JoinedAt(i) }
	return []plan{{
		table: customerTable,
		own: map[string]func(i int) any{
			"org_id": org, "id": customerID, "created_at": joinedAt,
			"number": func(i int) any { return d.Number(i) },
			"phone":  func(i int) any { return d.Phone(i) },
		},
	}, {
		table: cardTable,
		own: map[string]func(i int) any{
			"org_id": org, "customer_id": customerID, "joined_at": joinedAt,
			"id":         func(i int) any { return d.CardID(i) },
			"program_id": func(i int) any { return shops[d.Organization(i)].ProgramID },
			"code":       func(i int) any { return d.Code(i) },
			"link":       func(i int) any { return d.Link(i) },
			"joined_day": func(i int) any { return int64(loyalty.DayOf(d.JoinedAt(i), at)) },
		},
	}}
}

// rows returns the columns of the plan's table and a function for the row of card i,
// whose slice is used again for the next card. It is an error if the samples do not
// bear the plan out: a column is missing, or others differ from card to card.
func (p plan) rows(samples [2]sample) (columns []string, row func(i int) []any, err error) {
	one, two := samples[0][p.table], samples[1][p.table]
	make1 := make([]func(i int) any, len(one.columns))
	for name := range p.own {
		if !slices.Contains(one.columns, name) {
			return nil, nil, fmt.Errorf("%s has no column %s any more: change bench/cards", p.table, name)
		}
	}
	for k, name := range one.columns {
		make1[k] = p.own[name]
		if make1[k] == nil && one.values[k] != two.values[k] {
			return nil, nil, fmt.Errorf("%s.%s differs from card to card: teach bench/cards to make it", p.table, name)
		}
	}
	values := slices.Clone(one.values)
	return one.columns, func(i int) []any {
		for k, f := range make1 {
			if f != nil {
				values[k] = f(i)
			}
		}
		return values
	}, nil
}
