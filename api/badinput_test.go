package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// wrong is a value that a member of a body must not have.
type wrong struct {
	what  string
	value any
	// below is what the field of the problem has after the member's own name, for a
	// value that is wrong further inside.
	below string
}

// wrongValues makes values that the schema does not take.
func wrongValues(s *openapi3.Schema, good any) []wrong {
	all := []wrong{{"an object of the wrong kind", map[string]any{"nonsense": 1}, "*"}}
	if !s.Nullable {
		all = append(all, wrong{"null", nil, ""})
	}
	switch {
	case s.Type.Is("string"):
		all = append(all, wrongStrings(s)...)
	case s.Type.Is("integer"):
		all = append(all, wrong{"a string", "1", ""}, wrong{"a fraction", 1.5, ""}, wrong{"true", true, ""}, wrong{"a list", []any{}, ""},
			wrong{"below the least", *s.Min - 1, ""}, wrong{"above the most", *s.Max + 1, ""}, wrong{"a thousand million", 1e9, ""},
			wrong{"a point", json.RawMessage("3.0"), ""}, wrong{"an exponent", json.RawMessage("3e0"), ""}, wrong{"beyond a float", json.RawMessage("1e400"), ""},
			wrong{"a number of 400 digits", json.RawMessage(strings.Repeat("9", 400)), ""})
	case s.Type.Is("boolean"):
		all = append(all, wrong{"a string", "true", ""}, wrong{"a number", 1, ""})
	case s.Type.Is("array"):
		many := make([]any, *s.MaxItems+1)
		list, _ := good.([]any)
		for i := range many {
			many[i] = list[0]
		}
		all = append(all, wrong{"a string", "x", ""}, wrong{"too many", many, ""}, wrong{"a list of null", []any{nil}, "[0]"})
		if s.MinItems > 0 {
			all = append(all, wrong{"none", []any{}, ""})
		}
		for _, x := range wrongValues(s.Items.Value, list[0]) {
			all = append(all, wrong{"a list with " + x.what, []any{x.value}, "[0]" + x.below})
		}
	case s.Type.Is("object"):
		all = append(all, wrong{"a string", "x", ""}, wrong{"a list", []any{}, ""})
		if s.MinProps > 0 {
			all = append(all, wrong{"an empty object", map[string]any{}, ""})
		}
		object, _ := good.(map[string]any)
		for _, x := range wrongObjects(s, object) {
			x.below = "." + x.below
			all = append(all, x)
		}
	}
	return all
}

func wrongStrings(s *openapi3.Schema) []wrong {
	all := []wrong{
		{"a number", 5, ""},
		{"a list", []any{"x"}, ""},
		{"a NUL", "a\x00b", ""},
		{"an escape", "a\x1bb", ""},
		{"a right-to-left override", "a\u202eb", ""},
		{"a right-to-left mark", "a\u200fb", ""},
		{"a byte order mark", "\ufeffa", ""},
		{"100,000 characters", strings.Repeat("x", 60_000), ""},
	}
	if s.MinLength > 0 {
		all = append(all, wrong{"nothing", "", ""})
	}
	if s.Pattern != "" && s.Pattern != "^([A-Za-z0-9_+/-]+)?$" || s.Enum != nil || s.Format == "date-time" {
		all = append(all, wrong{"nonsense", "%%%", ""}, wrong{"a space behind", "A ", ""})
	}
	if strings.Contains(s.Pattern, "_[0-7]") {
		all = append(all, wrong{"an id of another kind", "xyz_01k3sa0z2efcrstmhzda61w2vf", ""})
	}
	if strings.HasPrefix(s.Pattern, "^card_") {
		all = append(all, wrong{"an id beyond 128 bits", "card_81k3sa0z2efcrstmhzda61w2vf", ""}, wrong{"capitals", "card_01K3SA0Z2EFCRSTMHZDA61W2VF", ""})
	}
	if s.Format == "date-time" {
		all = append(all, wrong{"a day", "2026-03-02", ""}, wrong{"30 February", "2026-02-30T10:00:00Z", ""}, wrong{"no zone", "2026-03-02T10:00:00", ""})
	}
	return all
}

// wrongObjects changes one member of a good object at a time.
func wrongObjects(s *openapi3.Schema, good map[string]any) []wrong {
	with := func(name string, value any) map[string]any {
		changed := maps.Clone(good)
		if changed == nil {
			changed = map[string]any{}
		}
		changed[name] = value
		return changed
	}
	all := []wrong{{"an unknown member", with("nonsense", 1), "nonsense"}}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		// Members that exclude each other are tried in other tests.
		if _, there := good[name]; !there && good["card_id"] != nil && name == "code" {
			continue
		}
		for _, x := range wrongValues(s.Properties[name].Value, good[name]) {
			all = append(all, wrong{name + ": " + x.what, with(name, x.value), name + x.below})
		}
	}
	for _, name := range s.Required {
		changed := maps.Clone(good)
		delete(changed, name)
		all = append(all, wrong{"without " + name, changed, name})
	}
	return all
}

// TestBadBodiesAreRefusedWithTheirField makes bad bodies for every operation from
// its schema.
func TestBadBodiesAreRefusedWithTheirField(t *testing.T) {
	w := newWorld(t)
	before := w.dump()
	tried := 0
	for _, op := range operations(t) {
		if op.o.RequestBody == nil || op.body == "multipart" || op.body == "picture" {
			continue
		}
		schema := op.o.RequestBody.Value.Content["application/json"].Schema.Value
		c := op.call(w.shop, w.shop.token[op.holder])
		var good map[string]any
		w.check(json.Unmarshal([]byte(c.body), &good))
		for _, x := range wrongObjects(schema, good) {
			c.body = string(must(json.Marshal(x.value)))
			a := w.do(c)
			tried++
			if a.status != 400 {
				t.Errorf("%s, %s: status %d: %s", op.id, x.what, a.status, a.body)
				continue
			}
			checkField(t, op.id+", "+x.what, x.below, a)
		}
		if w.dump() != before {
			t.Fatalf("%s: a bad body changed something", op.id)
		}
	}
	t.Logf("%d bad bodies", tried)
}

// checkField compares the field of a problem. In what is wanted, * stands for
// whatever is further inside.
func checkField(t *testing.T, what, want string, a answer) {
	t.Helper()
	if prefix, inside := strings.CutSuffix(want, "*"); inside {
		if !strings.HasPrefix(a.text("field"), strings.TrimSuffix(prefix, ".")) {
			t.Errorf("%s: field %q, want %q: %s", what, a.text("field"), want, a.body)
		}
		return
	}
	if a.text("field") != want {
		t.Errorf("%s: field %q, want %q: %s", what, a.text("field"), want, a.body)
	}
	if a.text("detail") == "" || strings.Contains(a.body, "%%%") || strings.Contains(a.body, "xxxxx") {
		t.Errorf("%s: the answer has no reason, or repeats what was sent: %.300s", what, a.body)
	}
}

// TestBrokenBodiesAreRefused sends every operation what is not the JSON it takes.
func TestBrokenBodiesAreRefused(t *testing.T) {
	w := newWorld(t)
	before := w.dump()
	for _, op := range operations(t) {
		if op.o.RequestBody == nil || op.body == "multipart" || op.body == "picture" {
			continue
		}
		c := op.call(w.shop, w.shop.token[op.holder])
		good := c.body
		for name, b := range map[string]struct {
			body, contentType string
			status            int
			code              string
		}{
			"half":              {good[:len(good)-1], "", 400, "invalid_json"},
			"more behind":       {good + "x", "", 400, "invalid_json"},
			"two values":        {good + good, "", 400, "invalid_json"},
			"a list":            {"[" + good + "]", "", 400, "validation_failed"},
			"null":              {"null", "", 400, "validation_failed"},
			"a string":          {`"x"`, "", 400, "validation_failed"},
			"a word":            {"undefined", "", 400, "invalid_json"},
			"a trailing comma":  {good[:len(good)-1] + ",}", "", 400, "invalid_json"},
			"a comment":         {"/* */" + good, "", 400, "invalid_json"},
			"not UTF-8":         {strings.Replace(good, `"`, "\"\xff", 1), "", 400, "invalid_json"},
			"a bad escape":      {`{"\x41":1}`, "", 400, "invalid_json"},
			"a control":         {"{\"a\x01\":1}", "", 400, "invalid_json"},
			"a member twice":    {twice(good), "", 400, "invalid_json"},
			"deep":              {`{"a":` + strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000) + "}", "", 400, "invalid_json"},
			"100 KB":            {strings.Repeat(" ", 100<<10) + good, "", 413, "body_too_large"},
			"10 MB":             {strings.Repeat(" ", 10<<20) + good, "", 413, "body_too_large"},
			"a form":            {good, "application/x-www-form-urlencoded", 415, "unsupported_media_type"},
			"another charset":   {good, "application/json; charset=latin1", 415, "unsupported_media_type"},
			"no type":           {good, "none", 415, "unsupported_media_type"},
			"a type with UTF-8": {"nonsense", "application/json; charset=UTF-8", 400, "invalid_json"},
		} {
			c.body = b.body
			c.header["Content-Type"] = b.contentType
			switch b.contentType {
			case "":
				c.header["Content-Type"] = "application/json"
			case "none":
				c.header["Content-Type"] = ""
			}
			if a := w.do(c); a.status != b.status || a.text("code") != b.code {
				t.Errorf("%s, %s: %d, want %d %s: %s", op.id, name, a.status, b.status, b.code, a.body)
			}
		}
		if !op.o.RequestBody.Value.Required {
			continue
		}
		c.body = ""
		if a := w.do(c); a.status != 400 {
			t.Errorf("%s without a body: %d %s", op.id, a.status, a.body)
		}
	}
	if w.dump() != before {
		t.Error("a broken body changed something")
	}
}

// twice repeats the first member of an object.
func twice(body string) string {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		panic(err)
	}
	for name, value := range object {
		return fmt.Sprintf(`%s,%q:%s}`, body[:len(body)-1], name, value)
	}
	return body
}

// TestBadParametersAreRefusedWithTheirName makes bad ids, queries and headers for
// every operation.
func TestBadParametersAreRefusedWithTheirName(t *testing.T) {
	w := newWorld(t)
	before := w.dump()
	for _, op := range operations(t) {
		item := document().Paths.Value(op.template)
		for _, p := range slices.Concat(item.Parameters, op.o.Parameters) {
			for _, value := range badParameters(p.Value) {
				c := op.call(w.shop, w.shop.token[op.holder])
				switch p.Value.In {
				case openapi3.ParameterInPath:
					c.path = w.shop.fill(strings.Replace(op.template, "{"+p.Value.Name+"}", value, 1))
				case openapi3.ParameterInQuery:
					c.path = withQuery(c.path, p.Value.Name, value)
				case openapi3.ParameterInHeader:
					c.header[p.Value.Name] = value
				}
				if a := w.do(c); a.status != 400 || a.text("field") != p.Value.Name {
					t.Errorf("%s with %s %.60q: %d %s", op.id, p.Value.Name, value, a.status, a.body)
				}
			}
		}
	}
	if w.dump() != before {
		t.Error("a bad parameter changed something")
	}
}

func badParameters(p *openapi3.Parameter) []string {
	long := strings.Repeat("x", 600)
	switch p.Name {
	case "limit":
		return []string{"0", "-1", "201", "1.5", "x", "", "1e1", "99999999999999999999", "1%00"}
	case "cursor":
		return []string{"", "a%20b", "%00", "a%FFb", "..%2F..", long}
	case "query":
		return []string{"", "%00", "%E2%80%AE", long}
	case "from", "to":
		return []string{"", "2026-3-1", "2026-02-30", "2026-03-01T00:00:00Z", "today", "%00", long}
	case "locale":
		return []string{"", "x", "tlh", "FI", "fi-FI", "%00", long}
	case "Idempotency-Key":
		return []string{strings.Repeat("k", 256), "ä", "a\tb"}
	case "If-Match":
		return []string{"1", `"x"`, "*", `"1", "2"`, `"99999999999999999999"`}
	}
	return []string{
		"x", "org_01k3sa0z2efcrstmhzda61w2t5", "01k3sa0z2efcrstmhzda61w2t5", "%00", "'%20OR%201=1--",
		strings.ReplaceAll(fmt.Sprint(p.Schema.Value.Example), "_0", "_8"), strings.ToUpper(fmt.Sprint(p.Schema.Value.Example)),
		fmt.Sprint(p.Schema.Value.Example) + "x", long,
	}
}

func TestRequiredHeadersAndOddCursors(t *testing.T) {
	w := newWorld(t)
	for _, op := range operations(t) {
		c := op.call(w.shop, w.shop.token[op.holder])
		if c.header["Idempotency-Key"] != "" {
			c.header["Idempotency-Key"] = ""
			if a := w.want(w.do(c), 400); a.text("code") != "idempotency_key_required" {
				t.Errorf("%s without a key: %s", op.id, a.body)
			}
		}
		if c.header["If-Match"] != "" {
			c.header["If-Match"] = ""
			w.want(w.do(c), 428)
			c.header["If-Match"] = `W/"77"`
			w.want(w.do(c), 412)
		}
		if op.o.Parameters.GetByInAndName("query", "cursor") != nil {
			for _, cursor := range []string{"bm9uc2Vuc2U", "AAAA", "YQBiAGMAZA"} {
				a := w.do(call{"GET", withQuery(c.path, "cursor", cursor), c.token, "", nil})
				if a.status != 200 && (a.status != 400 || a.text("field") != "cursor") {
					t.Errorf("%s with a made-up cursor: %d %s", op.id, a.status, a.body)
				}
			}
		}
	}
}

func TestWhatIsWrongWithAQueryIsSaid(t *testing.T) {
	w := newWorld(t)
	for typed, want := range map[string]string{
		"a%00b": "must not hold the character U+0000", "a%E2%80%AEb": "must not hold the character U+202E",
		"a%0Ab": "must be one line", "a%FFb": "must be UTF-8",
	} {
		a := w.want(w.do(call{"GET", "/v1/customers?query=" + typed, w.shop.token["manager"], "", nil}), 400)
		if a.text("field") != "query" || a.text("detail") != want {
			t.Errorf("%s: %s", typed, a.body)
		}
	}
}

func TestWhatTheContractCannotSay(t *testing.T) {
	w := newWorld(t)
	before := w.dump()
	stamp := func(body string) call {
		return call{"POST", "/v1/stamps", w.shop.token["till key"], w.shop.fill(body), map[string]string{"Idempotency-Key": "k"}}
	}
	join := func(body string) call {
		return call{"POST", "/v1/programs/" + w.shop.program + "/cards", w.shop.token["till key"], body, nil}
	}
	program := func(old, changed string) call {
		body := programBody("")
		if !strings.Contains(body, old) {
			t.Fatalf("the sample program has no %s", old)
		}
		return call{"POST", "/v1/programs", w.shop.token["owner"], strings.Replace(body, old, changed, 1), nil}
	}
	for name, c := range map[string]struct {
		call
		status int
		field  string
	}{
		"a stamp for no card":        {stamp(`{"quantity":1,"location_id":"{location_id}"}`), 400, "card_id"},
		"a stamp for two cards":      {stamp(`{"card_id":"{card_id}","code":"{code}","quantity":1,"location_id":"{location_id}"}`), 400, "code"},
		"a reference with two lines": {stamp(`{"card_id":"{card_id}","quantity":1,"location_id":"{location_id}","external_ref":"a\nb"}`), 400, "external_ref"},
		"a stamp from the future":    {stamp(`{"card_id":"{card_id}","quantity":1,"location_id":"{location_id}","at":"2026-03-03T00:00:00Z"}`), 409, "at"},
		"a stamp nowhere":            {stamp(`{"card_id":"{card_id}","quantity":1,"location_id":"loc_01k3sa0z2efcrstmhzda61w2tc"}`), 404, "location_id"},
		"an adjustment by nothing": {
			call{"POST", "/v1/cards/" + w.shop.card + "/adjustments", w.shop.token["owner"], `{"quantity":0,"reason":"x"}`, map[string]string{"Idempotency-Key": "k"}},
			400, "quantity",
		},
		"an adjustment below zero": {
			call{"POST", "/v1/cards/" + w.shop.card + "/adjustments", w.shop.token["owner"], `{"quantity":-4,"reason":"x"}`, map[string]string{"Idempotency-Key": "k"}},
			409, "quantity",
		},
		"joining without a contact":           {join(`{"first_name":" "}`), 400, "phone"},
		"a phone number of letters":           {join(`{"phone":"call me"}`), 400, "phone"},
		"a phone number too short":            {join(`{"phone":"+358 1"}`), 400, "phone"},
		"an address without a domain":         {join(`{"email":"a@b"}`), 400, "email"},
		"a name with two lines":               {join(`{"first_name":"A\nB","phone":"+358401112233"}`), 400, "first_name"},
		"a name too long in bytes":            {join(`{"first_name":"` + strings.Repeat("ä", 80) + `","phone":"+358401112233"}`), 400, "first_name"},
		"an unknown locale":                   {join(`{"phone":"+358401112233","locale":"tlh"}`), 400, "locale"},
		"a consent that is not asked":         {join(`{"phone":"+358401112233","consents":[{"text_id":"ctxt_01k3sa0z2efcrstmhzda61w2x7","granted":true}]}`), 400, "consents[0].text_id"},
		"a milestone beyond the card":         {program(`"at":4`, `"at":8`), 400, "rewards[1].at"},
		"two main rewards":                    {program(`"kind":"milestone","at":4`, `"kind":"main"`), 400, "rewards"},
		"a stamp for a main reward":           {program(`"kind":"main"`, `"kind":"main","at":3`), 400, "rewards[0].at"},
		"a reward's id made up":               {program(`"kind":"main"`, `"kind":"main","id":"rew_01k3sa0z2efcrstmhzda61w2v1"`), 400, "rewards[0].id"},
		"a validity of 200 months":            {program("P6M", "P200M"), 400, "rewards[0].valid_for"},
		"a validity of nothing":               {program("P6M", "P"), 400, "rewards[0].valid_for"},
		"more welcome stamps than fit":        {program(`"welcome_stamps":1`, `"welcome_stamps":9`), 400, "welcome_stamps"},
		"an end before the beginning":         {program("2030-01-01", "2025-01-01"), 400, "ends_at"},
		"a name with two lines in a language": {program(`"Kortti"`, `"Kor\ntti"`), 400, "name.fi"},
		"a zone that is not one":              {call{"POST", "/v1/locations", w.shop.token["owner"], `{"name":"X","zone":"Mars/Olympus"}`, nil}, 400, "zone"},
		"a zone of the server's":              {call{"POST", "/v1/locations", w.shop.token["owner"], `{"name":"X","zone":"Local"}`, nil}, 400, "zone"},
		"a reference in use":                  {call{"POST", "/v1/locations", w.shop.token["owner"], `{"name":"X","external_ref":"1"}`, nil}, 409, ""},
		"a name with spaces around":           {call{"POST", "/v1/locations", w.shop.token["owner"], `{"name":" X "}`, nil}, 400, "name"},
		"a consent of spaces":                 {call{"POST", "/v1/consent-texts", w.shop.token["owner"], `{"purpose":"x","text":{"en":"  "}}`, nil}, 400, "text.en"},
		"a decision made twice": {
			call{
				"POST", "/v1/customers/" + w.shop.customer + "/consents", w.shop.token["owner"],
				w.shop.fill(`{"decisions":[{"text_id":"{text_id}","granted":true},{"text_id":"{text_id}","granted":false}]}`), nil,
			},
			400, "decisions[1].text_id",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			if a := w.want(w.do(c.call), c.status); a.text("field") != c.field {
				t.Errorf("field %q, want %q: %s", a.text("field"), c.field, a.body)
			}
		})
	}
	if w.dump() != before {
		t.Error("something was changed")
	}
}
