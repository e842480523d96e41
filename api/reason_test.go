package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsWrongHasANameAndItsNumbers: whoever says it in another language than English
// goes by these.
func TestWhatIsWrongHasANameAndItsNumbers(t *testing.T) {
	w := newWorld(t)
	program := programBody("")
	with := func(part, other string) string { return strings.Replace(program, part, other, 1) }
	const settings = "/v1/organization"
	for name, c := range map[string]struct {
		path, body, field, reason string
		params                    any
	}{
		"too large a card":       {"", with(`"goal":8`, `"goal":201`), "goal", "maximum", map[string]any{"max": "200"}},
		"too small a card":       {"", with(`"goal":8`, `"goal":1`), "goal", "minimum", map[string]any{"min": "2"}},
		"more welcome than card": {"", with(`"welcome_stamps":1`, `"welcome_stamps":9`), "welcome_stamps", "range", map[string]any{"min": "0", "max": "8"}},
		"a milestone at the end": {"", with(`"at":4`, `"at":8`), "rewards[1].at", "range", map[string]any{"min": "1", "max": "7"}},
		"two at one stamp": {
			"", with(`"at":4`, `"at":4,"name":{"en":"Tea"}},{"kind":"milestone","at":4`), "rewards[2].at", "twice", nil,
		},
		"no main reward":         {"", with(`"kind":"main"`, `"kind":"welcome"`), "rewards", "one_main_reward", nil},
		"an empty name":          {"", with(`"en":"Card"`, `"en":" "`), "name", "required", nil},
		"an end before":          {"", with(`"2030-01-01T00:00:00Z"`, `"2025-01-01T00:00:00Z"`), "ends_at", "before_start", nil},
		"too long a cool-down":   {"", with(`"cool_down_seconds":60`, `"cool_down_seconds":2678401`), "limits.cool_down_seconds", "maximum", map[string]any{"max": "2678400"}},
		"no instant":             {"", with(`"2030-01-01T00:00:00Z"`, `"tomorrow"`), "ends_at", "instant", nil},
		"too long a validity":    {"", with(`"P6M"`, `"P121M"`), "rewards[0].valid_for", "period", map[string]any{"months": "120", "days": "3660"}},
		"a limit below zero":     {"", with(`"max_per_scan":5`, `"max_per_scan":-1`), "limits.max_per_scan", "minimum", map[string]any{"min": "0"}},
		"a member of no use":     {"", with(`"goal":8`, `"goal":8,"gaol":1`), "gaol", "unknown", nil},
		"another kind of value":  {"", with(`"goal":8`, `"goal":"8"`), "goal", "type", nil},
		"white space":            {settings, `{"name":" Leimala"}`, "name", "white_space", nil},
		"a place of no clock":    {settings, `{"zone":"Europe/Leimala"}`, "zone", "zone", nil},
		"no address":             {settings, `{"brand":{"texts":{"fi":{"terms_url":"leimala"}}}}`, "brand.texts.fi.terms_url", "address", nil},
		"a name in one language": {"", with(`"en":"Card"`, `"en":"Card","sv":" Kort"`), "name.sv", "white_space", nil},
		"no phone number":        {"/v1/programs/" + w.shop.program + "/cards", `{"first_name":"A","phone":"12"}`, "phone", "phone", nil},
		"no contact":             {"/v1/programs/" + w.shop.program + "/cards", `{"last_name":" "}`, "phone", "contact_missing", nil},
		"no place":               {"/v1/locations", `{"name":"Pole","coordinates":{"latitude":"90.1","longitude":"0"}}`, "coordinates.latitude", "range", map[string]any{"min": "-90", "max": "90"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := call{method: "POST", path: c.path, token: w.shop.token["owner"], body: c.body}
			switch c.path {
			case "":
				r.path = "/v1/programs"
			case settings:
				r.method, r.header = "PATCH", map[string]string{"If-Match": `"1"`}
			}
			a := w.in(t).want(w.in(t).do(r), 400)
			if a.text("field") != c.field || a.text("reason") != c.reason {
				t.Errorf("%q of %q, want %q of %q: %s", a.text("reason"), a.text("field"), c.reason, c.field, a.body)
			}
			if diff := cmp.Diff(c.params, a.get("params")); diff != "" {
				t.Errorf("params (-want +got):\n%s", diff)
			}
		})
	}
	a := w.do(call{"PUT", "/v1/organization/logo", w.shop.token["owner"], "<svg/>", map[string]string{"Content-Type": "image/png"}})
	if a.text("field") != "logo" || a.text("reason") != "picture_kind" {
		t.Errorf("an SVG: %s", a.body)
	}
}
