package api_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/api"
	"github.com/leima/leima/loyalty"
)

// totalsInMemory are live totals that a test writes down.
type totalsInMemory []loyalty.CellCounts

func (m *totalsInMemory) Totals(_ context.Context, orgID string, q loyalty.TotalsQuery) ([]loyalty.CellCounts, error) {
	var found []loyalty.CellCounts
	for _, c := range *m {
		if c.OrgID == orgID && (q.ProgramID == "" || q.ProgramID == c.ProgramID) && (q.LocationID == "" || q.LocationID == c.LocationID) &&
			q.From <= c.Day && c.Day < q.To {
			found = append(found, c)
		}
	}
	return found, nil
}

func TestTotalsByProgramLocationAndDay(t *testing.T) {
	w := newWorld(t)
	shop := w.shop
	const days = "/v1/totals?from=2026-02-28&to=2026-03-03"
	empty := w.want(w.do(call{"GET", days, shop.token["owner"], "", nil}), 200)
	if want := `{"rows":[],"sums":{"cards":0,"coupons":0,"redemptions":0,"stamps":0}}`; strings.TrimSpace(empty.body) != want {
		t.Errorf("nothing has happened: %s, want %s", empty.body, want)
	}
	cell := func(x *tenant, location string, day loyalty.Day, stamps, coupons, redemptions, cards int64) loyalty.CellCounts {
		return loyalty.CellCounts{
			Cell:   loyalty.Cell{OrgID: x.org.ID, ProgramID: x.program, LocationID: location, Day: day},
			Counts: loyalty.Counts{Stamps: stamps, Coupons: coupons, Redemptions: redemptions, Cards: cards},
		}
	}
	*w.totals = totalsInMemory{
		cell(shop, shop.location, 20260302, 5, 1, 0, 1), cell(shop, "", 20260301, 0, 0, 0, 2), cell(shop, shop.branch, 20260228, -3, -1, 0, 0),
		cell(shop, shop.branch, 20260303, 100, 0, 0, 0), cell(shop, shop.branch, 20260227, 100, 0, 0, 0), cell(w.other, w.other.location, 20260302, 100, 9, 9, 9),
	}
	rows := func(a answer) (got []string) {
		data, _ := a.get("rows").([]any)
		for _, row := range data {
			r, _ := row.(map[string]any)
			at, _ := r["location_id"].(string)
			got = append(got, strings.NewReplacer(shop.location, "here", shop.branch, "there").Replace(at)+" "+r["day"].(string)) //nolint:errcheck // it is text by the contract
		}
		return got
	}
	for name, c := range map[string]struct {
		query, holder string
		rows          []string
		stamps        float64
	}{
		"all of three days":     {"", "owner", []string{"there 2026-02-28", " 2026-03-01", "here 2026-03-02"}, 2},
		"by a marketer":         {"", "marketer", []string{"there 2026-02-28", " 2026-03-01", "here 2026-03-02"}, 2},
		"of one location":       {"&location_id=" + shop.location, "till key", []string{"here 2026-03-02"}, 5},
		"of one program":        {"&program_id=" + shop.program, "owner", []string{"there 2026-02-28", " 2026-03-01", "here 2026-03-02"}, 2},
		"of both":               {"&program_id=" + shop.program + "&location_id=" + shop.branch, "owner", []string{"there 2026-02-28"}, -3},
		"of somebody who knows": {"", "full key", []string{"there 2026-02-28", " 2026-03-01", "here 2026-03-02"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			a := w.want(w.do(call{"GET", days + c.query, shop.token[c.holder], "", nil}), 200)
			if diff := cmp.Diff(c.rows, rows(a)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if a.get("sums.stamps") != c.stamps {
				t.Errorf("sums: %s", a.body)
			}
		})
	}
	if a := w.do(call{"GET", days, shop.token["owner"], "", nil}); a.get("rows.1.location_id") != nil || !strings.Contains(a.body, `"location_id":null`) {
		t.Errorf("what happened at no location: %s", a.body)
	}

	key := w.want(w.do(call{
		"POST", "/v1/api-keys", shop.token["owner"], shop.fill(`{"name":"Here","scopes":["stats:read"],"location_id":"{location_id}"}`), nil,
	}), 201).text("token")
	if diff := cmp.Diff([]string{"here 2026-03-02"}, rows(w.want(w.do(call{"GET", days, key, "", nil}), 200))); diff != "" {
		t.Errorf("a key of one location (-want +got):\n%s", diff)
	}
	w.want(w.do(call{"GET", days + "&location_id=" + shop.branch, key, "", nil}), 403)
	w.want(w.do(call{"GET", days + "&location_id=" + w.other.location, shop.token["owner"], "", nil}), 404)
	w.want(w.do(call{"GET", days + "&program_id=" + w.other.program, shop.token["owner"], "", nil}), 404)
	w.want(w.do(call{"GET", days, shop.token["cashier"], "", nil}), 403)
}

func TestTotalsHaveBounds(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]struct {
		status int
		field  string
	}{
		"from=2026-03-01&to=2026-03-02":             {200, ""},
		"from=2026-01-01&to=2027-02-05":             {200, ""}, // 400 days
		"from=2026-01-01&to=2027-02-06":             {400, "to"},
		"from=2026-01-01&to=2026-02-01&step=year":   {400, "step"},
		"from=2026-03-01&to=2026-03-01":             {400, "to"},
		"from=2026-03-02&to=2026-03-01":             {400, "to"},
		"from=2026-03-01":                           {400, "to"},
		"to=2026-03-01":                             {400, "from"},
		"from=2026-02-29&to=2026-03-01":             {400, "from"},
		"from=2028-02-29&to=2028-03-01":             {200, ""},
		"from=2026-03-01&to=2026-03-32":             {400, "to"},
		"from=2026-03-01&to=2026-03-02&day=1":       {400, "day"},
		"from=2026-03-01&to=2026-03-02&location_id": {400, "location_id"},
	} {
		a := w.do(call{"GET", "/v1/totals?" + query, w.shop.token["owner"], "", nil})
		if a.status != want.status || a.text("field") != want.field {
			t.Errorf("%s: %d %s, want %d for %q", query, a.status, a.body, want.status, want.field)
		}
	}
	*w.totals = make(totalsInMemory, api.MaxTotalsRows+1)
	for i := range *w.totals {
		(*w.totals)[i].Cell = loyalty.Cell{OrgID: w.shop.org.ID, ProgramID: w.shop.program, LocationID: fmt.Sprint(i), Day: 20260301}
	}
	if a := w.do(call{"GET", "/v1/totals?from=2026-03-01&to=2026-03-02", w.shop.token["owner"], "", nil}); a.status != 400 || a.text("field") != "to" {
		t.Errorf("%d rows: %d %.200s", len(*w.totals), a.status, a.body)
	}
}

func TestAServerWithoutTotalsSaysSo(t *testing.T) {
	w := newWorld(t, func(d *api.Dependencies) { d.Totals = nil })
	w.want(w.do(call{"GET", "/v1/totals?from=2026-03-01&to=2026-03-02", w.shop.token["owner"], "", nil}), 503)
}

// TestTotalsByWeekAndMonth adds a stamp a day up, over a year and a leap day.
func TestTotalsByWeekAndMonth(t *testing.T) {
	w := newWorld(t)
	for d := time.Date(2027, 12, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2029; d = d.AddDate(0, 0, 1) {
		*w.totals = append(*w.totals, loyalty.CellCounts{
			Cell:   loyalty.Cell{OrgID: w.shop.org.ID, ProgramID: w.shop.program, Day: loyalty.DayOf(d.UnixMilli(), time.UTC)},
			Counts: loyalty.Counts{Stamps: 1, Cards: 2},
		})
	}
	read := func(query string) (steps []string, sum any) {
		t.Helper()
		a := w.want(w.do(call{"GET", "/v1/totals?" + query, w.shop.token["owner"], "", nil}), 200)
		data, _ := a.get("rows").([]any)
		for _, row := range data {
			r, _ := row.(map[string]any)
			steps = append(steps, fmt.Sprint(r["day"], " ", r["stamps"]))
		}
		return steps, a.get("sums.stamps")
	}
	for query, want := range map[string][]string{
		"from=2028-02-15&to=2028-04-02&step=month": {"2028-02-15 15", "2028-03-01 31", "2028-04-01 1"},
		// 27 December 2027 is a Monday.
		"from=2027-12-25&to=2028-01-05&step=week": {"2027-12-25 2", "2027-12-27 7", "2028-01-03 2"},
		"from=2028-02-28&to=2028-03-01&step=day":  {"2028-02-28 1", "2028-02-29 1"},
		"from=2028-02-28&to=2028-03-01":           {"2028-02-28 1", "2028-02-29 1"},
	} {
		if have, _ := read(query); !slices.Equal(have, want) {
			t.Errorf("%s: want %v, have %v", query, want, have)
		}
	}
	for _, step := range []string{"day", "week", "month"} {
		if _, sum := read("from=2027-12-01&to=2029-01-01&step=" + step); sum != 397.0 {
			t.Errorf("by %s: %v stamps in 397 days", step, sum)
		}
	}
}
