package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/demo"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

// demoSpace is the name space (RFC 9562, 5.5) of the demo's ids: the same name is the
// same id in every demo, so that storing something again is noticed.
var demoSpace = uuid.MustParse("6a1d4a5e-0c1b-5b4e-9f7d-4c65696d6c61")

func demoID(prefix, name string) string {
	return typeid.From(prefix, uuid.NewSHA1(demoSpace, []byte(prefix+"/"+name)))
}

// seeder stores the demo's plan. It can die at any point: what it stores bears ids
// and keys that are the same each time, and the record of the history is closed
// last.
type seeder struct {
	store *store.Store
	now   func() time.Time
	// progress is told how many of the plan's joins and events are stored.
	progress func(done, total int)

	plan  demo.Plan
	cards []string // card ids by customer
	// entries are the stamps by key, coupons those issued by customer, in order.
	entries map[string]string
	coupons [][]string
	done    int
}

// seed makes sure that the database holds the whole demo and returns its plan.
// fresh tells that there was something to store.
func (s *seeder) seed(ctx context.Context) (plan demo.Plan, fresh bool, err error) {
	stored, err := s.store.Organization(ctx, demo.OrganizationID(demoID))
	switch {
	case err == nil:
		s.plan = demo.New(demo.EndOf(stored), demoID)
	case errors.Is(err, organization.ErrNotFound):
		if err := s.mustBeEmpty(ctx); err != nil {
			return plan, false, err
		}
		s.plan = demo.New(s.now(), demoID)
	default:
		return plan, false, fmt.Errorf("look for the demo: %w", err)
	}
	run, err := s.store.Import(ctx, s.plan.Organization.ID, historyID())
	if err == nil && run.Status == customer.ImportDone {
		return s.plan, false, nil
	}
	if err != nil && !errors.Is(err, organization.ErrNotFound) {
		return plan, false, fmt.Errorf("look for the demo's history: %w", err)
	}
	for _, step := range []func(context.Context) error{s.storeShop, s.openHistory, s.storeJoins, s.storeEvents, s.verify} {
		if err := step(ctx); err != nil {
			return plan, true, err
		}
	}
	return s.plan, true, s.closeHistory(ctx)
}

// historyID is the record of the demo's history among the imports. It is closed when
// all is stored, and says so to the next start.
func historyID() string { return demoID("imp", "history") }

// mustBeEmpty keeps the made-up pharmacy out of a real shop's database.
func (s *seeder) mustBeEmpty(ctx context.Context) error {
	all, err := s.store.Organizations(ctx)
	if err != nil {
		return fmt.Errorf("look at the database: %w", err)
	}
	if len(all) > 0 {
		return failf("the database holds %q, which is not the demo", all[0].Name).hint("Give the demo a data folder of its own with --data.")
	}
	return nil
}

// missing reports whether err says that something is not stored yet.
func missing(err error) (bool, error) {
	if errors.Is(err, organization.ErrNotFound) || errors.Is(err, loyalty.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// storeShop stores what is there before the first customer.
func (s *seeder) storeShop(ctx context.Context) error {
	p, orgID := s.plan, s.plan.Organization.ID
	type part struct {
		what   string
		find   func() error
		create func() error
	}
	parts := []part{{
		"organization",
		func() error { _, err := s.store.Organization(ctx, orgID); return err },
		func() error { return s.store.CreateDemoOrganization(ctx, p.Organization) },
	}, {
		"logo",
		func() error { _, _, err := s.store.Logo(ctx, orgID); return err },
		func() error { _, err := s.store.SetLogo(ctx, orgID, p.Logo, "image/png"); return err },
	}}
	for _, l := range p.Locations {
		parts = append(parts, part{
			"location", func() error { _, err := s.store.Location(ctx, orgID, l.ID); return err },
			func() error { return s.store.CreateLocation(ctx, l) },
		})
	}
	for _, m := range p.Staff {
		parts = append(parts, part{
			"staff", func() error { return s.findMember(ctx, m) }, func() error { return s.createMember(ctx, m) },
		})
	}
	parts = append(parts, part{
		"program", func() error { _, err := s.store.Program(ctx, orgID, p.Program.ID); return err },
		func() error { return s.store.CreateProgram(ctx, p.Program) },
	})
	for _, one := range parts {
		gone, err := missing(one.find())
		if err == nil && gone {
			err = one.create()
		}
		if err != nil {
			return fmt.Errorf("store the demo's %s: %w", one.what, err)
		}
	}
	return s.storeConsentTexts(ctx)
}

// findMember answers not found for somebody whose PIN was not set yet.
func (s *seeder) findMember(ctx context.Context, m demo.Member) error {
	stored, err := s.store.StaffMember(ctx, m.Staff.OrgID, m.Staff.ID)
	if err == nil && !stored.HasPIN && m.PIN != "" {
		return organization.ErrNotFound
	}
	return err
}

func (s *seeder) createMember(ctx context.Context, m demo.Member) error {
	if _, err := s.store.StaffMember(ctx, m.Staff.OrgID, m.Staff.ID); err != nil {
		if err := s.store.CreateStaff(ctx, m.Staff); err != nil {
			return err
		}
	}
	if m.PIN == "" {
		return nil
	}
	return s.store.SetPIN(ctx, m.Staff.OrgID, m.Staff.ID, access.HashPIN(m.PIN))
}

func (s *seeder) storeConsentTexts(ctx context.Context) error {
	stored, err := s.store.ConsentTexts(ctx, s.plan.Organization.ID)
	if err != nil {
		return fmt.Errorf("read the demo's consent texts: %w", err)
	}
	there := map[string]bool{}
	for _, t := range stored {
		there[t.ID] = true
	}
	for _, t := range s.plan.ConsentTexts {
		if there[t.ID] {
			continue
		}
		if err := s.store.CreateConsentText(ctx, t); err != nil {
			return fmt.Errorf("store the demo's consent texts: %w", err)
		}
	}
	return nil
}

func (s *seeder) history(status customer.ImportStatus) customer.Import {
	return customer.Import{
		OrgID: s.plan.Organization.ID, ID: historyID(), ProgramID: s.plan.Program.ID, FileName: "demo history",
		Status: status, CreatedAt: s.plan.EndsAt, StartedAt: s.plan.EndsAt,
	}
}

func (s *seeder) openHistory(ctx context.Context) error {
	gone, err := missing(func() error { _, err := s.store.Import(ctx, s.plan.Organization.ID, historyID()); return err }())
	if err == nil && gone {
		err = s.store.CreateImport(ctx, s.history(customer.ImportRunning))
	}
	if err != nil {
		return fmt.Errorf("open the demo's history: %w", err)
	}
	return nil
}

func (s *seeder) closeHistory(ctx context.Context) error {
	run := s.history(customer.ImportDone)
	run.FinishedAt = s.now().UnixMilli()
	run.Counts = s.counts()
	if err := s.store.SaveImport(ctx, run); err != nil {
		return fmt.Errorf("close the demo's history: %w", err)
	}
	return nil
}

// counts are what an import of the plan would tell: an event that the rules refuse
// ends the seeding, so all of it was entered.
func (s *seeder) counts() customer.ImportCounts {
	c := customer.ImportCounts{Rows: int64(len(s.plan.Events)), NewCustomers: int64(len(s.plan.Joins))}
	for _, e := range s.plan.Events {
		if e.Kind == loyalty.CommandStamp {
			c.Receipts++
			c.Stamps += int64(e.Quantity)
		}
	}
	c.Stamped = c.Receipts
	for _, coupons := range s.coupons {
		c.Coupons += int64(len(coupons))
	}
	return c
}

func (s *seeder) report(n int) {
	s.done += n
	s.progress(s.done, len(s.plan.Joins)+len(s.plan.Events))
}

// storeJoins gives every customer a card, but those who have one from a seeding
// before.
func (s *seeder) storeJoins(ctx context.Context) error {
	there := map[string]string{}
	orgID, programID := s.plan.Organization.ID, s.plan.Program.ID
	err := each(func(p paging.Page) (paging.List[customer.View], error) {
		return s.store.Cards(ctx, orgID, programID, p)
	},
		func(v customer.View) bool {
			there[v.Customer.Phone+" "+v.Customer.Email] = v.Card.ID
			return true
		})
	if err != nil {
		return fmt.Errorf("read the demo's cards: %w", err)
	}
	s.cards = make([]string, len(s.plan.Joins))
	for i, j := range s.plan.Joins {
		id, known := there[j.Phone+" "+j.Email]
		if !known {
			joined, err := s.store.Join(ctx, j)
			if err != nil {
				return fmt.Errorf("store the demo's customer %d: %w", i, err)
			}
			id = joined.View.Card.ID
		}
		s.cards[i] = id
		s.report(1)
	}
	return nil
}

// storeEvents stores the history in batches. A batch ends early where an event is
// about a stamp or reward of that same batch, whose id is not known before it is
// stored.
func (s *seeder) storeEvents(ctx context.Context) error {
	s.entries = map[string]string{}
	s.coupons = make([][]string, len(s.plan.Joins))
	var batch []demo.Event
	for _, e := range s.plan.Events {
		if len(batch) == loyalty.MaxBatch || !s.known(e) {
			if err := s.storeBatch(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
		batch = append(batch, e)
	}
	return s.storeBatch(ctx, batch)
}

// known reports whether what the event is about has been stored.
func (s *seeder) known(e demo.Event) bool {
	switch e.Kind {
	case loyalty.CommandReverse:
		return s.entries[e.Reverses] != ""
	case loyalty.CommandRedeem, loyalty.CommandExpire:
		return e.Coupon < len(s.coupons[e.Customer])
	default:
		return true
	}
}

func (s *seeder) storeBatch(ctx context.Context, batch []demo.Event) error {
	if len(batch) == 0 {
		return nil
	}
	zone := organization.LoadZone(s.plan.Organization.Zone, "")
	commands := make([]loyalty.Command, len(batch))
	for i, e := range batch {
		if !s.known(e) {
			return fmt.Errorf("the demo's event %s is about something that did not happen", e.Key)
		}
		c := loyalty.Command{
			Kind: e.Kind, OrgID: s.plan.Organization.ID, CardID: s.cards[e.Customer], Quantity: e.Quantity,
			Actor: e.Actor, LocationID: e.LocationID, Zone: zone,
			IdempotencyKey: e.Key, BodyHash: e.Key, At: e.At, Now: e.At,
		}
		switch e.Kind {
		case loyalty.CommandReverse:
			c.EntryID = s.entries[e.Reverses]
		case loyalty.CommandRedeem, loyalty.CommandExpire:
			c.CouponID = s.coupons[e.Customer][e.Coupon]
		default:
		}
		commands[i] = c
	}
	outcomes, err := s.store.ApplyBatch(ctx, commands)
	if err != nil {
		return fmt.Errorf("store the demo's history: %w", err)
	}
	for i, o := range outcomes {
		e := batch[i]
		switch {
		case o.Err != nil:
			return fmt.Errorf("store the demo's event %s: %w", e.Key, o.Err)
		case o.Refusal != nil:
			return fmt.Errorf("store the demo's event %s: %w", e.Key, o.Refusal)
		}
		if e.Kind == loyalty.CommandStamp {
			s.entries[e.Key] = o.Entry.ID
			for _, c := range o.Coupons {
				s.coupons[e.Customer] = append(s.coupons[e.Customer], c.ID)
			}
		}
	}
	s.report(len(batch))
	return nil
}

// verify holds what is stored against the plan before the history is closed.
func (s *seeder) verify(ctx context.Context) error {
	want, err := s.plan.Rehearse()
	if err != nil {
		return fmt.Errorf("the demo's plan is broken: %w", err)
	}
	have, err := s.store.Stats(ctx, s.plan.Organization.ID, s.plan.Program.ID, s.plan.EndsAt)
	if err != nil {
		return fmt.Errorf("read the demo's totals: %w", err)
	}
	stored := demo.Totals{
		Cards: have.Cards, Entries: have.Entries, Stamps: have.Stamps, Issued: have.CouponsIssued, Redeemed: have.CouponsRedeemed,
		Expired: have.CouponsExpired, TakenBack: have.CouponsReversed,
	}
	want.Undone = 0 // is among the entries
	if stored != want {
		return failf("the demo's data is not what was stored: %+v, want %+v", stored, want).hint("Remove its data folder and start again.")
	}
	return nil
}
