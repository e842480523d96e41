package api_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/leima/leima/api"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/typeid"
)

func TestAnImportIsStopped(t *testing.T) {
	w := newWorld(t)
	going := customer.Import{
		OrgID: w.shop.org.ID, ID: typeid.New("imp"), ProgramID: w.shop.program, FileName: "receipts.csv", Status: customer.ImportRunning, CreatedAt: monday,
	}
	w.check(w.store.CreateImport(t.Context(), going))
	stop := func(id, holder string) answer {
		return w.do(call{method: http.MethodPost, path: "/v1/imports/" + id + "/stop", token: w.shop.token[holder]})
	}
	for range 2 {
		if a := w.want(stop(going.ID, "manager"), http.StatusAccepted); a.get("status") != "running" || a.get("stop_asked_at") == nil {
			t.Errorf("have %s", a.body)
		}
	}
	if a := stop(w.shop.imported, "manager"); a.status != http.StatusConflict || a.get("code") != "import_ended" {
		t.Errorf("one that is done: have %d %s", a.status, a.body)
	}
	if a := stop(w.other.imported, "manager"); a.status != http.StatusNotFound {
		t.Errorf("another organization's: have %d %s", a.status, a.body)
	}
	if a := stop(going.ID, "marketer"); a.status != http.StatusForbidden {
		t.Errorf("have %d %s", a.status, a.body)
	}
}

func TestErrorsOfAnImportAreAFile(t *testing.T) {
	w := newWorld(t, func(d *api.Dependencies) { d.Sentences = spoken{} })
	errs := []customer.ImportError{
		{Row: 2, Column: "amount", Value: "=1+1", Reason: "is not a number", Code: "not_a_number", Params: map[string]string{"mark": ","}},
		{Row: 3, Column: "amount", Value: "x", Reason: "is of a version without names"},
	}
	for row := range 450 { // more than two pages
		errs = append(errs, customer.ImportError{Row: int64(row + 4), Reason: "a quote is opened and not closed", Code: "open_quote"})
	}
	w.check(w.store.AddImportErrors(t.Context(), w.shop.org.ID, w.shop.imported, errs))
	path := "/v1/imports/" + w.shop.imported
	asked := call{method: http.MethodGet, path: path + "/error-file?locale=sv", token: w.shop.token["marketer"], header: map[string]string{"Accept-Language": "pl"}}
	a := w.do(asked)
	rows := w.table(a)
	if diff := cmp.Diff([][]string{
		{"row", "column", "value", "reason", "code"},
		{"2", "amount", "'=1+1", "sv: not_a_number map[mark:,]", "not_a_number"},
		{"3", "amount", "x", "is of a version without names", ""},
		{"4", "", "", "sv: open_quote map[]", "open_quote"},
	}, rows[:4]); diff != "" || len(rows) != 453 {
		t.Errorf("%d rows (-want +have):\n%s", len(rows), diff)
	}
	if want := `attachment; filename="leimala-errors-of-` + w.shop.imported + `.csv"`; a.header.Get("Content-Disposition") != want {
		t.Errorf("have %s", a.header.Get("Content-Disposition"))
	}
	// Without the parameter it is the browser's language.
	asked.path = path + "/error-file"
	if rows := w.table(w.do(asked)); rows[1][3] != "pl: not_a_number map[mark:,]" {
		t.Errorf("have %v", rows[1])
	}
	asked.path += "?locale=tlh"
	w.want(w.do(asked), http.StatusBadRequest)

	asked.path = path + "/errors?limit=2"
	list := w.want(w.do(asked), http.StatusOK)
	if diff := cmp.Diff([]any{
		map[string]any{
			"row": 2.0, "column": "amount", "value": "=1+1", "reason": "is not a number",
			"code": "not_a_number", "params": map[string]any{"mark": ","}, "staff_message": "pl: not_a_number map[mark:,]",
		},
		map[string]any{"row": 3.0, "column": "amount", "value": "x", "reason": "is of a version without names"},
	}, list.get("data")); diff != "" {
		t.Errorf("the list (-want +have):\n%s", diff)
	}
}

// TestReasonsOfImportsAreAllInTheContract: in the enum, and in the table with their params.
func TestReasonsOfImportsAreAllInTheContract(t *testing.T) {
	schema := document().Components.Schemas["ImportReason"].Value
	name := regexp.MustCompile("`([a-z_]+)`")
	names := func(text string) (all []string) {
		for _, m := range name.FindAllStringSubmatch(text, -1) {
			all = append(all, m[1])
		}
		return all
	}
	table := map[string][]string{}
	for line := range strings.Lines(schema.Description) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		for _, code := range names(cells[1]) {
			table[code] = names(cells[3])
		}
	}
	// The table names params in the order of no sentence.
	want, inOrder := jobs.ImportReasons(), cmpopts.SortSlices(func(a, b string) bool { return a < b })
	if diff := cmp.Diff(want, table, inOrder, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the table (-want +have):\n%s", diff)
	}
	var enum []string
	for _, x := range schema.Enum {
		code, _ := x.(string)
		enum = append(enum, code)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), enum, inOrder); diff != "" {
		t.Errorf("the enum (-want +have):\n%s", diff)
	}
}
