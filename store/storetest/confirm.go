package storetest

import (
	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

var confirmStories = []story{
	{"confirming a contact that nobody had makes the card real and welcomes", confirmNew},
	{"confirming a contact that somebody had merges the cards", confirmMerge},
	{"a merge gives what one card would have given for all stamps", confirmMergeCoupons},
	{"a card of a program that the known customer was not in is handed over", confirmHandOver},
	{"only the confirmed channel counts", confirmOneChannel},
	{"a link is used once, in its time", confirmOnce},
	{"of those who confirm at once all end up with one customer", confirmAtOnce},
	{"a contact that staff entered in the meantime is confirmed all the same", confirmEntered},
	{"a card that was revoked is not confirmed", confirmRevoked},
	{"who was welcomed on a lost card is not welcomed again", confirmWelcomedBefore},
}

// link makes the link of the latest request and returns its hash.
func (sh *shop) link() [32]byte {
	sh.t.Helper()
	list := sh.confirmations()
	hash := access.Hash(sh.key())
	now := sh.clock()
	sh.ok(sh.SentConfirmation(sh.ctx, sh.org.ID, list[len(list)-1].ID, hash, now, now+customer.ConfirmationLife.Milliseconds()))
	return hash
}

func (sh *shop) confirm(hash [32]byte) customer.Confirmed {
	sh.t.Helper()
	c, err := sh.Confirm(sh.ctx, sh.org.ID, hash, sh.clock())
	sh.ok(err)
	return c
}

func confirmNew(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	typed := sh.join(sh.public(phone)).View
	sh.apply(sh.stamp(typed.Card.ID, 3))
	su.takeTold()
	c := sh.confirm(sh.link())
	v := c.View
	if c.Merged || v.Card.ID != typed.Card.ID || v.Customer.ID != typed.Customer.ID || v.Code != typed.Code || v.Link != typed.Link {
		su.t.Fatalf("have %+v", c)
	}
	if v.Card.Status != loyalty.CardActive || v.Card.Balance != 5 || len(v.Coupons) != 1 || v.Card.WelcomedAt != sh.clock() {
		su.t.Fatalf("have %+v", v.Card)
	}
	if v.Customer.Status != customer.StatusActive || v.Customer.Phone != phone || v.Customer.PendingPhone != "" || v.Customer.ConfirmedAt != sh.clock() {
		su.t.Fatalf("have %+v", v.Customer)
	}
	su.same("told", []string{typed.Card.ID}, su.takeTold())
	su.same("ledger", "reward+0 welcome+2 stamp+3", kinds(sh.ledger(v.Card.ID)))
	su.same("view", v, sh.proven(v.Card.ID))
	again := sh.join(sh.trusted(phone))
	su.same("joined again", v.Card.ID, again.View.Card.ID)
}

func confirmMerge(su *suite) {
	sh := newShop(su, withWelcome)
	text := sh.newConsentText("marketing", "sms", 1)
	phone := sh.phone()
	known := sh.join(sh.trusted(phone)).View
	sh.apply(sh.stamp(known.Card.ID, 4))
	j := sh.public(phone)
	j.FirstName, j.Consents = "Stranger", []customer.ConsentDecision{{TextID: text.ID, Granted: true}}
	typed := sh.join(j).View
	sh.apply(sh.stamp(typed.Card.ID, 3))
	c := sh.confirm(sh.link())
	v := c.View
	if !c.Merged || v.Card.ID != known.Card.ID || v.Card.Balance != 2+4+3 || v.Customer.FirstName != "Veera" || v.Code != known.Code {
		su.t.Fatalf("have %+v", c)
	}
	su.same("welcomed once", known.Card.WelcomedAt, v.Card.WelcomedAt)
	// The stranger's secrets open nothing any more, and the stranger is gone.
	_, err := sh.CardByLink(sh.ctx, sh.org.ID, typed.Link)
	sh.is(err, loyalty.ErrNotFound)
	for _, h := range []customer.Handle{{Code: typed.Code}, {Number: typed.Customer.Number}} {
		_, err := sh.Identify(sh.ctx, sh.org.ID, h, "")
		sh.is(err, loyalty.ErrNotFound)
	}
	sh.fails(sh.stamp(typed.Card.ID, 1), loyalty.ErrNotFound)
	gone, err := sh.Customer(sh.ctx, sh.org.ID, typed.Customer.ID)
	sh.ok(err)
	if gone.Status != customer.StatusMerged || gone.MergedInto != known.Customer.ID || gone.PendingPhone != "" {
		su.t.Fatalf("have %+v", gone)
	}
	list, err := sh.Customers(sh.ctx, sh.org.ID, "", paging.Page{})
	sh.ok(err)
	su.same("customers", 1, len(list.Items))
	states, err := sh.Consents(sh.ctx, sh.org.ID, known.Customer.ID)
	sh.ok(err)
	su.same("consents: what a stranger ticked is not the owner's word", []customer.ConsentState{{Text: text}}, states)
	su.same("typed", 0, sh.proven(typed.Card.ID).Card.Balance)
	sh.proven(known.Card.ID)
	su.same("names the other card", typed.Card.ID, sh.ledger(known.Card.ID)[0].OtherCardID)
}

func confirmMergeCoupons(su *suite) {
	sh := newShop(su, withMilestone)
	phone := sh.phone()
	known := sh.join(sh.trusted(phone)).View.Card.ID
	sh.apply(sh.stamp(known, 8))
	typed := sh.join(sh.public(phone)).View.Card.ID
	used := sh.apply(sh.stamp(typed, 24))
	sh.apply(sh.redeem(used.Coupons[1].ID))
	su.same("the first main reward", loyalty.RewardMain, used.Coupons[1].Kind)
	c := sh.confirm(sh.link())
	// 8 + 24 stamps, of which 10 are used up: two more cards and two stamps.
	su.same("balance", 2, c.View.Card.Balance)
	mains := 0
	for _, k := range c.View.Coupons {
		if k.Kind == loyalty.RewardMain {
			mains++
		}
	}
	su.same("main rewards", 2, mains)
	su.same("coupons left behind", 0, len(sh.proven(typed).Coupons))
	sh.proven(known)
}

func confirmHandOver(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	known := sh.join(sh.trusted(phone)).View
	j := sh.public(phone)
	j.ProgramID = sh.newProgram(sh.program).ID
	typed := sh.join(j).View
	sh.apply(sh.stamp(typed.Card.ID, 3))
	c := sh.confirm(sh.link())
	v := c.View
	if !c.Merged || v.Card.ID != typed.Card.ID || v.Customer.ID != known.Customer.ID || v.Card.Status != loyalty.CardActive || v.Card.Balance != 5 {
		su.t.Fatalf("have %+v", c)
	}
	if v.Code == typed.Code || v.Link == typed.Link {
		su.t.Fatal("whoever typed the number can still open the card")
	}
	_, err := sh.CardByLink(sh.ctx, sh.org.ID, typed.Link)
	sh.is(err, loyalty.ErrNotFound)
	su.same("view", v, sh.proven(typed.Card.ID))
	cards, err := sh.CustomerCards(sh.ctx, sh.org.ID, known.Customer.ID)
	sh.ok(err)
	su.same("cards", 2, len(cards))
}

func confirmOneChannel(su *suite) {
	sh := newShop(su)
	both := sh.public(sh.phone())
	both.Email = "veera@example.org"
	sh.join(both)
	made := sh.confirm(sh.link()).View.Customer
	if made.Phone != both.Phone || made.Email != "" || made.PendingEmail != both.Email {
		su.t.Fatalf("have %+v", made)
	}
	// In a merge, what was not confirmed is a stranger's word and is dropped.
	both.Email = "other@example.org"
	gone := sh.join(both).View.Customer
	merged := sh.confirm(sh.link()).View.Customer
	if merged.ID != made.ID || merged.PendingEmail != "veera@example.org" || merged.Email != "" {
		su.t.Fatalf("have %+v", merged)
	}
	gone, err := sh.Customer(sh.ctx, sh.org.ID, gone.ID)
	sh.ok(err)
	su.same("dropped", "", gone.PendingEmail)
	byMail := sh.public("")
	byMail.Email = "Third@example.org"
	sh.join(byMail)
	su.same("channel", "email", sh.confirmations()[0].Channel)
	su.same("address", byMail.Email, sh.confirm(sh.link()).View.Customer.Email)
}

func confirmOnce(su *suite) {
	sh := newShop(su)
	typed := sh.join(sh.public(sh.phone())).View
	hash := sh.link()
	late := sh.clock() + customer.ConfirmationLife.Milliseconds()
	_, err := sh.Confirm(sh.ctx, sh.org.ID, hash, late)
	sh.is(err, customer.ErrNotFound)
	_, err = sh.Confirm(sh.ctx, sh.org.ID, access.Hash("unknown"), sh.clock())
	sh.is(err, customer.ErrNotFound)
	sh.ok(sh.RequestConfirmation(sh.ctx, sh.org.ID, typed.Customer.ID, sh.program.ID, sh.clock()))
	second := sh.link()
	sh.ok(sh.RequestConfirmation(sh.ctx, sh.org.ID, typed.Customer.ID, sh.program.ID, sh.clock()))
	sh.same("waiting", 1, len(sh.confirmations()))
	sh.confirm(hash)
	sh.same("waiting, though nothing is left to confirm", 0, len(sh.confirmations()))
	for _, h := range [][32]byte{hash, second} {
		_, err = sh.Confirm(sh.ctx, sh.org.ID, h, sh.clock())
		sh.is(err, customer.ErrNotFound)
		_, err = sh.ConfirmationByToken(sh.ctx, sh.org.ID, h, sh.clock())
		sh.is(err, customer.ErrNotFound)
	}
	su.same("version", int64(2), sh.card(typed.Card.ID).Card.Version)
}

func confirmAtOnce(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	const strangers = customer.MaxConfirmationsPerHour
	hashes := make([][32]byte, strangers)
	for i := range hashes {
		sh.apply(sh.stamp(sh.join(sh.public(phone)).View.Card.ID, 1))
		hashes[i] = sh.link()
	}
	views := make([]customer.Confirmed, 2*strangers)
	errs := make([]error, len(views))
	atOnce(len(views), func(i int) {
		views[i], errs[i] = sh.Confirm(sh.ctx, sh.org.ID, hashes[i%strangers], sh.clock())
	})
	confirmed := 0
	for _, err := range errs {
		if err == nil {
			confirmed++
		} else {
			sh.is(err, customer.ErrNotFound)
		}
	}
	su.same("confirmed", strangers, confirmed)
	v, err := sh.Identify(sh.ctx, sh.org.ID, customer.Handle{Phone: phone}, sh.program.ID)
	sh.ok(err)
	su.same("balance", strangers+2, sh.proven(v.Card.ID).Card.Balance)
	list, err := sh.Customers(sh.ctx, sh.org.ID, "", paging.Page{})
	sh.ok(err)
	su.same("customers", 1, len(list.Items))
}

func confirmEntered(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	typed := sh.join(sh.public(phone)).View
	typed.Customer.Phone = phone
	if _, err := sh.UpdateCustomer(sh.ctx, typed.Customer, 1); err != nil {
		sh.t.Fatal(err)
	}
	c := sh.confirm(sh.link())
	if c.Merged || c.View.Customer.Status != customer.StatusActive || c.View.Customer.Phone != phone || c.View.Card.Balance != 2 {
		sh.t.Fatalf("have %+v", c)
	}
}

func confirmRevoked(su *suite) {
	sh := newShop(su)
	typed := sh.join(sh.public(sh.phone())).View
	hash := sh.link()
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, typed.Card.ID, sh.clock()))
	_, err := sh.Confirm(sh.ctx, sh.org.ID, hash, sh.clock())
	sh.is(err, customer.ErrNotFound)
	su.same("status", loyalty.CardRevoked, sh.card(typed.Card.ID).Card.Status)
}

func confirmWelcomedBefore(su *suite) {
	sh := newShop(su, withWelcome)
	phone := sh.phone()
	lost := sh.join(sh.trusted(phone)).View.Card.ID
	sh.ok(sh.RevokeCard(sh.ctx, sh.org.ID, lost, sh.clock()))
	sh.join(sh.public(phone))
	c := sh.confirm(sh.link())
	if !c.Merged || c.View.Card.Balance != 0 || len(c.View.Coupons) != 0 {
		su.t.Fatalf("have %+v", c)
	}
}
