package api_test

import (
	"fmt"
	"testing"

	"github.com/leima/leima/access"
)

func TestATillIsUnpairedByAManagerWhoStandsAtIt(t *testing.T) {
	w := newWorld(t)
	w.want(w.do(call{"PUT", "/v1/staff/" + w.shop.staff["manager"] + "/pin", w.shop.token["owner"], `{"pin":"603914"}`, nil}), 204)
	signIn := func(role, pin string) string {
		body := fmt.Sprintf(`{"staff_id":%q,"pin":%q}`, w.shop.staff[role], pin)
		return w.want(w.do(call{"POST", "/v1/till-sessions", w.shop.token["till"], body, nil}), 201).text("token")
	}
	unpair := func(token, till string) answer { return w.do(call{"DELETE", "/v1/tills/" + till, token, "", nil}) }

	cashier, manager := signIn("cashier", "482915"), signIn("manager", "603914")
	w.want(unpair(cashier, w.shop.till), 403)
	w.want(unpair(w.shop.token["till"], w.shop.till), 403)
	w.want(unpair(manager, w.other.till), 403)
	w.want(unpair(manager, "till_01k3sa0z2efcrstmhzda61w2wb"), 403)
	w.want(unpair(manager, w.shop.till), 204)
	for who, token := range map[string]string{"the till": w.shop.token["till"], "the cashier": cashier, "the manager": manager} {
		if a := w.do(call{"GET", "/v1/me", token, "", nil}); a.status != 401 {
			t.Errorf("%s is still let in: %d", who, a.status)
		}
	}
}

// pairAt pairs a till at a branch and returns its id.
func (w *world) pairAt(location string) string {
	code := access.NewPairingCode(w.shop.org.Slug)
	w.check(w.store.CreatePairingCode(w.t.Context(), access.PairingCode{
		OrgID: w.shop.org.ID, Name: "Counter 2", LocationID: location, CodeHash: access.Hash(code), CreatedAt: monday, ExpiresAt: monday + 600_000,
	}))
	return must(w.store.PairTill(w.t.Context(), w.shop.org.ID, access.Hash(code), access.Hash(code+" paired"), monday)).ID
}

// Whoever runs one branch changes it and its tills, and leaves the other branches as they
// are.
func TestAManagerOfABranchManagesItsTillsAndItsPlace(t *testing.T) {
	w := newWorld(t)
	owner, manager, own := w.shop.token["owner"], w.shop.token["manager"], w.pairAt(w.shop.branch)
	version := map[string]string{"If-Match": `"1"`}
	w.want(w.do(call{"PATCH", "/v1/staff/" + w.shop.staff["manager"], owner, fmt.Sprintf(`{"location_id":%q}`, w.shop.branch), version}), 200)
	before := w.dump()
	for name, c := range map[string]call{
		"unpairs a till of another": {"DELETE", "/v1/tills/" + w.shop.till, manager, "", nil},
		"pairs a till at another":   {"POST", "/v1/till-pairing-codes", manager, w.shop.fill(`{"name":"X","location_id":"{location_id}"}`), nil},
		"changes another":           {"PATCH", "/v1/locations/" + w.shop.location, manager, `{"name":"X"}`, version},
		"adds one":                  {"POST", "/v1/locations", manager, `{"name":"X"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			if a := w.want(w.do(c), 403); a.text("code") != "forbidden" || a.text("field") != "location_id" {
				t.Errorf("answered %s", a.body)
			}
		})
	}
	if w.dump() != before {
		t.Error("something was changed")
	}
	w.want(w.do(call{"DELETE", "/v1/tills/" + own, manager, "", nil}), 204)
	w.want(w.do(call{"PATCH", "/v1/locations/" + w.shop.branch, manager, `{"name":"Market Square"}`, version}), 200)
	w.want(w.do(call{"DELETE", "/v1/tills/" + w.shop.till, owner, "", nil}), 204)
}
