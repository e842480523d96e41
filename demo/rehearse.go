package demo

import (
	"fmt"

	"github.com/leima/leima/loyalty"
)

// Totals are what a plan comes to when nothing of it is lost or doubled.
type Totals struct {
	Cards, Stamps, Entries int64
	// Issued, Redeemed, Expired and TakenBack count coupons.
	Issued, Redeemed, Expired, TakenBack int64
	// Undone counts stamps that a cashier took back.
	Undone int64
}

// Rehearse runs the plan's events through loyalty.Apply in memory and returns the
// totals that a ledger must show after they were stored. It is the measure that a
// seeding, also an interrupted one, is held against. An event that the rules
// refuse is an error.
func (p Plan) Rehearse() (Totals, error) {
	r := rehearsal{plan: p, cards: make([]rehearsedCard, len(p.Joins)), entries: map[string]loyalty.Entry{}}
	for i, j := range p.Joins {
		r.cards[i].card = loyalty.Card{
			OrgID: j.OrgID, ID: fmt.Sprintf("card_%d", i), ProgramID: j.ProgramID,
			Status: loyalty.CardActive, Goal: p.Program.Goal, JoinedAt: j.Now,
		}
	}
	for _, e := range p.Events {
		if err := r.play(e); err != nil {
			return Totals{}, fmt.Errorf("event %s: %w", e.Key, err)
		}
	}
	r.totals.Cards = int64(len(p.Joins))
	return r.totals, nil
}

type rehearsal struct {
	plan    Plan
	cards   []rehearsedCard
	entries map[string]loyalty.Entry // the stamps, by key
	totals  Totals
	ids     int
}

type rehearsedCard struct {
	card    loyalty.Card
	coupons []loyalty.Coupon
}

// EntryID and CouponID make the rehearsal a loyalty.IDs.
func (r *rehearsal) EntryID() string  { r.ids++; return fmt.Sprintf("ent_%d", r.ids) }
func (r *rehearsal) CouponID() string { r.ids++; return fmt.Sprintf("coup_%d", r.ids) }

func (r *rehearsal) play(e Event) error {
	c := &r.cards[e.Customer]
	if e.At < c.card.JoinedAt {
		return fmt.Errorf("happens before customer %d joined", e.Customer)
	}
	state := loyalty.State{Card: c.card}
	switch e.Kind {
	case loyalty.CommandRedeem, loyalty.CommandExpire:
		if e.Coupon >= len(c.coupons) {
			return fmt.Errorf("customer %d has no coupon %d yet", e.Customer, e.Coupon)
		}
		state.Coupon = c.coupons[e.Coupon]
	case loyalty.CommandReverse:
		state.Original, state.Coupons = r.entries[e.Reverses], c.coupons
	default:
	}
	result, refusal := loyalty.Apply(r.plan.Program, state, loyalty.Command{
		Kind: e.Kind, Quantity: e.Quantity, At: e.At, Now: e.At, IdempotencyKey: e.Key,
		Zone: r.plan.zone(), LocationID: e.LocationID, Actor: e.Actor,
	}, r)
	if refusal != nil {
		return refusal
	}
	r.count(c, e, result)
	return nil
}

func (r *rehearsal) count(c *rehearsedCard, e Event, result loyalty.Result) {
	t := &r.totals
	c.card = result.Card
	c.coupons = append(c.coupons, result.Issued...)
	t.Entries += int64(len(result.Entries))
	t.Issued += int64(len(result.Issued))
	for _, changed := range result.Changed {
		for i := range c.coupons {
			if c.coupons[i].ID == changed.ID {
				c.coupons[i] = changed
			}
		}
	}
	switch e.Kind {
	case loyalty.CommandStamp:
		t.Stamps += int64(e.Quantity)
		r.entries[e.Key] = result.Entries[0]
	case loyalty.CommandReverse:
		t.Stamps += int64(result.Entries[0].Quantity)
		t.Undone++
		t.TakenBack += int64(len(result.Changed))
	case loyalty.CommandRedeem:
		t.Redeemed++
	case loyalty.CommandExpire:
		t.Expired++
	default:
	}
}
