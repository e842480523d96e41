package storetest

import (
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// leadsTo returns the card that is found by what the customer has in their pocket, "" if
// there is none.
func (sh *shop) leadsTo(h customer.Handle) string {
	sh.t.Helper()
	v, err := sh.Identify(sh.ctx, sh.org.ID, h, "")
	if err != nil {
		sh.is(err, loyalty.ErrNotFound)
	}
	return v.Card.ID
}

// moved returns the card that the page with the link tells of, "" if it tells of none.
func (sh *shop) moved(v customer.View) string {
	sh.t.Helper()
	now, err := sh.MovedCard(sh.ctx, sh.org.ID, v.Link)
	if err != nil {
		sh.is(err, loyalty.ErrNotFound)
		return ""
	}
	if now.Link != v.Link || now.Code != v.Code {
		sh.t.Fatalf("the page of an old card has other secrets: %+v", now)
	}
	return now.Card.ID
}

func mergeLeads(su *suite) {
	sh := newShop(su)
	a, b, c := sh.card(sh.newCard().ID), sh.card(sh.newCard().ID), sh.card(sh.newCard().ID)
	typed := sh.join(sh.public(sh.phone())).View
	all := []customer.View{a, b, c, typed}
	lead := func(what string, want ...string) {
		su.t.Helper()
		for i, v := range all {
			su.same(what+": by code", want[i], sh.leadsTo(customer.Handle{Code: v.Code}))
			su.same(what+": by number", want[i], sh.leadsTo(customer.Handle{Number: v.Customer.Number}))
			page := want[i]
			if page == v.Card.ID {
				page = "" // it has a page of its own
			}
			su.same(what+": on the page", page, sh.moved(v))
		}
	}
	lead("before", a.Card.ID, b.Card.ID, c.Card.ID, typed.Card.ID)
	first := sh.merge(b.Customer.ID, a.Customer.ID)
	lead("a in b", b.Card.ID, b.Card.ID, c.Card.ID, typed.Card.ID)
	// A stamp given by the old code lands where its owner is.
	sh.apply(sh.stamp(sh.leadsTo(customer.Handle{Code: a.Code}), 2))
	second := sh.merge(c.Customer.ID, b.Customer.ID)
	lead("a in b in c", c.Card.ID, c.Card.ID, c.Card.ID, typed.Card.ID)
	// Whoever typed a stranger's number into the form gets no key to their card.
	third := sh.merge(c.Customer.ID, typed.Customer.ID)
	lead("and the form's", c.Card.ID, c.Card.ID, c.Card.ID, "")

	for _, m := range []customer.Merge{third, second} {
		_, err := sh.undoMerge(m.ID)
		sh.ok(err)
	}
	lead("c is alone again", b.Card.ID, b.Card.ID, c.Card.ID, typed.Card.ID)
	_, err := sh.undoMerge(first.ID)
	sh.ok(err)
	lead("all are", a.Card.ID, b.Card.ID, c.Card.ID, typed.Card.ID)
}

func mergeLeadsEnd(su *suite) {
	sh := newShop(su)
	kept, other := sh.card(sh.newCard().ID), sh.card(sh.newCard().ID)
	m := sh.merge(kept.Customer.ID, other.Customer.ID)
	_, err := sh.ReissueCard(sh.ctx, sh.org.ID, kept.Card.ID, sh.clock())
	sh.ok(err)
	su.same("the old code of the old card", "", sh.leadsTo(customer.Handle{Code: other.Code}))
	su.same("its page", "", sh.moved(other))
	other = sh.card(other.Card.ID)
	su.same("the new code of the old card", kept.Card.ID, sh.leadsTo(customer.Handle{Code: other.Code}))
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, kept.Card.ID, sh.clock()))
	su.same("blocked for good", "", sh.leadsTo(customer.Handle{Code: other.Code}))
	su.same("its page", "", sh.moved(other))
	_, err = sh.undoMerge(m.ID)
	sh.ok(err)
	su.same("its own again", other.Card.ID, sh.leadsTo(customer.Handle{Code: other.Code}))
}

func mergeCloses(su *suite) {
	sh := newShop(su, withWelcome)
	kept := sh.card(sh.newCard().ID)
	second := sh.newProgram(sh.program, func(p *loyalty.Program) { p.Name = loyalty.Text{"en": "Second"} })
	j := sh.trusted(sh.phone())
	j.ProgramID = second.ID
	other := sh.join(j).View
	sh.apply(sh.stamp(other.Card.ID, 15))
	had := sh.card(other.Card.ID)
	m := sh.merge(kept.Customer.ID, other.Customer.ID)
	opened := sh.card(m.Cards[0].ToCardID)
	_, err := sh.undoMerge(m.ID)
	sh.ok(err)
	closed, back := sh.replayed(opened.Card.ID), sh.replayed(other.Card.ID)
	if closed.Card.Status != loyalty.CardRevoked || back.Card.Balance != had.Card.Balance || len(back.Coupons) != len(had.Coupons) {
		su.t.Fatalf("have %+v and %+v, had %+v", closed.Card, back.Card, had.Card)
	}
	su.same("the closed card is not found", "", sh.leadsTo(customer.Handle{Code: opened.Code}))
	cards, err := sh.CustomerCards(sh.ctx, sh.org.ID, kept.Customer.ID)
	sh.ok(err)
	for _, v := range cards {
		if v.Card.Status.Usable() && v.Card.ID != kept.Card.ID {
			su.t.Fatalf("the one who stayed has %+v too", v.Card)
		}
	}
	// Who joins that program after all is welcomed as anybody.
	j = sh.trusted(kept.Customer.Phone)
	j.ProgramID = second.ID
	su.same("welcomed", 2, sh.join(j).View.Card.Balance)
}

func mergeImports(su *suite) {
	sh := newShop(su)
	kept, other := sh.newCard(), sh.newCard()
	c := sh.card(other.ID).Customer
	c.ExternalRef = fmt.Sprintf("till-%d", count.Add(1))
	_, err := sh.UpdateCustomer(sh.ctx, c, c.Version)
	sh.ok(err)
	third := sh.newCard()
	sh.merge(kept.CustomerID, other.CustomerID)
	sh.merge(third.CustomerID, kept.CustomerID)
	cards, created, err := sh.ImportedCards(sh.ctx, sh.org.ID, sh.program.ID, []string{c.ExternalRef}, sh.clock())
	sh.ok(err)
	su.same("card", third.ID, cards[c.ExternalRef])
	su.same("created", 0, created)
}
