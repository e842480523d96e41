package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

func TestAClockThatRunsBackwardsLosesNothing(t *testing.T) {
	w := newWorld(t)
	clock := []time.Duration{0, -time.Second, -26 * time.Hour, time.Minute, -40 * 24 * time.Hour, time.Hour}
	var want []string
	for _, e := range w.ledgerOf(w.shop) {
		want = append(want, e.ID)
	}
	for i, off := range clock {
		w.clock.Store(monday + off.Milliseconds())
		a := w.want(w.do(w.shop.stamp(fmt.Sprintf("receipt %d", i), oneStamp)), 201)
		want = append(want, a.text("entry.id"))
		now := time.UnixMilli(w.clock.Load()).UTC().Format(time.RFC3339)
		if a.text("entry.at") != now || a.text("entry.recorded_at") != now || a.get("card.balance") != float64(4+i) {
			t.Errorf("at %s: %s", now, a.body)
		}
		scan := w.want(w.do(call{"POST", "/v1/scans", w.shop.token["till key"], w.shop.fill(`{"code":"{code}"}`), nil}), 200)
		if scan.get("card.balance") != float64(4+i) {
			t.Errorf("at %s the till shows %s", now, scan.body)
		}
	}
	for i := range clock { // also a retry comes at another time than its first attempt
		a := w.want(w.do(w.shop.stamp(fmt.Sprintf("receipt %d", i), oneStamp)), 201)
		if a.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("retry %d was carried out: %s", i, a.body)
		}
	}
	var got []string
	sum := 0
	for _, e := range w.ledgerOf(w.shop) {
		got = append(got, e.ID)
		if sum += e.Quantity; e.Kind == loyalty.EntryStamp && len(got) > 2 && e.BalanceAfter != sum {
			t.Errorf("entry %s leaves %d, the sum is %d", e.ID, e.BalanceAfter, sum)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries in another order than they were given (-given +ledger):\n%s", diff)
	}
}

func TestStampsOfAnotherTime(t *testing.T) {
	w := newWorld(t)
	program := w.want(w.do(call{"GET", "/v1/programs/" + w.shop.program, w.shop.token["owner"], "", nil}), 200)
	w.want(w.do(call{
		"PATCH", "/v1/programs/" + w.shop.program, w.shop.token["owner"], `{"starts_at":"2026-03-01T00:00:00Z"}`,
		map[string]string{"If-Match": program.header.Get("ETag")},
	}), 200)
	before := w.dump()
	for at, want := range map[string]string{
		"2026-03-02T07:05:01Z":           "at_in_future", // the clock says 07:00
		"2026-03-02T09:05:01+02:00":      "at_in_future",
		"9999-12-31T23:59:59Z":           "at_in_future",
		"2026-03-02T06:54:59Z":           "at_too_old", // the card was joined at 07:00
		"2026-03-01T00:00:00Z":           "at_too_old",
		"2026-02-28T23:59:59.999Z":       "program_not_begun",
		"2026-03-01T01:59:59.999+02:00":  "program_not_begun",
		"1969-12-31T23:59:59Z":           "program_not_begun",
		"0000-01-01T00:00:00Z":           "program_not_begun",
		"2026-02-29T00:00:00Z":           "validation_failed",
		"2026-03-02T24:00:00Z":           "validation_failed",
		"2026-03-02T06:60:00Z":           "validation_failed",
		"2026-03-02 06:00:00Z":           "validation_failed",
		"10000-01-01T00:00:00Z":          "validation_failed",
		"2026-03-02T06:00:00+24:00":      "validation_failed",
		"2026-03-02T06:00:00.1234567890": "validation_failed",
		"2026-03-02T6:00:00Z":            "validation_failed",
		"2026-03-02T06:00:00,5Z":         "validation_failed",
	} {
		body := strings.Replace(oneStamp, `"quantity":1`, `"quantity":1,"at":"`+at+`"`, 1)
		a := w.do(w.shop.stamp("at "+at, body))
		status := 409
		if want == "validation_failed" {
			status = 400
		}
		if a.status != status || a.text("code") != want || a.text("field") != "at" {
			t.Errorf("at %s: %d %s, want %s", at, a.status, a.body, want)
		}
		if status == 409 && a.text("staff_message") == "" {
			t.Errorf("at %s: nothing for staff: %s", at, a.body)
		}
	}
	if w.dump() != before {
		t.Error("a stamp that was refused changed something")
	}
	for _, at := range []string{"2026-03-02T07:05:00Z", "2026-03-02T06:55:00Z", "2026-03-02T08:55:00+02:00"} {
		w.want(w.do(w.shop.stamp("at "+at, strings.Replace(oneStamp, `"quantity":1`, `"quantity":1,"at":"`+at+`"`, 1))), 201)
	}
}

// Instants of the past are no way round the limits: one after the other, each of another
// day, they would all pass them.
func TestStampsOfLongAgo(t *testing.T) {
	w := newWorld(t)
	program := w.want(w.do(call{"GET", "/v1/programs/" + w.shop.program, w.shop.token["owner"], "", nil}), 200)
	w.want(w.do(call{
		"PATCH", "/v1/programs/" + w.shop.program, w.shop.token["owner"], `{"limits":{"max_per_card_day":2}}`,
		map[string]string{"If-Match": program.header.Get("ETag")},
	}), 200)
	stamp := func(at time.Time, name string) answer {
		text := at.UTC().Format(time.RFC3339)
		return w.do(w.shop.stamp("long ago "+text+name, strings.Replace(oneStamp, `"quantity":1`, `"quantity":1,"at":"`+text+`"`, 1)))
	}
	before := w.dump()
	for at := time.Date(1970, 3, 10, 8, 0, 0, 0, time.UTC); at.UnixMilli() < monday; at = at.AddDate(0, 6, 0) {
		if a := stamp(at, ""); a.status != 409 || a.text("code") != "program_not_begun" || a.text("field") != "at" {
			t.Fatalf("a stamp of %s: %d %s", at, a.status, a.body)
		}
	}
	if w.dump() != before {
		t.Error("a stamp that was refused changed something")
	}
	now := time.UnixMilli(monday).AddDate(0, 0, 40)
	w.clock.Store(now.UnixMilli())
	if a := stamp(now.AddDate(0, 0, -31).Add(-time.Second), ""); a.status != 409 || a.text("code") != "at_too_old" ||
		!strings.Contains(a.text("staff_message"), "31") {
		t.Errorf("a stamp of more than 31 days ago: %d %s", a.status, a.body)
	}
	// Days come as they like, and each has its two stamps.
	for i, days := range []int{1, 31, 0, 1, 31, 5, 0} {
		w.want(stamp(now.AddDate(0, 0, -days), fmt.Sprint(i)), 201)
	}
	for _, days := range []int{0, 1, 31} {
		if a := stamp(now.AddDate(0, 0, -days), " once more"); a.status != 409 || a.text("code") != "daily_limit_reached" {
			t.Errorf("a third stamp %d days ago: %d %s", days, a.status, a.body)
		}
	}
}

// The number of a card from before may have been shown before the card that it leads to.
func TestStampsOfAnOlderCard(t *testing.T) {
	w := newWorld(t)
	w.clock.Store(monday + (24 * time.Hour).Milliseconds())
	j := must(w.store.Join(t.Context(), customer.Join{
		OrgID: w.shop.org.ID, ProgramID: w.shop.program, FirstName: "Helmi", Phone: "+358407654321", Trusted: true,
		Source: customer.SourceStaff, Zone: time.UTC, Now: w.clock.Load(), Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
	}))
	card := j.View.Card.ID
	w.want(w.do(call{"PUT", "/v1/cards/" + card + "/old-number", w.shop.token["owner"], `{"old_number":"6400001234565"}`, nil}), 204)
	yesterday := `"quantity":1,"location_id":"{location_id}","at":"2026-03-02T08:00:00Z"`
	a := w.do(w.shop.stamp("by its id", `{"card_id":"`+card+`",`+yesterday+`}`))
	if a.status != 409 || a.text("code") != "at_too_old" {
		t.Errorf("a stamp of before the card, by its id: %d %s", a.status, a.body)
	}
	w.want(w.do(w.shop.stamp("by the old number", `{"code":"6400001234565",`+yesterday+`}`)), 201)
}
