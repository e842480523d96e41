package api_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/access"
)

// TestWithoutACredentialNothingIsAnswered tries every operation of the contract.
func TestWithoutACredentialNothingIsAnswered(t *testing.T) {
	w := newWorld(t)
	revoked := w.shop.token["join key"]
	for _, k := range must(w.store.APIKeys(t.Context(), w.shop.org.ID, pageOf(100))).Items {
		if k.Name == "join key" {
			w.check(w.store.RevokeAPIKey(t.Context(), w.shop.org.ID, k.ID, monday))
		}
	}
	before := w.dump()
	key := w.shop.token["full key"]
	credentials := map[string]map[string]string{
		"none":                     {},
		"another scheme":           {"Authorization": "Basic " + key},
		"nonsense":                 {"Authorization": "Bearer nonsense"},
		"no token":                 {"Authorization": "Bearer "},
		"an unknown organization":  {"Authorization": "Bearer " + access.NewToken(access.TokenAPIKey, "nobody")},
		"a made-up token":          {"Authorization": "Bearer " + access.NewToken(access.TokenAPIKey, w.shop.org.Slug)},
		"a key as another's":       {"Authorization": "Bearer " + strings.Replace(key, "leimala", "rival", 1)},
		"a revoked key":            {"Authorization": "Bearer " + revoked},
		"a link's token":           {"Authorization": "Bearer " + access.NewToken(access.TokenSignIn, w.shop.org.Slug)},
		"a key in another letter":  {"Authorization": "Bearer " + strings.ToLower(key)},
		"a key as a cookie":        {"Cookie": "leima_session=" + key},
		"a long token":             {"Authorization": "Bearer " + strings.Repeat("lk_leimala_", 1000)},
		"a made-up session cookie": {"Cookie": "leima_session=" + access.NewToken(access.TokenSession, w.shop.org.Slug)},
	}
	for _, op := range operations(t) {
		if slices.Contains(op.asks, "none") {
			continue
		}
		for name, header := range credentials {
			c := op.call(w.shop, "")
			for k, v := range header {
				c.header[k] = v
			}
			if name == "a made-up session cookie" || name == "a key as a cookie" {
				c.header["Sec-Fetch-Site"] = "same-origin"
			}
			a := w.do(c)
			if a.status != 401 || a.text("code") != "unauthenticated" || a.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s with %s: %d %s", op.id, name, a.status, a.body)
			}
		}
	}
	if w.dump() != before {
		t.Error("somebody without a credential changed something")
	}
}

// TestEveryRoleMayDoWhatTheContractSaysAndNoMore tries every operation with every
// kind of credential. A parameter that no operation has is refused after the
// permission was checked, so that nothing is changed on the way.
func TestEveryRoleMayDoWhatTheContractSaysAndNoMore(t *testing.T) {
	w := newWorld(t)
	before := w.dump()
	for _, op := range operations(t) {
		if slices.Contains(op.asks, "none") {
			continue
		}
		for _, holder := range holders {
			c := op.call(w.shop, w.shop.token[holder])
			c.path = withQuery(c.path, "nonsense", "1")
			a := w.do(c)
			switch {
			case op.allowed(holder) && (a.status != 400 || a.text("field") != "nonsense"):
				t.Errorf("%s by %s: %d, want it to be allowed: %s", op.id, holder, a.status, a.body)
			case !op.allowed(holder) && (a.status != 403 || a.text("code") != "forbidden"):
				t.Errorf("%s by %s: %d, want it to be forbidden: %s", op.id, holder, a.status, a.body)
			case !op.allowed(holder) && !strings.Contains(a.text("detail"), op.asks[0]):
				t.Errorf("%s by %s: the answer does not name %s: %s", op.id, holder, op.asks[0], a.body)
			}
		}
	}
	if w.dump() != before {
		t.Error("somebody changed something that they may not")
	}
}

// TestAnotherOrganizationsThingsAreNotThere tries every operation with all rights
// at one organization and the ids of another.
func TestAnotherOrganizationsThingsAreNotThere(t *testing.T) {
	w := newWorld(t)
	secrets := []string{
		w.shop.code, w.shop.link, w.shop.number, w.shop.org.Name, w.shop.org.ID,
		w.shop.location, w.shop.branch, w.shop.program, w.shop.card, w.shop.coupon, w.shop.entry, w.shop.customer,
		w.shop.till, w.shop.key, w.shop.imported, w.shop.consentText,
	}
	for _, op := range operations(t) {
		if slices.Contains(op.asks, "none") {
			continue
		}
		tried := 0
		for _, holder := range holders {
			if !op.allowed(holder) {
				continue
			}
			tried++
			before := w.dump()
			a := w.do(op.call(w.shop, w.other.token[holder]))
			names := strings.Contains(op.template, "_id}") || idPattern.MatchString(w.shop.fill(op.body+op.query)) ||
				strings.Contains(op.body, "{code}") || op.body == "multipart"
			want := 404
			switch {
			case op.id == "createTillSession":
				want = 401 // like a wrong PIN
			case op.id == "endTillSession":
				want = 404 // none of these is a till session
			case !names:
				want = op.status
			}
			if a.status != want {
				t.Errorf("%s by the other's %s: %d, want %d: %s", op.id, holder, a.status, want, a.body)
			}
			for _, s := range secrets {
				if strings.Contains(a.body, s) {
					t.Errorf("%s by the other's %s tells %s: %s", op.id, holder, s, a.body)
				}
			}
			if names && w.dump() != before {
				t.Errorf("%s by the other's %s changed something", op.id, holder)
			}
			if !names && op.method != "GET" {
				break // it worked; once is enough
			}
		}
		if tried == 0 {
			t.Errorf("nobody may do %s", op.id)
		}
	}
}

func TestACookieIsTakenFromOwnPagesOnly(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		method string
		header map[string]string
		status int
	}{
		"reading from anywhere":                    {"GET", nil, 200},
		"writing from an own page":                 {"POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		"writing from another site":                {"POST", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		"writing from a sister site":               {"POST", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		"writing from an own page, old browser":    {"POST", map[string]string{"Origin": "http://example.com"}, 200},
		"writing from another site, old browser":   {"POST", map[string]string{"Origin": "http://evil.example"}, 403},
		"writing from nowhere":                     {"POST", nil, 403},
		"writing from a sandbox":                   {"POST", map[string]string{"Origin": "null"}, 403},
		"another site's word against the browsers": {"POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://example.com"}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			request := call{method: c.method, path: "/v1/cards/" + w.shop.card, header: map[string]string{"Cookie": "leima_session=" + w.shop.token["cashier"]}}
			if c.method == "POST" {
				request.path, request.body = "/v1/scans", w.shop.fill(`{"code":"{code}"}`)
			}
			for k, v := range c.header {
				request.header[k] = v
			}
			if a := w.want(w.do(request), c.status); c.status == 403 && a.text("code") != "cross_site_request" {
				t.Errorf("answer %s", a.body)
			}
		})
	}
}

func TestSessionsEnd(t *testing.T) {
	w := newWorld(t)
	w.clock.Add((1001 * time.Hour).Milliseconds())
	w.want(w.do(call{"GET", "/v1/me", w.shop.token["owner"], "", nil}), 401)
	w.want(w.do(call{"GET", "/v1/me", w.shop.token["full key"], "", nil}), 200)
}

func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	w := newWorld(t)
	version := map[string]string{"If-Match": `"1"`}
	staff := func(role string) string { return "/v1/staff/" + w.shop.staff[role] }
	before := w.dump()
	for name, c := range map[string]struct {
		call
		status int
	}{
		"a manager makes an owner":           {call{"POST", "/v1/staff", w.shop.token["manager"], `{"name":"X","role":"owner"}`, nil}, 403},
		"a manager becomes an owner":         {call{"PATCH", staff("manager"), w.shop.token["manager"], `{"role":"owner"}`, version}, 403},
		"a manager promotes a cashier":       {call{"PATCH", staff("cashier"), w.shop.token["manager"], `{"role":"owner"}`, version}, 403},
		"a manager shuts the owner out":      {call{"PATCH", staff("owner"), w.shop.token["manager"], `{"active":false}`, version}, 403},
		"a manager sets the owner's PIN":     {call{"PUT", staff("owner") + "/pin", w.shop.token["manager"], `{"pin":"482915"}`, nil}, 403},
		"an owner shuts themselves out":      {call{"PATCH", staff("owner"), w.shop.token["owner"], `{"active":false}`, version}, 403},
		"an owner demotes themselves":        {call{"PATCH", staff("owner"), w.shop.token["owner"], `{"role":"cashier"}`, version}, 403},
		"a key that makes keys":              {call{"POST", "/v1/api-keys", w.shop.token["owner"], `{"name":"X","scopes":["api_keys:write"]}`, nil}, 400},
		"a key that stands at a till":        {call{"POST", "/v1/api-keys", w.shop.token["owner"], `{"name":"X","scopes":["scans:phone"]}`, nil}, 400},
		"a key with a scope that is not one": {call{"POST", "/v1/api-keys", w.shop.token["owner"], `{"name":"X","scopes":["all:things"]}`, nil}, 400},
		"somebody for another's branch": {
			call{"POST", "/v1/staff", w.shop.token["owner"], w.other.fill(`{"name":"X","role":"cashier","location_id":"{location_id}"}`), nil}, 404,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.want(w.do(c.call), c.status)
		})
	}
	if w.dump() != before {
		t.Error("something was changed")
	}
}

// Somebody who runs one branch makes nobody who could do the same at others, themselves
// least of all.
func TestAManagerOfABranchManagesItsStaff(t *testing.T) {
	w := newWorld(t)
	owner, manager := w.shop.token["owner"], w.shop.token["manager"]
	version := func(n int) map[string]string { return map[string]string{"If-Match": fmt.Sprintf(`"%d"`, n)} }
	staff := func(role string) string { return "/v1/staff/" + w.shop.staff[role] }
	at := func(location string) string { return fmt.Sprintf(`{"location_id":%q}`, location) }
	w.want(w.do(call{"PATCH", staff("manager"), owner, at(w.shop.branch), version(1)}), 200)
	w.want(w.do(call{"PATCH", staff("cashier"), owner, at(w.shop.location), version(2)}), 200) // with a PIN since the first
	before := w.dump()
	for name, c := range map[string]call{
		"goes to every branch":        {"PATCH", staff("manager"), manager, `{"location_id":null}`, version(2)},
		"goes to another":             {"PATCH", staff("manager"), manager, at(w.shop.location), version(2)},
		"adds somebody at another":    {"POST", "/v1/staff", manager, w.shop.fill(`{"name":"X","role":"manager","location_id":"{location_id}"}`), nil},
		"changes somebody at another": {"PATCH", staff("cashier"), manager, `{"name":"X"}`, version(3)},
		"calls somebody over":         {"PATCH", staff("cashier"), manager, at(w.shop.branch), version(3)},
		"sets a PIN at another":       {"PUT", staff("cashier") + "/pin", manager, `{"pin":"482916"}`, nil},
		"changes somebody of all":     {"PATCH", staff("marketer"), manager, `{"name":"X"}`, version(1)},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.want(w.do(c), 403)
		})
	}
	if w.dump() != before {
		t.Error("something was changed")
	}
	added := w.want(w.do(call{"POST", "/v1/staff", manager, `{"name":"Aino","role":"manager"}`, nil}), 201)
	if added.text("location_id") != w.shop.branch {
		t.Errorf("works at %s", added.body)
	}
	w.want(w.do(call{"PUT", "/v1/staff/" + added.text("id") + "/pin", manager, `{"pin":"482916"}`, nil}), 204)
	w.want(w.do(call{"PATCH", staff("manager"), manager, `{"name":"Anna"}`, version(2)}), 200)
	if a := w.do(call{"PATCH", staff("owner"), owner, at(w.shop.branch), version(1)}); a.status != 403 {
		t.Errorf("an owner tied themselves to a branch, which nobody may undo: %s", a.body)
	}
}

// stamped is when a line of the log was written, as slog writes it.
var stamped = regexp.MustCompile(`(?m)^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)",`)

// logged returns what the log says but for when it said it and of which organization:
// in nanoseconds and in ids, digits that look like a PIN stand by chance.
func (w *world) logged() string {
	w.t.Helper()
	log := w.log.String()
	if lines, times := strings.Count(log, "\n"), len(stamped.FindAllString(log, -1)); lines == 0 || times != lines {
		w.t.Fatalf("%d lines of the log begin with a time, of %d", times, lines)
	}
	return strings.NewReplacer(w.shop.org.ID, "the shop", w.other.org.ID, "the other").Replace(stamped.ReplaceAllString(log, "{"))
}

func TestWhatTheLogTells(t *testing.T) {
	w := newWorld(t)
	w.log.Reset()
	for _, op := range operations(t) {
		w.do(op.call(w.shop, w.shop.token[op.holder]))
		w.do(call{op.method, w.shop.fill(op.template), w.shop.token["owner"], `{"broken`, nil})
	}
	w.want(w.do(call{"GET", "/v1/customers?query=Korhonen", w.shop.token["owner"], "", nil}), 200)
	log := w.logged()
	for name, s := range map[string]string{
		"a token": w.shop.token["owner"][8:], "another token": w.shop.token["full key"][8:], "a phone number": "401112233",
		"an address": "example.org", "a name": "Korhonen", "a PIN": "482915", "a card's code": w.shop.code, "a card's link": w.shop.link,
	} {
		for line := range strings.Lines(log) {
			if strings.Contains(line, s) {
				t.Errorf("the log holds %s: %s", name, line)
			}
		}
	}
	for _, s := range []string{`"route":"/v1/cards/:card_id"`, `"status":200`, `"problem":"invalid_json"`, `"request_id"`, `"principal":"api_key"`, `"org_id":"the shop"`} {
		if !strings.Contains(log, s) {
			t.Errorf("the log does not hold %s", s)
		}
	}
}
