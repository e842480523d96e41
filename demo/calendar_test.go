package demo

import (
	"testing"
	"time"
)

// The dates stand in any Finnish calendar of those years.
func TestHolidays(t *testing.T) {
	for _, c := range []struct {
		day    string
		closed bool
	}{
		{"2025-01-01", true},
		{"2025-01-06", true},
		{"2025-04-18", true}, // Good Friday
		{"2025-04-20", true}, // Easter
		{"2025-04-21", true},
		{"2025-04-22", false},
		{"2025-05-01", true},
		{"2025-05-29", true},  // Ascension
		{"2025-06-08", true},  // Whit Sunday
		{"2025-06-20", true},  // Midsummer Eve
		{"2025-06-21", true},  // Midsummer
		{"2025-11-01", true},  // All Saints'
		{"2025-10-31", false}, // a Friday
		{"2025-12-06", true},
		{"2025-12-23", false},
		{"2025-12-24", true},
		{"2025-12-26", true},
		{"2025-12-27", false},
		{"2026-04-03", true}, // Good Friday
		{"2026-06-19", true}, // Midsummer Eve
		{"2026-06-26", false},
		{"2026-10-31", true}, // All Saints'
	} {
		day, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := busy(day) == 0; got != c.closed {
			t.Errorf("%s closed: %v, want %v", c.day, got, c.closed)
		}
	}
}

func TestEaster(t *testing.T) {
	for _, want := range []string{
		"1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23", "2011-04-24", "2019-04-21", "2024-03-31",
		"2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2038-04-25",
	} {
		day, err := time.Parse(time.DateOnly, want)
		if err != nil {
			t.Fatal(err)
		}
		if got := easterSunday(day.Year()).Format(time.DateOnly); got != want {
			t.Errorf("Easter of %d is %s, want %s", day.Year(), got, want)
		}
	}
}
