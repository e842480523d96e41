package api_test

import (
	"fmt"
	"testing"
	"time"
)

// key is the header of a write under the key.
func key(name string) map[string]string { return map[string]string{"Idempotency-Key": name} }

// stampBy stamps a card once as the cashier does.
func (w *world) stampBy(code, idempotencyKey string) answer {
	return w.do(call{
		"POST", "/v1/stamps", w.shop.token["cashier"],
		fmt.Sprintf(`{"code":%q,"quantity":1,"location_id":%q}`, code, w.shop.location), key(idempotencyKey),
	})
}

func TestABlockedCustomerIsKnownAtTheTillAndGetsNothing(t *testing.T) {
	w := newWorld(t)
	manager, cashier, shop := w.shop.token["manager"], w.shop.token["cashier"], w.shop
	block := "/v1/customers/" + shop.customer + "/block"
	if a := w.want(w.do(call{"POST", block, manager, `{"reason":""}`, nil}), 400); a.text("field") != "reason" {
		t.Errorf("without a reason: %s", a.body)
	}
	w.want(w.do(call{"POST", block, cashier, `{"reason":"Because"}`, nil}), 403)
	blocked := w.want(w.do(call{"POST", block, manager, `{"reason":"Somebody else's receipts"}`, nil}), 200)
	for path, want := range map[string]any{
		"reason": "Somebody else's receipts", "blocked_by.kind": "staff", "blocked_by.id": shop.staff["manager"], "blocked_at": "2026-03-02T07:00:00Z",
	} {
		if got := blocked.get(path); got != want {
			t.Errorf("block: %s = %v, want %v", path, got, want)
		}
	}

	scan := w.want(w.do(call{"POST", "/v1/scans", cashier, fmt.Sprintf(`{"code":%q}`, shop.code), nil}), 200)
	for path, want := range map[string]any{
		"display_name": "Helmi K.", "card.balance": 3.0, "allowed.stamp": false, "allowed.redeem": false, "allowed.refusal.code": "customer_blocked",
		"coupons.0.id": shop.coupon,
	} {
		if got := scan.get(path); got != want {
			t.Errorf("scan: %s = %v, want %v", path, got, want)
		}
	}
	if a := w.want(w.stampBy(shop.code, "1"), 409); a.text("code") != "customer_blocked" || a.text("staff_message") == "" {
		t.Errorf("stamp: %s", a.body)
	}
	if a := w.want(w.do(call{"POST", "/v1/coupons/" + shop.coupon + "/redemption", cashier, "", key("2")}), 409); a.text("code") != "customer_blocked" {
		t.Errorf("redemption: %s", a.body)
	}
	if a := w.want(w.do(call{"GET", "/v1/customers/" + shop.customer, manager, "", nil}), 200); a.text("blocked_at") == "" {
		t.Errorf("customer: %s", a.body)
	}

	w.want(w.do(call{"DELETE", block, manager, "", nil}), 204)
	w.want(w.do(call{"DELETE", block, manager, "", nil}), 204)
	w.want(w.stampBy(shop.code, "1"), 201) // a refusal keeps no key
	list := w.want(w.do(call{"GET", block + "s", w.shop.token["marketer"], "", nil}), 200)
	if list.text("data.0.lifted_by.id") != shop.staff["manager"] || list.get("data.1") != nil {
		t.Errorf("blocks: %s", list.body)
	}
}

func TestALostPhonesCardIsReissued(t *testing.T) {
	w := newWorld(t)
	cashier, shop := w.shop.token["cashier"], w.shop
	reissue := "/v1/cards/" + shop.card + "/reissue"
	fresh := w.want(w.do(call{"POST", reissue, cashier, "", nil}), 200)
	if fresh.text("code") == shop.code || fresh.text("link") == "https://cards.example/leimala/"+shop.link {
		t.Errorf("the secrets are the old ones: %s", fresh.body)
	}
	old := w.want(w.stampBy(shop.code, "1"), 404)
	unknown := w.want(w.stampBy("0000000000000000"+"0", "2"), 404)
	for _, member := range []string{"code", "detail", "title"} {
		if old.text(member) != unknown.text(member) {
			t.Errorf("an old code is told as %s, an unknown one as %s", old.body, unknown.body)
		}
	}
	stamped := w.want(w.stampBy(fresh.text("code"), "3"), 201)
	if stamped.get("card.balance") != 4.0 || stamped.text("card.id") != shop.card {
		t.Errorf("stamped: %s", stamped.body)
	}
	w.want(w.do(call{"POST", "/v1/cards/" + shop.card + "/revocation", cashier, "", nil}), 204)
	if a := w.want(w.do(call{"POST", reissue, cashier, "", nil}), 409); a.text("code") != "card_not_usable" {
		t.Errorf("a revoked card: %s", a.body)
	}
}

// second joins one more customer and stamps their card.
func (w *world) second(quantity int) (customerID, cardID, code string) {
	w.t.Helper()
	till := w.shop.token["till key"]
	joined := w.want(w.do(call{"POST", "/v1/programs/" + w.shop.program + "/cards", till, `{"first_name":"Helmi","phone":"+358405550000"}`, nil}), 201)
	w.want(w.do(call{
		"POST", "/v1/stamps", till,
		fmt.Sprintf(`{"card_id":%q,"quantity":%d,"location_id":%q}`, joined.text("id"), quantity, w.shop.location), key("second"),
	}), 201)
	return joined.text("customer_id"), joined.text("id"), joined.text("code")
}

func TestTwoCustomersAreMergedAndParted(t *testing.T) {
	w := newWorld(t)
	manager, shop := w.shop.token["manager"], w.shop
	other, otherCard, otherCode := w.second(8)
	path, body := "/v1/customers/"+shop.customer, fmt.Sprintf(`{"other_customer_id":%q}`, other)

	preview := w.want(w.do(call{"POST", path + "/merge-preview", manager, body, nil}), 200)
	for member, want := range map[string]any{
		"kept.id": shop.customer, "other.id": other, "after.phone": "+358401234567", "cards.0.moved": 8.0,
		"cards.0.from.balance": 8.0, "cards.0.to.balance": 3.0, "cards.0.after.balance": 1.0,
		"cards.0.to.coupons.0.name.en": "5 € off", "cards.0.after.coupons.1.name.en": "5 € off",
		"consents.0.kept": "never", "consents.0.after": false,
	} {
		if got := preview.get(member); got != want {
			t.Errorf("preview: %s = %v, want %v", member, got, want)
		}
	}
	w.want(w.do(call{"POST", path + "/merge", manager, body, nil}), 400) // no key
	w.want(w.do(call{"POST", path + "/merge", manager, body, key("leima:mine")}), 400)
	merged := w.want(w.do(call{"POST", path + "/merge", manager, body, key("merge 1")}), 201)
	again := w.want(w.do(call{"POST", path + "/merge", manager, body, key("merge 1")}), 201)
	if again.text("id") != merged.text("id") || again.header.Get("Idempotency-Replayed") != "true" || merged.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("the same key was answered with %s", again.body)
	}
	w.want(w.do(call{"POST", path + "/merge", manager, fmt.Sprintf(`{"other_customer_id":%q}`, shop.otherCustomer), key("merge 1")}), 422)
	// The old code leads to whoever stayed; what it was given there stays there.
	if a := w.want(w.stampBy(otherCode, "1"), 201); a.text("card.customer_id") != shop.customer {
		t.Errorf("stamped by the old code: %s", a.body)
	}
	// A stamp is no merge, whatever its key says.
	w.want(w.stampBy(otherCode, "merge 1"), 422)
	if a := w.want(w.do(call{"GET", "/v1/customers/" + other, manager, "", nil}), 200); a.text("merged_into") != shop.customer {
		t.Errorf("merged: %s", a.body)
	}

	undo := "/v1/merges/" + merged.text("id") + "/undo"
	undone := w.want(w.do(call{"POST", undo, manager, "", key("undo 1")}), 200)
	if undone.text("undone_by.id") != shop.staff["manager"] || undone.text("undo_until") != "2026-04-01T07:00:00Z" {
		t.Errorf("undone: %s", undone.body)
	}
	if a := w.want(w.do(call{"POST", undo, manager, "", key("undo 1")}), 200); a.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("undone again: %s", a.body)
	}
	if a := w.want(w.do(call{"POST", undo, manager, "", key("undo 2")}), 409); a.text("code") != "merge_undone" {
		t.Errorf("undone with another key: %s", a.body)
	}
	w.want(w.stampBy(otherCode, "undo 1"), 422)
	w.want(w.stampBy(otherCode, "2"), 201)
	entries := w.want(w.do(call{"GET", "/v1/cards/" + otherCard + "/entries", manager, "", nil}), 200)
	for i, kind := range []string{"stamp", "unmerge", "merge", "stamp"} {
		if got := entries.text(fmt.Sprintf("data.%d.kind", i)); got != kind {
			t.Errorf("entry %d is a %s, want a %s", i, got, kind)
		}
	}
	list := w.want(w.do(call{"GET", path + "/merges", w.shop.token["marketer"], "", nil}), 200)
	if list.text("data.0.merged_customer_id") != other || list.get("data.1") != nil {
		t.Errorf("merges: %s", list.body)
	}
}

func TestWhyAMergeIsRefused(t *testing.T) {
	w := newWorld(t)
	manager, shop := w.shop.token["manager"], w.shop
	other, _, _ := w.second(8)
	path := "/v1/customers/" + shop.customer + "/merge"
	merge := func(other, idempotencyKey string) answer {
		return w.do(call{"POST", path, manager, fmt.Sprintf(`{"other_customer_id":%q}`, other), key(idempotencyKey)})
	}
	if a := w.want(merge(shop.customer, "a"), 400); a.text("field") != "other_customer_id" {
		t.Errorf("with oneself: %s", a.body)
	}
	if a := w.want(merge(w.other.customer, "b"), 404); a.text("code") != "customer_not_found" {
		t.Errorf("with somebody else's: %s", a.body)
	}
	w.want(w.do(call{"POST", "/v1/customers/" + other + "/block", manager, `{"reason":"Why"}`, nil}), 200)
	if a := w.want(merge(other, "c"), 409); a.text("code") != "customer_blocked" {
		t.Errorf("with a blocked one: %s", a.body)
	}
	w.want(w.do(call{"DELETE", "/v1/customers/" + other + "/block", manager, "", nil}), 204)
	merged := w.want(merge(other, "d"), 201)
	undo := call{"POST", "/v1/merges/" + merged.text("id") + "/undo", manager, "", key("undo")}
	if a := w.want(merge(other, "e"), 409); a.text("code") != "customer_merged" {
		t.Errorf("with one who was merged: %s", a.body)
	}

	coupons := w.want(w.do(call{"GET", "/v1/cards/" + shop.card + "/coupons", manager, "", nil}), 200)
	w.want(w.do(call{"POST", "/v1/coupons/" + coupons.text("data.0.id") + "/redemption", w.shop.token["till key"], "", key("use")}), 201)
	a := w.want(w.do(undo), 409)
	if a.text("code") != "merged_reward_used" || a.text("detail") != `The reward "5 € off" came with the merge and has been used since.` {
		t.Errorf("what moved was used: %s", a.body)
	}
	w.clock.Add((30 * 24 * time.Hour).Milliseconds())
	if a := w.want(w.do(undo), 409); a.text("code") != "merge_too_old" {
		t.Errorf("after a month: %s", a.body)
	}
}

func TestACardFromBeforeIsGivenToACustomerAtTheTill(t *testing.T) {
	w := newWorld(t)
	cashier, shop := w.shop.token["cashier"], w.shop
	const plastic = "6400 0012-3456 5"
	scan := func(code string) answer {
		return w.do(call{"POST", "/v1/scans", cashier, fmt.Sprintf(`{"code":%q,"location_id":%q}`, code, shop.location), nil})
	}
	give := func(cardID, number string) answer {
		return w.do(call{"PUT", "/v1/cards/" + cardID + "/old-number", cashier, fmt.Sprintf(`{"old_number":%q}`, number), nil})
	}
	w.want(scan(plastic), 404)
	w.want(give(shop.card, plastic), 204)
	for _, typed := range []string{plastic, "6400001234565"} {
		if a := w.want(scan(typed), 200); a.text("card.id") != shop.card {
			t.Errorf("%s leads to %s", typed, a.body)
		}
	}
	if a := w.want(w.stampBy("6400001234565", "1"), 201); a.text("card.id") != shop.card {
		t.Errorf("stamped: %s", a.body)
	}
	if a := w.want(w.stampBy(plastic, "1"), 201); a.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("stamped again, typed in another way: %s", a.body)
	}
	if a := w.want(w.stampBy("6400009999999", "1"), 422); a.text("code") != "idempotency_key_reused" {
		t.Errorf("another number under the same key: %s", a.body)
	}
	if a := w.want(w.do(call{"GET", "/v1/cards/" + shop.card, cashier, "", nil}), 200); a.text("old_number") != "6400001234565" {
		t.Errorf("the card: %s", a.body)
	}
	_, other, otherCode := w.second(1)
	for number, want := range map[string]struct{ status, reason string }{
		"6400001234565": {"already_in_use", ""}, shop.number: {"already_in_use", ""},
		"12345": {"validation_failed", "pattern"}, "bonus": {"validation_failed", "pattern"}, otherCode: {"validation_failed", "pattern"},
	} {
		if a := give(other, number); a.text("code") != want.status || a.text("reason") != want.reason {
			t.Errorf("%s: %s", number, a.body)
		}
	}
	// A number of ten digits may look like a customer number, and is none.
	w.want(give(other, "1234567897"), 204)
	if a := w.want(scan("123 456 7897"), 200); a.text("card.id") != other {
		t.Errorf("ten digits lead to %s", a.body)
	}
	w.want(give(other, ""), 204)
	w.want(scan("1234567897"), 404)
	w.want(w.do(call{"PUT", "/v1/cards/" + shop.card + "/old-number", shop.token["marketer"], `{"old_number":""}`, nil}), 403)
}
