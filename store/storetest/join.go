package storetest

import (
	"errors"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

var joinStories = []story{
	{"a trusted join makes a customer, a card and the welcome", trustedJoin},
	{"a trusted join of somebody known answers with the card that is there", trustedJoinAgain},
	{"phone and e-mail of two customers join nobody", joinTwoCustomers},
	{"a public join tells nothing and waits for a confirmation", publicJoin},
	{"only active programs are joined", joinInactive},
	{"a name alone makes a provisional card, which its customer completes", joinByName},
	{"consents of the form are kept, others refused", joinConsents},
	{"a revoked card is followed by a new one, without a second welcome", joinAfterRevocation},
	{"a second program is a second card of the same customer", joinSecondProgram},
	{"a stranger's phone gets few messages, whoever asks", confirmationsAreLimited},
	{"a stranger's phone gets few messages, however many ask at once", confirmationsAreLimitedAtOnce},
	{"a confirmation is handed out until its link is made, and only then used", confirmationIsSentOnce},
}

func trustedJoin(su *suite) {
	sh := newShop(su, withWelcome)
	su.takeTold()
	j := sh.trusted(sh.phone())
	j.Email = "veera@example.org"
	joined := sh.join(j)
	v := joined.View
	if !joined.Created || v.Card.Status != loyalty.CardActive || v.Card.Balance != 2 || v.Card.WelcomedAt != j.Now || len(v.Coupons) != 1 {
		su.t.Fatalf("have %+v", joined)
	}
	su.same("customer", customer.Customer{
		OrgID: sh.org.ID, ID: v.Customer.ID, Number: v.Customer.Number, FirstName: "Veera", LastName: "Virtanen",
		Phone: j.Phone, Email: j.Email, Locale: "fi", Status: customer.StatusActive, Version: 1, CreatedAt: j.Now,
	}, v.Customer)
	if _, err := customer.ParseNumber(v.Customer.Number); err != nil {
		su.t.Fatal(err)
	}
	if code, err := loyalty.ParseCode(v.Code); err != nil || code != v.Code || len(v.Link) < 26 {
		su.t.Fatalf("code %q, link %q: %v", v.Code, v.Link, err)
	}
	su.same("program", sh.program, v.Program)
	su.same("told", []string{v.Card.ID}, su.takeTold())
	su.same("view", v, sh.proven(v.Card.ID))
	entries := sh.ledger(v.Card.ID)
	su.same("ledger", "reward+0 welcome+2", kinds(entries))
	su.same("where and who", loyalty.Entry{LocationID: sh.location.ID, Actor: j.Actor},
		loyalty.Entry{LocationID: entries[0].LocationID, Actor: entries[0].Actor})
	su.same("confirmations", 0, len(sh.confirmations()))
}

func joinByName(su *suite) {
	sh := newShop(su, withWelcome)
	known := sh.join(sh.trusted(sh.phone())).View
	byName := func() customer.View { return sh.join(sh.trusted("")).View }
	contact := func(v customer.View, phone string) error {
		return sh.AddContact(sh.ctx, sh.org.ID, v.Customer.ID, sh.program.ID, phone, "", sh.clock())
	}
	v := byName()
	if v.Card.Status != loyalty.CardProvisional || v.Card.Balance != 0 || v.Card.WelcomedAt != 0 {
		su.t.Fatalf("have %+v", v.Card)
	}
	su.same("nothing is sent", 0, len(sh.confirmations()))
	sh.apply(sh.stamp(v.Card.ID, 3))
	su.takeTold()
	phone := sh.phone()
	sh.ok(contact(v, phone))
	su.same("told", []string{v.Card.ID}, su.takeTold())
	sh.is(contact(v, sh.phone()), customer.ErrNotFound) // it waits to be confirmed
	confirmed, err := sh.Confirm(sh.ctx, sh.org.ID, sh.link(), sh.clock())
	sh.ok(err)
	su.same("made real", []any{false, loyalty.CardActive, 3 + 2, phone},
		[]any{confirmed.Merged, confirmed.View.Card.Status, confirmed.View.Card.Balance, confirmed.View.Customer.Phone})
	sh.is(contact(confirmed.View, sh.phone()), customer.ErrNotFound)

	second := byName()
	sh.apply(sh.stamp(second.Card.ID, 4))
	sh.ok(contact(second, known.Customer.Phone))
	confirmed, err = sh.Confirm(sh.ctx, sh.org.ID, sh.link(), sh.clock())
	sh.ok(err)
	su.same("merged with the card that was there", []any{true, known.Card.ID, 4 + 2},
		[]any{confirmed.Merged, confirmed.View.Card.ID, confirmed.View.Card.Balance})
	sh.proven(confirmed.View.Card.ID)
	sh.is(sh.AddContact(sh.ctx, sh.org.ID, "cust_nobody", sh.program.ID, phone, "", sh.clock()), customer.ErrNotFound)
}

func trustedJoinAgain(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	first := sh.join(sh.trusted(phone))
	sh.apply(sh.stamp(first.View.Card.ID, 3))
	su.takeTold()
	j := sh.trusted(phone)
	j.FirstName = "Somebody else"
	again := sh.join(j)
	if again.Created {
		su.t.Fatal("the card was made anew")
	}
	su.same("view", sh.card(first.View.Card.ID), again.View)
	su.same("balance", 5, again.View.Card.Balance)
	su.same("name", "Veera", again.View.Customer.FirstName)
	su.same("told", 0, len(su.takeTold()))
}

func joinTwoCustomers(su *suite) {
	sh := newShop(su)
	phone := sh.phone()
	sh.join(sh.trusted(phone))
	byMail := sh.trusted("")
	byMail.Email = "veera@example.org"
	sh.join(byMail)
	byMail.Phone = phone
	_, err := sh.Join(sh.ctx, byMail)
	sh.is(err, customer.ErrTwoCustomers)
}

func publicJoin(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	known := sh.join(sh.trusted(phone)).View
	j := sh.public(phone)
	j.Email = "veera@example.org"
	joined := sh.join(j)
	v := joined.View
	if !joined.Created || v.Card.ID == known.Card.ID || v.Customer.ID == known.Customer.ID {
		su.t.Fatalf("the public form opened the card of %s", phone)
	}
	if v.Card.Status != loyalty.CardProvisional || v.Card.Balance != 0 || v.Card.WelcomedAt != 0 || len(v.Coupons) != 0 {
		su.t.Fatalf("have %+v", v)
	}
	c := v.Customer
	if c.Status != customer.StatusProvisional || c.Phone != "" || c.Email != "" || c.PendingPhone != phone || c.PendingEmail != j.Email {
		su.t.Fatalf("have %+v", c)
	}
	waiting := sh.confirmations()
	su.same("confirmations", []customer.ConfirmationRequest{{
		OrgID: sh.org.ID, ID: waiting[0].ID, CustomerID: c.ID, ProgramID: sh.program.ID, Channel: "sms", To: phone, Locale: "fi", RequestedAt: j.Now,
	}}, waiting)
	// The phone finds the card of the customer who has it, not that of whoever typed it.
	found, err := sh.Identify(sh.ctx, sh.org.ID, customer.Handle{Phone: phone}, "")
	sh.ok(err)
	su.same("found by phone", known.Card.ID, found.Card.ID)
	sh.apply(sh.stamp(v.Card.ID, 3))
}

func (sh *shop) confirmations() []customer.ConfirmationRequest {
	sh.t.Helper()
	list, err := sh.PendingConfirmations(sh.ctx, sh.org.ID, 100)
	sh.ok(err)
	return list
}

func joinInactive(su *suite) {
	for _, status := range []loyalty.ProgramStatus{loyalty.ProgramDraft, loyalty.ProgramEnded} {
		sh := newShop(su, func(p *loyalty.Program) { p.Status = status })
		_, err := sh.Join(sh.ctx, sh.trusted(sh.phone()))
		var refusal *loyalty.Refusal
		if !errors.As(err, &refusal) || refusal.Code != loyalty.RefusedNotActive {
			su.t.Fatalf("%s: have %v", status, err)
		}
	}
	sh := newShop(su)
	j := sh.trusted(sh.phone())
	j.ProgramID = newShop(su).program.ID
	_, err := sh.Join(sh.ctx, j)
	sh.is(err, loyalty.ErrNotFound)
}

func joinConsents(su *suite) {
	sh := newShop(su)
	sms, mail := sh.newConsentText("marketing", "sms", 1), sh.newConsentText("marketing", "email", 1)
	j := sh.public(sh.phone())
	j.Consents = []customer.ConsentDecision{{TextID: sms.ID, Granted: true}, {TextID: mail.ID}}
	joined := sh.join(j)
	states, err := sh.Consents(sh.ctx, sh.org.ID, joined.View.Customer.ID)
	sh.ok(err)
	su.same("states", []customer.ConsentState{{Text: sms, Granted: true, At: j.Now}, {Text: mail, At: j.Now}}, states)
	for field, consents := range map[string][]customer.ConsentDecision{
		"consents[0].text_id": {{TextID: typeid.New("ctxt"), Granted: true}},
		"consents[1].text_id": {{TextID: sms.ID}, {TextID: sms.ID, Granted: true}},
		"consents[2].text_id": {{TextID: sms.ID}, {TextID: mail.ID}, {TextID: newShop(su).newConsentText("news", "", 1).ID}},
	} {
		wrong := sh.public(sh.phone())
		wrong.Consents = consents
		_, err := sh.Join(sh.ctx, wrong)
		var invalid *customer.InvalidFieldError
		if !errors.As(err, &invalid) || invalid.Field != field || invalid.Code != customer.InvalidConsent {
			su.t.Fatalf("%s: have %v", field, err)
		}
	}
	list, err := sh.Customers(sh.ctx, sh.org.ID, "", paging.Page{})
	sh.ok(err)
	su.same("customers", 1, len(list.Items))
}

// newConsentText adds an active text that is asked after those that are there.
func (sh *shop) newConsentText(purpose, channel string, version int) customer.ConsentText {
	sh.t.Helper()
	text := customer.ConsentText{
		OrgID: sh.org.ID, ID: typeid.New("ctxt"), Purpose: purpose, Channel: channel, Version: version,
		Text: loyalty.Text{"en": "Tell me", "fi": "Kertokaa"}, Active: true, Position: int(count.Add(1)), CreatedAt: sh.clock(),
	}
	sh.ok(sh.CreateConsentText(sh.ctx, text))
	return text
}

func joinAfterRevocation(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	first := sh.join(sh.trusted(phone)).View
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, first.Card.ID, sh.clock()))
	second := sh.join(sh.trusted(phone))
	if !second.Created || second.View.Card.ID == first.Card.ID || second.View.Customer.ID != first.Customer.ID {
		su.t.Fatalf("have %+v", second)
	}
	su.same("balance", 0, second.View.Card.Balance)
	su.same("welcomed at", first.Card.WelcomedAt, second.View.Card.WelcomedAt)
	if second.View.Code == first.Code || second.View.Link == first.Link {
		su.t.Fatal("the new card has a secret of the old")
	}
	cards, err := sh.CustomerCards(sh.ctx, sh.org.ID, first.Customer.ID)
	sh.ok(err)
	su.same("cards", 2, len(cards))
	// Revoking again, or revoking the old one again, changes nothing.
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, first.Card.ID, sh.clock()))
	su.same("version", first.Card.Version+1, sh.card(first.Card.ID).Card.Version)
}

func joinSecondProgram(su *suite) {
	sh := newShop(su)
	phone := sh.phone()
	first := sh.join(sh.trusted(phone))
	j := sh.trusted(phone)
	j.ProgramID = sh.newProgram(sh.program, withWelcome).ID
	second := sh.join(j)
	if !second.Created || second.View.Customer.ID != first.View.Customer.ID || second.View.Card.WelcomedAt == 0 {
		su.t.Fatalf("have %+v", second)
	}
}

func confirmationsAreLimited(su *suite) {
	sh := newShop(su)
	phone := sh.phone()
	// The form never says that it is too often, or it would say who was written to.
	for range customer.MaxConfirmationsPerHour + 3 {
		sh.join(sh.public(phone))
	}
	su.same("messages", customer.MaxConfirmationsPerHour, len(sh.confirmations()))
	last := sh.join(sh.public(phone)).View
	ask := func() error {
		return sh.RequestConfirmation(sh.ctx, sh.org.ID, last.Customer.ID, sh.program.ID, sh.clock())
	}
	sh.is(ask(), customer.ErrTooOften)
	su.pass(time.Hour)
	sh.ok(ask())
	su.same("messages", customer.MaxConfirmationsPerHour+1, len(sh.confirmations()))
	known := sh.join(sh.trusted(sh.phone())).View.Customer.ID
	for _, id := range []string{known, typeid.New("cust")} {
		sh.is(sh.RequestConfirmation(sh.ctx, sh.org.ID, id, sh.program.ID, sh.clock()), customer.ErrNotFound)
	}
}

func confirmationsAreLimitedAtOnce(su *suite) {
	sh := newShop(su)
	phone := sh.phone()
	atOnce(20, func(int) {
		if _, err := sh.Join(sh.ctx, sh.public(phone)); err != nil {
			sh.t.Error(err)
		}
	})
	sh.same("messages", customer.MaxConfirmationsPerHour, len(sh.confirmations()))
}

func confirmationIsSentOnce(su *suite) {
	sh := newShop(su)
	sh.join(sh.public(sh.phone()))
	request := sh.confirmations()[0]
	su.same("handed out again", request, sh.confirmations()[0])
	now := sh.clock()
	hash := access.Hash("token")
	sent := func(hash [32]byte) error {
		return sh.SentConfirmation(sh.ctx, sh.org.ID, request.ID, hash, now, now+1000)
	}
	sh.ok(sent(hash))
	su.same("waiting", 0, len(sh.confirmations()))
	sh.is(sent(access.Hash("another")), customer.ErrNotFound)
	for name, x := range map[string]struct {
		hash [32]byte
		now  int64
		want error
	}{
		"in time": {hash, now + 999, nil}, "too late": {hash, now + 1000, customer.ErrNotFound},
		"another": {access.Hash("another"), now, customer.ErrNotFound}, "none": {[32]byte{}, now, customer.ErrNotFound},
	} {
		have, err := sh.ConfirmationByToken(sh.ctx, sh.org.ID, x.hash, x.now)
		if !errors.Is(err, x.want) || err == nil && have != request {
			su.t.Errorf("%s: have %+v, %v", name, have, err)
		}
	}
}
