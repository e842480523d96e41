package storetest

import (
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

var mergeStories = []story{
	{"a merge does what its preview says", mergeAsPreviewed},
	{"a merge that is taken back leaves both customers as they were", mergeUndone},
	{"a card in another program goes to a card that is opened", mergeOpens},
	{"what was used since cannot be taken back, and the answer says what", mergeUsed},
	{"a merge is done once under a key", mergeKeys},
	{"who cannot be merged", mergeRefused},
	{"a merge is taken back once, in its time and in its order", mergeUndoLimits},
	{"of two answers of one person the more careful one counts", mergeConsents},
	{"receipts of a merged customer go to the one who stayed", mergeImports},
	{"live totals count a merge and its undoing as the ledger does", mergeTotals},
	{"the cards in the pocket of a merged customer lead to who stayed", mergeLeads},
	{"what ends a card ends those that lead to it", mergeLeadsEnd},
	{"a card that was opened for a merge is closed with it", mergeCloses},
	{"any merge that is taken back gives both their stamps again", mergeProperty},
}

func (sh *shop) mergeOf(kept, other string) customer.MergeRequest {
	return customer.MergeRequest{
		OrgID: sh.org.ID, KeptID: kept, OtherID: other, IdempotencyKey: sh.key(), BodyHash: "body", Actor: sh.manager(), Now: sh.clock(),
	}
}

func (sh *shop) merge(kept, other string) customer.Merge {
	sh.t.Helper()
	m, replayed, err := sh.MergeCustomers(sh.ctx, sh.mergeOf(kept, other))
	sh.ok(err)
	if replayed {
		sh.t.Fatal("a new merge was answered as an old one")
	}
	return m
}

func (sh *shop) undoMerge(id string) (customer.Merge, error) {
	m, _, err := sh.UndoMerge(sh.ctx, sh.org.ID, id, sh.key(), sh.manager(), sh.clock())
	return m, err
}

// replayed proves that the ledger of a card leads to it and to its coupons.
func (sh *shop) replayed(cardID string) customer.View {
	sh.t.Helper()
	if err := sh.replayError(cardID); err != nil {
		sh.t.Fatal(err)
	}
	return sh.proven(cardID)
}

func (sh *shop) replayError(cardID string) error {
	v, err := sh.Card(sh.ctx, sh.org.ID, cardID)
	if err != nil {
		return err
	}
	entries, coupons, err := sh.LedgerOf(sh.ctx, sh.org.ID, cardID)
	if err != nil {
		return err
	}
	card, gotCoupons, err := loyalty.Replay(func(version int64) (loyalty.Program, bool) {
		p, err := sh.ProgramVersion(sh.ctx, sh.org.ID, v.Card.ProgramID, version)
		return p, err == nil
	}, v.Card, coupons, entries)
	byID := cmpopts.SortSlices(func(a, b loyalty.Coupon) bool { return a.ID < b.ID })
	if diff := cmp.Diff(v.Card, card) + cmp.Diff(coupons, gotCoupons, byID, cmpopts.EquateEmpty()); err == nil && diff != "" {
		err = fmt.Errorf("card %s is not what its ledger leads to (-kept +replayed):\n%s", cardID, diff)
	}
	return err
}

func mergeAsPreviewed(su *suite) {
	sh := newShop(su)
	kept, other := sh.card(sh.newCard().ID), sh.card(sh.newCard().ID)
	sh.apply(sh.stamp(kept.Card.ID, 6))
	sh.apply(sh.stamp(other.Card.ID, 16))
	before := []customer.View{sh.card(kept.Card.ID), sh.card(other.Card.ID)}
	su.takeTold()

	preview, err := sh.PreviewMerge(sh.ctx, sh.mergeOf(kept.Customer.ID, other.Customer.ID))
	sh.ok(err)
	su.same("unchanged by the preview", before, []customer.View{sh.card(kept.Card.ID), sh.card(other.Card.ID)})
	su.same("nobody was told", []string(nil), su.takeTold())
	if len(preview.Cards) != 1 || preview.Cards[0].Moved != 16 || len(preview.Cards[0].FromCoupons) != 1 || len(preview.Cards[0].AfterCoupons) != 2 {
		su.t.Fatalf("have %+v", preview.Cards)
	}

	m := sh.merge(kept.Customer.ID, other.Customer.ID)
	su.same("cards", []customer.MergedCard{{
		ProgramID: sh.program.ID, FromCardID: other.Card.ID, ToCardID: kept.Card.ID, Moved: 16,
	}}, m.Cards)
	told := su.takeTold()
	if len(told) != 2 {
		su.t.Fatalf("told of %v", told)
	}
	after, emptied := sh.replayed(kept.Card.ID), sh.replayed(other.Card.ID)
	su.same("balance", preview.Cards[0].After.Balance, after.Card.Balance)
	su.same("coupons", len(preview.Cards[0].AfterCoupons), len(after.Coupons))
	if after.Card.Balance != 2 || emptied.Card.Status != loyalty.CardMerged || emptied.Card.Balance != 0 || len(emptied.Coupons) != 0 {
		su.t.Fatalf("have %+v and %+v", after.Card, emptied.Card)
	}
	if c := emptied.Customer; c.Status != customer.StatusMerged || c.MergedInto != kept.Customer.ID || c.Phone != "" {
		su.t.Fatalf("have %+v", c)
	}
	su.same("the contact stays", kept.Customer.Phone, after.Customer.Phone)
	list, err := sh.Merges(sh.ctx, sh.org.ID, other.Customer.ID)
	sh.ok(err)
	su.same("merges", []customer.Merge{m}, list)
}

func mergeOpens(su *suite) {
	sh := newShop(su, withWelcome)
	kept := sh.card(sh.newCard().ID)
	second := sh.newProgram(sh.program, func(p *loyalty.Program) { p.Name = loyalty.Text{"en": "Second"} })
	j := sh.trusted(sh.phone())
	j.ProgramID = second.ID
	other := sh.join(j).View
	sh.apply(sh.stamp(other.Card.ID, 5))
	preview, err := sh.PreviewMerge(sh.ctx, sh.mergeOf(kept.Customer.ID, other.Customer.ID))
	sh.ok(err)
	if x := preview.Cards[0]; x.To.ID != "" || x.After.Balance != other.Card.Balance+5 {
		su.t.Fatalf("have %+v", x)
	}
	m := sh.merge(kept.Customer.ID, other.Customer.ID)
	if len(m.Cards) != 1 || !m.Cards[0].Opened {
		su.t.Fatalf("have %+v", m.Cards)
	}
	opened := sh.replayed(m.Cards[0].ToCardID)
	if opened.Card.CustomerID != kept.Customer.ID || opened.Card.Balance != 7 || opened.Card.WelcomedAt != other.Card.WelcomedAt {
		su.t.Fatalf("have %+v", opened.Card)
	}
	sh.apply(sh.stamp(opened.Card.ID, 2))
	_, err = sh.undoMerge(m.ID)
	sh.ok(err)
	su.same("what was earned since stays", 2, sh.replayed(opened.Card.ID).Card.Balance)
	su.same("what moved is back", 7, sh.replayed(other.Card.ID).Card.Balance)
}

func mergeKeys(su *suite) {
	sh := newShop(su)
	kept, other := sh.newCard(), sh.newCard()
	stamped := sh.apply(sh.stamp(other.ID, 3))
	r := sh.mergeOf(kept.CustomerID, other.CustomerID)
	r.IdempotencyKey = stamped.Entry.IdempotencyKey
	_, _, err := sh.MergeCustomers(sh.ctx, r)
	sh.is(err, loyalty.ErrKeyReused)
	r.IdempotencyKey = sh.key()
	first, _, err := sh.MergeCustomers(sh.ctx, r)
	sh.ok(err)
	again, replayed, err := sh.MergeCustomers(sh.ctx, r)
	sh.ok(err)
	su.same("again", first, again)
	su.same("replayed", true, replayed)
	r.BodyHash = "another body"
	_, _, err = sh.MergeCustomers(sh.ctx, r)
	sh.is(err, loyalty.ErrKeyReused)
	reusing := func(key string) {
		su.t.Helper()
		c := sh.stamp(kept.ID, 1)
		c.IdempotencyKey, c.BodyHash = key, "a stamp"
		_, err := sh.Apply(sh.ctx, c)
		sh.is(err, loyalty.ErrKeyReused)
	}
	reusing(r.IdempotencyKey)

	key := sh.key()
	_, _, err = sh.UndoMerge(sh.ctx, sh.org.ID, first.ID, r.IdempotencyKey, sh.manager(), sh.clock())
	sh.is(err, loyalty.ErrKeyReused)
	undone, _, err := sh.UndoMerge(sh.ctx, sh.org.ID, first.ID, key, sh.manager(), sh.clock())
	sh.ok(err)
	again, replayed, err = sh.UndoMerge(sh.ctx, sh.org.ID, first.ID, key, sh.manager(), sh.clock())
	sh.ok(err)
	su.same("undone again", undone, again)
	su.same("replayed", true, replayed)
	reusing(key)
	su.same("once", 3, sh.replayed(other.ID).Card.Balance)
	su.same("no stamp came", 0, sh.replayed(kept.ID).Card.Balance)
}

func mergeRefused(su *suite) {
	sh := newShop(su)
	kept, other := sh.newCard(), sh.newCard()
	typed := sh.join(sh.public(sh.phone())).View
	elsewhere := newShop(su).newCard()
	try := func(a, b string, want error) {
		su.t.Helper()
		_, _, err := sh.MergeCustomers(sh.ctx, sh.mergeOf(a, b))
		sh.is(err, want)
		_, err = sh.PreviewMerge(sh.ctx, sh.mergeOf(a, b))
		sh.is(err, want)
	}
	try(kept.CustomerID, kept.CustomerID, customer.ErrSameCustomer)
	try(kept.CustomerID, "cust_nobody", customer.ErrNotFound)
	try(kept.CustomerID, elsewhere.CustomerID, customer.ErrNotFound)
	try(typed.Customer.ID, kept.CustomerID, customer.ErrNotConfirmed)
	sh.block(other.CustomerID)
	try(kept.CustomerID, other.CustomerID, customer.ErrBlocked)
	try(other.CustomerID, kept.CustomerID, customer.ErrBlocked)
	sh.unblock(other.CustomerID)
	sh.apply(sh.stamp(typed.Card.ID, 2))
	m := sh.merge(kept.CustomerID, typed.Customer.ID) // the one from the form may go
	try(other.CustomerID, typed.Customer.ID, customer.ErrMerged)
	try(typed.Customer.ID, other.CustomerID, customer.ErrMerged)
	_, err := sh.BlockCustomer(sh.ctx, sh.org.ID, typed.Customer.ID, "why", sh.manager(), sh.clock())
	sh.is(err, customer.ErrMerged)
	_, err = sh.undoMerge(m.ID)
	sh.ok(err)
	back := sh.replayed(typed.Card.ID)
	if back.Card.Status != loyalty.CardProvisional || back.Customer.Status != customer.StatusProvisional || back.Customer.PendingPhone != typed.Customer.PendingPhone {
		su.t.Fatalf("have %+v of %+v", back.Card, back.Customer)
	}
}

func mergeConsents(su *suite) {
	sh := newShop(su)
	var texts []customer.ConsentText
	for _, channel := range []string{"sms", "email", "push"} {
		texts = append(texts, sh.newConsentText("marketing", channel, 1))
	}
	join := func(decisions ...customer.ConsentDecision) string {
		j := sh.trusted(sh.phone())
		j.Consents = decisions
		return sh.join(j).View.Customer.ID
	}
	yes := func(i int) customer.ConsentDecision {
		return customer.ConsentDecision{TextID: texts[i].ID, Granted: true}
	}
	no := func(i int) customer.ConsentDecision { return customer.ConsentDecision{TextID: texts[i].ID} }
	kept, other := join(yes(0), yes(1)), join(no(0), yes(2))
	p, err := sh.PreviewMerge(sh.ctx, sh.mergeOf(kept, other))
	sh.ok(err)
	want := map[string]bool{"sms": false, "email": true, "push": false}
	for _, c := range p.Consents {
		su.same(c.Text.Channel, want[c.Text.Channel], c.After)
	}
	sh.merge(kept, other)
	states, err := sh.Consents(sh.ctx, sh.org.ID, kept)
	sh.ok(err)
	for _, s := range states {
		su.same(s.Text.Channel, want[s.Text.Channel], s.Granted)
	}
}

func mergeTotals(su *suite) {
	sh := newShop(su)
	kept, other := sh.newCard(), sh.newCard()
	sh.apply(sh.stamp(kept.ID, 14))
	sh.apply(sh.stamp(other.ID, 17))
	second := sh.newProgram(sh.program, func(p *loyalty.Program) { p.Name = loyalty.Text{"en": "Second"} })
	j := sh.trusted(sh.card(other.ID).Customer.Phone)
	j.ProgramID = second.ID
	sh.join(j)
	today := loyalty.DayOf(sh.clock(), sh.zone)
	counted := func() map[loyalty.Cell]loyalty.Counts {
		list, _, err := sh.CountTotals(sh.ctx, sh.org.ID, loyalty.TotalsQuery{From: today, To: today + 1})
		sh.ok(err)
		cells := map[loyalty.Cell]loyalty.Counts{}
		for _, c := range list {
			cells[c.Cell] = c.Counts
		}
		return cells
	}
	cells := counted()
	su.takeCommits()
	follow := func(what string) {
		su.t.Helper()
		for _, commit := range su.takeCommits() {
			for _, add := range commit.Counts {
				c := cells[add.Cell]
				c.Stamps += add.Stamps
				c.Coupons += add.Coupons
				c.Redemptions += add.Redemptions
				c.Cards += add.Cards
				if cells[add.Cell] = c; c == (loyalty.Counts{}) {
					delete(cells, add.Cell)
				}
			}
		}
		su.same(what, counted(), cells)
	}
	m := sh.merge(kept.CustomerID, other.CustomerID)
	follow("after the merge")
	_, err := sh.undoMerge(m.ID)
	sh.ok(err)
	follow("after it was undone")
	sh.apply(sh.reverse(sh.ledger(other.ID)[len(sh.ledger(other.ID))-1].HeadID))
	follow("after a stamp was taken back whose coupon had come and gone")
	sh.replayed(other.ID)
}

// mergeProperty plays with two cards, merges them, plays on, and takes the merge back.
// playOn gives the card a random command, which may be refused.
