package api_test

import (
	"fmt"
	"testing"
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
