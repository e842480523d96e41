package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

func TestWhoMayUndoWhat(t *testing.T) {
	const here, there = "loc_here", "loc_there"
	now := 30 * 24 * time.Hour.Milliseconds()
	ago := func(d time.Duration) int64 { return now - d.Milliseconds() }
	for name, c := range map[string]struct {
		role     organization.Role
		tied     string
		location string
		recorded int64
		happened int64
		may      bool
	}{
		"a cashier, a moment ago":                        {organization.RoleCashier, here, here, ago(time.Second), ago(time.Second), true},
		"a cashier, 24 hours ago":                        {organization.RoleCashier, here, here, ago(24 * time.Hour), ago(24 * time.Hour), true},
		"a cashier, longer ago":                          {organization.RoleCashier, here, here, ago(24*time.Hour + time.Millisecond), now, false},
		"a cashier, entered late for last week":          {organization.RoleCashier, here, here, ago(time.Hour), ago(7 * 24 * time.Hour), true},
		"a cashier, at another branch":                   {organization.RoleCashier, here, there, ago(time.Second), now, false},
		"a cashier, at none":                             {organization.RoleCashier, here, "", ago(time.Second), now, false},
		"a cashier of every branch":                      {organization.RoleCashier, "", there, ago(time.Second), now, true},
		"a manager, last month":                          {organization.RoleManager, "", there, ago(29 * 24 * time.Hour), now, true},
		"an owner, last month":                           {organization.RoleOwner, "", "", ago(29 * 24 * time.Hour), now, true},
		"a key, last month":                              {organization.RoleIntegration, "", here, ago(29 * 24 * time.Hour), now, true},
		"a key of one branch, for another":               {organization.RoleIntegration, here, there, ago(time.Second), now, false},
		"a manager who is tied to a branch, for another": {organization.RoleManager, here, there, ago(time.Second), now, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := access.Principal{Role: c.role, LocationID: c.tied}
			e := loyalty.Entry{LocationID: c.location, RecordedAt: c.recorded, At: c.happened}
			if err := mayReverse(p, e, now); (err == nil) != c.may {
				t.Errorf("mayReverse = %v, want allowed: %v", err, c.may)
			}
		})
	}
}

func TestWhatAnInputIsLookedUpAs(t *testing.T) {
	code := loyalty.NewCode([10]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	number := customer.NewNumber(23456789)
	for input, want := range map[string]customer.Handle{
		code:                            {Code: code},
		" " + code[:4] + "-" + code[4:]: {Code: code},
		number:                          {Number: number},
		customer.FormatNumber(number):   {Number: number},
		number[:9] + "0":                {OldNumber: number[:9] + "0"},
		"6400 0012-3456 5":              {OldNumber: "6400001234565"},
		"kx00417":                       {OldNumber: "KX00417"},
		"' OR 1=1":                      {Code: "' OR 1=1"},
		"+358401234567":                 {Code: "+358401234567"},
	} {
		if got := handleOf(input); got != want {
			t.Errorf("handleOf(%q) = %+v, want %+v", input, got, want)
		}
	}
}

func TestAMeaningIsTheSameHoweverItIsWritten(t *testing.T) {
	m := meaning{Kind: loyalty.CommandStamp, Card: "card_1", Quantity: 2}
	if m.hash() != (meaning{Quantity: 2, Card: "card_1", Kind: loyalty.CommandStamp}).hash() {
		t.Error("one meaning has two hashes")
	}
	seen := map[string]meaning{}
	for _, x := range []meaning{
		m,
		{Kind: loyalty.CommandAdjust, Card: "card_1", Quantity: 2},
		{Kind: loyalty.CommandStamp, Card: "card_2", Quantity: 2},
		{Kind: loyalty.CommandStamp, Coupon: "card_1", Quantity: 2},
		{Kind: loyalty.CommandStamp, Entry: "card_1", Quantity: 2},
		{Kind: loyalty.CommandStamp, Card: "card_1", Quantity: 3},
		{Kind: loyalty.CommandStamp, Card: "card_1", Quantity: 2, LocationID: "x"},
		{Kind: loyalty.CommandStamp, Card: "card_1", Quantity: 2, Reference: "x"},
		{Kind: loyalty.CommandStamp, Card: "card_1", Quantity: 2, Reason: "x"},
		{Kind: loyalty.CommandStamp, Card: "card_1", Quantity: 2, At: 1},
		{Kind: loyalty.CommandStamp, Card: "card_1", Quantity: 2, Shown: "x"},
	} {
		if other, ok := seen[x.hash()]; ok {
			t.Errorf("%+v and %+v have one hash", x, other)
		}
		seen[x.hash()] = x
	}
	// Keys of earlier releases must still be for the same bodies.
	if got, want := m.hash(), "455d1885"; got[:8] != want {
		t.Errorf("hash %s…, want %s…: a key that was used before would be for another body now", got[:8], want)
	}
}

func TestHowManyStampsAreLeft(t *testing.T) {
	const today = loyalty.Day(20260302)
	for name, c := range map[string]struct {
		limits loyalty.Limits
		card   loyalty.Card
		want   int
	}{
		"no limits":                    {loyalty.Limits{}, loyalty.Card{Day: today, DayStamps: 7}, loyalty.MaxQuantity},
		"a limit per scan":             {loyalty.Limits{MaxPerScan: 5}, loyalty.Card{}, 5},
		"some today":                   {loyalty.Limits{MaxPerScan: 5, MaxPerCardDay: 8}, loyalty.Card{Day: today, DayStamps: 6}, 2},
		"those of yesterday are over":  {loyalty.Limits{MaxPerCardDay: 8}, loyalty.Card{Day: today - 1, DayStamps: 6}, 8},
		"the scan is the lesser limit": {loyalty.Limits{MaxPerScan: 1, MaxPerCardDay: 8}, loyalty.Card{Day: today, DayStamps: 6}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mostStamps(c.limits, c.card, today); got != c.want {
				t.Errorf("mostStamps = %d, want %d", got, c.want)
			}
		})
	}
}

func TestAnOperationMustSayWhoMayDoIt(t *testing.T) {
	for name, c := range map[string]struct {
		extension any
		served    bool
	}{
		"nothing":                {nil, false},
		"an empty list":          {[]any{}, false},
		"a number":               {7, false},
		"not a permission":       {"stamps:give", false},
		"a list with a mistake":  {[]any{"stamps:write", "stamps:give"}, false},
		"any in a list of two":   {[]any{"any", "stamps:write"}, false},
		"a permission":           {"stamps:write", true},
		"a list of permissions":  {[]any{"cards:write", "cards:join"}, true},
		"anybody with a key":     {"any", true},
		"without any credential": {"none", true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := new(operation).readPermission(c.extension); (err == nil) != c.served {
				t.Errorf("readPermission = %v, want it served: %v", err, c.served)
			}
		})
	}
}

func TestRequestIDsThatCanStandInALog(t *testing.T) {
	for given, kept := range map[string]bool{
		"till-1:2": false, "till-1.2_3": true, "": false, "a\nb": false, "ä": false, "a b": false,
		"0123456789012345678901234567890123456789012345678901234567890123":  true,
		"01234567890123456789012345678901234567890123456789012345678901234": false,
	} {
		if got := requestID(given); (got == given) != kept || got == "" {
			t.Errorf("requestID(%q) = %q, want it kept: %v", given, got, kept)
		}
	}
}

func TestWhereARequestComesFrom(t *testing.T) {
	for name, c := range map[string]struct {
		header http.Header
		same   bool
	}{
		"the same page":         {http.Header{"Sec-Fetch-Site": {"same-origin"}}, true},
		"typed by hand":         {http.Header{"Sec-Fetch-Site": {"none"}}, false},
		"its origin":            {http.Header{"Origin": {"https://shop.example"}}, true},
		"its origin, in caps":   {http.Header{"Origin": {"https://SHOP.example"}}, true},
		"another port":          {http.Header{"Origin": {"https://shop.example:8443"}}, false},
		"a name that begins so": {http.Header{"Origin": {"https://shop.example.evil"}}, false},
		"nothing":               {http.Header{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Host: "shop.example", Header: c.header}
			if got := sameOrigin(r); got != c.same {
				t.Errorf("sameOrigin = %v", got)
			}
		})
	}
}

// FuzzDecodeJSON checks that what is decoded is what encoding/json makes of it, and
// that nothing breaks the decoder.
func FuzzDecodeJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":null}],"c":"x"}`, `{"a":1,"a":2}`, `[1.5]`, `{"a":"\u202e"}`, `"\ud800"`, `{}{}`, "\xff", `{"":[[[[]]]]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decodeJSON(body)
		if err != nil {
			var p *problem
			if !errors.As(err, &p) || kindOf(p.code).status != http.StatusBadRequest {
				t.Errorf("%q: the error %v is not one of the caller's", body, err)
			}
			return
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is taken, but encoding/json says %v", body, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-encoding/json +ours):\n%s", body, diff)
		}
	})
}
