package loyalty_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

func instant(t *testing.T, rfc3339 string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli()
}

func TestDayOf(t *testing.T) {
	for _, c := range []struct {
		at   string
		zone *time.Location
		want loyalty.Day
	}{
		{"2026-03-02T21:59:59.999Z", helsinki, 20260302},
		{"2026-03-02T22:00:00Z", helsinki, 20260303},
		{"2026-07-02T20:59:59Z", helsinki, 20260702}, // summer time
		{"2026-07-02T21:00:00Z", helsinki, 20260703},
		{"2026-12-31T23:30:00Z", zone("Pacific/Kiritimati"), 20270101},
		{"2026-01-01T09:30:00Z", zone("Pacific/Niue"), 20251231},
		{"1969-12-31T23:59:59Z", nil, 19691231},
		{"2024-02-29T12:00:00Z", nil, 20240229},
	} {
		if got := loyalty.DayOf(instant(t, c.at), c.zone); got != c.want {
			t.Errorf("%s in %v is day %d, want %d", c.at, c.zone, got, c.want)
		}
	}
}

func TestExpiryAfter(t *testing.T) {
	for _, c := range []struct {
		name, at, period string
		zone             *time.Location
		want             string // the first instant that is too late
	}{
		{"for ever", "2026-03-02T10:00:00Z", "", helsinki, ""},
		{"a day is today and tomorrow", "2026-03-02T10:00:00+02:00", "P1D", helsinki, "2026-03-04T00:00:00+02:00"},
		{"by the location's day, not UTC's", "2026-03-02T23:30:00Z", "P1D", helsinki, "2026-03-05T00:00:00+02:00"},
		{"the first instant of a day", "2026-03-02T00:00:00+02:00", "P1D", helsinki, "2026-03-04T00:00:00+02:00"},
		{"the last instant of a day", "2026-03-02T23:59:59.999+02:00", "P1D", helsinki, "2026-03-04T00:00:00+02:00"},
		{"a month", "2026-03-02T10:00:00+02:00", "P1M", helsinki, "2026-04-03T00:00:00+03:00"},
		{"31 January and a month", "2026-01-31T10:00:00+02:00", "P1M", helsinki, "2026-03-01T00:00:00+02:00"},
		{"31 January and a month in a leap year", "2024-01-31T10:00:00+02:00", "P1M", helsinki, "2024-03-01T00:00:00+02:00"},
		{"31 January and a month in 2100", "2100-01-31T10:00:00Z", "P1M", time.UTC, "2100-03-01T00:00:00Z"},
		{"30 January and a month", "2026-01-30T10:00:00+02:00", "P1M", helsinki, "2026-03-01T00:00:00+02:00"},
		{"31 March and a month", "2026-03-31T10:00:00+03:00", "P1M", helsinki, "2026-05-01T00:00:00+03:00"},
		{"31 December and two months", "2027-12-31T10:00:00+02:00", "P2M", helsinki, "2028-03-01T00:00:00+02:00"},
		{"28 February and a month is not the end of March", "2026-02-28T10:00:00+02:00", "P1M", helsinki, "2026-03-29T00:00:00+02:00"},
		{"29 February and a year", "2024-02-29T10:00:00+02:00", "P12M", helsinki, "2025-03-01T00:00:00+02:00"},
		{"29 February and four years", "2024-02-29T10:00:00+02:00", "P48M", helsinki, "2028-03-01T00:00:00+02:00"},
		{"a month, shortened, and days after it", "2026-01-31T10:00:00+02:00", "P1M3D", helsinki, "2026-03-04T00:00:00+02:00"},
		{"days over the end of a year", "2026-12-30T10:00:00+02:00", "P3D", helsinki, "2027-01-03T00:00:00+02:00"},
		{"the longest", "2026-03-02T10:00:00+02:00", "P120M3660D", helsinki, "2046-03-11T00:00:00+02:00"},
		{"clocks go forward on the last day", "2026-03-28T10:00:00+02:00", "P1D", helsinki, "2026-03-30T00:00:00+03:00"},
		{"clocks go back on the last day", "2026-10-24T10:00:00+03:00", "P1D", helsinki, "2026-10-26T00:00:00+02:00"},
		{"no midnight after the last day, Brazil", "2018-11-02T10:00:00-03:00", "P1D", zone("America/Sao_Paulo"), "2018-11-04T01:00:00-02:00"},
		{"no midnight on the last day, Brazil", "2018-11-03T10:00:00-03:00", "P1D", zone("America/Sao_Paulo"), "2018-11-05T00:00:00-02:00"},
		{"no midnight after the last day, Egypt", "2026-04-22T10:00:00+02:00", "P1D", zone("Africa/Cairo"), "2026-04-24T01:00:00+03:00"},
		{"the last hour of the last day twice, Egypt", "2026-10-28T10:00:00+03:00", "P1D", zone("Africa/Cairo"), "2026-10-30T00:00:00+02:00"},
		{"no midnight after the last day, Lebanon", "2026-03-27T10:00:00+02:00", "P1D", zone("Asia/Beirut"), "2026-03-29T01:00:00+03:00"},
		{"midnight twice after the last day, Cuba", "2026-10-30T10:00:00-04:00", "P1D", zone("America/Havana"), "2026-11-01T00:00:00-04:00"},
		{"the day after the last was left out, Samoa", "2011-12-28T10:00:00-10:00", "P1D", zone("Pacific/Apia"), "2011-12-31T00:00:00+14:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			period, err := loyalty.ParsePeriod(c.period)
			if err != nil {
				t.Fatal(err)
			}
			var want int64
			if c.want != "" {
				want = instant(t, c.want)
			}
			if got := period.ExpiryAfter(instant(t, c.at), c.zone); got != want {
				t.Errorf("%s from %s: %s, want %s", c.period, c.at, time.UnixMilli(got).In(c.zone).Format(time.RFC3339Nano), c.want)
			}
		})
	}
}

// oddZones change their clocks at or around midnight, by half an hour, or have left
// out or repeated more than most.
var oddZones = []string{
	"UTC", "Europe/Helsinki", "America/Sao_Paulo", "America/Santiago", "America/Havana", "America/Nuuk", "America/St_Johns",
	"Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Gaza", "Asia/Amman", "Asia/Tehran", "Asia/Kathmandu",
	"Atlantic/Azores", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia", "Pacific/Kwajalein",
}

// The end of a day is the first instant that belongs to a later one: found here by
// walking from minute to minute and then halving, without any calendar.
func TestEndOfDayIsTheFirstInstantOfALaterDay(t *testing.T) {
	from := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	to := time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	rapid.Check(t, func(t *rapid.T) {
		z := zone(rapid.SampledFrom(oddZones).Draw(t, "zone"))
		at := rapid.Int64Range(from, to).Draw(t, "at")
		if rapid.Bool().Draw(t, "around a change of clocks") {
			if _, change := time.UnixMilli(at).In(z).ZoneBounds(); !change.IsZero() {
				at = change.UnixMilli() + rapid.Int64Range(-36*hourMS, 36*hourMS).Draw(t, "from it")
			}
		}
		if got, want := loyalty.EndOfDay(at, z), endOfDay(at, z); got != want {
			t.Errorf("the day of %s ends at %s, want %s", time.UnixMilli(at).In(z), time.UnixMilli(got).In(z), time.UnixMilli(want).In(z))
		}
	})
}

const (
	minuteMS = 60 * 1000
	hourMS   = 60 * minuteMS
)

func endOfDay(at int64, z *time.Location) int64 {
	today := loyalty.DayOf(at, z)
	before, after := at, at+minuteMS
	for loyalty.DayOf(after, z) <= today {
		before, after = after, after+minuteMS
	}
	for after-before > 1 {
		if middle := (before + after) / 2; loyalty.DayOf(middle, z) <= today {
			before = middle
		} else {
			after = middle
		}
	}
	return after
}

// A longer period never ends earlier, and every period covers at least today.
func TestLongerPeriodsEndLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := zone(rapid.SampledFrom(oddZones).Draw(t, "zone"))
		at := rapid.Int64Range(0, 4e12).Draw(t, "at")
		p := loyalty.Period{
			Months: rapid.IntRange(0, loyalty.MaxPeriodMonths).Draw(t, "months"),
			Days:   rapid.IntRange(1, loyalty.MaxPeriodDays).Draw(t, "days"),
		}
		end := p.ExpiryAfter(at, z)
		if end <= loyalty.EndOfDay(at, z) {
			t.Errorf("%s from %d ends today", p, at)
		}
		if loyalty.DayOf(end-1, z) == loyalty.DayOf(end, z) {
			t.Errorf("%s from %d ends in the middle of a day", p, at)
		}
		more := loyalty.Period{Months: p.Months, Days: p.Days + 1}
		if longer := more.ExpiryAfter(at, z); longer < end {
			t.Errorf("%s from %d ends at %d, but %s at %d", p, at, end, more, longer)
		}
	})
}

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct {
		in   string
		want loyalty.Period
	}{
		{"", loyalty.Period{}},
		{"P12M", loyalty.Period{Months: 12}},
		{"P30D", loyalty.Period{Days: 30}},
		{"P1M15D", loyalty.Period{Months: 1, Days: 15}},
		{"P120M3660D", loyalty.Period{Months: 120, Days: 3660}},
		{"P0D", loyalty.Period{}},
		{"P007D", loyalty.Period{Days: 7}},
	} {
		got, err := loyalty.ParsePeriod(c.in)
		if err != nil || got != c.want {
			t.Errorf("ParsePeriod(%q) = %+v, %v, want %+v", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{
		"P", "M", "12", "12M", "PM", "P-1M", "P1.5M", "P1D1M", "P1Y", "P1W", "PT1H", "P1M ", " P1M", "p1m", "P1M\n",
		"P121M", "P3661D", "P9999M", "P99999D", "P١M", strings.Repeat("P1M", 1000),
	} {
		if got, err := loyalty.ParsePeriod(in); err == nil {
			t.Errorf("ParsePeriod(%q) = %+v, want an error", in, got)
		} else if in != "" && len(in) < 20 && !strings.Contains(err.Error(), "P12M") && !strings.Contains(err.Error(), "at most") {
			t.Errorf("ParsePeriod(%q): %v does not say what is wanted", in, err)
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"", "P12M", "P30D", "P1M15D", "P", "P0D", "P1Y", "P9999M", "P120M3660D"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := loyalty.ParsePeriod(s)
		if err != nil {
			if p != (loyalty.Period{}) {
				t.Errorf("%q: %+v beside the error %v", s, p, err)
			}
			return
		}
		if p.Months < 0 || p.Months > loyalty.MaxPeriodMonths || p.Days < 0 || p.Days > loyalty.MaxPeriodDays {
			t.Errorf("%q is %+v, out of bounds", s, p)
		}
		again, err := loyalty.ParsePeriod(p.String())
		if err != nil || again != p {
			t.Errorf("%q is %+v, but written as %q it is %+v, %v", s, p, p.String(), again, err)
		}
	})
}
