package api_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestWhatHappenedLast(t *testing.T) {
	w := newWorld(t)
	read := func(query string) answer {
		t.Helper()
		return w.want(w.do(call{method: http.MethodGet, path: "/v1/activity" + query, token: w.shop.token["marketer"]}), http.StatusOK)
	}
	first := read("")
	if first.get("data.0.kind") != "reward" || first.get("data.1.kind") != "stamp" || first.get("data.1.first_name") != "Helmi" ||
		first.get("data.1.actor.kind") != "system" || strings.Contains(first.body, "Korhonen") || strings.Contains(first.body, w.other.customer) {
		t.Errorf("have %s", first.body)
	}
	a := w.do(call{"POST", "/v1/stamps", w.shop.token["manager"], w.shop.fill(`{"card_id":"{card_id}","quantity":2,"location_id":"` + w.shop.branch + `"}`), map[string]string{"Idempotency-Key": "1"}})
	w.want(a, http.StatusCreated)
	next := read("?since=" + first.text("since"))
	if next.get("data.0.id") != a.get("entry.id") || next.get("data.0.staff_name") != "Some manager" || next.get("data.0.quantity") != 2.0 {
		t.Errorf("have %s", next.body)
	}
	if next.get("data.1.id") != first.get("data.0.id") {
		t.Errorf("an answer overlaps with the one before: have %s", next.body)
	}
	if next.text("since") == first.text("since") || read("?since="+next.text("since")).text("since") != next.text("since") {
		t.Error("since goes on with what happens, and only then")
	}
	if a := read("?location_id=" + w.shop.branch); a.get("data.0.id") != next.get("data.0.id") || a.get("data.1") != nil {
		t.Errorf("have %s", a.body)
	}
	if a := read("?limit=1"); a.get("data.1") != nil {
		t.Errorf("have %s", a.body)
	}
	for _, since := range []string{"AAAA", "ZW50X3h4eA"} {
		a := w.do(call{method: http.MethodGet, path: "/v1/activity?since=" + since, token: w.shop.token["marketer"]})
		if a.status != http.StatusBadRequest || a.get("field") != "since" {
			t.Errorf("%s: have %d %s", since, a.status, a.body)
		}
	}
}
