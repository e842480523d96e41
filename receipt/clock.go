package receipt

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Names that a mapping may list among the layouts; anything else is a layout
// of Go's package time.
const (
	layoutRFC3339  = "rfc3339"
	layoutUnix     = "unix"    // seconds since 1970-01-01 UTC
	layoutUnixMs   = "unix_ms" // milliseconds
	layoutExcel    = "excel"   // days since 1899-12-30 in the mapping's zone
	millisPerDay   = 24 * 60 * 60 * 1000
	days1904       = 1462 // what the calendar of old Macs is behind
	layoutsForHelp = `rfc3339, unix, unix_ms, excel or a pattern such as "02.01.2006 15:04"`
)

// Purchases outside these years are typing errors or another calendar. The
// bounds also keep Unix seconds, milliseconds and Excel's days apart.
const firstYear, lastYear = 1990, 2099

var (
	earliest = time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	latest   = time.Date(lastYear+1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
)

// clock turns the times of a file into instants.
type clock struct {
	layouts []layout
	zone    *time.Location
	epoch   int64  // added to Excel's days, days1904 for workbooks of old Macs
	names   string // for error messages
}

type layout struct {
	pattern string
	zoned   bool // the text itself tells the offset from UTC
}

// newClock checks the layouts and the zone. The path tells which key under
// columns.at is wrong.
func newClock(patterns []string, zone string) (c clock, path string, err error) {
	if len(patterns) == 0 {
		return c, ".layouts", errors.New("must list how times are written: " + layoutsForHelp)
	}
	if len(patterns) > MaxLayouts {
		return c, ".layouts", fmt.Errorf("lists more than %d layouts", MaxLayouts)
	}
	allZoned := true
	for _, pattern := range patterns {
		l, err := newLayout(pattern)
		if err != nil {
			return c, ".layouts", err
		}
		allZoned = allZoned && l.zoned
		c.layouts = append(c.layouts, l)
	}
	c.names = strings.Join(patterns, " | ")
	switch zone {
	case "":
		if !allZoned {
			return c, ".zone", errors.New("is needed, because not every layout tells the offset: an IANA name such as Europe/Helsinki, or UTC")
		}
		c.zone = time.UTC
	case "Local":
		// Would read the same file differently on another machine.
		return c, ".zone", errors.New("must be an IANA name such as Europe/Helsinki, or UTC")
	default:
		if c.zone, err = time.LoadLocation(zone); err != nil {
			return c, ".zone", fmt.Errorf("%q is not an IANA time zone such as Europe/Helsinki: %w", zone, err)
		}
	}
	return c, "", nil
}

func newLayout(pattern string) (layout, error) {
	switch pattern {
	case layoutRFC3339, layoutUnix, layoutUnixMs:
		return layout{pattern: pattern, zoned: true}, nil
	case layoutExcel:
		return layout{pattern: pattern}, nil
	}
	if strings.Contains(pattern, "MST") {
		// Such names mean different offsets in different countries.
		return layout{}, fmt.Errorf("%q uses a zone abbreviation: use an offset (Z07:00) or columns.at.zone", pattern)
	}
	// A layout is good if a date survives being written and read with it.
	sample := time.Date(2017, 11, 23, 19, 6, 53, 0, time.FixedZone("", 3*60*60))
	written := sample.Format(pattern)
	read, err := time.Parse(pattern, written)
	if err != nil {
		return layout{}, fmt.Errorf("%q is not a layout: use %s", pattern, layoutsForHelp)
	}
	if y, m, d := read.Date(); y != 2017 || m != 11 || d != 23 {
		return layout{}, fmt.Errorf("%q does not tell year, month and day: use %s", pattern, layoutsForHelp)
	}
	_, offset := read.Zone()
	return layout{pattern: pattern, zoned: offset != 0}, nil
}

// parse returns the instant in UTC milliseconds. Decimal is the mark of
// Excel's fractions. There is no flaw when the time is good.
func (c *clock) parse(s string, decimal byte) (atMs int64, bad flaw) {
	for _, l := range c.layouts {
		atMs, ok := c.parseAs(l, s, decimal)
		if !ok {
			continue
		}
		if atMs < earliest || atMs >= latest {
			bad = because(CodeTimeRange, strconv.Itoa(firstYear), strconv.Itoa(lastYear))
			continue
		}
		return atMs, flaw{}
	}
	if !bad.found() {
		bad = because(CodeTimeLayout, c.names)
	}
	return 0, bad
}

func (c *clock) parseAs(l layout, s string, decimal byte) (atMs int64, ok bool) {
	switch l.pattern {
	case layoutRFC3339:
		t, err := time.Parse(time.RFC3339, s)
		return t.UnixMilli(), err == nil
	case layoutUnix:
		seconds, err := strconv.ParseInt(s, 10, 64)
		return seconds * 1000, err == nil && seconds < latest/1000 && seconds > 0
	case layoutUnixMs:
		ms, err := strconv.ParseInt(s, 10, 64)
		return ms, err == nil
	case layoutExcel:
		plain, good := plainNumber(s, decimal)
		days, err := strconv.ParseFloat(plain, 64)
		if !good || err != nil || math.Abs(days) > 100_000 {
			return 0, false
		}
		dayZero := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).UnixMilli()
		wall := dayZero + c.epoch*millisPerDay + int64(math.Round(days*millisPerDay))
		return fromWall(wall, c.zone), true
	}
	t, err := time.Parse(l.pattern, s)
	if err != nil {
		return 0, false
	}
	if l.zoned {
		return t.UnixMilli(), true
	}
	return fromWall(t.UnixMilli(), c.zone), true
}

// fromWall returns the instant at which a clock in zone shows wall, which is
// given as if it were UTC. In the hour that comes twice when summer time ends
// it is the first of the two; in the hour that is left out when it begins, the
// till's clock is taken not to have been put forward yet. Package time leaves
// both open, and the same file must always give the same instants.
func fromWall(wallMs int64, zone *time.Location) int64 {
	if zone == time.UTC {
		return wallMs
	}
	before := offsetMs(wallMs-millisPerDay, zone)
	after := offsetMs(wallMs+millisPerDay, zone)
	if at := wallMs - before; before == after || offsetMs(at, zone) == before {
		return at
	}
	if at := wallMs - after; offsetMs(at, zone) == after {
		return at
	}
	return wallMs - before
}

func offsetMs(atMs int64, zone *time.Location) int64 {
	_, seconds := time.UnixMilli(atMs).In(zone).Zone()
	return int64(seconds) * 1000
}
