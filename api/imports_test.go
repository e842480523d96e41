package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
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
	w := newWorld(t)
	var errs []customer.ImportError
	for row := range 450 { // more than two pages
		errs = append(errs, customer.ImportError{Row: int64(row + 2), Column: "amount", Value: "=1+1", Reason: "is not a number"})
	}
	w.check(w.store.AddImportErrors(t.Context(), w.shop.org.ID, w.shop.imported, errs))
	a := w.do(call{method: http.MethodGet, path: "/v1/imports/" + w.shop.imported + "/error-file", token: w.shop.token["marketer"]})
	rows := w.table(a)
	if diff := cmp.Diff([][]string{{"row", "column", "value", "reason"}, {"2", "amount", "'=1+1", "is not a number"}}, rows[:2]); diff != "" || len(rows) != 451 {
		t.Errorf("%d rows (-want +have):\n%s", len(rows), diff)
	}
	if want := `attachment; filename="leimala-errors-of-` + w.shop.imported + `.csv"`; a.header.Get("Content-Disposition") != want {
		t.Errorf("have %s", a.header.Get("Content-Disposition"))
	}
}
