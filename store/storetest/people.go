package storetest

import (
	"errors"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

var peopleStories = []story{
	{"a blocked customer earns and redeems nothing until they are unblocked", blockCustomer},
	{"a block is found with every card, also one that is opened later", blockAllCards},
	{"a card that is confirmed takes its owner's block", blockConfirmed},
	{"who is blocked by whom, and why, is kept", blockHistory},
	{"a lost phone's card gets a new code and link and keeps all it has", reissueCard},
}

// manager is who blocks and merges.
func (sh *shop) manager() loyalty.Actor {
	return loyalty.Actor{Kind: loyalty.ActorStaff, ID: sh.cashier.ID}
}

func (sh *shop) block(customerID string) customer.Block {
	sh.t.Helper()
	b, err := sh.BlockCustomer(sh.ctx, sh.org.ID, customerID, "other people's receipts", sh.manager(), sh.clock())
	sh.ok(err)
	return b
}

func (sh *shop) unblock(customerID string) {
	sh.t.Helper()
	sh.ok(sh.UnblockCustomer(sh.ctx, sh.org.ID, customerID, sh.manager(), sh.clock()))
}

func blockCustomer(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	earned := sh.apply(sh.stamp(card.ID, 13))
	before := sh.card(card.ID)
	su.takeTold()

	sh.block(card.CustomerID)
	v := sh.card(card.ID)
	if v.Card.BlockedAt != sh.clock() || v.Customer.BlockedAt != sh.clock() || !v.Card.Status.Usable() || v.Card.Version != before.Card.Version+1 {
		su.t.Fatalf("have %+v of %+v", v.Card, v.Customer)
	}
	su.same("told", []string{card.ID}, su.takeTold())
	for _, c := range []loyalty.Command{sh.stamp(card.ID, 1), sh.redeem(earned.Coupons[0].ID), sh.adjust(card.ID, 2)} {
		sh.refused(c, loyalty.RefusedBlocked)
	}
	found, err := sh.Identify(sh.ctx, sh.org.ID, customer.Handle{Code: v.Code}, "")
	sh.ok(err)
	su.same("a till finds the card", v, found)
	sh.apply(sh.adjust(card.ID, -1))

	sh.unblock(card.CustomerID)
	sh.apply(sh.stamp(card.ID, 1))
	sh.apply(sh.redeem(earned.Coupons[0].ID))
	v = sh.proven(card.ID)
	if v.Card.BlockedAt != 0 || v.Customer.BlockedAt != 0 || v.Card.Balance != 3 {
		su.t.Fatalf("have %+v", v.Card)
	}
}

func blockAllCards(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	first := sh.join(sh.trusted(phone)).View
	sh.block(first.Customer.ID)
	other := sh.newProgram(sh.program, func(p *loyalty.Program) { p.Name = loyalty.Text{"en": "Other"} })
	j := sh.trusted(phone)
	j.ProgramID = other.ID
	second := sh.join(j).View
	if second.Card.BlockedAt != first.Card.BlockedAt && second.Card.BlockedAt == 0 || second.Card.Balance != 0 || second.Card.WelcomedAt != 0 {
		su.t.Fatalf("have %+v", second.Card)
	}
	sh.refused(sh.stamp(second.Card.ID, 1), loyalty.RefusedBlocked)
	sh.unblock(first.Customer.ID)
	sh.apply(sh.stamp(second.Card.ID, 1))

	// A card that an import opens is blocked, too.
	c := sh.card(first.Card.ID).Customer
	c.ExternalRef = "till-77"
	_, err := sh.UpdateCustomer(sh.ctx, c, c.Version)
	sh.ok(err)
	sh.block(c.ID)
	third := sh.newProgram(sh.program, func(p *loyalty.Program) { p.Name = loyalty.Text{"en": "Third"} })
	cards, _, err := sh.ImportedCards(sh.ctx, sh.org.ID, third.ID, []string{"till-77"}, sh.clock())
	sh.ok(err)
	sh.refused(sh.stamp(cards["till-77"], 1), loyalty.RefusedBlocked)
}

func blockConfirmed(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	known := sh.join(sh.trusted(phone)).View
	sh.block(known.Customer.ID)
	other := sh.newProgram(sh.program, func(p *loyalty.Program) { p.Name = loyalty.Text{"en": "Other"} })
	for _, program := range []string{sh.program.ID, other.ID} {
		j := sh.public(phone)
		j.ProgramID = program
		typed := sh.join(j).View
		sh.apply(sh.stamp(typed.Card.ID, 3))
		sh.confirm(sh.link())
	}
	views, err := sh.CustomerCards(sh.ctx, sh.org.ID, known.Customer.ID)
	sh.ok(err)
	if len(views) != 2 {
		su.t.Fatalf("have %d cards", len(views))
	}
	for _, v := range views {
		if v.Card.BlockedAt == 0 {
			su.t.Errorf("card %+v is not blocked", v.Card)
		}
		sh.proven(v.Card.ID)
	}
}

func blockHistory(su *suite) {
	sh := newShop(su)
	id := sh.newCard().CustomerID
	first := sh.block(id)
	if first.Reason != "other people's receipts" || first.BlockedBy != sh.manager() || first.BlockedAt != sh.clock() || first.LiftedAt != 0 {
		su.t.Fatalf("have %+v", first)
	}
	again, err := sh.BlockCustomer(sh.ctx, sh.org.ID, id, "another reason", sh.manager(), sh.clock()+5)
	sh.ok(err)
	su.same("blocked again", first, again)
	sh.unblock(id)
	sh.unblock(id) // changes nothing
	su.pass(1000)
	second := sh.block(id)
	list, err := sh.Blocks(sh.ctx, sh.org.ID, id)
	sh.ok(err)
	first.LiftedAt, first.LiftedBy = first.BlockedAt, sh.manager()
	su.same("blocks", []customer.Block{second, first}, list)

	_, err = sh.BlockCustomer(sh.ctx, sh.org.ID, "cust_nobody", "why", sh.manager(), sh.clock())
	sh.is(err, customer.ErrNotFound)
	sh.is(sh.UnblockCustomer(sh.ctx, sh.org.ID, "cust_nobody", sh.manager(), sh.clock()), customer.ErrNotFound)
	_, err = sh.Blocks(sh.ctx, sh.org.ID, "cust_nobody")
	sh.is(err, customer.ErrNotFound)
	elsewhere := newShop(su)
	_, err = sh.BlockCustomer(sh.ctx, elsewhere.org.ID, id, "why", sh.manager(), sh.clock())
	sh.is(err, customer.ErrNotFound)
}

func reissueCard(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	earned := sh.apply(sh.stamp(card.ID, 13))
	old := sh.card(card.ID)
	su.takeTold()
	v, err := sh.ReissueCard(sh.ctx, sh.org.ID, card.ID, sh.clock())
	sh.ok(err)
	su.same("told", []string{card.ID}, su.takeTold())
	if v.Code == old.Code || v.Link == old.Link || v.Card.Balance != 3 || len(v.Coupons) != 1 || v.Card.Version != old.Card.Version+1 {
		su.t.Fatalf("have %+v", v)
	}
	_, err = sh.Identify(sh.ctx, sh.org.ID, customer.Handle{Code: old.Code}, "")
	sh.is(err, loyalty.ErrNotFound)
	_, err = sh.CardByLink(sh.ctx, sh.org.ID, old.Link)
	sh.is(err, loyalty.ErrNotFound)
	found, err := sh.Identify(sh.ctx, sh.org.ID, customer.Handle{Code: v.Code}, "")
	sh.ok(err)
	su.same("by the new code", v, found)
	sh.apply(sh.redeem(earned.Coupons[0].ID))
	sh.proven(card.ID)

	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, card.ID, sh.clock()))
	_, err = sh.ReissueCard(sh.ctx, sh.org.ID, card.ID, sh.clock())
	su.same("refusal", &loyalty.Refusal{Code: loyalty.RefusedCardNotUsable}, refusalOf(err))
	_, err = sh.ReissueCard(sh.ctx, sh.org.ID, "card_none", sh.clock())
	sh.is(err, loyalty.ErrNotFound)
}

// refusalOf returns the refusal that the error is, nil if it is none.
func refusalOf(err error) *loyalty.Refusal {
	var refusal *loyalty.Refusal
	errors.As(err, &refusal)
	return refusal
}
