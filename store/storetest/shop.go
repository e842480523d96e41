package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// shop is an organization with one location, one cashier and one program: ten stamps
// for a coffee.
type shop struct {
	*suite
	ctx      context.Context //nolint:containedctx // lives as long as its test
	org      organization.Organization
	location organization.Location
	cashier  organization.Staff
	program  loyalty.Program
	zone     *time.Location
}

// count makes names differ between stories.
var count atomic.Int64

func newShop(su *suite, change ...func(*loyalty.Program)) *shop {
	su.t.Helper()
	return openShop(su, su.CreateOrganization, change...)
}

func openShop(su *suite, create func(context.Context, organization.Organization) error, change ...func(*loyalty.Program)) *shop {
	su.t.Helper()
	n := count.Add(1)
	sh := &shop{suite: su, ctx: su.t.Context()}
	sh.org = organization.Organization{
		ID: typeid.New("org"), Slug: fmt.Sprintf("shop-%d", n), Name: "Leimala", Country: "FI", Locale: "fi",
		Zone: "Europe/Helsinki", Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: su.clock(),
	}
	sh.zone = organization.LoadZone(sh.org.Zone, "")
	sh.ok(create(sh.ctx, sh.org))
	sh.location = sh.newLocation("Keskusta")
	sh.cashier = sh.newCashier("Aino")
	p := loyalty.Program{
		OrgID: sh.org.ID, ID: typeid.New("prog"), Name: loyalty.Text{"en": "Stamps"}, Status: loyalty.ProgramActive, Version: 1, Goal: 10,
		Rewards:   []loyalty.Reward{{ID: "rew_main", Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Coffee", "fi": "Kahvi"}, ValidFor: loyalty.Period{Days: 30}}},
		CreatedAt: su.clock(),
	}
	sh.program = sh.newProgram(p, change...)
	return sh
}

func (sh *shop) newLocation(name string) organization.Location {
	sh.t.Helper()
	l := organization.Location{OrgID: sh.org.ID, ID: typeid.New("loc"), Name: name, Zone: "Europe/Helsinki", Version: 1, CreatedAt: sh.clock()}
	sh.ok(sh.CreateLocation(sh.ctx, l))
	return l
}

func (sh *shop) newCashier(name string) organization.Staff {
	sh.t.Helper()
	m := organization.Staff{
		OrgID: sh.org.ID, ID: typeid.New("stf"), Name: name, Role: organization.RoleCashier, Active: true, Version: 1, CreatedAt: sh.clock(),
	}
	sh.ok(sh.CreateStaff(sh.ctx, m))
	return m
}

func (sh *shop) newProgram(p loyalty.Program, change ...func(*loyalty.Program)) loyalty.Program {
	sh.t.Helper()
	p.ID = typeid.New("prog")
	for _, f := range change {
		f(&p)
	}
	sh.ok(p.Validate())
	sh.ok(sh.CreateProgram(sh.ctx, p))
	return p
}

// newCard joins a customer by a phone number that nobody has and returns their card.
func (sh *shop) newCard() loyalty.Card {
	sh.t.Helper()
	return sh.join(sh.trusted(sh.phone())).View.Card
}

// phone returns a number in E.164 form that nobody has.
func (sh *shop) phone() string { return fmt.Sprintf("+35840%07d", count.Add(1)) }

func (sh *shop) trusted(phone string) customer.Join {
	j := sh.public(phone)
	j.Trusted, j.Source, j.Actor = true, customer.SourceStaff, loyalty.Actor{Kind: loyalty.ActorStaff, ID: sh.cashier.ID}
	return j
}

func (sh *shop) public(phone string) customer.Join {
	return customer.Join{
		OrgID: sh.org.ID, ProgramID: sh.program.ID, FirstName: "Veera", LastName: "Virtanen", Phone: phone, Locale: "fi",
		Source: customer.SourceForm, Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, LocationID: sh.location.ID, Zone: sh.zone, Now: sh.clock(),
	}
}

func (sh *shop) join(j customer.Join) customer.Joined {
	sh.t.Helper()
	joined, err := sh.Join(sh.ctx, j)
	sh.ok(err)
	return joined
}

// key returns an idempotency key that was not used.
func (sh *shop) key() string { return fmt.Sprintf("key-%d", count.Add(1)) }

// stamp returns the command of a cashier who gives stamps now. It may be made one of any
// time before: how far back a stamp may lie is a story of its own, pastStamps.
func (sh *shop) stamp(cardID string, quantity int) loyalty.Command {
	return loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: sh.org.ID, CardID: cardID, Quantity: quantity,
		Actor: loyalty.Actor{Kind: loyalty.ActorStaff, ID: sh.cashier.ID}, LocationID: sh.location.ID, Zone: sh.zone,
		IdempotencyKey: sh.key(), BodyHash: "body", At: sh.clock(), Now: sh.clock(),
		Past: loyalty.PastRecorded,
	}
}

func (sh *shop) command(kind loyalty.CommandKind, change func(*loyalty.Command)) loyalty.Command {
	c := sh.stamp("", 0)
	c.Kind = kind
	change(&c)
	return c
}

func (sh *shop) redeem(couponID string) loyalty.Command {
	return sh.command(loyalty.CommandRedeem, func(c *loyalty.Command) { c.CouponID = couponID })
}

func (sh *shop) reverse(entryID string) loyalty.Command {
	return sh.command(loyalty.CommandReverse, func(c *loyalty.Command) { c.EntryID = entryID })
}

func (sh *shop) adjust(cardID string, quantity int) loyalty.Command {
	return sh.command(loyalty.CommandAdjust, func(c *loyalty.Command) { c.CardID, c.Quantity, c.Reason = cardID, quantity, "counted again" })
}

// apply carries out a command that must succeed.
func (sh *shop) apply(c loyalty.Command) loyalty.Outcome {
	sh.t.Helper()
	o, err := sh.Apply(sh.ctx, c)
	sh.ok(err)
	if o.Refusal != nil {
		sh.t.Fatalf("%s was refused: %v", c.Kind, o.Refusal)
	}
	return o
}

// refused carries out a command that must be refused for the reason.
func (sh *shop) refused(c loyalty.Command, want loyalty.RefusalCode) {
	sh.t.Helper()
	o, err := sh.Apply(sh.ctx, c)
	sh.ok(err)
	if o.Refusal == nil || o.Refusal.Code != want {
		sh.t.Fatalf("%s: want refusal %s, have %+v", c.Kind, want, o)
	}
}

// fails carries out a command that must fail with the error.
func (sh *shop) fails(c loyalty.Command, want error) {
	sh.t.Helper()
	if o, err := sh.Apply(sh.ctx, c); !errors.Is(err, want) {
		sh.t.Fatalf("%s: want %v, have %v and %+v", c.Kind, want, err, o)
	}
}

func (sh *shop) ok(err error) {
	sh.t.Helper()
	if err != nil {
		sh.t.Fatal(err)
	}
}

// is fails the test unless the error is the wanted one.
func (sh *shop) is(err, want error) {
	sh.t.Helper()
	if !errors.Is(err, want) {
		sh.t.Fatalf("want %v, have %v", want, err)
	}
}

// card reads a card.
func (sh *shop) card(id string) customer.View {
	sh.t.Helper()
	v, err := sh.Card(sh.ctx, sh.org.ID, id)
	sh.ok(err)
	return v
}

// whole reads all pages of a list.
func whole[T any](t *testing.T, read func(paging.Page) (paging.List[T], error)) []T {
	t.Helper()
	const pages = 500
	var all []T
	p := paging.Page{Limit: 7}
	for range pages {
		l, err := read(p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l.Items...)
		if l.NextCursor == "" {
			return all
		}
		p.Cursor = l.NextCursor
	}
	t.Fatalf("the list does not end after %d pages", pages)
	return nil
}

// ledger reads all entries of a card, newest first.
func (sh *shop) ledger(cardID string) []loyalty.Entry {
	sh.t.Helper()
	return whole(sh.t, func(p paging.Page) (paging.List[loyalty.Entry], error) {
		return sh.Entries(sh.ctx, sh.org.ID, cardID, p)
	})
}

func (sh *shop) coupons(cardID string) []loyalty.Coupon {
	sh.t.Helper()
	return whole(sh.t, func(p paging.Page) (paging.List[loyalty.Coupon], error) {
		return sh.Coupons(sh.ctx, sh.org.ID, cardID, p)
	})
}

// proven checks that the card's running totals are what its ledger says.
func (sh *shop) proven(cardID string) customer.View {
	sh.t.Helper()
	v := sh.card(cardID)
	sum, reversed := 0, map[string]bool{}
	for _, e := range sh.ledger(cardID) {
		sum += e.Quantity
		if e.Reverses != "" && reversed[e.Reverses] {
			sh.t.Fatalf("entry %s was taken back twice", e.Reverses)
		}
		reversed[e.Reverses] = e.Reverses != ""
	}
	if sum != v.Card.Balance {
		sh.t.Fatalf("the ledger of %s sums up to %d, its balance is %d", cardID, sum, v.Card.Balance)
	}
	return v
}

// kinds returns what the entries are, in their order, as words.
func kinds(entries []loyalty.Entry) string {
	words := make([]string, len(entries))
	for i, e := range entries {
		words[i] = fmt.Sprintf("%s%+d", e.Kind, e.Quantity)
	}
	return strings.Join(words, " ")
}
