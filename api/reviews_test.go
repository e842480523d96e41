package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// handIn sends what a till recorded, under its key.
func (w *world) handIn(holder, key, body string) answer {
	w.t.Helper()
	return w.do(call{"POST", "/v1/reviews", w.shop.token[holder], w.shop.fill(body), map[string]string{"Idempotency-Key": key}})
}

func (w *world) decide(id, body string) answer {
	w.t.Helper()
	return w.do(call{"POST", "/v1/reviews/" + id + "/decision", w.shop.token["manager"], w.shop.fill(body), nil})
}

const (
	recordedStamp      = `{"kind":"stamp","card_id":"{card_id}","quantity":2,"at":"2026-03-02T06:58:00Z","staff_id":"{staff_id}","device_count":3,"refusal":"daily_limit_reached"}`
	recordedRedemption = `{"kind":"redemption","coupon_id":"{coupon_id}","quantity":0,"at":"2026-03-02T06:58:00Z","staff_id":"{staff_id}","device_count":4,"refusal":"coupon_redeemed"}`
)

func TestWhatTwoTillsRedeemedIsDecidedByAPerson(t *testing.T) {
	w := newWorld(t)
	redemption := "/v1/coupons/" + w.shop.coupon + "/redemption"
	redeem := func(key string) answer {
		return w.do(call{"POST", redemption, w.shop.token["till key"], "{}", map[string]string{"Idempotency-Key": key}})
	}
	w.want(redeem("till 1"), 201)
	w.want(redeem("till 2"), 409)
	review := w.want(w.handIn("till", "till 2", recordedRedemption), 201)
	for path, want := range map[string]any{
		"status": "open", "kind": "redemption", "refusal": "coupon_redeemed", "staff_name": "Some cashier", "till_name": "Counter 1", "device_count": 4.0,
		"reward.en": "5 € off", "display_name": nil, "card_id": nil, // the till is not told whose it is
	} {
		if got := review.get(path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	again := w.want(w.handIn("till", "till 2", strings.Replace(recordedRedemption, "06:58:00Z", "08:58:00+02:00", 1)), 201)
	if again.text("id") != review.text("id") || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("handed in twice: %s", again.body)
	}
	w.want(w.handIn("till", "till 2", strings.Replace(recordedRedemption, "06:58", "06:31", 1)), 422)

	list := w.want(w.do(call{"GET", "/v1/reviews?state=open", w.shop.token["manager"], "", nil}), 200)
	if list.get("open") != 2.0 || list.text("data.0.id") != w.shop.review || list.text("data.1.id") != review.text("id") || list.text("data.1.display_name") == "" {
		t.Errorf("the office sees %s", list.body)
	}
	id := review.text("id")
	if a := w.want(w.decide(id, `{"action":"enter","reason":"Try again"}`), 409); a.text("code") != "coupon_redeemed" {
		t.Errorf("entering: %s", a.body)
	}
	w.want(w.decide(id, `{"action":"dismiss","reason":"The second one is on us"}`), 200)
	w.want(w.decide(id, `{"action":"adjust","quantity":-1,"reason":"No"}`), 409)
	if a := w.want(w.decide(id, `{"action":"reopen","reason":"Asked the customer"}`), 200); a.text("status") != "open" {
		t.Errorf("open again: %s", a.body)
	}
	taken := w.want(w.decide(id, `{"action":"adjust","quantity":-3,"reason":"Paid with stamps"}`), 200)
	if taken.text("status") != "entered" || taken.text("decision_reason") != "Paid with stamps" || taken.get("decided_by.id") != w.shop.staff["manager"] {
		t.Errorf("entered: %s", taken.body)
	}
	for range 2 { // a lost answer, and somebody who wants something else
		same := w.want(w.decide(id, `{"action":"dismiss","reason":"No"}`), 200)
		if same.body != taken.body {
			t.Errorf("decided again: %s", same.body)
		}
	}
	entry := w.want(w.do(call{"GET", "/v1/entries/" + taken.text("ledger_entry_id"), w.shop.token["manager"], "", nil}), 200)
	for path, want := range map[string]any{"kind": "adjust", "quantity": -3.0, "idempotency_key": "till 2", "reason": "Paid with stamps"} {
		if got := entry.get(path); got != want {
			t.Errorf("entry: %s = %v, want %v", path, got, want)
		}
	}
	w.want(redeem("till 2"), 422) // the till's own try comes too late
	if own := w.want(w.do(call{"GET", "/v1/reviews?state=decided", w.shop.token["till"], "", nil}), 200); own.text("data.0.status") != "entered" {
		t.Errorf("the till sees %s", own.body)
	}
}

func TestAStampIsEnteredOnceHoweverOftenItIsDecided(t *testing.T) {
	w := newWorld(t)
	before := len(w.ledgerOf(w.shop))
	id := w.want(w.handIn("cashier", "till 7", recordedStamp), 201).text("id")
	for _, body := range []string{`{"action":"enter","reason":"It was so"}`, `{"action":"enter","reason":"It was so"}`, `{"action":"adjust","quantity":2,"reason":"And again"}`} {
		if a := w.want(w.decide(id, body), 200); a.text("status") != "entered" {
			t.Errorf("%s: %s", body, a.body)
		}
	}
	ledger := w.ledgerOf(w.shop)
	if len(ledger) != before+1 {
		t.Fatalf("%d entries were added", len(ledger)-before)
	}
	for _, e := range ledger {
		if e.IdempotencyKey == "till 7" && (e.Quantity != 2 || e.Reason != "It was so" || e.Actor.ID != w.shop.staff["manager"]) {
			t.Errorf("entered as %+v", e)
		}
	}
	// What the till did after all is no review any more.
	stamp := fmt.Sprintf(`{"card_id":%q,"quantity":2,"location_id":%q}`, w.shop.card, w.shop.location)
	done := w.want(w.do(call{"POST", "/v1/stamps", w.shop.token["till key"], stamp, map[string]string{"Idempotency-Key": "till 8"}}), 201)
	late := w.want(w.handIn("till", "till 8", recordedStamp), 201)
	if late.text("status") != "entered" || late.text("ledger_entry_id") != done.text("entry.id") {
		t.Errorf("handed in late: %s", late.body)
	}
}

func TestACardThatNobodyKnowsIsForReviewToo(t *testing.T) {
	w := newWorld(t)
	unknown := strings.Replace(recordedStamp, `"card_id":"{card_id}"`, `"code":"041061050R3GG28A2"`, 1)
	id := w.want(w.handIn("till", "till 9", unknown), 201).text("id")
	if a := w.want(w.decide(id, `{"action":"enter","reason":"It was so"}`), 400); a.text("field") != "card_id" {
		t.Errorf("without a card: %s", a.body)
	}
	entered := w.want(w.decide(id, `{"action":"enter","reason":"It was so","card_id":"{card_id}"}`), 200)
	if entered.text("status") != "entered" {
		t.Errorf("with a card: %s", entered.body)
	}
}

func TestWhatIsNotForReview(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		body   string
		status int
		field  string
	}{
		"a stamp without a card":         {strings.Replace(recordedStamp, `"card_id":"{card_id}",`, "", 1), 400, "card_id"},
		"a stamp with two cards":         {strings.Replace(recordedStamp, `"quantity"`, `"code":"1","quantity"`, 1), 400, "code"},
		"a stamp of none":                {strings.Replace(recordedStamp, `"quantity":2`, `"quantity":0`, 1), 400, "quantity"},
		"a redemption of a card":         {strings.Replace(recordedRedemption, `"coupon_id":"{coupon_id}"`, `"card_id":"{card_id}"`, 1), 400, "card_id"},
		"a reversal of nothing":          {`{"kind":"reversal","quantity":1,"at":"2026-03-02T06:58:00Z","refusal":"already_reversed"}`, 400, "entry_id"},
		"another branch, by a till":      {strings.Replace(recordedStamp, `"quantity"`, `"location_id":"`+w.shop.branch+`","quantity"`, 1), 403, "location_id"},
		"a coupon that is not there":     {strings.Replace(recordedRedemption, "{coupon_id}", "coup_01k3sa0z2efcrstmhzda61w2vx", 1), 404, ""},
		"a reason with a control letter": {strings.Replace(recordedStamp, `"quantity"`, `"reason":"\u0085","quantity"`, 1), 400, "reason"},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			if a := w.want(w.handIn("till", name, c.body), c.status); a.text("field") != c.field {
				t.Errorf("field %q, want %q", a.text("field"), c.field)
			}
		})
	}
	w.want(w.handIn("till", "leima:1", recordedStamp), 400)
	for name, body := range map[string]string{
		"no reason": `{"action":"dismiss","reason":""}`, "adjusting by nothing": `{"action":"adjust","reason":"x"}`,
		"a quantity of an old command": `{"action":"enter","reason":"x","quantity":2}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.want(w.decide(w.shop.review, body), 400)
		})
	}
	w.want(w.decide("rev_01k3sa0z2efcrstmhzda61w2y5", `{"action":"dismiss","reason":"x"}`), 404)
}
