package storetest

import (
	"slices"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

var customerStories = []story{
	{"a card is found by code, number and phone", identify},
	{"without a program it is the card used last", identifyLastUsed},
	{"what cannot be a text is not found", notText},
	{"customers are found by parts of what is known of them", search},
	{"a customer is changed by whoever read them last", updateCustomer},
	{"cards are listed newest first, without their coupons", listCards},
	{"the newest decision counts and none is forgotten", consents},
	{"a new consent text takes the place of the old", consentTexts},
}

func (sh *shop) find(h customer.Handle, programID string) (customer.View, error) {
	return sh.Identify(sh.ctx, sh.org.ID, h, programID)
}

func identify(su *suite) {
	sh := newShop(su)
	phone := sh.phone()
	v := sh.join(sh.trusted(phone)).View
	sh.apply(sh.stamp(v.Card.ID, 10))
	want := sh.card(v.Card.ID)
	su.same("coupons", 1, len(want.Coupons))
	handles := []customer.Handle{{Code: v.Code}, {Number: v.Customer.Number}, {Phone: phone}}
	for _, h := range handles {
		for _, program := range []string{"", sh.program.ID} {
			have, err := sh.find(h, program)
			sh.ok(err)
			su.same("found", want, have)
		}
		_, err := sh.find(h, sh.newProgram(sh.program).ID)
		sh.is(err, loyalty.ErrNotFound)
	}
	byLink, err := sh.CardByLink(sh.ctx, sh.org.ID, v.Link)
	sh.ok(err)
	su.same("by link", want, byLink)
	// A code opens no page and a link no till.
	_, err = sh.CardByLink(sh.ctx, sh.org.ID, v.Code)
	sh.is(err, loyalty.ErrNotFound)
	_, err = sh.find(customer.Handle{Code: v.Link}, "")
	sh.is(err, loyalty.ErrNotFound)
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, v.Card.ID, sh.clock()))
	for _, h := range append(handles, customer.Handle{}, customer.Handle{Code: "NOBODY"}, customer.Handle{Number: "1"}, customer.Handle{Phone: "+3581"}) {
		_, err := sh.find(h, "")
		sh.is(err, loyalty.ErrNotFound)
	}
	_, err = sh.CardByLink(sh.ctx, sh.org.ID, v.Link)
	sh.is(err, loyalty.ErrNotFound)
}

func notText(su *suite) {
	sh := newShop(su)
	for _, odd := range []string{"\x00", "a\x00b", "\xff\xfe", "\u202e"} {
		_, err := sh.CardByLink(sh.ctx, sh.org.ID, odd)
		sh.is(err, loyalty.ErrNotFound)
		_, err = sh.Card(sh.ctx, sh.org.ID, odd)
		sh.is(err, loyalty.ErrNotFound)
		_, err = sh.find(customer.Handle{Code: odd}, odd)
		sh.is(err, loyalty.ErrNotFound)
		_, err = sh.OrganizationBySlug(sh.ctx, odd)
		sh.is(err, organization.ErrNotFound)
		list, err := sh.Customers(sh.ctx, sh.org.ID, odd, paging.Page{})
		sh.ok(err)
		sh.same("customers", 0, len(list.Items))
	}
}

func identifyLastUsed(su *suite) {
	sh := newShop(su)
	j := sh.trusted(sh.phone())
	first := sh.join(j).View
	su.pass(time.Hour)
	j.ProgramID, j.Now = sh.newProgram(sh.program).ID, su.clock()
	second := sh.join(j).View
	h := customer.Handle{Number: first.Customer.Number}
	for _, want := range []string{second.Card.ID, first.Card.ID, second.Card.ID} {
		su.pass(time.Minute)
		sh.apply(sh.stamp(want, 1))
		have, err := sh.find(h, "")
		sh.ok(err)
		su.same("found", want, have.Card.ID)
	}
	cards, err := sh.CustomerCards(sh.ctx, sh.org.ID, first.Customer.ID)
	sh.ok(err)
	su.same("cards", []customer.View{sh.card(first.Card.ID), sh.card(second.Card.ID)}, cards)
	_, err = sh.CustomerCards(sh.ctx, sh.org.ID, typeid.New("cust"))
	sh.is(err, customer.ErrNotFound)
}

func search(su *suite) {
	sh := newShop(su)
	ids := map[string]string{}
	numbers := map[string]string{}
	for name, j := range map[string]customer.Join{
		"Aino":   {FirstName: "Aino", LastName: "Äyräpää", Phone: "+358401234567"},
		"Östen":  {FirstName: "Östen", LastName: "100% Strand_", Email: "osten@example.org"},
		"Юлия":   {FirstName: "Юлия", LastName: "Иванова", Phone: "+358501112223", Email: "a_b@example.org"},
		"nobody": {Email: "axb@example.org"},
	} {
		su.pass(time.Second)
		full := sh.trusted("")
		full.FirstName, full.LastName, full.Phone, full.Email, full.Now = j.FirstName, j.LastName, j.Phone, j.Email, su.clock()
		c := sh.join(full).View.Customer
		ids[name], numbers[name] = c.ID, c.Number
	}
	typed := sh.public("+358407654321")
	typed.FirstName, typed.LastName = "Pena", "Provisional"
	ids["Pena"] = sh.join(typed).View.Customer.ID
	for query, want := range map[string][]string{
		"aino": {"Aino"}, "ÄYRÄ": {"Aino"}, "ino äy": {"Aino"}, "  aino   äyräpää ": {"Aino"}, "юли": {"Юлия"},
		"östen": {"Östen"}, "100%": {"Östen"}, "%": {"Östen"}, "d_": {"Östen"}, "!": {}, "a_b@": {"Юлия"}, "OSTEN@": {"Östen"},
		"040 123 4567": {"Aino"}, "+358 40 1234567": {"Aino"}, "1112223": {"Юлия"}, numbers["nobody"]: {"nobody"},
		"pena": {"Pena"}, "040 7654321": {"Pena"}, "zzz": {}, "": {"Aino", "Östen", "Юлия", "nobody", "Pena"},
		"' OR 1=1 --": {},
	} {
		found := whole(su.t, func(p paging.Page) (paging.List[customer.Customer], error) {
			p.Limit = 2
			return sh.Customers(sh.ctx, sh.org.ID, query, p)
		})
		have := []string{}
		for _, c := range found {
			have = append(have, c.ID)
		}
		if !slices.IsSortedFunc(found, func(a, b customer.Customer) int { return int(b.CreatedAt - a.CreatedAt) }) {
			su.t.Errorf("%q: not newest first", query)
		}
		wantIDs := []string{}
		for _, name := range want {
			wantIDs = append(wantIDs, ids[name])
		}
		slices.Sort(have)
		slices.Sort(wantIDs)
		su.same("found by "+query, wantIDs, have)
	}
}

func updateCustomer(su *suite) {
	sh := newShop(su)
	c := sh.join(sh.trusted(sh.phone())).View.Customer
	other := sh.join(sh.trusted(sh.phone())).View.Customer
	change := c
	change.FirstName, change.LastName, change.Phone, change.Email = "Vilma", "", sh.phone(), "vilma@example.org"
	change.Locale, change.ExternalRef, change.Status = "sv", "C-1", customer.StatusMerged
	changed, err := sh.UpdateCustomer(sh.ctx, change, 1)
	sh.ok(err)
	change.Version, change.Status = 2, customer.StatusActive
	su.same("changed", change, changed)
	_, err = sh.UpdateCustomer(sh.ctx, change, 1)
	sh.is(err, customer.ErrVersion)
	taken := other
	taken.Phone = change.Phone
	_, err = sh.UpdateCustomer(sh.ctx, taken, 1)
	sh.is(err, customer.ErrContactTaken)
	taken = other
	taken.ExternalRef = "C-1"
	_, err = sh.UpdateCustomer(sh.ctx, taken, 1)
	sh.is(err, customer.ErrContactTaken)
	taken.ID = typeid.New("cust")
	_, err = sh.UpdateCustomer(sh.ctx, taken, 1)
	sh.is(err, customer.ErrNotFound)
	found, err := sh.Customers(sh.ctx, sh.org.ID, "vilma", paging.Page{})
	sh.ok(err)
	su.same("found by the new name", []customer.Customer{changed}, found.Items)
}

func listCards(su *suite) {
	sh := newShop(su)
	var want []customer.View
	for range 9 {
		v := sh.join(sh.trusted(sh.phone())).View
		want = append([]customer.View{v}, want...)
	}
	revoked := sh.newCard()
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, revoked.ID, sh.clock()))
	list := func(program string) []customer.View {
		return whole(su.t, func(p paging.Page) (paging.List[customer.View], error) {
			return sh.Cards(sh.ctx, sh.org.ID, program, p)
		})
	}
	su.same("cards of the program", want, list(sh.program.ID))
	su.same("all cards", want, list(""))
	su.same("cards of another program", 0, len(list(sh.newProgram(sh.program).ID)))
	sh.apply(sh.stamp(want[0].Card.ID, 10))
	su.same("coupons", 0, len(list("")[0].Coupons))
}

func consents(su *suite) {
	sh := newShop(su)
	sms, push := sh.newConsentText("marketing", "sms", 1), sh.newConsentText("marketing", "push", 1)
	id := sh.join(sh.trusted(sh.phone())).View.Customer.ID
	var history []customer.Consent
	for i, granted := range []bool{true, false, true, true, false, true, true, false, true} {
		c := customer.Consent{
			OrgID: sh.org.ID, ID: typeid.New("cons"), CustomerID: id, TextID: sms.ID, Purpose: sms.Purpose, Channel: sms.Channel,
			Granted: granted, Source: customer.SourceCardPage, Locale: "fi", Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, At: sh.clock() + int64(i/2),
		}
		sh.ok(sh.RecordConsents(sh.ctx, sh.org.ID, id, []customer.Consent{c}))
		history = append([]customer.Consent{c}, history...)
		states, err := sh.Consents(sh.ctx, sh.org.ID, id)
		sh.ok(err)
		su.same("states", []customer.ConsentState{{Text: sms, Granted: granted, At: c.At}, {Text: push}}, states)
	}
	su.same("history", history, whole(su.t, func(p paging.Page) (paging.List[customer.Consent], error) {
		return sh.ConsentHistory(sh.ctx, sh.org.ID, id, p)
	}))
	_, err := sh.Consents(sh.ctx, sh.org.ID, typeid.New("cust"))
	sh.is(err, customer.ErrNotFound)
	wrong := history[0]
	wrong.ID = typeid.New("cons")
	sh.is(sh.RecordConsents(sh.ctx, sh.org.ID, typeid.New("cust"), []customer.Consent{wrong}), customer.ErrNotFound)
	wrong.TextID = typeid.New("ctxt")
	sh.is(sh.RecordConsents(sh.ctx, sh.org.ID, id, []customer.Consent{wrong}), customer.ErrNotFound)
}

func consentTexts(su *suite) {
	sh := newShop(su)
	old, other := sh.newConsentText("marketing", "sms", 1), sh.newConsentText("marketing", "email", 1)
	id := sh.join(sh.trusted(sh.phone())).View.Customer.ID
	sh.ok(sh.RecordConsents(sh.ctx, sh.org.ID, id, []customer.Consent{{
		ID: typeid.New("cons"), TextID: old.ID, Purpose: old.Purpose, Channel: old.Channel, Granted: true, At: sh.clock(),
	}}))
	newer := sh.newConsentText("marketing", "sms", 2)
	texts, err := sh.ConsentTexts(sh.ctx, sh.org.ID)
	sh.ok(err)
	su.same("texts", []customer.ConsentText{other, newer}, texts)
	again := newer
	again.ID = typeid.New("ctxt")
	sh.is(sh.CreateConsentText(sh.ctx, again), organization.ErrTaken)
	states, err := sh.Consents(sh.ctx, sh.org.ID, id)
	sh.ok(err)
	su.same("the decision about the purpose still counts", []customer.ConsentState{{Text: other}, {Text: newer, Granted: true, At: sh.clock()}}, states)
}
