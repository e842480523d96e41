package api_test

import (
	"fmt"
	"testing"

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
