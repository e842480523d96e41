package api_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/access"
	"github.com/leima/leima/paging"
)

// deeds reads the whole audit log of the shop, newest first.
func (w *world) deeds() []access.Deed {
	w.t.Helper()
	var all []access.Deed
	p := paging.Page{Limit: paging.MaxLimit}
	for range 10 {
		list := must(w.store.AuditLog(w.t.Context(), w.shop.org.ID, access.AuditQuery{}, p))
		all = append(all, list.Items...)
		if p.Cursor = list.NextCursor; p.Cursor == "" {
			return all
		}
	}
	w.t.Fatal("the audit log does not end")
	return nil
}

// audits is what the contract says of the operation, "" if it says nothing.
func (op operation) audits() string {
	action, _ := op.o.Extensions["x-leima-audit"].(string)
	return action
}

// TestEveryWriteSaysWhetherItIsAudited keeps new operations from being forgotten.
func TestEveryWriteSaysWhetherItIsAudited(t *testing.T) {
	actions := []string{"none"}
	for _, x := range document().Components.Schemas["AuditAction"].Value.Enum {
		actions = append(actions, fmt.Sprint(x))
	}
	for _, op := range operations(t) {
		if op.method != http.MethodGet && op.audits() == "" {
			t.Errorf("%s does not say x-leima-audit", op.id)
		}
		if op.audits() != "" && !slices.Contains(actions, op.audits()) {
			t.Errorf("%s: %s is no action", op.id, op.audits())
		}
	}
}

// TestEveryChangeLeavesOneLine carries every operation of the contract out, and looks what
// it left in the audit log.
func TestEveryChangeLeavesOneLine(t *testing.T) {
	w := newWorld(t)
	for _, op := range operations(t) {
		if op.id == "removeDemoData" {
			continue // refused here; TestADemoIsRemovedOnce has its line
		}
		c := op.call(w.shop, w.shop.token[op.holder])
		want := op.status
		if c.header["If-Match"] != "" {
			c.header["If-Match"] = w.do(call{"GET", c.path, c.token, "", nil}).header.Get("ETag")
		}
		if op.id == "pairTill" {
			code := w.do(call{"POST", "/v1/till-pairing-codes", w.shop.token["manager"], w.shop.fill(`{"name":"Counter 3","location_id":"{location_id}"}`), nil})
			c.body, want = `{"code":"`+code.text("code")+`"}`, http.StatusCreated
		}
		if op.id == "stopImport" { // one that goes on
			id := w.do(call{"GET", "/v1/imports", c.token, "", nil}).text("data.0.id")
			c.path, want = "/v1/imports/"+id+"/stop", http.StatusAccepted
		}
		if op.id == "decideReview" { // to correct a balance leaves a line of its own, too
			c.body = `{"action":"dismiss","reason":"The rules were right"}`
		}
		c.header["X-Request-Id"] = "request-" + op.id
		before := w.deeds()
		if a := w.do(c); a.status != want {
			t.Errorf("%s: %d %s", op.id, a.status, a.body)
			continue
		}
		after := w.deeds()
		lines := after[:len(after)-len(before)]
		if action := op.audits(); action == "" || action == "none" {
			if len(lines) != 0 {
				t.Errorf("%s left %+v", op.id, lines)
			}
			continue
		}
		if len(lines) != 1 || string(lines[0].Action) != op.audits() {
			t.Errorf("%s: want one line of %s, have %+v", op.id, op.audits(), lines)
			continue
		}
		w.checkDeed(op, lines[0])
	}
}

// checkDeed fails the test unless the line says who carried the operation out.
func (w *world) checkDeed(op operation, d access.Deed) {
	w.t.Helper()
	who := access.Doer{Kind: access.DoerStaff, ID: w.shop.staff[op.holder], RequestID: "request-" + op.id}
	switch op.id {
	case "pairTill": // the code is the credential, and the till new
		who.Kind, who.ID = access.DoerTill, d.SubjectID
	case "createTillSession":
		who.ID = w.shop.staff["cashier"]
	case "revokeCard", "reissueCard", "setOldNumber": // by the till's software
		who.Kind, who.ID = access.DoerAPIKey, d.Doer.ID
	case "adjustCard": // the ledger's commands carry no request
		who.RequestID = ""
	}
	if d.Doer != who {
		w.t.Errorf("%s: want %+v, have %+v", op.id, who, d.Doer)
	}
	if d.SubjectID == "" || d.DoerName == "" || d.At != w.clock.Load() {
		w.t.Errorf("%s: have %+v", op.id, d)
	}
}

// TestWhatIsRefusedLeavesNoLine tries what must not work.
func TestWhatIsRefusedLeavesNoLine(t *testing.T) {
	w := newWorld(t)
	before := w.deeds()
	manager := w.shop.token["manager"]
	for _, c := range []call{
		{"PATCH", "/v1/programs/" + w.shop.program, manager, `{"goal":12}`, map[string]string{"If-Match": `"7"`}},
		{"PATCH", "/v1/locations/" + w.other.location, manager, `{"name":"Mine"}`, map[string]string{"If-Match": `"1"`}},
		{"PATCH", "/v1/locations/" + w.shop.location, manager, `{"external_ref":"2"}`, map[string]string{"If-Match": `"1"`}},
		{"POST", "/v1/cards/" + w.shop.card + "/adjustments", manager, `{"quantity":-50,"reason":"x"}`, map[string]string{"Idempotency-Key": "1"}},
		{"DELETE", "/v1/tills/" + w.other.till, manager, "", nil},
		{"POST", "/v1/staff", w.shop.token["cashier"], `{"name":"Me","role":"owner"}`, nil},
		{"GET", "/v1/exports/cards?status=issued", manager, "", nil},
		{"GET", "/v1/exports/cards", w.shop.token["marketer"], "", nil},
	} {
		if a := w.do(c); a.status < 400 {
			t.Errorf("%s %s: %d", c.method, c.path, a.status)
		}
	}
	if diff := cmp.Diff(before, w.deeds()); diff != "" {
		t.Errorf("something was noted:\n%s", diff)
	}
}

// TestWhatIsDoneAgainLeavesNoLine repeats what changes nothing the second time.
func TestWhatIsDoneAgainLeavesNoLine(t *testing.T) {
	w := newWorld(t)
	for _, c := range []call{
		{"POST", "/v1/cards/" + w.shop.card + "/adjustments", w.shop.token["manager"], `{"quantity":2,"reason":"x"}`, map[string]string{"Idempotency-Key": "1"}},
		{"DELETE", "/v1/tills/" + w.shop.till, w.shop.token["manager"], "", nil},
		{"DELETE", "/v1/api-keys/" + w.shop.key, w.shop.token["owner"], "", nil},
		{"POST", "/v1/cards/" + w.shop.card + "/revocation", w.shop.token["manager"], "", nil},
	} {
		before := len(w.deeds())
		for range 2 {
			if a := w.do(c); a.status >= 400 {
				t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.body)
			}
		}
		if n := len(w.deeds()) - before; n != 1 {
			t.Errorf("%s %s: %d lines", c.method, c.path, n)
		}
	}
}

func TestTheAuditLogTellsWhoChangedWhat(t *testing.T) {
	w := newWorld(t)
	owner, manager := w.shop.token["owner"], w.shop.token["manager"]
	w.want(w.do(call{"PATCH", "/v1/programs/" + w.shop.program, manager, `{"goal":12,"limits":{"max_per_scan":5}}`, map[string]string{"If-Match": `"1"`, "X-Request-Id": "r-1"}}), 200)
	w.want(w.do(call{"PATCH", "/v1/customers/" + w.shop.customer, manager, `{"first_name":"Salainen","phone":"+358409998877"}`, map[string]string{"If-Match": `"1"`}}), 200)
	w.want(w.do(call{"PATCH", "/v1/staff/" + w.shop.staff["cashier"], owner, `{"role":"manager","email":"secret@example.org"}`, map[string]string{"If-Match": `"2"`}}), 200)
	w.want(w.export("customers", "?query=salainen&format=xlsx"), 200)
	read := func(query string) answer {
		t.Helper()
		return w.want(w.do(call{"GET", "/v1/audit-log" + query, manager, "", nil}), 200)
	}
	a := read("?subject_id=" + w.shop.program)
	for path, want := range map[string]any{
		"data.0.action": "program.changed", "data.0.request_id": "r-1", "data.0.doer.kind": "staff", "data.0.doer.name": "Some manager",
		"data.0.changes.0.field": "goal", "data.0.changes.0.before": "10", "data.0.changes.0.after": "12",
		"data.0.changes.1.field": "limits.max_per_scan", "data.0.changes.2": nil, "data.1.action": "program.added", "data.1.doer.kind": "system",
	} {
		if have := a.get(path); have != want {
			t.Errorf("%s: want %v, have %v", path, want, have)
		}
	}
	if a := read("?action=staff.changed"); a.get("data.0.changes.2.after") != nil || a.get("data.0.changes.1.before") != "cashier" || a.get("data.0.changes.1.after") != "manager" {
		t.Errorf("have %s", a.body)
	}
	if a := read("?doer_id=" + w.shop.staff["owner"]); a.get("data.0.action") != "staff.changed" || a.get("data.1.action") != "staff.signed_in" || a.get("data.2") != nil {
		t.Errorf("have %s", a.body)
	}
	if a := read("?from=2026-03-03"); a.get("data.0") != nil {
		t.Errorf("have %s", a.body)
	}
	all := read("?limit=200").body
	for _, personal := range []string{"Salainen", "salainen", "Helmi", "40999", "secret@"} {
		if strings.Contains(all, personal) {
			t.Errorf("the audit log tells %s", personal)
		}
	}
	for _, holder := range []string{"marketer", "join key", "full key", "till"} {
		if a := w.do(call{"GET", "/v1/audit-log", w.shop.token[holder], "", nil}); a.status != 403 {
			t.Errorf("%s: %d", holder, a.status)
		}
	}
	list, err := w.store.AuditLog(context.Background(), w.other.org.ID, access.AuditQuery{SubjectID: w.shop.program}, pageOf(10))
	if err != nil || len(list.Items) != 0 {
		t.Errorf("another organization reads %v, %v", list.Items, err)
	}
}
