package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/leima/leima/loyalty"
)

// rotatingShop is the shop with a program that asks for rotating codes, and what the
// customer's page shows so many steps from now.
func rotatingShop(t *testing.T) (w *world, shows func(away int64) string) {
	t.Helper()
	w = newWorld(t)
	shop := w.shop
	path := "/v1/programs/" + shop.program
	read := w.want(w.do(call{"GET", path, shop.token["owner"], "", nil}), 200)
	if read.text("redeem_code") != "static" {
		t.Fatalf("a program that was not asked: %s", read.body)
	}
	changed := w.want(w.do(call{"PATCH", path, shop.token["owner"], `{"redeem_code":"rotating"}`, map[string]string{"If-Match": read.header.Get("ETag")}}), 200)
	if changed.text("redeem_code") != "rotating" {
		t.Fatalf("the change: %s", changed.body)
	}
	key, err := w.store.CodeKey(t.Context(), shop.org.ID)
	w.check(err)
	return w, func(away int64) string {
		return loyalty.RotatingCode(loyalty.CodeSecret(key, shop.code), shop.code, loyalty.RotatingStep(w.clock.Load())+away)
	}
}

func TestAScanTellsWhetherItRedeems(t *testing.T) {
	w, shows := rotatingShop(t)
	for name, c := range map[string]struct{ code, refusal string }{
		"the card's own code":       {w.shop.code, "rotating_code_required"},
		"the customer number":       {w.shop.number, "rotating_code_required"},
		"the code of this moment":   {shows(0), ""},
		"the code before":           {shows(-1), ""},
		"the code after":            {shows(1), ""},
		"a photograph of it":        {shows(-2), "rotating_code_expired"},
		"from a clock that is fast": {shows(2), "rotating_code_expired"},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			scan := w.want(w.do(call{"POST", "/v1/scans", w.shop.token["till key"], fmt.Sprintf(`{"code":%q}`, c.code), nil}), 200)
			if scan.text("card.id") != w.shop.card || scan.text("program.redeem_code") != "rotating" || scan.get("allowed.stamp") != true {
				t.Errorf("the scan: %s", scan.body)
			}
			if scan.get("allowed.redeem") != (c.refusal == "") || scan.text("allowed.redeem_refusal.code") != c.refusal {
				t.Errorf("allowed: %v, want a refusal %q", scan.get("allowed"), c.refusal)
			}
			if (scan.text("allowed.redeem_refusal.staff_message") == "") != (c.refusal == "") {
				t.Errorf("staff are told %v", scan.get("allowed.redeem_refusal"))
			}
		})
	}
}

func TestARewardIsRedeemedWithTheCodeOfTheMoment(t *testing.T) {
	w, shows := rotatingShop(t)
	key, path := w.shop.token["till key"], "/v1/coupons/"+w.shop.coupon+"/redemption"
	attempts := 0
	redeem := func(body string) answer {
		attempts++
		return w.do(call{"POST", path, key, body, map[string]string{"Idempotency-Key": fmt.Sprint("redeem ", attempts)}})
	}
	showing := func(code string) string { return fmt.Sprintf(`{"code":%q}`, code) }
	before := w.dump()
	for body, code := range map[string]string{
		"":                       "rotating_code_required",
		showing(w.shop.code):     "rotating_code_required",
		showing(w.shop.number):   "rotating_code_required",
		showing("nonsense"):      "rotating_code_required",
		showing(shows(-2)):       "rotating_code_expired",
		showing(shows(2)):        "rotating_code_expired",
		showing(forge(shows(0))): "rotating_code_expired",
	} {
		refused := w.want(redeem(body), 409)
		if refused.text("code") != code || refused.text("staff_message") == "" {
			t.Errorf("%s: %s, want %s", body, refused.body, code)
		}
	}
	if w.dump() != before {
		t.Error("a refusal left a trace")
	}

	body := showing(shows(0))
	first := w.want(redeem(body), 201)
	w.clock.Add(10 * loyalty.RotatingStepMS)
	again := w.want(w.do(call{"POST", path, key, body, map[string]string{"Idempotency-Key": fmt.Sprint("redeem ", attempts)}}), 201)
	if again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("asked again when the code is long out of date: %s", again.body)
	}
}

// forge makes a code that reads well of a genuine one: another digest.
func forge(genuine string) string {
	shown, err := loyalty.ParseRotatingCode(genuine)
	if err != nil {
		panic(err)
	}
	for step := loyalty.RotatingStep(monday); ; step++ {
		if code := loyalty.RotatingCode([loyalty.CodeSecretLen]byte{1}, shown.Code, step); code[16] == genuine[16] {
			return code
		}
	}
}

func TestGuessingRotatingCodesIsCounted(t *testing.T) {
	w, _ := rotatingShop(t)
	nobodys := loyalty.NewCode([loyalty.CodeRandomBytes]byte{9})
	body := fmt.Sprintf(`{"code":%q}`, loyalty.RotatingCode([loyalty.CodeSecretLen]byte{1}, nobodys, loyalty.RotatingStep(monday)))
	const enough = 61
	for i := range enough {
		a := w.do(call{"POST", "/v1/coupons/" + w.shop.coupon + "/redemption", w.shop.token["till key"], body, map[string]string{"Idempotency-Key": fmt.Sprint("guess ", i)}})
		switch {
		case i < enough-1 && a.text("code") != "rotating_code_expired":
			t.Fatalf("guess %d: %s", i, a.body)
		case i == enough-1 && a.status != 429:
			t.Errorf("the last guess: %s", a.body)
		}
	}
}

// walletShows returns what a wallet shows of the shop's card so many steps from now.
func (w *world) walletShows(away int64) string {
	w.t.Helper()
	key, err := w.store.CodeKey(w.t.Context(), w.shop.org.ID)
	w.check(err)
	return loyalty.WalletCode(loyalty.WalletKey(loyalty.CodeSecret(key, w.shop.code)), w.shop.code, loyalty.RotatingStep(w.clock.Load())+away)
}

func TestARewardIsRedeemedWithTheCodeInAWallet(t *testing.T) {
	w, shows := rotatingShop(t)
	till := w.shop.token["till key"]
	for code, refusal := range map[string]string{
		w.walletShows(-2): "rotating_code_expired", w.walletShows(-1): "", w.walletShows(0): "", w.walletShows(1): "", w.walletShows(2): "rotating_code_expired",
	} {
		scan := w.want(w.do(call{"POST", "/v1/scans", till, fmt.Sprintf(`{"code":%q}`, code), nil}), 200)
		if scan.text("card.id") != w.shop.card || scan.get("allowed.redeem") != (refusal == "") || scan.text("allowed.redeem_refusal.code") != refusal {
			t.Errorf("the scan of %s: %s, want a refusal %q", code, scan.body, refusal)
		}
	}
	path := "/v1/coupons/" + w.shop.coupon + "/redemption"
	redeem := func(key, code string) answer {
		return w.do(call{"POST", path, till, fmt.Sprintf(`{"code":%q}`, code), map[string]string{"Idempotency-Key": key}})
	}
	for key, code := range map[string]string{"old": w.walletShows(-2), "another's key": w.walletShows(0)[:18] + "00000000"} {
		if refused := w.want(redeem(key, code), 409); refused.text("code") != "rotating_code_expired" {
			t.Errorf("%s: %s", key, refused.body)
		}
	}
	shown := w.walletShows(0)
	first := w.want(redeem("once", shown), 201)
	// The page and the wallet share their steps: what the page shows now is used with it.
	filled := must(w.store.Apply(t.Context(), loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: w.shop.org.ID, CardID: w.shop.card, Quantity: 10, LocationID: w.shop.location, Zone: time.UTC,
		IdempotencyKey: "another reward", BodyHash: "another reward", At: w.clock.Load(), Now: w.clock.Load(), Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
	}))
	another := filled.Coupons[0].ID
	path = "/v1/coupons/" + another + "/redemption"
	for key, code := range map[string]string{"the same": shown, "of the page": shows(0), "the one before": w.walletShows(-1)} {
		if refused := w.want(redeem(key, code), 409); refused.text("code") != "rotating_code_used" {
			t.Errorf("%s: %s", key, refused.body)
		}
	}
	w.clock.Add(loyalty.RotatingStepMS)
	w.want(redeem("next", w.walletShows(0)), 201)
	w.clock.Add(10 * loyalty.RotatingStepMS)
	path = "/v1/coupons/" + w.shop.coupon + "/redemption"
	if again := w.want(redeem("once", shown), 201); again.body != first.body {
		t.Errorf("asked again when the code is long out of date: %s", again.body)
	}
}

// Who knows a card code and tries digits is shut out before one is likely to be right.
func TestGuessingTheDigitsOfAWalletIsCounted(t *testing.T) {
	w, _ := rotatingShop(t)
	prefix := loyalty.WalletCodePrefix(w.shop.code)
	const enough = 61
	for i := range enough {
		body := fmt.Sprintf(`{"code":"%s%08d"}`, prefix, i)
		path, header := "/v1/scans", map[string]string(nil)
		if i%2 == 1 {
			path, header = "/v1/coupons/"+w.shop.coupon+"/redemption", map[string]string{"Idempotency-Key": fmt.Sprint("guess ", i)}
		}
		if got := w.do(call{"POST", path, w.shop.token["till key"], body, header}); (got.status == 429) != (i == enough-1) {
			t.Fatalf("guess %d: %d, %s", i, got.status, got.body)
		}
	}
}

func TestAStampTakesARotatingCodeOfAnyAge(t *testing.T) {
	w, shows := rotatingShop(t)
	body := fmt.Sprintf(`{"code":%q,"quantity":1,"location_id":%q}`, shows(-100), w.shop.location)
	stamped := w.want(w.do(call{"POST", "/v1/stamps", w.shop.token["till key"], body, map[string]string{"Idempotency-Key": "k"}}), 201)
	if stamped.text("card.id") != w.shop.card {
		t.Errorf("the stamp: %s", stamped.body)
	}
	// The next code of the card under the same key means the same.
	body = fmt.Sprintf(`{"code":%q,"quantity":1,"location_id":%q}`, shows(0), w.shop.location)
	again := w.want(w.do(call{"POST", "/v1/stamps", w.shop.token["till key"], body, map[string]string{"Idempotency-Key": "k"}}), 201)
	if again.body != stamped.body {
		t.Errorf("asked again: %s", again.body)
	}
}
