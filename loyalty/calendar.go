package loyalty

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Day is a calendar day written as the number yyyymmdd, so that days compare and
// store as integers. The zero Day is no day.
type Day int32

// DayOf returns the day that it is in the zone at the instant (UTC milliseconds).
// A nil zone is UTC.
func DayOf(at int64, zone *time.Location) Day {
	y, m, d := local(at, zone).Date()
	return Day(y*10000 + int(m)*100 + d) //nolint:gosec // years have four digits
}

func local(at int64, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return time.UnixMilli(at).In(zone)
}

// EndOfDay returns the first instant of the day after the one that it is in the
// zone at the instant, in UTC milliseconds: the exclusive end of that day.
func EndOfDay(at int64, zone *time.Location) int64 {
	return startOfNextDay(local(at, zone))
}

// maxClockChanges bounds how often the clocks of a zone change in one day.
const maxClockChanges = 4

// startOfNextDay looks for midnight by the offset in force, and by the next one if
// the clocks change before. time.Date would do, but for days that have no midnight
// (clocks put forward over it, Cairo), two of them (put back over it, Amman 1995) or
// were left out (Samoa, 30 December 2011).
func startOfNextDay(t time.Time) int64 {
	y, m, d := t.Date()
	for range maxClockChanges {
		_, offset := t.Zone()
		midnight := time.Date(y, m, d+1, 0, 0, -offset, 0, time.UTC)
		_, change := t.ZoneBounds()
		switch {
		case midnight.Before(t):
			return t.UnixMilli() // the clocks were put forward over midnight
		case change.IsZero() || midnight.Before(change):
			return midnight.UnixMilli()
		}
		t = change
	}
	return t.UnixMilli()
}

// Period is a length of validity in whole calendar months and days. The zero
// Period means without end.
type Period struct{ Months, Days int }

// IsZero reports whether the period is without end.
func (p Period) IsZero() bool { return p == Period{} }

// ExpiryAfter returns the first instant at which something issued at the instant
// and valid for the period is no longer valid: the end of its last day in the
// zone. A month that is too short for the day ends on its last day (31 January
// and one month is the end of 28 or 29 February). It returns 0 for no end.
func (p Period) ExpiryAfter(at int64, zone *time.Location) int64 {
	if p.IsZero() {
		return 0
	}
	t := local(at, zone)
	y, m, d := t.Date()
	lastOfMonth := time.Date(y, m+time.Month(p.Months)+1, 0, 12, 0, 0, 0, t.Location()).Day()
	last := time.Date(y, m+time.Month(p.Months), min(d, lastOfMonth)+p.Days, 12, 0, 0, 0, t.Location())
	return startOfNextDay(last)
}

// MaxPeriodMonths and MaxPeriodDays bound periods to about ten years.
const (
	MaxPeriodMonths = 120
	MaxPeriodDays   = 3660
)

var periodPattern = regexp.MustCompile(`^P(?:(\d{1,4})M)?(?:(\d{1,4})D)?$`)

// ParsePeriod reads the ISO 8601 durations that a Period can hold: P12M, P30D,
// P1M15D. The empty string is the zero Period.
func ParsePeriod(s string) (Period, error) {
	if s == "" {
		return Period{}, nil
	}
	m := periodPattern.FindStringSubmatch(s)
	if m == nil || s == "P" {
		return Period{}, fmt.Errorf("period %q: want months and days such as P12M, P30D or P1M15D", s)
	}
	months, _ := strconv.Atoi("0" + m[1])
	days, _ := strconv.Atoi("0" + m[2])
	if months > MaxPeriodMonths || days > MaxPeriodDays {
		return Period{}, fmt.Errorf("period %q: want at most %d months and %d days", s, MaxPeriodMonths, MaxPeriodDays)
	}
	return Period{Months: months, Days: days}, nil
}

// String returns the form that ParsePeriod reads, "" for the zero Period.
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	s := "P"
	if p.Months != 0 {
		s += strconv.Itoa(p.Months) + "M"
	}
	if p.Days != 0 {
		s += strconv.Itoa(p.Days) + "D"
	}
	return s
}
