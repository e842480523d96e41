package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// triedCard is a program of five whose reward is good for a week, with what a trial
// asks of it.
func triedCard(at string, steps ...string) string {
	return `{"program":{"name":{"en":"Card"},"status":"draft","goal":5,"limits":{"max_per_scan":5,"cool_down_seconds":60},` +
		`"rewards":[{"kind":"main","id":"rew_01k3sa0z2efcrstmhzda61w2v1","name":{"en":"5 € off"},"valid_for":"P7D"},{"kind":"milestone","at":2,"name":{"en":"Balm"}}]},` +
		`"at":"` + at + `","steps":[` + strings.Join(steps, ",") + `]}`
}

func TestAProgramIsTriedOutAndNothingIsKept(t *testing.T) {
	w := newWorld(t)
	before := w.dump()
	a := w.want(w.do(call{
		method: "POST", path: "/v1/programs/try-out", token: w.shop.token["manager"],
		header: map[string]string{"Accept-Language": "en"},
		body: triedCard("2026-03-20T08:00:00Z",
			`{"kind":"stamp","quantity":5,"at":"2026-03-02T08:00:00Z"}`,
			`{"kind":"stamp","quantity":3,"at":"2026-03-02T08:00:30Z"}`,
			`{"kind":"stamp","quantity":3,"at":"2026-03-02T09:00:00Z"}`,
			`{"kind":"reverse","step":3,"at":"2026-03-02T09:00:05Z"}`,
			`{"kind":"redeem","coupon":1,"at":"2026-03-03T08:00:00Z"}`,
			`{"kind":"redeem","coupon":1,"at":"2026-03-03T08:01:00Z"}`,
			`{"kind":"reverse","step":2,"at":"2026-03-03T08:02:00Z"}`),
	}), 200)
	type row struct{ balance, refusal any }
	var got []row
	for i := range 7 {
		step := fmt.Sprintf("steps.%d.", i)
		got = append(got, row{a.get(step + "entries.0.balance_after"), a.get(step + "refusal.code")})
	}
	want := []row{{0.0, nil}, {nil, "cool_down"}, {3.0, nil}, {0.0, nil}, {0.0, nil}, {nil, "coupon_redeemed"}, {nil, "not_reversible"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	statuses := []any{}
	for i := range 4 {
		statuses = append(statuses, a.get(fmt.Sprintf("coupons.%d.status", i)))
	}
	// The milestone of the first card was used, the main reward's week is over, and the
	// second card's milestone went back with its stamps.
	if diff := cmp.Diff([]any{"redeemed", "expired", "reversed", nil}, statuses); diff != "" {
		t.Errorf("coupons (-want +got):\n%s", diff)
	}
	if got := a.text("coupons.1.expires_at"); got != "2026-03-09T22:00:00Z" {
		t.Errorf("the coupon expires at %s, want the end of the day in Helsinki", got)
	}
	if a.get("card.balance") != 0.0 || a.get("card.cards_filled") != 1.0 || a.get("refusal") != nil || a.get("next_reward.missing") != 2.0 {
		t.Errorf("in the end: %s", a.body)
	}
	if got := []any{a.get("limits.0.code"), a.get("limits.0.staff_message"), a.get("limits.1.code"), a.get("limits.2")}; !cmp.Equal(got,
		[]any{"scan_limit_reached", "At most 5 stamps can be given at once.", "cool_down", nil}) {
		t.Errorf("limits say %v", got)
	}
	if w.dump() != before {
		t.Error("something was kept")
	}
}

func TestATryOutNamesWhatIsWrongWithIt(t *testing.T) {
	w := newWorld(t)
	const at, early = "2026-03-02T08:00:00Z", "2026-03-02T07:00:00Z"
	stamp := func(n int, at string) string { return fmt.Sprintf(`{"kind":"stamp","quantity":%d,"at":%q}`, n, at) }
	many := make([]string, 11)
	for i := range many {
		many[i] = stamp(91, at)
	}
	for name, c := range map[string]struct{ field, reason, body string }{
		"no quantity":                {"steps[0].quantity", "required", triedCard(at, `{"kind":"stamp","at":"`+at+`"}`)},
		"a coupon of a stamp":        {"steps[0].coupon", "unknown", triedCard(at, `{"kind":"stamp","quantity":1,"coupon":1,"at":"`+at+`"}`)},
		"a step that is to come":     {"steps[0].step", "maximum", triedCard(at, `{"kind":"reverse","step":1,"at":"`+at+`"}`)},
		"time that goes back":        {"steps[1].at", "out_of_order", triedCard(at, stamp(1, at), stamp(1, early))},
		"an end before the last":     {"at", "out_of_order", triedCard(early, stamp(1, at))},
		"too many stamps":            {"steps[10].quantity", "maximum", triedCard(at, many...)},
		"an instant without a year":  {"steps[0].at", "range", triedCard(at, stamp(1, "9999-03-02T08:00:00Z"))},
		"an end without a year":      {"at", "range", triedCard("9999-12-31T23:00:00Z")},
		"a program that is not one":  {"program.rewards[1].at", "range", strings.Replace(triedCard(at), `"at":2`, `"at":5`, 1)},
		"a period that is not one":   {"program.rewards[0].valid_for", "period", strings.Replace(triedCard(at), `P7D`, `P9999D`, 1)},
		"a name that cannot be read": {"program.name.en", "white_space", strings.Replace(triedCard(at), `"Card"`, `" Card"`, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.in(t).do(call{method: "POST", path: "/v1/programs/try-out", token: w.shop.token["manager"], body: c.body})
			if a.status != 400 || a.text("field") != c.field || a.text("reason") != c.reason {
				t.Errorf("%d about %q (%q), want 400 about %q (%q): %s", a.status, a.text("field"), a.text("reason"), c.field, c.reason, a.body)
			}
		})
	}
}
