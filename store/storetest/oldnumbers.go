package storetest

import (
	"fmt"
	"slices"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
)

var oldNumberStories = []story{
	{"the number of a card from before leads to one card", oldNumbers},
	{"an old number goes where its card goes", oldNumbersMove},
	{"an import gives the old numbers that are free to cards that have none", oldNumbersGiven},
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

func oldNumbersGiven(su *suite) {
	sh := newShop(su)
	var cards, numbers []string
	for range 5 {
		cards, numbers = append(cards, sh.newCard().ID), append(numbers, sh.plastic())
	}
	first := sh.card(cards[0])
	sh.ok(sh.setOldNumber(cards[0], numbers[0]))
	sh.ok(sh.setOldNumber(cards[1], numbers[1]))
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, cards[1], sh.clock()))
	elsewhere := sh.newProgram(sh.program)
	asked := append(slices.Clone(numbers), first.Customer.Number)
	read := func(programID string) map[string]customer.OldNumberUse {
		uses, err := sh.OldNumbers(sh.ctx, sh.org.ID, programID, asked)
		sh.ok(err)
		return uses
	}
	su.same("before", map[string]customer.OldNumberUse{numbers[0]: {CardID: cards[0]}, first.Customer.Number: {}}, read(sh.program.ID))
	su.same("in another program", map[string]customer.OldNumberUse{numbers[0]: {}, first.Customer.Number: {}}, read(elsewhere.ID))
	for range 2 { // again changes nothing
		sh.ok(sh.GiveOldNumbers(sh.ctx, sh.org.ID, sh.program.ID, map[string]string{
			numbers[0]:            cards[2], // taken
			first.Customer.Number: cards[2], // a customer's
			numbers[1]:            cards[3], // of a card that has ended
			numbers[2]:            cards[0], // which has one
			numbers[3]:            cards[1], // which has ended
			numbers[4]:            cards[4],
		}))
		su.same("after", map[string]customer.OldNumberUse{
			numbers[0]: {CardID: cards[0]}, numbers[1]: {CardID: cards[3]}, numbers[4]: {CardID: cards[4]}, first.Customer.Number: {},
		}, read(sh.program.ID))
	}
	su.same("leads there", cards[4], sh.leadsTo(customer.Handle{OldNumber: numbers[4]}))
	// What a merge moved leads to whoever stayed, and is not free.
	sh.merge(first.Customer.ID, sh.card(cards[4]).Customer.ID)
	sh.ok(sh.GiveOldNumbers(sh.ctx, sh.org.ID, sh.program.ID, map[string]string{numbers[4]: cards[2]}))
	su.same("merged", customer.OldNumberUse{CardID: cards[0]}, read(sh.program.ID)[numbers[4]])
	if _, err := sh.OldNumbers(sh.ctx, sh.org.ID, sh.program.ID, make([]string, store.MaxImportRefs+1)); err == nil {
		su.t.Error("too many numbers were asked about")
	}
	sh.ok(sh.GiveOldNumbers(sh.ctx, sh.org.ID, sh.program.ID, nil))
	asked = nil
	su.same("of none", 0, len(read(sh.program.ID)))
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
