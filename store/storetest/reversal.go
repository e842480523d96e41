package storetest

import (
	"github.com/leima/leima/loyalty"
)

var reversalStories = []story{
	{"taken back stamps leave the card as it was", reverseStamp},
	{"a coupon that was not used goes with its stamps", reverseUnused},
	{"a coupon that was used leaves the card owing", reverseUsed},
	{"a redemption is taken back and the coupon used again", reverseRedemption},
	{"nothing is taken back twice", reverseTwice},
	{"a correction takes stamps and unused rewards away", negativeAdjustment},
}

func reverseStamp(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	sh.apply(sh.stamp(card.ID, 2))
	o := sh.apply(sh.stamp(card.ID, 3))
	undo := sh.reverse(o.Entry.ID)
	undo.Reason = "wrong customer"
	back := sh.apply(undo)
	if back.Entry.Reverses != o.Entry.ID || back.Card.Balance != 2 || back.Entry.Reason != "wrong customer" {
		su.t.Fatalf("have %+v", back)
	}
	su.same("ledger", "reversal-3 stamp+3 stamp+2", kinds(sh.ledger(card.ID)))
	sh.proven(card.ID)
}

func reverseUnused(su *suite) {
	sh := newShop(su, withMilestone)
	card := sh.newCard()
	sh.apply(sh.stamp(card.ID, 4))
	o := sh.apply(sh.stamp(card.ID, 9))
	su.same("coupons", 2, len(o.Coupons))
	back := sh.apply(sh.reverse(o.Entry.ID))
	for _, k := range back.Coupons {
		if k.Status != loyalty.CouponReversed {
			su.t.Fatalf("have %+v", k)
		}
	}
	su.same("coupons taken back", 2, len(back.Coupons))
	v := sh.proven(card.ID)
	if v.Card.Balance != 4 || v.Card.Round != 0 || len(v.Coupons) != 0 {
		su.t.Fatalf("have %+v", v)
	}
	for _, k := range o.Coupons {
		sh.refused(sh.redeem(k.ID), loyalty.RefusedCouponReversed)
	}
}

func reverseUsed(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	o := sh.apply(sh.stamp(card.ID, 12))
	sh.apply(sh.redeem(o.Coupons[0].ID))
	back := sh.apply(sh.reverse(o.Entry.ID))
	su.same("balance", -10, back.Card.Balance)
	again := sh.apply(sh.stamp(card.ID, 11))
	if again.Card.Balance != 1 || len(again.Coupons) != 0 {
		su.t.Fatalf("the debt is not paid first: %+v", again)
	}
	sh.proven(card.ID)
}

func reverseRedemption(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	coupon := sh.apply(sh.stamp(card.ID, 10)).Coupons[0]
	for range 3 {
		used := sh.apply(sh.redeem(coupon.ID))
		sh.refused(sh.redeem(coupon.ID), loyalty.RefusedCouponRedeemed)
		back := sh.apply(sh.reverse(used.Entry.ID))
		su.same("coupon", []loyalty.Coupon{coupon}, back.Coupons)
		sh.refused(sh.reverse(used.Entry.ID), loyalty.RefusedReversed)
	}
	su.same("coupons", []loyalty.Coupon{coupon}, sh.proven(card.ID).Coupons)
}

func reverseTwice(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	o := sh.apply(sh.stamp(card.ID, 10))
	reward := sh.ledger(card.ID)[0]
	su.same("latest entry", loyalty.EntryReward, reward.Kind)
	sh.refused(sh.reverse(reward.ID), loyalty.RefusedNotReversible)
	back := sh.apply(sh.reverse(o.Entry.ID))
	sh.refused(sh.reverse(o.Entry.ID), loyalty.RefusedReversed)
	sh.refused(sh.reverse(back.Entry.ID), loyalty.RefusedNotReversible)
	wrong := sh.reverse(o.Entry.ID)
	wrong.CardID = sh.newCard().ID
	sh.fails(wrong, loyalty.ErrNotFound)
	su.same("balance", 0, sh.proven(card.ID).Card.Balance)
}

func negativeAdjustment(su *suite) {
	sh := newShop(su, withMilestone)
	card := sh.newCard()
	sh.apply(sh.stamp(card.ID, 6))
	o := sh.apply(sh.adjust(card.ID, -3))
	if o.Entry.Kind != loyalty.EntryAdjust || o.Card.Balance != 3 || len(o.Coupons) != 1 || o.Coupons[0].Status != loyalty.CouponReversed {
		su.t.Fatalf("have %+v", o)
	}
	sh.refused(sh.adjust(card.ID, -4), loyalty.RefusedBelowZero)
	back := sh.apply(sh.reverse(o.Entry.ID))
	if back.Card.Balance != 6 || len(back.Coupons) != 1 || back.Coupons[0].Status != loyalty.CouponIssued {
		su.t.Fatalf("the milestone is not given anew: %+v", back)
	}
	sh.proven(card.ID)
}
