package receipt

import (
	"strings"
	"testing"
	"time"
)

func TestTimesBecomeInstants(t *testing.T) {
	tests := []struct {
		name    string
		layouts []string
		zone    string
		text    string
		want    string // RFC 3339 in UTC, empty if refused
		reason  string
	}{
		{"RFC 3339 in UTC", []string{"rfc3339"}, "", "2017-01-28T19:06:53Z", "2017-01-28T19:06:53Z", ""},
		{"RFC 3339 with an offset", []string{"rfc3339"}, "Europe/Helsinki", "2017-01-28T19:06:53-05:00", "2017-01-29T00:06:53Z", ""},
		{"SQL in winter", []string{"2006-01-02 15:04:05"}, "Europe/Helsinki", "2017-01-28 19:06:53", "2017-01-28T17:06:53Z", ""},
		{"SQL in summer", []string{"2006-01-02 15:04:05"}, "Europe/Helsinki", "2017-07-28 19:06:53", "2017-07-28T16:06:53Z", ""},
		{"SQL in UTC", []string{"2006-01-02 15:04:05"}, "UTC", "2017-07-28 19:06:53", "2017-07-28T19:06:53Z", ""},
		{"fractions of a second", []string{"2006-01-02 15:04:05"}, "UTC", "2017-07-28 19:06:53.25", "2017-07-28T19:06:53.25Z", ""},
		{"Finnish", []string{"2.1.2006 15.04"}, "Europe/Helsinki", "5.4.2025 9.05", "2025-04-05T06:05:00Z", ""},
		{"two digits of the year", []string{"02.01.06 15:04"}, "Europe/Warsaw", "05.04.25 09:05", "2025-04-05T07:05:00Z", ""},
		{"a day is its midnight", []string{"2006-01-02"}, "Europe/Helsinki", "2017-07-28", "2017-07-27T21:00:00Z", ""},
		{"layout with an offset", []string{"2006-01-02 15:04 -0700"}, "", "2017-07-28 19:06 +0300", "2017-07-28T16:06:00Z", ""},
		{"Unix seconds", []string{"unix"}, "", "1485630413", "2017-01-28T19:06:53Z", ""},
		{"Unix milliseconds", []string{"unix_ms"}, "", "1485630413250", "2017-01-28T19:06:53.25Z", ""},
		{"seconds or milliseconds", []string{"unix", "unix_ms"}, "", "1485630413250", "2017-01-28T19:06:53.25Z", ""},
		{"Excel's days", []string{"excel"}, "UTC", "42763.7964467593", "2017-01-28T19:06:53Z", ""},
		{"Excel's days in a zone", []string{"excel"}, "Europe/Helsinki", "42763.5", "2017-01-28T10:00:00Z", ""},
		{"the second of two layouts", []string{"rfc3339", "02.01.2006 15:04"}, "UTC", "28.01.2017 19:06", "2017-01-28T19:06:00Z", ""},

		{"summer time begins: the hour left out", []string{"2006-01-02 15:04"}, "Europe/Helsinki", "2017-03-26 03:30", "2017-03-26T01:30:00Z", ""},
		{"just before it", []string{"2006-01-02 15:04"}, "Europe/Helsinki", "2017-03-26 02:59", "2017-03-26T00:59:00Z", ""},
		{"just after it", []string{"2006-01-02 15:04"}, "Europe/Helsinki", "2017-03-26 04:00", "2017-03-26T01:00:00Z", ""},
		{"summer time ends: the first of two hours", []string{"2006-01-02 15:04"}, "Europe/Helsinki", "2017-10-29 03:30", "2017-10-29T00:30:00Z", ""},
		{"just before them", []string{"2006-01-02 15:04"}, "Europe/Helsinki", "2017-10-29 02:59", "2017-10-28T23:59:00Z", ""},
		{"just after them", []string{"2006-01-02 15:04"}, "Europe/Helsinki", "2017-10-29 04:00", "2017-10-29T02:00:00Z", ""},

		{"no such day", []string{"2006-01-02"}, "UTC", "2017-02-30", "", "is not a time written as 2006-01-02"},
		{"other text", []string{"rfc3339", "unix"}, "", "yesterday", "", "is not a time written as rfc3339 | unix"},
		{"long ago", []string{"2006-01-02"}, "UTC", "1917-02-03", "", "is not between the years 1990 and 2099"},
		{"far away", []string{"rfc3339"}, "", "2217-02-03T00:00:00Z", "", "is not between the years 1990 and 2099"},
		{"a negative day", []string{"excel"}, "UTC", "-1", "", "is not between the years 1990 and 2099"},
		{"too many days", []string{"excel"}, "UTC", "1e300", "", "is not a time written as excel"},
		{"the largest seconds", []string{"unix"}, "", "9223372036854775807", "", "is not a time written as unix"},
		{"a fraction of seconds", []string{"unix"}, "", "1485630413.5", "", "is not a time written as unix"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, path, err := newClock(tt.layouts, tt.zone)
			if err != nil {
				t.Fatalf("the layouts are refused at %q: %v", path, err)
			}
			at, reason := c.parse(tt.text, '.')
			got := ""
			if !reason.found() {
				got = time.UnixMilli(at).UTC().Format(time.RFC3339Nano)
			}
			if got != tt.want || reason.text() != tt.reason {
				t.Errorf("got %q, %q; want %q, %q", got, reason.text(), tt.want, tt.reason)
			}
		})
	}
}

func TestExcelDaysWithADecimalComma(t *testing.T) {
	c, _, err := newClock([]string{"excel"}, "UTC")
	if err != nil {
		t.Fatal(err)
	}
	if at, reason := c.parse("42763,5", ','); reason.found() || at != time.Date(2017, 1, 28, 12, 0, 0, 0, time.UTC).UnixMilli() {
		t.Errorf("got %d, %q", at, reason.text())
	}
	c.epoch = days1904
	if at, reason := c.parse("41301.5", '.'); reason.found() || at != time.Date(2017, 1, 28, 12, 0, 0, 0, time.UTC).UnixMilli() {
		t.Errorf("from 1904: got %d, %q", at, reason.text())
	}
}

// Every quarter of an hour of two years with a change of the clocks: the wall
// time that an instant shows leads back to it, except in the second of two
// hours, which leads to the first.
func TestWallTimesLeadBack(t *testing.T) {
	for _, name := range []string{"Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		second := 0
		const layout = "2006-01-02 15:04:05"
		end := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)
		for at := time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(end); at = at.Add(15 * time.Minute) {
			wall, err := time.Parse(layout, at.In(zone).Format(layout))
			if err != nil {
				t.Fatal(err)
			}
			got := fromWall(wall.UnixMilli(), zone)
			if got == at.UnixMilli() {
				continue
			}
			second++
			shown := time.UnixMilli(got).In(zone).Format(layout)
			if got > at.UnixMilli() || shown != at.In(zone).Format(layout) {
				t.Fatalf("%s: %s leads to %s", name, at, time.UnixMilli(got).UTC())
			}
		}
		want := map[string]int{"Europe/Helsinki": 8, "America/New_York": 8, "Australia/Lord_Howe": 4}[name]
		if second != want {
			t.Errorf("%s: %d quarters of an hour come twice, want %d", name, second, want)
		}
	}
}

func TestShorten(t *testing.T) {
	tests := map[string]struct {
		text  string
		limit int
		want  string
	}{
		"short":         {"abc", 3, "abc"},
		"long":          {"abcd", 3, "abc"},
		"letters":       {"äöåä", 3, "äöå"},
		"broken":        {"a\xffb", 3, "a\uFFFDb"},
		"broken at end": {"ab\xc3", 3, "ab\uFFFD"},
		"huge":          {strings.Repeat("€", 1_000_000), 2, "€€"},
		"empty":         {"", 2, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := shorten(tt.text, tt.limit); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
