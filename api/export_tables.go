package api

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/sheet"
)

// exportNames are what ids are called in a file, and how its instants are written.
type exportNames struct {
	zone                       *time.Location
	locale                     string
	locations, programs, staff map[string]string
}

func (h exportHandlers) names(ctx context.Context, rq *request) (exportNames, error) {
	n := exportNames{zone: organization.LoadZone(rq.organization.Zone, ""), locale: rq.organization.Locale}
	orgID := rq.principal.OrgID
	var err error
	if n.locations, err = named(func(p paging.Page) (paging.List[organization.Location], error) {
		return h.store.Locations(ctx, orgID, p)
	},
		func(l organization.Location) (string, string) { return l.ID, l.Name }); err != nil {
		return n, fmt.Errorf("read names of locations: %w", err)
	}
	if n.programs, err = named(func(p paging.Page) (paging.List[loyalty.Program], error) { return h.store.Programs(ctx, orgID, p) },
		func(x loyalty.Program) (string, string) { return x.ID, x.Name.In(n.locale, "en") }); err != nil {
		return n, fmt.Errorf("read names of programs: %w", err)
	}
	if n.staff, err = named(func(p paging.Page) (paging.List[organization.Staff], error) { return h.store.StaffList(ctx, orgID, p) },
		func(m organization.Staff) (string, string) { return m.ID, m.Name }); err != nil {
		return n, fmt.Errorf("read names of staff: %w", err)
	}
	return n, nil
}

// named reads the first maxNamed of a list and returns their names by id.
func named[T any](read func(paging.Page) (paging.List[T], error), name func(T) (string, string)) (map[string]string, error) {
	names := map[string]string{}
	p := paging.Page{Limit: paging.MaxLimit}
	for range maxNamed / paging.MaxLimit {
		list, err := read(p)
		if err != nil {
			return nil, err
		}
		for _, item := range list.Items {
			id, n := name(item)
			names[id] = n
		}
		if p.Cursor = list.NextCursor; p.Cursor == "" {
			break
		}
	}
	return names, nil
}

// at is the cell of an instant; 0 is none.
func (n exportNames) at(ms int64) any {
	if ms == 0 {
		return nil
	}
	return time.UnixMilli(ms).In(n.zone)
}

// lastDay is the cell of the last day before an instant; 0 is none.
func (n exportNames) lastDay(ms int64) any {
	if ms == 0 {
		return nil
	}
	return time.UnixMilli(ms - 1).In(n.zone)
}

// dayCell is the cell of a day of the calendar.
func dayCell(d loyalty.Day) any {
	return midnight(d)
}

// who is the cell of an actor: the name of a member of staff, else the id.
func (n exportNames) who(a loyalty.Actor) string {
	if name := n.staff[a.ID]; name != "" {
		return name
	}
	return a.ID
}

// table returns the columns and rows of a list. Codes and links of cards are secrets of
// their customers and stand in no file.
func (h exportHandlers) table(ctx context.Context, orgID string, kind customer.ListKind, q customer.ListQuery, n exportNames) ([]sheet.Column, iter.Seq2[[]any, error]) {
	switch kind {
	case customer.ListCards:
		return cardColumns, exported(func(p paging.Page) (paging.List[customer.View], error) { return h.store.ListedCards(ctx, orgID, q, p) }, n.card)
	case customer.ListEntries:
		return entryColumns, exported(func(p paging.Page) (paging.List[customer.HeldEntry], error) {
			return h.store.HeldEntries(ctx, orgID, q, p)
		}, n.entry)
	case customer.ListCoupons:
		now := couponNow(q.Now)
		return couponColumns, exported(func(p paging.Page) (paging.List[customer.HeldCoupon], error) {
			return h.store.HeldCoupons(ctx, orgID, q, p)
		},
			func(c customer.HeldCoupon) []any { return n.coupon(c, string(now(c.Coupon).Status)) })
	default: // customers: the contract has no other
		return customerColumns, exported(func(p paging.Page) (paging.List[customer.Customer], error) {
			return h.store.ListedCustomers(ctx, orgID, q, p)
		}, n.customer)
	}
}

// The columns of the files, which other programs go by.
var (
	customerColumns = []sheet.Column{
		{Name: "number"},
		{Name: "first_name"},
		{Name: "last_name"},
		{Name: "phone"},
		{Name: "email"},
		{Name: "locale"},
		{Name: "status"},
		{Name: "external_ref"},
		{Name: "joined_at", Kind: sheet.Instant},
		{Name: "confirmed_at", Kind: sheet.Instant},
		{Name: "id"},
	}
	cardColumns = []sheet.Column{
		{Name: "customer_number"},
		{Name: "first_name"},
		{Name: "last_name"},
		{Name: "program"},
		{Name: "status"},
		{Name: "balance", Kind: sheet.Number},
		{Name: "goal", Kind: sheet.Number},
		{Name: "cards_filled", Kind: sheet.Number},
		{Name: "lifetime_stamps", Kind: sheet.Number},
		{Name: "joined_at", Kind: sheet.Instant},
		{Name: "last_stamp_at", Kind: sheet.Instant},
		{Name: "id"},
		{Name: "customer_id"},
		{Name: "program_id"},
	}
	entryColumns = []sheet.Column{
		{Name: "at", Kind: sheet.Instant},
		{Name: "day", Kind: sheet.Day},
		{Name: "kind"},
		{Name: "quantity", Kind: sheet.Number},
		{Name: "balance_after", Kind: sheet.Number},
		{Name: "program"},
		{Name: "location"},
		{Name: "customer_number"},
		{Name: "first_name"},
		{Name: "last_name"},
		{Name: "actor_kind"},
		{Name: "actor"},
		{Name: "external_ref"},
		{Name: "reason"},
		{Name: "recorded_at", Kind: sheet.Instant},
		{Name: "id"},
		{Name: "card_id"},
		{Name: "coupon_id"},
		{Name: "reverses"},
	}
	couponColumns = []sheet.Column{
		{Name: "reward"},
		{Name: "kind"},
		{Name: "status"},
		{Name: "cost", Kind: sheet.Number},
		{Name: "program"},
		{Name: "customer_number"},
		{Name: "first_name"},
		{Name: "last_name"},
		{Name: "issued_at", Kind: sheet.Instant},
		{Name: "last_day", Kind: sheet.Day},
		{Name: "closed_at", Kind: sheet.Instant},
		{Name: "redeemed_at_location"},
		{Name: "id"},
		{Name: "card_id"},
	}
)

func (n exportNames) customer(c customer.Customer) []any {
	return []any{
		c.Number, c.FirstName, c.LastName, c.Phone, c.Email, c.Locale, string(c.Status),
		c.ExternalRef, n.at(c.CreatedAt), n.at(c.ConfirmedAt), c.ID,
	}
}

func (n exportNames) card(v customer.View) []any {
	c := v.Card
	return []any{
		v.Customer.Number, v.Customer.FirstName, v.Customer.LastName, v.Program.Name.In(n.locale, "en"), string(c.Status),
		int64(c.Balance), int64(loyalty.CardGoal(v.Program, c)), int64(c.Round),
		c.Lifetime, n.at(c.JoinedAt), n.at(c.LastStampAt),
		c.ID, c.CustomerID, c.ProgramID,
	}
}

func (n exportNames) entry(h customer.HeldEntry) []any {
	e := h.Entry
	return []any{
		n.at(e.At), dayCell(e.Day), string(e.Kind), int64(e.Quantity),
		int64(e.BalanceAfter), n.programs[e.ProgramID], n.locations[e.LocationID], h.Customer.Number, h.Customer.FirstName,
		h.Customer.LastName, string(e.Actor.Kind), n.who(e.Actor), e.ExternalRef, e.Reason,
		n.at(e.RecordedAt), e.ID, e.CardID, e.CouponID, e.Reverses,
	}
}

func (n exportNames) coupon(h customer.HeldCoupon, status string) []any {
	c := h.Coupon
	return []any{
		c.Name.In(n.locale, "en"), string(c.Kind), status, int64(c.Cost), n.programs[c.ProgramID], h.Customer.Number,
		h.Customer.FirstName, h.Customer.LastName, n.at(c.IssuedAt), n.lastDay(c.ExpiresAt),
		n.at(c.ClosedAt), n.locations[h.LocationID], c.ID, c.CardID,
	}
}
