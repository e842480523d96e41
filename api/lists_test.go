package api_test

import (
	"net/http"
	"testing"
)

func TestCouponsOfTheWholeShop(t *testing.T) {
	w := newWorld(t)
	list := func(query string) answer {
		t.Helper()
		return w.do(call{method: http.MethodGet, path: "/v1/coupons" + query, token: w.shop.token["marketer"]})
	}
	if a := list(""); a.get("data.0.coupon.id") != w.shop.coupon || a.get("data.0.display_name") != "Helmi K." ||
		a.get("data.0.customer_id") != w.shop.customer || a.get("data.1") != nil {
		t.Fatalf("have %s", a.body)
	}
	redeemed := w.do(call{
		method: http.MethodPost, path: "/v1/coupons/" + w.shop.coupon + "/redemption", token: w.shop.token["manager"],
		body: `{"location_id":"` + w.shop.branch + `"}`, header: map[string]string{"Idempotency-Key": "1"},
	})
	if redeemed.status != http.StatusCreated {
		t.Fatal(redeemed.body)
	}
	for query, want := range map[string]any{
		"?status=redeemed":                                    w.shop.coupon,
		"?status=issued":                                      nil,
		"?location_id=" + w.shop.branch:                       w.shop.coupon,
		"?location_id=" + w.shop.location:                     nil,
		"?from=2026-03-02&to=2026-03-03":                      w.shop.coupon,
		"?from=2026-03-03":                                    nil,
		"?to=2026-03-02":                                      nil,
		"?program_id=" + w.shop.program:                       w.shop.coupon,
		"?program_id=" + w.other.program:                      nil,
		"?customer_id=" + w.shop.customer:                     w.shop.coupon,
		"?customer_id=" + w.other.customer:                    nil,
		"?status=redeemed&from=2026-03-02":                    w.shop.coupon,
		"?status=redeemed&to=2026-03-02":                      nil,
		"?status=redeemed&limit=1":                            w.shop.coupon,
		"?location_id=" + w.other.location:                    nil,
		"?from=0999-01-01&to=9999-12-31":                      w.shop.coupon,
		"?customer_id=" + w.shop.customer + "&status=expired": nil,
	} {
		a := list(query)
		if a.status != http.StatusOK || a.get("data.0.coupon.id") != want {
			t.Errorf("%s: want %v, have %d %s", query, want, a.status, a.body)
		}
	}
	for query, field := range map[string]string{
		"?from=2026-02-30":               "from",
		"?from=2026-03-03&to=2026-03-03": "to",
		"?status=gone":                   "status",
		"?location_id=here":              "location_id",
		"?cursor=AAAA":                   "cursor",
	} {
		if a := list(query); a.status != http.StatusBadRequest || a.get("field") != field {
			t.Errorf("%s: want a problem with %s, have %d %s", query, field, a.status, a.body)
		}
	}
}
