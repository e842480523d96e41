package api

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

func TestCutGivesEveryItemOnce(t *testing.T) {
	items := []int{1, 2, 3, 4, 5}
	for _, limit := range []int{1, 2, 4, 5, 6} {
		var got []int
		p := paging.Page{Limit: limit}
		for range len(items) + 1 {
			list, err := cut(items, p)
			if err != nil {
				t.Fatal(err)
			}
			if len(list.Items) > limit {
				t.Errorf("limit %d: a page of %d", limit, len(list.Items))
			}
			got = append(got, list.Items...)
			if p.Cursor = list.NextCursor; p.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(items, got); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
}

func TestCutRefusesForeignCursors(t *testing.T) {
	for _, cursor := range []string{"!", paging.Encode("x"), paging.Encode("-1"), paging.Encode("1", "2")} {
		if _, err := cut([]int{1}, paging.Page{Cursor: cursor}); !errors.Is(err, paging.ErrBadCursor) {
			t.Errorf("cursor %q: %v, want ErrBadCursor", cursor, err)
		}
	}
	// The list may have become shorter since.
	if list, err := cut([]int{1}, paging.Page{Cursor: paging.Encode("7")}); err != nil || len(list.Items) != 0 {
		t.Errorf("beyond the end: %v, %v", list, err)
	}
}

// The ledger says that a coupon expired when a job comes by; whoever asks before is
// told the same.
func TestACouponIsExpiredFromTheInstantOn(t *testing.T) {
	const end = 1_000_000
	for _, c := range []struct {
		status loyalty.CouponStatus
		now    int64
		want   string
	}{
		{loyalty.CouponIssued, end - 1, "issued"},
		{loyalty.CouponIssued, end, "expired"},
		{loyalty.CouponRedeemed, end, "redeemed"},
		{loyalty.CouponReversed, end, "reversed"},
	} {
		v := couponNow(c.now)(loyalty.Coupon{Status: c.status, ExpiresAt: end})
		if string(v.Status) != c.want {
			t.Errorf("%s at %d is shown as %s, want %s", c.status, c.now, v.Status, c.want)
		}
	}
}
