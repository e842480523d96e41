package storetest

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/leima/leima/loyalty"
)

var codeStories = []story{
	{"a shop's key of rotating codes is made once", codeKeyIsKept},
	{"a rotating code is good for one redemption, and its key for its answer", rotatingCodes},
	{"of two redemptions with one rotating code in a batch the first counts", rotatingBatch},
}

func rotating(p *loyalty.Program) { p.RedeemCode = loyalty.RedeemRotating }

func codeKeyIsKept(su *suite) {
	sh, other := newShop(su), newShop(su)
	const askers = 8
	var keys [askers][]byte
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() { keys[i], _ = sh.CodeKey(sh.ctx, sh.org.ID) })
	}
	wg.Wait()
	for _, key := range keys {
		if len(key) != 32 || !bytes.Equal(key, keys[0]) {
			su.t.Fatalf("%d askers got %x", askers, keys)
		}
	}
	others, err := sh.CodeKey(sh.ctx, other.org.ID)
	sh.ok(err)
	if bytes.Equal(others, keys[0]) {
		su.t.Fatal("two shops have one key")
	}
	if log := su.takeLog(); strings.Contains(log, string(keys[0])) {
		su.t.Fatal("the key is in the log")
	}
}

// showing is a redemption with the card's code of so many steps from now.
func (sh *shop) showing(couponID, cardID string, away int64) loyalty.Command {
	c := sh.redeem(couponID)
	c.Shown = loyalty.Shown{CardID: cardID, Step: loyalty.RotatingStep(c.Now) + away}
	return c
}

func rotatingCodes(su *suite) {
	sh := newShop(su, rotating)
	read, err := sh.Program(sh.ctx, sh.org.ID, sh.program.ID)
	sh.ok(err)
	su.same("program", sh.program, read)

	card := sh.newCard()
	coupons := sh.apply(sh.stamp(card.ID, 20)).Coupons
	sh.refused(sh.redeem(coupons[0].ID), loyalty.RefusedCodeRequired)
	sh.refused(sh.showing(coupons[0].ID, sh.newCard().ID, 0), loyalty.RefusedCodeExpired)
	sh.refused(sh.showing(coupons[0].ID, card.ID, -2), loyalty.RefusedCodeExpired)

	first := sh.showing(coupons[0].ID, card.ID, 0)
	done := sh.apply(first)
	sh.refused(sh.showing(coupons[1].ID, card.ID, 0), loyalty.RefusedCodeUsed)
	sh.refused(sh.showing(coupons[1].ID, card.ID, -1), loyalty.RefusedCodeUsed)

	su.pass(10 * time.Minute) // the answer was lost, and the till asks again
	first.Now = su.clock()
	again, err := sh.Apply(sh.ctx, first)
	sh.ok(err)
	if again.Refusal != nil || !again.Replayed || again.Entry.ID != done.Entry.ID {
		su.t.Fatalf("asked again: %+v", again)
	}
	sh.apply(sh.showing(coupons[1].ID, card.ID, 1))
	sh.proven(card.ID)
}

func rotatingBatch(su *suite) {
	sh := newShop(su, rotating)
	one, two := sh.newCard(), sh.newCard()
	coupons := sh.apply(sh.stamp(one.ID, 20)).Coupons
	others := sh.apply(sh.stamp(two.ID, 10)).Coupons
	outcomes, err := sh.ApplyBatch(sh.ctx, []loyalty.Command{
		sh.showing(coupons[0].ID, one.ID, 0), sh.showing(coupons[1].ID, one.ID, 0), sh.showing(others[0].ID, two.ID, 0),
	})
	sh.ok(err)
	for i, o := range outcomes {
		if refused := o.Refusal != nil && o.Refusal.Code == loyalty.RefusedCodeUsed; refused != (i == 1) || o.Err != nil {
			su.t.Fatalf("command %d: %+v", i, o)
		}
	}
	sh.refused(sh.showing(coupons[1].ID, one.ID, 0), loyalty.RefusedCodeUsed)
}
