package api_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/leima/leima/api"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// export takes a list along as the manager.
func (w *world) export(list, query string) answer {
	w.t.Helper()
	return w.do(call{method: http.MethodGet, path: "/v1/exports/" + list + query, token: w.shop.token["manager"]})
}

// table reads an export back, with the byte order mark off.
func (w *world) table(a answer) [][]string {
	w.t.Helper()
	w.want(a, http.StatusOK)
	if strings.HasPrefix(a.body, "PK") {
		book := must(excelize.OpenReader(strings.NewReader(a.body)))
		defer func() { w.check(book.Close()) }()
		return must(book.GetRows("Sheet1"))
	}
	return must(csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll())
}

// column returns what stands below a head, joined.
func column(rows [][]string, head string) string {
	var cells []string
	for i, name := range rows[0] {
		for _, row := range rows[1:] {
			if name == head && i < len(row) {
				cells = append(cells, row[i])
			}
		}
	}
	return strings.Join(cells, "|")
}

func TestListsAreTakenAlong(t *testing.T) {
	w := newWorld(t)
	for _, format := range []string{"csv", "xlsx"} {
		for list, want := range map[string]map[string]string{
			"customers": {"number": w.shop.number, "first_name": "Helmi", "last_name": "Korhonen", "status": "active", "id": w.shop.customer},
			"cards":     {"customer_number": w.shop.number, "program": "Stamp card", "balance": "3", "goal": "10", "cards_filled": "1", "id": w.shop.card},
			"entries":   {"kind": "reward|stamp", "quantity": "-10|13", "location": "Branch 1|Branch 1", "last_name": "Korhonen|Korhonen"},
			"coupons":   {"reward": "5 € off", "status": "issued", "cost": "10", "id": w.shop.coupon},
		} {
			a := w.export(list, "?format="+format)
			rows := w.table(a)
			for head, cells := range want {
				if have := newest(column(rows, head), cells); have != cells {
					t.Errorf("%s as %s, %s: want %q, have %q", list, format, head, cells, have)
				}
			}
			if want := fmt.Sprintf(`attachment; filename="leimala-%s-2026-03-02.%s"`, list, format); a.header.Get("Content-Disposition") != want {
				t.Errorf("want %s, have %s", want, a.header.Get("Content-Disposition"))
			}
			for _, secret := range []string{w.shop.code, w.shop.link, w.other.card, w.other.coupon, w.other.customer} {
				if strings.Contains(fmt.Sprint(rows), secret) {
					t.Errorf("%s as %s holds %s", list, format, secret)
				}
			}
		}
	}
	// Instants are the shop's: 7 o'clock in UTC is 9 in Helsinki.
	if have := column(w.table(w.export("entries", "?kind=stamp")), "at"); have != "2026-03-02T09:00:00+02:00" {
		t.Errorf("have %s", have)
	}
	if have := column(w.table(w.export("entries", "?kind=stamp&format=xlsx")), "at"); have != "2026-03-02 09:00:00" {
		t.Errorf("have %s", have)
	}
}

// TestNamesOfCustomersAreNoFormulas is a customer whose name is made to hurt whoever opens
// the file.
func TestNamesOfCustomersAreNoFormulas(t *testing.T) {
	w := newWorld(t)
	const evil = `=HYPERLINK("http://evil.example";A1)`
	c := must(w.store.Customer(t.Context(), w.shop.org.ID, w.shop.customer))
	c.FirstName, c.LastName, c.ExternalRef = evil, `+1,"2"`, "@x\n;y"
	must(w.store.UpdateCustomer(t.Context(), c, c.Version))
	for format, want := range map[string][3]string{
		"csv":  {"'" + evil, `'+1,"2"`, "'@x\n;y"},
		"xlsx": {evil, `+1,"2"`, "@x\n;y"},
	} {
		rows := w.table(w.export("customers", "?format="+format))
		have := [3]string{}
		for i, head := range []string{"first_name", "last_name", "external_ref"} {
			have[i] = newest(column(rows, head), want[i])
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%s (-want +have):\n%s", format, diff)
		}
	}
	book := must(excelize.OpenReader(strings.NewReader(w.export("customers", "?format=xlsx").body)))
	defer func() { w.check(book.Close()) }()
	if f := must(book.GetCellFormula("Sheet1", "B2")); f != "" {
		t.Errorf("a formula: %s", f)
	}
	if !strings.HasPrefix(w.export("customers", "?mark=true").body, "\ufeffnumber,") || !strings.HasPrefix(w.export("customers", "").body, "number,") {
		t.Error("the byte order mark is there when it is asked for, and only then")
	}
}

// newest returns as many of the cells, which are joined by a bar, as are wanted: the
// customer that stories are about came last.
func newest(cells, want string) string {
	list := strings.Split(cells, "|")
	return strings.Join(list[:min(len(list), strings.Count(want, "|")+1)], "|")
}

func TestExportsTakeTheFiltersOfTheirList(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]int{
		"customers":                                  2,
		"customers?query=korh":                       1,
		"customers?query=nobody":                     0,
		"customers?from=2026-03-02&to=2026-03-03":    2,
		"customers?from=2026-03-03":                  0,
		"cards?program_id=" + w.shop.program:         3,
		"cards?program_id=" + w.other.program:        0,
		"entries?location_id=" + w.shop.branch:       0,
		"entries?customer_id=" + w.shop.customer:     2,
		"entries?kind=stamp":                         1,
		"coupons?status=redeemed":                    0,
		"coupons?status=issued&from=2026-03-02":      1,
		"coupons?customer_id=" + w.other.customer:    0,
		"entries?to=2026-03-02":                      0,
		"entries?program_id=" + w.shop.program:       2,
		"coupons?program_id=" + w.shop.program:       1,
		"coupons?location_id=" + w.shop.location:     0,
		"customers?query=%2B358401234567&format=csv": 1,
	} {
		list, query, _ := strings.Cut(query, "?")
		if rows := w.table(w.export(list, "?"+query)); len(rows) != want+1 {
			t.Errorf("%s?%s: want %d rows, have %v", list, query, want, rows)
		}
	}
	for query, field := range map[string]string{
		"customers?program_id=" + w.shop.program:  "program_id",
		"cards?status=issued":                     "status",
		"coupons?kind=stamp":                      "kind",
		"entries?query=x":                         "query",
		"secrets?":                                "list",
		"customers?format=pdf":                    "format",
		"customers?from=2026-03-03&to=2026-03-02": "to",
	} {
		list, query, _ := strings.Cut(query, "?")
		if a := w.export(list, "?"+query); a.status != http.StatusBadRequest || a.get("field") != field {
			t.Errorf("%s?%s: want a problem with %s, have %d %s", list, query, field, a.status, a.body)
		}
	}
	for _, holder := range []string{"marketer", "cashier", "full key", "till"} {
		a := w.do(call{method: http.MethodGet, path: "/v1/exports/customers", token: w.shop.token[holder]})
		if a.status != http.StatusForbidden {
			t.Errorf("%s: have %d", holder, a.status)
		}
	}
}

// crowded is a shop with as many rows as anybody asks about.
type crowded struct{ api.Store }

func (crowded) CountListed(_ context.Context, _ string, _ customer.ListKind, _ customer.ListQuery, most int) (int, error) {
	return most, nil
}

func TestAnExportThatIsTooLongIsRefused(t *testing.T) {
	w := newWorld(t, func(d *api.Dependencies) { d.Store = crowded{d.Store} })
	a := w.export("entries", "")
	if a.status != http.StatusBadRequest || a.get("field") != "from" || !strings.Contains(a.text("detail"), "200000") {
		t.Errorf("have %d %s", a.status, a.body)
	}
}

var errGone = errors.New("the database is gone")

// broken fails after the first page.
type broken struct{ api.Store }

func (b broken) HeldEntries(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.HeldEntry], error) {
	if p.Cursor != "" {
		return paging.List[customer.HeldEntry]{}, errGone
	}
	list, err := b.Store.HeldEntries(ctx, orgID, q, p)
	list.NextCursor = "more"
	return list, err
}

// TestAnExportThatBreaksOffDoesNotLookWhole asks over a real connection, which is cut.
func TestAnExportThatBreaksOffDoesNotLookWhole(t *testing.T) {
	w := newWorld(t, func(d *api.Dependencies) { d.Store = broken{d.Store} })
	server := httptest.NewServer(w.echo)
	t.Cleanup(server.Close)
	for range api.MaxExports + 1 { // each gives its place back
		for _, format := range []string{"csv", "xlsx"} {
			r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/exports/entries?format="+format, http.NoBody))
			r.Header.Set("Authorization", "Bearer "+w.shop.token["owner"])
			res, err := server.Client().Do(r)
			if err != nil {
				continue // cut off before its head was sent
			}
			if res.StatusCode != http.StatusOK {
				t.Fatalf("%s: have %d", format, res.StatusCode)
			}
			if _, err := io.Copy(io.Discard, res.Body); err == nil {
				t.Errorf("%s: the file looks whole", format)
			}
			w.check(res.Body.Close())
		}
	}
}

// slow lets an export begin and go on only when it is told to.
type slow struct {
	api.Store
	begun, goOn chan struct{}
}

func (s slow) ListedCards(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.View], error) {
	s.begun <- struct{}{}
	<-s.goOn
	return s.Store.ListedCards(ctx, orgID, q, p)
}

func TestFewExportsAreMadeAtATime(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	w := newWorld(t, func(d *api.Dependencies) { d.Store = slow{d.Store, begun, goOn} })
	answers := make(chan answer)
	for range api.MaxExports {
		go func() { answers <- w.export("cards", "") }()
		<-begun
	}
	if a := w.export("coupons", ""); a.status != http.StatusServiceUnavailable || a.get("code") != "busy" || a.header.Get("Retry-After") == "" {
		t.Errorf("have %d %s", a.status, a.body)
	}
	close(goOn)
	for range api.MaxExports {
		if a := <-answers; len(w.table(a)) != 4 {
			t.Errorf("have %s", a.body)
		}
	}
	if a := w.export("coupons", ""); a.status != http.StatusOK {
		t.Errorf("have %d %s", a.status, a.body)
	}
}

// TestAnExportOfManyPagesIsWhole stamps more often than a page has rows.
func TestAnExportOfManyPagesIsWhole(t *testing.T) {
	w := newWorld(t)
	const stamps = 2*paging.MaxLimit + 7
	commands := make([]loyalty.Command, stamps)
	for i := range commands {
		commands[i] = loyalty.Command{
			Kind: loyalty.CommandAdjust, OrgID: w.shop.org.ID, CardID: w.shop.card, Quantity: 1 - 2*(i%2), Reason: "counted", LocationID: w.shop.location,
			IdempotencyKey: fmt.Sprint(i), BodyHash: "b", At: monday, Now: monday, Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
		}
	}
	for _, o := range must(w.store.ApplyBatch(t.Context(), commands)) {
		if o.Err != nil || o.Refusal != nil {
			t.Fatal(o.Err, o.Refusal)
		}
	}
	rows := w.table(w.export("entries", "?kind=adjust"))
	seen := map[string]bool{}
	for _, id := range strings.Split(column(rows, "id"), "|") {
		seen[id] = true
	}
	if len(rows) != stamps+1 || len(seen) != stamps {
		t.Errorf("want %d rows, have %d of %d entries", stamps, len(rows)-1, len(seen))
	}
	if !bytes.Contains([]byte(w.export("entries", "").body), []byte("\r\n")) {
		t.Error("lines end in CRLF")
	}
}
