package demo

import "time"

// Opening hours of the pharmacy, by the clock of its zone.
const (
	opensAt        = 8
	closesAt       = 20
	sundayOpensAt  = 12
	sundayClosesAt = 16
)

// weekdayWeight says how busy a day is, by time.Weekday; the days of a week
// average 1. People fetch things after the week-end and before the next one.
var weekdayWeight = [7]float64{0.35, 1.25, 1.10, 1.05, 1.10, 1.30, 0.85}

// hourWeight says how many of a hundred customers come in the hour: at lunch and
// after work.
var hourWeight = [24]int{
	8: 5, 9: 7, 10: 9, 11: 11, 12: 10, 13: 7, 14: 7, 15: 9, 16: 13, 17: 12, 18: 7, 19: 3,
}

// busy is how busy the day is: 1 is an ordinary one, 0 a day when the doors stay
// closed.
func busy(day time.Time) float64 {
	if isHoliday(day) {
		return 0
	}
	weight := weekdayWeight[day.Weekday()]
	switch {
	case day.Month() == time.December && day.Day() >= 10:
		return weight * 1.4 // presents
	case day.Month() == time.July:
		return weight * 0.7 // away at the lake
	case day.Month() <= time.February:
		return weight * 1.15 // colds
	}
	return weight
}

// isHoliday knows the days on which a Finnish shop of this size is closed: the
// public holidays, and the eves of Midsummer and Christmas.
func isHoliday(day time.Time) bool {
	y, m, d := day.Date()
	switch {
	case m == time.January && (d == 1 || d == 6),
		m == time.May && d == 1,
		m == time.December && (d == 6 || d >= 24 && d <= 26):
		return true
	// Midsummer Day is the Saturday between 20 and 26 June, its eve the day before.
	case m == time.June && d >= 19 && d <= 25 && day.Weekday() == time.Friday,
		m == time.June && d >= 20 && d <= 26 && day.Weekday() == time.Saturday,
		// All Saints' Day is the Saturday between 31 October and 6 November.
		(m == time.October && d == 31 || m == time.November && d <= 6) && day.Weekday() == time.Saturday:
		return true
	}
	easter := easterSunday(y)
	for _, after := range [...]int{-2, 0, 1, 39, 49} { // Good Friday to Whit Sunday
		if holiday := easter.AddDate(0, 0, after); holiday.Month() == m && holiday.Day() == d {
			return true
		}
	}
	return false
}

// easterSunday is the first Sunday after the full moon of the church calendar on
// or after 21 March (Gregorian), worked out from the golden number and the epact.
func easterSunday(year int) time.Time {
	golden := year%19 + 1
	century := year/100 + 1
	droppedLeapDays := 3*century/4 - 12
	moonCorrection := (8*century+5)/25 - 5
	epact := (11*golden + 20 + moonCorrection - droppedLeapDays) % 30
	if epact < 0 {
		epact += 30
	}
	if epact == 25 && golden > 11 || epact == 24 {
		epact++
	}
	moon := 44 - epact
	if moon < 21 {
		moon += 30
	}
	full := time.Date(year, time.March, moon, 12, 0, 0, 0, time.UTC)
	return full.AddDate(0, 0, 7-int(full.Weekday()))
}

// timeOn draws a moment of the day within opening hours.
func (d *draw) timeOn(day time.Time) time.Time {
	from, to := opensAt, closesAt
	if day.Weekday() == time.Sunday {
		from, to = sundayOpensAt, sundayClosesAt
	}
	total := 0
	for h := from; h < to; h++ {
		total += hourWeight[h]
	}
	hour, n := from, d.random.IntN(total)
	for n >= hourWeight[hour] {
		n -= hourWeight[hour]
		hour++
	}
	y, m, dd := day.Date()
	// The last minutes of an hour are left free for what follows a visit's first act.
	return time.Date(y, m, dd, hour, d.random.IntN(55), d.random.IntN(60), 0, d.zone)
}
