package api_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/pass"
)

// document is the contract.
var document = sync.OnceValue(func() *openapi3.T {
	doc := must(openapi3.NewLoader().LoadFromData(leima.OpenAPI))
	openapi3filter.RegisterBodyDecoder(pass.MediaType, openapi3filter.FileBodyDecoder)
	if err := doc.Validate(openapi3.NewLoader().Context); err != nil {
		panic(err)
	}
	// So that answers that are workbooks are checked, too.
	openapi3filter.RegisterBodyDecoder("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", openapi3filter.FileBodyDecoder)
	return doc
})

// pathPatterns are the paths of the contract as expressions, by template.
var pathPatterns = sync.OnceValue(func() map[string]*regexp.Regexp {
	patterns := map[string]*regexp.Regexp{}
	parameter := regexp.MustCompile(`\{[a-z_]+\}`)
	for template := range document().Paths.Map() {
		patterns[template] = regexp.MustCompile("^" + parameter.ReplaceAllString(template, "[^/]+") + "$")
	}
	return patterns
})

// contractRoute finds the operation of a request, nil if the contract has none.
func contractRoute(method, path string) *routers.Route {
	for template, pattern := range pathPatterns() {
		item := document().Paths.Value(template)
		if o := item.Operations()[method]; o != nil && pattern.MatchString(path) {
			return &routers.Route{Spec: document(), Path: template, PathItem: item, Method: method, Operation: o}
		}
	}
	return nil
}

// checkAnswer fails the test if the answer is not one that the contract has.
func checkAnswer(t *testing.T, r *http.Request, a answer) {
	t.Helper()
	if a.header.Get("X-Request-Id") == "" || a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s %s: headers are missing: %v", r.Method, r.URL.Path, a.header)
	}
	if a.status >= 400 {
		checkProblem(t, r, a)
	}
	route := contractRoute(r.Method, r.URL.Path)
	if route == nil {
		return
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: route},
		Status:                 a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(t.Context(), input); err != nil {
		t.Errorf("%s %s: the answer is not of the contract: %v", r.Method, r.URL.Path, err)
	}
}

func checkProblem(t *testing.T, r *http.Request, a answer) {
	t.Helper()
	if r.Method == http.MethodHead {
		return
	}
	var p any
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Errorf("%s %s: %d without a problem: %q", r.Method, r.URL.Path, a.status, a.body)
		return
	}
	if err := document().Components.Schemas["Problem"].Value.VisitJSON(p); err != nil {
		t.Errorf("%s %s: not a problem: %v", r.Method, r.URL.Path, err)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%s %s: a problem of type %q", r.Method, r.URL.Path, got)
	}
	if a.text("request_id") != a.header.Get("X-Request-Id") {
		t.Errorf("%s %s: the problem bears another request id than the header", r.Method, r.URL.Path)
	}
	if a.get("status") != float64(a.status) {
		t.Errorf("%s %s: the problem says %v, the status is %d", r.Method, r.URL.Path, a.get("status"), a.status)
	}
	if want, ok := codeTable()[a.text("code")]; !ok || want != a.status {
		t.Errorf("%s %s: code %q with status %d is not in the table of the contract", r.Method, r.URL.Path, a.text("code"), a.status)
	}
}

// codeTable is the table in the description of ProblemCode: status by code.
var codeTable = sync.OnceValue(func() map[string]int {
	table := map[string]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([0-9]{3}) \\|").
		FindAllStringSubmatch(document().Components.Schemas["ProblemCode"].Value.Description, -1) {
		table[row[1]] = int(must(json.Number(row[2]).Int64()))
	}
	return table
})

func TestProblemCodesAreAllInTheContract(t *testing.T) {
	var enum []string
	for _, x := range document().Components.Schemas["ProblemCode"].Value.Enum {
		code, _ := x.(string)
		enum = append(enum, code)
	}
	slices.Sort(enum)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(codeTable())), enum); diff != "" {
		t.Errorf("the table and the enum differ (-table +enum):\n%s", diff)
	}
	for _, code := range loyalty.RefusalCodes {
		if codeTable()[string(code)] != http.StatusConflict {
			t.Errorf("refusal %q is not in the table with status 409", code)
		}
	}
}

func TestRequestBodiesAreClosedAndBounded(t *testing.T) {
	for path, item := range document().Paths.Map() {
		for method, o := range item.Operations() {
			if o.RequestBody == nil {
				continue
			}
			for _, media := range o.RequestBody.Value.Content {
				checkBounded(t, method+" "+path, media.Schema.Value)
			}
		}
	}
}

func checkBounded(t *testing.T, at string, s *openapi3.Schema) {
	t.Helper()
	switch {
	case s.Type.Is("object"):
		if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
			t.Errorf("%s takes members that are not described", at)
		}
		for name, p := range s.Properties {
			checkBounded(t, at+" "+name, p.Value)
		}
	case s.Type.Is("array"):
		if s.MaxItems == nil {
			t.Errorf("%s has no greatest length", at)
		}
		checkBounded(t, at+" items", s.Items.Value)
	case s.Type.Is("number"):
		t.Errorf("%s is a number that is not whole; decodeJSON refuses those", at)
	case s.Type.Is("integer"):
		if s.Min == nil || s.Max == nil {
			t.Errorf("%s has no bounds", at)
		}
	case s.Type.Is("string"):
		bounded := s.MaxLength != nil || s.Enum != nil || s.Format == "date-time" || s.Format == "binary" ||
			regexp.MustCompile(`\{[0-9]+\}\$$`).MatchString(s.Pattern)
		if !bounded {
			t.Errorf("%s has no greatest length", at)
		}
	}
}
