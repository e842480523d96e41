package storetest

import (
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

func mergeUndone(su *suite) {
	sh := newShop(su, withWelcome)
	kept := sh.card(sh.newCard().ID)
	j := sh.trusted(sh.phone())
	j.FirstName, j.Email = "Aada", fmt.Sprintf("aada%d@example.org", count.Add(1))
	other := sh.join(j).View
	sh.apply(sh.stamp(kept.Card.ID, 4))
	sh.apply(sh.stamp(other.Card.ID, 23))
	other, kept = sh.card(other.Card.ID), sh.card(kept.Card.ID)
	coupons := sh.coupons(other.Card.ID)

	m := sh.merge(kept.Customer.ID, other.Customer.ID)
	su.same("taken", []customer.Taken{customer.TakenEmail}, m.Taken)
	su.same("e-mail", other.Customer.Email, sh.card(kept.Card.ID).Customer.Email)
	su.pass(time.Hour)
	earned := sh.apply(sh.stamp(kept.Card.ID, 1))
	su.takeTold()
	undone, err := sh.undoMerge(m.ID)
	sh.ok(err)
	if undone.UndoneAt != sh.clock() || undone.UndoneBy != sh.manager() {
		su.t.Fatalf("have %+v", undone)
	}
	if told := su.takeTold(); len(told) != 2 {
		su.t.Fatalf("told of %v", told)
	}
	restored, after := sh.replayed(other.Card.ID), sh.replayed(kept.Card.ID)
	// All but versions and the entries that name the coupons is as it was.
	ignore := cmp.Options{
		cmpopts.IgnoreFields(loyalty.Card{}, "Version"), cmpopts.IgnoreFields(customer.Customer{}, "Version"),
		cmpopts.IgnoreFields(loyalty.Coupon{}, "EntryID"),
	}
	if diff := cmp.Diff(other, restored, ignore) + cmp.Diff(coupons, sh.coupons(other.Card.ID), ignore); diff != "" {
		su.t.Fatalf("the other one is not as they were (-before +after):\n%s", diff)
	}
	if after.Card.Balance != kept.Card.Balance+1 || earned.Card.CustomerID != kept.Customer.ID || after.Customer.Email != "" {
		su.t.Fatalf("have %+v of %+v, had %+v", after.Card, after.Customer, kept.Card)
	}
	found, err := sh.Identify(sh.ctx, sh.org.ID, customer.Handle{Code: other.Code}, "")
	sh.ok(err)
	su.same("found by the old code", restored, found)
	// The card goes on: its coupons can be used, and its stamps be taken back.
	sh.apply(sh.redeem(restored.Coupons[0].ID))
	sh.apply(sh.stamp(other.Card.ID, 3))
	sh.replayed(other.Card.ID)
	again := sh.merge(kept.Customer.ID, other.Customer.ID)
	sh.replayed(other.Card.ID)
	_, err = sh.undoMerge(again.ID)
	sh.ok(err)
	sh.replayed(other.Card.ID)
	sh.replayed(kept.Card.ID)
}

func mergeUsed(su *suite) {
	sh := newShop(su)
	kept, other := sh.newCard(), sh.newCard()
	sh.apply(sh.stamp(kept.ID, 6))
	sh.apply(sh.stamp(other.ID, 6))
	m := sh.merge(kept.CustomerID, other.CustomerID)
	redeemed := sh.apply(sh.redeem(sh.card(kept.ID).Coupons[0].ID))
	before := []customer.View{sh.card(kept.ID), sh.card(other.ID)}
	_, err := sh.undoMerge(m.ID)
	su.same("refusal", &loyalty.Refusal{Code: loyalty.RefusedMergedRewardUsed, Reward: loyalty.Text{"en": "Coffee", "fi": "Kahvi"}}, refusalOf(err))
	su.same("nothing changed", before, []customer.View{sh.card(kept.ID), sh.card(other.ID)})
	sh.apply(sh.reverse(redeemed.Entry.ID))
	_, err = sh.undoMerge(m.ID)
	sh.ok(err)
	su.same("balances", []int{6, 6}, []int{sh.replayed(kept.ID).Card.Balance, sh.replayed(other.ID).Card.Balance})

	// Stamps that paid for a reward.
	m = sh.merge(kept.CustomerID, other.CustomerID)
	_, err = sh.undoMerge(m.ID)
	sh.ok(err)
	sh.apply(sh.adjust(kept.ID, -3))
	m = sh.merge(kept.CustomerID, other.CustomerID)
	o := sh.apply(sh.stamp(kept.ID, 1))
	sh.apply(sh.redeem(o.Coupons[0].ID))
	_, err = sh.undoMerge(m.ID)
	su.same("refusal", &loyalty.Refusal{Code: loyalty.RefusedMergedStampsUsed, Limit: 6}, refusalOf(err))
	sh.replayed(kept.ID)
}

func mergeUndoLimits(su *suite) {
	sh := newShop(su)
	a, b, c := sh.newCard(), sh.newCard(), sh.newCard()
	sh.apply(sh.stamp(a.ID, 1))
	sh.apply(sh.stamp(b.ID, 2))
	first := sh.merge(b.CustomerID, a.CustomerID)
	second := sh.merge(c.CustomerID, b.CustomerID)
	_, err := sh.undoMerge(first.ID)
	sh.is(err, customer.ErrMerged)
	_, err = sh.undoMerge(second.ID)
	sh.ok(err)
	_, err = sh.undoMerge(second.ID)
	sh.is(err, customer.ErrMergeUndone)
	_, err = sh.undoMerge("mrg_none")
	sh.is(err, customer.ErrNotFound)

	// Somebody else got the phone number meanwhile.
	phone := first.MergedPhone
	x := sh.card(c.ID).Customer
	mine := x.Phone
	x.Phone = phone
	x, err = sh.UpdateCustomer(sh.ctx, x, x.Version)
	sh.ok(err)
	_, err = sh.undoMerge(first.ID)
	sh.is(err, customer.ErrContactTaken)
	x.Phone = mine
	_, err = sh.UpdateCustomer(sh.ctx, x, x.Version)
	sh.ok(err)
	_, err = sh.undoMerge(first.ID)
	sh.ok(err)
	for i, card := range []loyalty.Card{a, b, c} {
		su.same("balance", []int{1, 2, 0}[i], sh.replayed(card.ID).Card.Balance)
	}

	late := sh.merge(b.CustomerID, a.CustomerID)
	su.pass(customer.UndoMergeFor)
	_, err = sh.undoMerge(late.ID)
	sh.is(err, customer.ErrMergeTooOld)

	// What it would have taken is then forgotten.
	su.pass(time.Millisecond)
	_, err = sh.CleanUp(sh.ctx, sh.org.ID, 0)
	sh.ok(err)
	list, err := sh.Merges(sh.ctx, sh.org.ID, b.CustomerID)
	sh.ok(err)
	for _, m := range list {
		if m.MergedPhone != "" {
			su.t.Fatalf("the contact is still there: %+v", m)
		}
	}
}

func mergeProperty(su *suite) {
	sh := newShop(su, withWelcome, func(p *loyalty.Program) {
		p.Goal = 5
		p.Rewards = append(p.Rewards, loyalty.Reward{ID: "rew_three", Kind: loyalty.RewardMilestone, At: 3, Name: loyalty.Text{"en": "Sample"}})
	})
	rapid.Check(su.t, func(t *rapid.T) {
		kept, other := sh.newCard(), sh.newCard()
		play := func(card loyalty.Card, most int, label string) {
			for range rapid.IntRange(0, most).Draw(t, label) {
				sh.playOn(t, card)
			}
		}
		play(kept, 4, "on the one that stays")
		play(other, 4, "on the other one")
		hadKept, hadOther := sh.proven(kept.ID), sh.proven(other.ID)
		m := sh.merge(kept.CustomerID, other.CustomerID)
		play(kept, 2, "since")
		since := sh.proven(kept.ID)
		undone, err := sh.undoMerge(m.ID)
		if refusal := refusalOf(err); refusal != nil {
			if since.Card.Version == sh.card(kept.ID).Card.Version && sh.card(other.ID).Card.Status != loyalty.CardMerged {
				t.Fatalf("refused with %v, but the other card is %+v", refusal, sh.card(other.ID).Card)
			}
		} else if err != nil {
			t.Fatal(err)
		} else {
			got := sh.proven(other.ID)
			if got.Card.Balance != hadOther.Card.Balance || len(got.Coupons) != len(hadOther.Coupons) || got.Card.Lifetime != hadOther.Card.Lifetime {
				t.Fatalf("%+v came back as %+v", hadOther, got)
			}
			moved := int64(undone.Cards[0].Moved)
			if now := sh.proven(kept.ID).Card; now.Lifetime != since.Card.Lifetime-moved {
				t.Fatalf("%d stamps moved, but %+v became %+v", moved, since.Card, now)
			} else if since.Card.Version == hadKept.Card.Version+1 && now.Balance != hadKept.Card.Balance {
				t.Fatalf("taken back at once, the balance is %d and was %d", now.Balance, hadKept.Card.Balance)
			}
		}
		for _, id := range []string{kept.ID, other.ID} {
			if err := sh.replayError(id); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func (sh *shop) playOn(t *rapid.T, card loyalty.Card) {
	c := sh.stamp(card.ID, rapid.IntRange(1, 9).Draw(t, "stamps"))
	switch open := sh.card(card.ID).Coupons; rapid.IntRange(0, 3).Draw(t, "what") {
	case 1:
		if len(open) > 0 {
			c = sh.redeem(rapid.SampledFrom(open).Draw(t, "coupon").ID)
		}
	case 2:
		entries := sh.ledger(card.ID)
		c = sh.reverse(rapid.SampledFrom(entries).Draw(t, "entry").ID)
	}
	if _, err := sh.Apply(sh.ctx, c); err != nil {
		t.Fatal(err)
	}
}
