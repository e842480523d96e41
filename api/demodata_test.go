package api_test

import (
	"testing"

	"github.com/leima/leima/access"
)

func TestADemoIsRemovedOnce(t *testing.T) {
	w := newWorld(t)
	const data, removal = "/v1/organization/demo-data", "/v1/organization/demo-data-removal"
	real := w.shop.token["owner"]
	if a := w.want(w.do(call{"GET", data, real, "", nil}), 200); a.get("demo") != false || a.get("customers") == 0.0 {
		t.Errorf("a real shop: %s", a.body)
	}
	if a := w.want(w.do(call{"POST", removal, real, `{"confirm":"leimala"}`, nil}), 409); a.text("code") != "not_a_demo" {
		t.Errorf("a real shop: %s", a.body)
	}

	made := w.foundBy("madeup", w.store.CreateDemoOrganization)
	owner := made.token["owner"]
	before := w.want(w.do(call{"GET", data, owner, "", nil}), 200)
	if before.get("demo") != true || before.get("cards") == 0.0 {
		t.Errorf("a demo: %s", before.body)
	}
	w.want(w.do(call{"POST", removal, made.token["manager"], `{"confirm":"madeup"}`, nil}), 403)
	if a := w.want(w.do(call{"POST", removal, owner, `{"confirm":"Madeup"}`, nil}), 400); a.text("field") != "confirm" {
		t.Errorf("another name: %s", a.body)
	}
	removed := w.want(w.do(call{"POST", removal, owner, `{"confirm":"madeup"}`, nil}), 200)
	for _, member := range []string{"customers", "cards", "entries"} {
		if removed.get(member) != before.get(member) {
			t.Errorf("removed %s, there was %s", removed.body, before.body)
		}
	}
	w.want(w.do(call{"POST", removal, owner, `{"confirm":"madeup"}`, nil}), 409)
	w.want(w.do(call{"GET", "/v1/cards/" + made.card, owner, "", nil}), 404)
	w.want(w.do(call{"GET", "/v1/programs/" + made.program, owner, "", nil}), 200)
	log := w.want(w.do(call{"GET", "/v1/audit-log?action=organization.demo_removed", owner, "", nil}), 200)
	if log.text("data.0.action") != string(access.DemoRemoved) || log.get("data.1") != nil {
		t.Errorf("the audit log: %s", log.body)
	}
	w.want(w.do(call{"GET", "/v1/cards/" + w.shop.card, real, "", nil}), 200)
}
