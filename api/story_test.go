package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/access"
)

func TestACustomerJoinsIsStampedAndRedeems(t *testing.T) {
	w := newWorld(t)
	key, shop := w.shop.token["till key"], w.shop

	joined := w.want(w.do(call{
		"POST", "/v1/programs/" + shop.program + "/cards", key,
		`{"first_name":"Aino","last_name":"Virtanen","phone":"040 765 4321","consents":[{"text_id":"` + shop.consentText + `","granted":true}]}`, nil,
	}), 201)
	if got := joined.text("display_name"); got != "Aino V." {
		t.Errorf("display name %q", got)
	}
	if got := joined.text("link"); !strings.HasPrefix(got, "https://cards.example/leimala/") {
		t.Errorf("link %q is not the address of a page", got)
	}
	again := w.want(w.do(call{"POST", "/v1/programs/" + shop.program + "/cards", key, `{"phone":"+358407654321"}`, nil}), 200)
	if again.text("id") != joined.text("id") {
		t.Error("joining again led to another card")
	}

	body := fmt.Sprintf(`{"code":%q,"quantity":13,"location_id":%q}`, joined.text("code"), shop.location)
	stamped := w.want(w.do(call{"POST", "/v1/stamps", key, body, map[string]string{"Idempotency-Key": "receipt 1"}}), 201)
	for path, want := range map[string]any{
		"entry.kind": "stamp", "entry.quantity": 13.0, "entry.idempotency_key": "receipt 1", "entry.balance_after": 3.0,
		"card.id": joined.text("id"), "card.balance": 3.0, "card.goal": 10.0, "coupons.0.status": "issued",
	} {
		if got := stamped.get(path); got != want {
			t.Errorf("stamp: %s = %v, want %v", path, got, want)
		}
	}
	if stamped.header.Get("Idempotency-Replayed") != "" {
		t.Error("the first answer says that it is a replay")
	}

	scan := w.want(w.do(call{"POST", "/v1/scans", key, fmt.Sprintf(`{"code":%q}`, joined.text("number")), nil}), 200)
	for path, want := range map[string]any{
		"display_name": "Aino V.", "card.balance": 3.0, "program.goal": 10.0, "next_reward.missing": 7.0,
		"allowed.stamp": true, "allowed.max_quantity": 100.0, "allowed.redeem": true, "allowed.reverse": true, "allowed.adjust": false,
		"coupons.0.id": stamped.text("coupons.0.id"),
	} {
		if got := scan.get(path); got != want {
			t.Errorf("scan: %s = %v, want %v", path, got, want)
		}
	}

	coupon := "/v1/coupons/" + stamped.text("coupons.0.id")
	redeemed := w.want(w.do(call{"POST", coupon + "/redemption", key, "", map[string]string{"Idempotency-Key": "redeem 1"}}), 201)
	if redeemed.text("entry.kind") != "redeem" || redeemed.text("coupons.0.status") != "redeemed" {
		t.Errorf("redemption: %s", redeemed.body)
	}
	refused := w.want(w.do(call{"POST", coupon + "/redemption", key, "{}", map[string]string{"Idempotency-Key": "redeem 2"}}), 409)
	if refused.text("code") != "coupon_redeemed" || refused.text("staff_message") == "" {
		t.Errorf("second redemption: %s", refused.body)
	}

	undone := w.want(w.do(call{
		"POST", "/v1/entries/" + stamped.text("entry.id") + "/reversal", key, "",
		map[string]string{"Idempotency-Key": "undo 1"},
	}), 201)
	if undone.text("entry.reverses") != stamped.text("entry.id") || undone.get("card.balance") != -10.0 {
		t.Errorf("the used reward does not leave the card owing: %s", undone.body)
	}

	ledger := w.want(w.do(call{"GET", "/v1/cards/" + joined.text("id") + "/entries", key, "", nil}), 200)
	sum := 0.0
	entries, _ := ledger.get("data").([]any)
	for i := range entries {
		q, _ := ledger.get(fmt.Sprintf("data.%d.quantity", i)).(float64)
		sum += q
	}
	if sum != -10 {
		t.Errorf("the entries sum up to %v", sum)
	}
	stats := w.want(w.do(call{"GET", "/v1/programs/" + shop.program + "/stats", key, "", nil}), 200)
	for path, want := range map[string]any{"cards": 2.0, "stamps": 13.0, "coupons_issued": 2.0, "coupons_redeemed": 1.0} {
		if got := stats.get(path); got != want {
			t.Errorf("stats: %s = %v, want %v", path, got, want)
		}
	}
}

func TestTheSameKeyIsAnsweredTheSame(t *testing.T) {
	const stamp = `{"card_id":"{card_id}","quantity":8,"location_id":"{location_id}","external_ref":"r1","at":"2026-03-02T06:59:00Z"}`
	for name, c := range map[string]struct{ path, body, sameMeaning, otherMeaning string }{
		"stamp": {
			"/v1/stamps", stamp,
			`{ "at":"2026-03-02T08:59:00+02:00", "external_ref":"r1", "location_id":"{location_id}", "quantity":8, "card_id":"{card_id}"}`,
			strings.Replace(stamp, `"quantity":8`, `"quantity":9`, 1),
		},
		"stamp by code": {
			"/v1/stamps", `{"code":"{code}","quantity":1,"location_id":"{location_id}"}`,
			`{"quantity":1,"code":" {code}-","location_id":"{location_id}"}`, `{"card_id":"{card_id}","quantity":1,"location_id":"{location_id}"}`,
		},
		"adjustment": {
			"/v1/cards/{card_id}/adjustments", `{"quantity":-1,"reason":"Mistake"}`,
			`{"reason":"Mistake", "quantity":-1}`, `{"quantity":-1,"reason":"Another"}`,
		},
		"redemption": {"/v1/coupons/{coupon_id}/redemption", "", "{}", `{"location_id":"{location_id}"}`},
		"reversal": {
			"/v1/entries/{entry_id}/reversal", `{"reason":"Wrong card"}`, ` {"reason" : "Wrong card"}`, `{"reason":"Other"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			send := func(body string) answer {
				return w.do(call{"POST", w.shop.fill(c.path), w.shop.token["full key"], w.shop.fill(body), map[string]string{"Idempotency-Key": "k"}})
			}
			first := w.want(send(c.body), 201)
			before := w.dump()
			w.clock.Add(time.Hour.Milliseconds())
			for _, body := range []string{c.body, c.sameMeaning} {
				again := w.want(send(body), 201)
				if again.body != first.body {
					t.Errorf("the replay differs:\n%s\n%s", first.body, again.body)
				}
				if again.header.Get("Idempotency-Replayed") != "true" {
					t.Error("the replay does not say that it is one")
				}
			}
			if other := w.want(send(c.otherMeaning), 422); other.text("code") != "idempotency_key_reused" {
				t.Errorf("another body: %s", other.body)
			}
			if w.dump() != before {
				t.Error("replays wrote something")
			}
		})
	}
}

func TestAKeyIsAnsweredAlsoAfterTheCardIsGone(t *testing.T) {
	w := newWorld(t)
	stamp := call{
		"POST", "/v1/stamps", w.shop.token["till key"],
		fmt.Sprintf(`{"code":%q,"quantity":1,"location_id":%q}`, w.shop.code, w.shop.location),
		map[string]string{"Idempotency-Key": "k1"},
	}
	first := w.want(w.do(stamp), 201)
	w.want(w.do(call{"POST", "/v1/cards/" + w.shop.card + "/revocation", w.shop.token["till key"], "", nil}), 204)
	if again := w.want(w.do(stamp), 201); again.body != first.body {
		t.Errorf("the replay differs: %s", again.body)
	}
	stamp.header = map[string]string{"Idempotency-Key": "k2"}
	w.want(w.do(stamp), 404)
}

func TestAnExternalReferenceCountsOnce(t *testing.T) {
	w := newWorld(t)
	body := fmt.Sprintf(`{"card_id":%q,"quantity":1,"location_id":%q,"external_ref":"receipt 7"}`, w.shop.card, w.shop.location)
	for i, want := range []int{201, 409} {
		got := w.want(w.do(call{
			"POST", "/v1/stamps", w.shop.token["till key"], body, map[string]string{"Idempotency-Key": fmt.Sprint(i)},
		}), want)
		if want == 409 && got.text("code") != "external_ref_used" {
			t.Errorf("answer %s", got.body)
		}
	}
}

func TestARefusalHasItsReasonAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.want(w.do(call{
		"PATCH", "/v1/programs/" + w.shop.program, w.shop.token["owner"],
		`{"limits":{"max_per_card_day":15,"max_per_scan":5}}`,
		map[string]string{"If-Match": `"1"`},
	}), 200)
	before := w.dump()
	for name, c := range map[string]struct {
		quantity int
		code     string
	}{"too many at once": {6, "scan_limit_reached"}, "too many in a day": {3, "daily_limit_reached"}} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			a := w.want(w.do(call{
				"POST", "/v1/stamps", w.shop.token["till key"],
				fmt.Sprintf(`{"card_id":%q,"quantity":%d,"location_id":%q}`, w.shop.card, c.quantity, w.shop.location),
				map[string]string{"Idempotency-Key": name, "Accept-Language": "en"},
			}), 409)
			if a.text("code") != c.code || a.text("staff_message") == "" {
				t.Errorf("refusal: %s", a.body)
			}
		})
	}
	if w.dump() != before {
		t.Error("a refusal wrote something")
	}
	scan := w.want(w.do(call{"POST", "/v1/scans", w.shop.token["till key"], fmt.Sprintf(`{"code":%q}`, w.shop.code), nil}), 200)
	if w.dump() != before {
		t.Error("a scan wrote something")
	}
	if scan.get("allowed.max_quantity") != 2.0 {
		t.Errorf("2 of 15 stamps are left for today: %s", scan.body)
	}
	w.want(w.do(call{
		"POST", "/v1/stamps", w.shop.token["till key"], w.shop.fill(`{"card_id":"{card_id}","quantity":2,"location_id":"{location_id}"}`),
		map[string]string{"Idempotency-Key": "allowed"},
	}), 201)
	if w.dump() == before {
		t.Error("a stamp is not seen in the dump, so the other tests compare nothing")
	}
}

func TestATillIsPairedAndACashierSignsIn(t *testing.T) {
	w := newWorld(t)
	shop := w.shop
	pairing := w.want(w.do(call{
		"POST", "/v1/till-pairing-codes", shop.token["manager"],
		fmt.Sprintf(`{"name":"Counter 2","location_id":%q}`, shop.location), nil,
	}), 201)
	typed := strings.ToLower(strings.ReplaceAll(pairing.text("code"), "-", " "))
	typed = strings.Replace(typed, "leimala ", "leimala-", 1)
	paired := w.want(w.do(call{"POST", "/v1/tills", "", fmt.Sprintf(`{"code":%q}`, typed), nil}), 201)
	used := w.want(w.do(call{"POST", "/v1/tills", "", fmt.Sprintf(`{"code":%q}`, pairing.text("code")), nil}), 401)
	if used.text("code") != "invalid_pairing_code" {
		t.Errorf("a used code: %s", used.body)
	}

	till := paired.text("token")
	staff := w.want(w.do(call{"GET", "/v1/till-staff", till, "", nil}), 200)
	if staff.text("data.0.id") != shop.staff["cashier"] {
		t.Errorf("staff of the till: %s", staff.body)
	}
	wrong := w.want(w.do(call{
		"POST", "/v1/till-sessions", till, fmt.Sprintf(`{"staff_id":%q,"pin":"0000"}`, shop.staff["cashier"]), nil,
	}), 401)
	if wrong.text("code") != "wrong_pin" {
		t.Errorf("wrong PIN: %s", wrong.body)
	}
	session := w.want(w.do(call{
		"POST", "/v1/till-sessions", till, fmt.Sprintf(`{"staff_id":%q,"pin":"482915"}`, shop.staff["cashier"]), nil,
	}), 201).text("token")

	me := w.want(w.do(call{"GET", "/v1/me", session, "", nil}), 200)
	if me.text("kind") != "till_session" || me.text("staff_id") != shop.staff["cashier"] || me.text("location_id") != shop.location {
		t.Errorf("me: %s", me.body)
	}
	byPhone := w.want(w.do(call{"POST", "/v1/scans", session, `{"code":"040 1234567"}`, nil}), 200)
	if byPhone.text("card.id") != shop.card {
		t.Errorf("scan by phone: %s", byPhone.body)
	}
	elsewhere := w.want(w.do(call{
		"POST", "/v1/stamps", session, fmt.Sprintf(`{"card_id":%q,"quantity":1,"location_id":%q}`, shop.card, shop.branch),
		map[string]string{"Idempotency-Key": "elsewhere"},
	}), 403)
	if elsewhere.text("field") != "location_id" {
		t.Errorf("a stamp at another branch: %s", elsewhere.body)
	}
	w.want(w.do(call{"DELETE", "/v1/till-sessions/current", session, "", nil}), 204)
	w.want(w.do(call{"GET", "/v1/me", session, "", nil}), 401)
	w.want(w.do(call{"GET", "/v1/me", till, "", nil}), 200)

	w.want(w.do(call{"DELETE", "/v1/tills/" + paired.text("till.id"), shop.token["manager"], "", nil}), 204)
	w.want(w.do(call{"GET", "/v1/me", till, "", nil}), 401)
}

func TestGuessingIsStopped(t *testing.T) {
	w := newWorld(t)
	t.Run("pairing codes", func(t *testing.T) {
		w := w.in(t)
		status := 0
		for i := range 40 {
			a := w.do(call{"POST", "/v1/tills", "", fmt.Sprintf(`{"code":"leimala-2222-22%02d"}`, 22+i%8), nil})
			if status = a.status; status == 429 {
				if a.text("code") != "too_many_attempts" || a.header.Get("Retry-After") == "" {
					t.Errorf("answer %v %s", a.header, a.body)
				}
				break
			}
		}
		if status != 429 {
			t.Error("40 wrong codes were taken in a minute")
		}
		w.clock.Add(time.Minute.Milliseconds())
		w.want(w.do(call{"POST", "/v1/tills", "", `{"code":"leimala-2222-2222"}`, nil}), 401)
	})
	t.Run("card codes", func(t *testing.T) {
		w := w.in(t)
		key, other := w.shop.token["till key"], w.shop.token["full key"]
		scan := func(token, code string) answer {
			return w.do(call{"POST", "/v1/scans", token, fmt.Sprintf(`{"code":%q}`, code), nil})
		}
		stamp := func(token, name, value string) answer {
			body := fmt.Sprintf(`{%q:%q,"quantity":1,"location_id":%q}`, name, value, w.shop.location)
			return w.do(call{"POST", "/v1/stamps", token, body, map[string]string{"Idempotency-Key": name + value}})
		}
		first := w.want(stamp(key, "code", w.shop.code), 201)
		for i := range 30 {
			w.want(scan(key, fmt.Sprintf("guess %d", i)), 404)
			w.want(stamp(key, "code", fmt.Sprintf("guess %d", i)), 404)
			w.want(scan(key, w.shop.code), 200) // a hit costs nothing
		}
		w.want(stamp(key, "card_id", "card_01k3sa0z2efcrstmhzda61w2vf"), 404) // nor does an id
		w.want(scan(key, w.shop.code), 200)
		a := w.want(scan(key, "one too many"), 429)
		if a.text("code") != "too_many_attempts" || a.header.Get("Retry-After") != "60" || a.get("retryable") != true {
			t.Errorf("answer %v %s", a.header, a.body)
		}
		w.want(scan(key, w.shop.code), 429) // who guesses learns nothing any more
		w.want(stamp(key, "code", w.shop.code), 429)
		w.want(stamp(key, "card_id", w.shop.card), 201)
		w.want(scan(other, w.shop.code), 200)
		w.clock.Add(time.Minute.Milliseconds())
		w.want(scan(key, w.shop.code), 200)
		again := w.want(stamp(key, "code", w.shop.code), 201)
		if again.body != first.body {
			t.Errorf("the key's answer has changed: %s", again.body)
		}
	})
	t.Run("PINs", func(t *testing.T) {
		w := w.in(t)
		guess := func(pin string) answer {
			return w.do(call{
				"POST", "/v1/till-sessions", w.shop.token["till"],
				fmt.Sprintf(`{"staff_id":%q,"pin":%q}`, w.shop.staff["cashier"], pin), nil,
			})
		}
		for range access.MaxPINFailures {
			w.want(guess("0000"), 401)
		}
		if a := w.want(guess("482915"), 429); a.text("code") != "pin_locked" {
			t.Errorf("after %d wrong PINs: %s", access.MaxPINFailures, a.body)
		}
		w.clock.Add(access.PINLockout.Milliseconds() + 1)
		w.want(guess("482915"), 201)
	})
}

func TestThePublicFormTellsNothing(t *testing.T) {
	w := newWorld(t)
	join := func(phone string) answer {
		return w.want(w.do(call{
			"POST", "/v1/programs/" + w.shop.program + "/cards", w.shop.token["join key"], fmt.Sprintf(`{"phone":%q}`, phone), nil,
		}), 201)
	}
	known, unknown := join("+358401234567"), join("+358409999999")
	for _, a := range []answer{known, unknown} {
		if a.text("status") != "provisional" || a.get("balance") != 0.0 {
			t.Errorf("the card: %s", a.body)
		}
		if a.get("customer_id") != nil || strings.Contains(a.body, "+358") {
			t.Errorf("the answer tells of the customer: %s", a.body)
		}
	}
	if known.text("id") == w.shop.card {
		t.Error("the form opened the card of whoever has the number")
	}
	var shape [2]string
	for i, a := range []answer{known, unknown} {
		for _, member := range []string{"id", "code", "number", "link", "display_name"} {
			a.body = strings.ReplaceAll(a.body, a.text(member), member)
		}
		shape[i] = a.body
	}
	if shape[0] != shape[1] {
		t.Errorf("the answers differ in more than their ids:\n%s\n%s", shape[0], shape[1])
	}
}

func TestWhatDoesNotLeadToACardIsAnsweredTheSame(t *testing.T) {
	w := newWorld(t)
	revoked := w.want(w.do(call{
		"POST", "/v1/programs/" + w.shop.program + "/cards", w.shop.token["till key"], `{"phone":"+358407654321"}`, nil,
	}), 201)
	w.want(w.do(call{"POST", "/v1/cards/" + revoked.text("id") + "/revocation", w.shop.token["till key"], "", nil}), 204)
	wrong := []byte(w.shop.code)
	wrong[len(wrong)-1] ^= 1

	codes := map[string]string{
		"unknown": "00000000000000001", "wrong check character": string(wrong), "revoked": revoked.text("code"),
		"revoked by number": revoked.text("number"), "foreign": w.other.code, "foreign by number": w.other.number,
		"nonsense": "x' OR 1=1", "a phone number outside of a till session": "+358401234567",
	}
	bodies := map[string]string{}
	same := func(name string, a answer) {
		t.Helper()
		w.want(a, 404)
		bodies[strings.ReplaceAll(a.body, a.text("request_id"), "")] += name + "; "
	}
	for name, code := range codes {
		same("scan of "+name, w.do(call{"POST", "/v1/scans", w.shop.token["till key"], fmt.Sprintf(`{"code":%q}`, code), nil}))
		same("stamp of "+name, w.do(call{
			"POST", "/v1/stamps", w.shop.token["till key"], fmt.Sprintf(`{"code":%q,"quantity":1,"location_id":%q}`, code, w.shop.location),
			map[string]string{"Idempotency-Key": name},
		}))
	}
	for name, id := range map[string]string{"revoked": revoked.text("id"), "foreign": w.other.card, "unknown": "card_01k3sa0z2efcrstmhzda61w2vf"} {
		same("card "+name, w.do(call{"GET", "/v1/cards/" + id, w.shop.token["till key"], "", nil}))
		same("entries of card "+name, w.do(call{"GET", "/v1/cards/" + id + "/entries", w.shop.token["till key"], "", nil}))
		same("stamp of card "+name, w.do(call{
			"POST", "/v1/stamps", w.shop.token["till key"], fmt.Sprintf(`{"card_id":%q,"quantity":1,"location_id":%q}`, id, w.shop.location),
			map[string]string{"Idempotency-Key": "card " + name},
		}))
	}
	if len(bodies) != 1 {
		t.Errorf("the answers differ: %q", bodies)
	}
	for body := range bodies {
		if !strings.Contains(body, `"card_not_found"`) {
			t.Errorf("the answer is %s", body)
		}
	}
}

func TestCashiersUndoOnlyWhatIsFreshAndTheirs(t *testing.T) {
	w := newWorld(t)
	undo := func(holder, key string) answer {
		return w.do(call{
			"POST", "/v1/entries/" + w.shop.entry + "/reversal", w.shop.token[holder], "", map[string]string{"Idempotency-Key": key},
		})
	}
	w.clock.Add((24*time.Hour + time.Second).Milliseconds())
	if a := w.want(undo("cashier", "1"), 403); a.text("code") != "forbidden" {
		t.Errorf("answer %s", a.body)
	}
	w.want(undo("manager", "2"), 201)
}

func TestConfigurationIsChangedFromItsVersion(t *testing.T) {
	w := newWorld(t)
	owner := w.shop.token["owner"]
	for _, path := range []string{
		"/v1/organization", "/v1/locations/" + w.shop.location, "/v1/staff/" + w.shop.staff["cashier"],
		"/v1/programs/" + w.shop.program, "/v1/customers/" + w.shop.customer,
	} {
		t.Run(path[:strings.LastIndex(path, "/")], func(t *testing.T) {
			w := w.in(t)
			body := `{"name":"Changed"}`
			switch {
			case strings.Contains(path, "programs"):
				body = `{"name":{"en":"Changed"}}`
			case strings.Contains(path, "customers"):
				body = `{"last_name":"Changed"}`
			}
			tag := w.want(w.do(call{"GET", path, owner, "", nil}), 200).header.Get("ETag")
			if a := w.want(w.do(call{"PATCH", path, owner, body, nil}), 428); a.text("code") != "if_match_required" {
				t.Errorf("without If-Match: %s", a.body)
			}
			changed := w.want(w.do(call{"PATCH", path, owner, body, map[string]string{"If-Match": tag}}), 200)
			if !strings.Contains(changed.body, "Changed") || changed.header.Get("ETag") == tag {
				t.Errorf("after the change: %v %s", changed.header, changed.body)
			}
			before := w.dump()
			if a := w.want(w.do(call{"PATCH", path, owner, body, map[string]string{"If-Match": tag}}), 412); a.text("code") != "version_mismatch" {
				t.Errorf("from the old version: %s", a.body)
			}
			if w.dump() != before {
				t.Error("a change from an old version wrote something")
			}
		})
	}
}
