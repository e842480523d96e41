package storetest

import (
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

var oldNumberStories = []story{
	{"the number of a card from before leads to one card", oldNumbers},
	{"an old number goes where its card goes", oldNumbersMove},
}

func (sh *shop) plastic() string { return fmt.Sprintf("640%010d", count.Add(1)) }

func (sh *shop) setOldNumber(cardID, number string) error {
	return sh.SetOldNumber(sh.ctx, sh.org.ID, cardID, number)
}

func oldNumbers(su *suite) {
	sh := newShop(su)
	first, second := sh.card(sh.newCard().ID), sh.card(sh.newCard().ID)
	n := sh.plastic()
	su.same("nobody's", "", sh.leadsTo(customer.Handle{OldNumber: n}))
	sh.ok(sh.setOldNumber(first.Card.ID, n))
	sh.ok(sh.setOldNumber(first.Card.ID, n)) // again changes nothing
	su.same("the first one's", first.Card.ID, sh.leadsTo(customer.Handle{OldNumber: n}))
	su.same("shown", n, sh.card(first.Card.ID).OldNumber)
	sh.is(sh.setOldNumber(second.Card.ID, n), customer.ErrOldNumberTaken)
	sh.is(sh.setOldNumber(second.Card.ID, first.Customer.Number), customer.ErrOldNumberTaken)
	sh.is(sh.setOldNumber("card_nobody", sh.plastic()), loyalty.ErrNotFound)
	elsewhere := newShop(su)
	sh.ok(elsewhere.setOldNumber(elsewhere.newCard().ID, n)) // each organization has its own
	other := sh.plastic()
	sh.ok(sh.setOldNumber(first.Card.ID, other))
	su.same("the old one's no more", "", sh.leadsTo(customer.Handle{OldNumber: n}))
	sh.ok(sh.setOldNumber(first.Card.ID, ""))
	su.same("taken off", "", sh.leadsTo(customer.Handle{OldNumber: other}))
	su.same("the empty one is nobody's", "", sh.leadsTo(customer.Handle{}))
	// A card that has ended gives its number up.
	sh.ok(sh.setOldNumber(first.Card.ID, n))
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, first.Card.ID, sh.clock()))
	su.same("of a card that has ended", "", sh.leadsTo(customer.Handle{OldNumber: n}))
	sh.is(sh.setOldNumber(first.Card.ID, n), loyalty.ErrNotFound)
	sh.ok(sh.setOldNumber(second.Card.ID, n))
	su.same("the second one's", second.Card.ID, sh.leadsTo(customer.Handle{OldNumber: n}))
}

func oldNumbersMove(su *suite) {
	sh := newShop(su)
	kept, other := sh.card(sh.newCard().ID), sh.card(sh.newCard().ID)
	n := sh.plastic()
	sh.ok(sh.setOldNumber(other.Card.ID, n))
	m := sh.merge(kept.Customer.ID, other.Customer.ID)
	su.same("merged", kept.Card.ID, sh.leadsTo(customer.Handle{OldNumber: n}))
	sh.is(sh.setOldNumber(kept.Card.ID, n), customer.ErrOldNumberTaken) // it leads there already
	_, err := sh.ReissueCard(sh.ctx, sh.org.ID, kept.Card.ID, sh.clock())
	sh.ok(err)
	su.same("the plastic card was not lost", kept.Card.ID, sh.leadsTo(customer.Handle{OldNumber: n}))
	_, err = sh.undoMerge(m.ID)
	sh.ok(err)
	su.same("parted", other.Card.ID, sh.leadsTo(customer.Handle{OldNumber: n}))
}
