package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
	"pgregory.net/rapid"
)

// loaded are the operations of the contract.
var loaded = sync.OnceValue(func() []*operation {
	all, err := loadOperations()
	if err != nil {
		panic(err)
	}
	return all
})

// plainOperations are those whose bodies plainBody can accept.
func plainOperations() []*operation {
	var plain []*operation
	for _, op := range loaded() {
		if op.plainBody != nil {
			plain = append(plain, op)
		}
	}
	return plain
}

func TestTheBusyOperationsArePlain(t *testing.T) {
	ids := map[string]*operation{}
	for _, op := range loaded() {
		ids[op.id] = op
	}
	for _, id := range []string{"createStamp", "createScan", "redeemCoupon", "reverseEntry", "adjustCard", "createTillSession"} {
		op := ids[id]
		if op.plainBody == nil || op.plainParameters == nil {
			t.Errorf("%s is left to the library", id)
			continue
		}
		for _, m := range op.plainBody.members {
			if m.kind == plainUnknown {
				t.Errorf("%s: a body with %s is left to the library", id, m.name)
			}
		}
	}
}

func TestPlainBodiesThatAreAccepted(t *testing.T) {
	var stamps *plainBody
	for _, op := range loaded() {
		if op.id == "createStamp" {
			stamps = op.plainBody
		}
	}
	const card, place = `"card_id":"card_01k3sa0z2efcrstmhzda61w2vf"`, `"location_id":"loc_01k3sa0z2efcrstmhzda61w2tc"`
	for body, accepted := range map[string]bool{
		`{` + card + `,"quantity":1,` + place + `}`:                             true,
		" {\n\t" + card + " ,\r\n \"quantity\" : 100 , " + place + " } \n":      true,
		`{"quantity":1,` + place + `,"code":"x","external_ref":"~ !"}`:          true,
		`{"quantity":1,` + place + `,"at":"2026-03-02T06:59:00.123+02:00"}`:     true,
		`{"quantity":1,` + place + `}x`:                                         false,
		`{"quantity":1,` + place + `,}`:                                         false,
		`{"quantity":1,"quantity":1,` + place + `}`:                             false,
		`{"quantity":0,` + place + `}`:                                          false,
		`{"quantity":101,` + place + `}`:                                        false,
		`{"quantity":01,` + place + `}`:                                         false,
		`{"quantity":1.0,` + place + `}`:                                        false,
		`{"quantity":-1,` + place + `}`:                                         false,
		`{"quantity":1}`:                                                        false,
		`{` + place + `}`:                                                       false,
		`{"quantity":1,` + place + `,"at":"2026-02-30T06:59:00Z"}`:              false,
		`{"quantity":1,` + place + `,"at":"2026-03-02t06:59:00Z"}`:              false,
		`{"quantity":1,` + place + `,"code":""}`:                                false,
		`{"quantity":1,` + place + `,"code":null}`:                              false,
		`{"quantity":1,` + place + `,"code":"\u0041"}`:                          false,
		`{"quantity":1,` + place + `,"code":"Ä"}`:                               false,
		"{\"quantity\":1," + place + ",\"code\":\"a\nb\"}":                      false,
		`{"quantity":1,` + place + `,"code":"` + strings.Repeat("x", 65) + `"}`: false,
		`{"quantity":1,` + place + `,"more":1}`:                                 false,
		`{"quantity":1,"location_id":"loc_81k3sa0z2efcrstmhzda61w2tc"}`:         false,
		`{"quantity":1,` + place + `` + strings.Repeat(" ", maxPlainBody) + `}`: false,
		`[{"quantity":1,` + place + `}]`:                                        false,
		``:                                                                      false, `{`: false, `{"`: false, `{"quantity`: false, `{"quantity":`: false, `{}`: false,
	} {
		if got := stamps.read(body, new(plainMembers)); got != accepted {
			t.Errorf("read(%.100s) = %v", body, got)
		}
	}
}

// checkPlainBody fails if plainBody accepts what the library does not, or reads other
// members than encoding/json.
func checkPlainBody(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, op *operation, body string,
) (accepted bool) {
	t.Helper()
	var m plainMembers
	if !op.plainBody.read(body, &m) {
		return false
	}
	value, err := decodeJSON([]byte(body))
	if err != nil {
		t.Fatalf("%s: %q is accepted, but the decoder says %v", op.id, body, err)
	}
	if err := op.body.VisitJSON(value, openapi3.VisitAsRequest(), instantFormat); err != nil {
		t.Fatalf("%s: %q is accepted, but the library says %v", op.id, body, err)
	}
	want, _ := value.(map[string]any)
	for i, member := range op.plainBody.members {
		v, there := want[member.name]
		if there != (m.there&(1<<i) != 0) {
			t.Fatalf("%s: %q: is %s there? %v", op.id, body, member.name, !there)
		}
		if !there {
			continue
		}
		if fmt.Sprint(v) != m.text(i) {
			t.Fatalf("%s: %q: %s is read as %q", op.id, body, member.name, m.text(i))
		}
		if at := m.instant(i); member.kind == plainInstant {
			var strict time.Time
			if err := json.Unmarshal([]byte(`"`+m.text(i)+`"`), &strict); err != nil || !strict.Equal(*at) {
				t.Fatalf("%s: %q: encoding/json reads %s as %v, %v", op.id, body, member.name, strict, err)
			}
		}
		if n, isNumber := v.(json.Number); isNumber {
			if exact, err := n.Int64(); err != nil || exact != int64(m.integer(i)) {
				t.Fatalf("%s: %q: %s is read as %d", op.id, body, member.name, m.integer(i))
			}
		}
	}
	return true
}

// TestWhatIsPlainIsRightForTheLibrary makes bodies of every operation of which some
// members are right and some nearly so.
func TestWhatIsPlainIsRightForTheLibrary(t *testing.T) {
	plain := plainOperations()
	accepted := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		for _, op := range plain {
			if body := drawBody(t, op.body); checkPlainBody(t, op, body) {
				accepted[op.id]++
			}
		}
	})
	for _, id := range []string{"createStamp", "createScan", "redeemCoupon"} {
		if accepted[id] == 0 {
			t.Errorf("no body of %s was accepted: %v", id, accepted)
		}
	}
	t.Logf("accepted: %v", accepted)
}

// drawBody draws an object with the members of the schema, mostly those required, and
// now and then something that does not belong.
func drawBody(t *rapid.T, s *openapi3.Schema) string {
	space := func() string {
		return rapid.SampledFrom([]string{"", "", "", " ", "\n", "\t \r\n"}).Draw(t, "space")
	}
	rarely := func(what string) bool { return rapid.IntRange(0, 19).Draw(t, what) == 19 }
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		times := rapid.IntRange(0, 1).Draw(t, "times")
		if slices.Contains(s.Required, name) && !rarely("left out") {
			times = 1
		}
		if rarely("twice") {
			times = 2
		}
		for range times {
			parts = append(parts, fmt.Sprintf("%s%q%s:%s%s%s", space(), name, space(), space(), drawValue(t, s.Properties[name].Value), space()))
		}
	}
	if rarely("unknown") {
		parts = append(parts, `"nonsense":1`)
	}
	parts = rapid.Permutation(parts).Draw(t, "order")
	return space() + "{" + strings.Join(parts, ",") + "}" + space()
}

// drawValue draws a value that is right in most cases, and else just beside it.
func drawValue(t *rapid.T, s *openapi3.Schema) string {
	odd := []string{
		"null", "true", "false", "0", "-0", "00", "-1", "1.0", "1e2", "9999999999", `""`, `"x"`, `"\u0041"`, "\"a\\\"b\"", `"ä"`, `"` + "\x7f" + `"`,
		"\"\x01\"", `"` + "\u202e" + `"`, "{}", "[]", `"2026-02-30T10:00:00Z"`, `"2026-03-02T10:00:00"`, `"2026-03-02T24:00:00Z"`, `"2026-03-02T1:00:00Z"`,
		`"2026-03-02T10:00:00,5Z"`, `"` + strings.Repeat("x", 201) + `"`,
	}
	if rapid.IntRange(0, 19).Draw(t, "odd") == 19 {
		return rapid.SampledFrom(odd).Draw(t, "value")
	}
	switch {
	case s.Type.Is("integer"):
		return fmt.Sprint(rapid.IntRange(int(*s.Min), int(min(*s.Max, 1e8))+1).Draw(t, "integer"))
	case s.Type.Is("boolean"):
		return fmt.Sprint(rapid.Bool().Draw(t, "boolean"))
	case s.Enum != nil:
		return fmt.Sprintf("%q", rapid.SampledFrom(s.Enum).Draw(t, "choice"))
	case s.Format == "date-time":
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "instant"), rapid.Int64Range(0, 1e9-1).Draw(t, "nano"))
		zone := time.FixedZone("", rapid.IntRange(-20, 20).Draw(t, "zone")*1800)
		return `"` + at.In(zone).Format(rapid.SampledFrom([]string{time.RFC3339, time.RFC3339Nano}).Draw(t, "form")) + `"`
	case s.Pattern != "":
		return fmt.Sprintf("%q", rapid.StringMatching(s.Pattern).Draw(t, "pattern"))
	case s.Type.Is("string"):
		return fmt.Sprintf("%q", rapid.StringMatching(`[ !#-Z^-~]{1,70}`).Draw(t, "text"))
	}
	return "{}"
}

// FuzzPlainBodies holds plainBody to its promise for whatever somebody sends.
func FuzzPlainBodies(f *testing.F) {
	plain := plainOperations()
	for i, op := range plain {
		for _, m := range op.plainBody.members {
			example, err := json.Marshal(op.body.Properties[m.name].Value.Example)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(i, fmt.Sprintf(`{%q:%s}`, m.name, example))
		}
	}
	f.Add(0, `{"name":"x"}`)
	for i, op := range plain {
		switch op.id {
		case "createStamp":
			f.Add(i, stampBody)
			f.Add(i, `{"code":"1234567897","quantity":100,"location_id":"loc_01k3sa0z2efcrstmhzda61w2tc","at":"2026-03-02T06:59:00.5+02:00"}`)
		case "createScan":
			f.Add(i, scanBody)
		}
	}
	f.Fuzz(func(t *testing.T, which int, body string) {
		if which >= 0 {
			checkPlainBody(t, plain[which%len(plain)], body)
		}
	})
}

// FuzzPlainPatterns compares the patterns of the contract, and others, with package
// regexp.
func FuzzPlainPatterns(f *testing.F) {
	for _, p := range []string{
		"^card_[0-7][0-9a-hjkmnp-tv-z]{25}$", "^[ -~]+$", "^[A-Z]{2}$", "^a*b?c{2,3}$", "^[a-z_]+:[a-z]+$", "^(ab)+$", "^a|b$", "(?i)^a$", "^ä$", "^.$", "^a{2,}$",
		"^[^a]$", `^\d+$`, "^$", "a", "^a*a$",
	} {
		f.Add(p, "aa")
		f.Add(p, "card_01k3sa0z2efcrstmhzda61w2vf")
		f.Add(p, "stamps:write")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, ok := compilePlainPattern(pattern)
		if !ok || !p.matches(text) {
			return
		}
		if p == nil || !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("%q is said to match %q", text, pattern)
		}
	})
}

func TestPlainPatternsMatchWhatTheyAreFor(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		compiles      bool
		matches       bool
	}{
		{"^card_[0-7][0-9a-hjkmnp-tv-z]{25}$", "card_01k3sa0z2efcrstmhzda61w2vf", true, true},
		{"^card_[0-7][0-9a-hjkmnp-tv-z]{25}$", "card_81k3sa0z2efcrstmhzda61w2vf", true, false},
		{"^card_[0-7][0-9a-hjkmnp-tv-z]{25}$", "card_01k3sa0z2efcrstmhzda61w2vff", true, false},
		{"^card_[0-7][0-9a-hjkmnp-tv-z]{25}$", "card_01k3sa0z2efcrstmhzda61w2v", true, false},
		{"^[ -~]+$", "till-1:20260301-0042", true, true},
		{"^[ -~]+$", "", true, false},
		{"^[a-z_]+:[a-z]+$", "stamps:write", true, true},
		{"^a?b*$", "abb", true, true},
		{"^a?b*$", "aabb", true, false},
		{"^a|b$", "a", false, false},
		{"^(a)$", "a", false, false},
		{"[a]", "a", false, false},
		{"^(?i)a$", "a", false, false},
	} {
		p, ok := compilePlainPattern(c.pattern)
		if ok != c.compiles || ok && p.matches(c.text) != c.matches {
			t.Errorf("%s on %q: compiles %v, matches %v", c.pattern, c.text, ok, ok && p.matches(c.text))
		}
	}
}

// TestPlainParametersAreRightForTheLibrary makes parameters for every operation, some
// right and some not.
func TestPlainParametersAreRightForTheLibrary(t *testing.T) {
	e := echo.New()
	texts := []string{
		"", "k", "till-1:20260301-0042", strings.Repeat("k", 255), strings.Repeat("k", 256), "ä", "a,b", "a b", "%41", "leima:x", `"3"`, `W/"3"`, "*", "a\tb", "1", "-1", "true", "[1]", "{}", `"`,
	}
	tried, accepted := 0, 0
	for _, op := range loaded() {
		if op.plainParameters == nil || len(op.parameters) == 0 {
			continue
		}
		values := slices.Clone(texts)
		for _, p := range op.parameters {
			if x, ok := p.Value.Schema.Value.Example.(string); ok {
				values = append(values, x, x+"x", strings.ToUpper(x))
			}
		}
		for _, value := range values {
			for _, twice := range []bool{false, true} {
				r := httptest.NewRequestWithContext(t.Context(), op.method, "/", nil)
				c := e.NewContext(r, httptest.NewRecorder())
				for _, p := range op.parameters {
					switch p.Value.In {
					case openapi3.ParameterInPath:
						c.SetParamNames(p.Value.Name)
						c.SetParamValues(value)
					case openapi3.ParameterInHeader:
						r.Header.Add(p.Value.Name, value)
						if twice {
							r.Header.Add(p.Value.Name, value)
						}
					}
				}
				tried++
				if !op.plainParameters.accept(c) {
					continue
				}
				accepted++
				if err := op.validateParameters(c); err != nil {
					t.Errorf("%s: %q is accepted, but the library says %v", op.id, value, err)
				}
			}
		}
	}
	if accepted == 0 || accepted == tried {
		t.Errorf("%d of %d were accepted", accepted, tried)
	}
}

// TestAPlainRequestIsHandledAsAnyOther sends the same requests to an API that handles
// them directly and to one that does not, and compares what they ask of the ledger and
// what they answer.
func TestAPlainRequestIsHandledAsAnyOther(t *testing.T) {
	direct, generated := newRecorded(t, true), newRecorded(t, false)
	var stamps, scans *operation
	for _, op := range loaded() {
		switch op.id {
		case "createStamp":
			stamps = op
		case "createScan":
			scans = op
		}
	}
	answered := map[int]int{}
	ask := func(t *rapid.T) {
		path, op := "/v1/stamps", stamps
		if rapid.Bool().Draw(t, "scan") {
			path, op = "/v1/scans", scans
		}
		body := drawBody(t, op.body)
		header := map[string]string{
			"Content-Type":    rapid.SampledFrom([]string{"application/json", "application/json", "application/json; charset=utf-8", "text/plain"}).Draw(t, "type"),
			"Idempotency-Key": rapid.SampledFrom([]string{"k", "till-1:2", "a,b", "leima:x", ""}).Draw(t, "key"),
			"X-Request-Id":    "one",
		}
		gotCode, gotHeader, gotBody := direct.send(path, body, header)
		wantCode, wantHeader, wantBody := generated.send(path, body, header)
		answered[gotCode]++
		if gotCode != wantCode || gotBody != wantBody {
			t.Fatalf("directly %d %s, otherwise %d %s", gotCode, gotBody, wantCode, wantBody)
		}
		if diff := cmp.Diff(wantHeader, gotHeader); diff != "" {
			t.Fatalf("headers (-otherwise +directly):\n%s", diff)
		}
		if !reflect.DeepEqual(generated.asked, direct.asked) {
			t.Fatalf("directly it asked %+v, otherwise %+v", direct.asked, generated.asked)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			ask(t)
		}
	})
	for _, status := range []int{200, 201, 400, 404, 409, 415, 503} {
		if answered[status] == 0 {
			t.Errorf("no answer with status %d: %v", status, answered)
		}
	}
}
