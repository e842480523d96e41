package sheet

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind is what stands in the cells of a column.
type Kind int

// The kinds, and the Go values of their cells. A cell of any kind may be nil: it is
// left empty.
const (
	// Text is a string.
	Text Kind = iota
	// Number is an int64.
	Number
	// Instant is a time.Time. It is written as clocks show it in its time zone, in CSV
	// with the offset (RFC 3339).
	Instant
	// Day is a time.Time of which the date counts.
	Day
)

// Column is a column with the name that stands above it.
type Column struct {
	Name string
	Kind Kind
}

// Writer writes rows below each other.
type Writer interface {
	// Row writes one row, which has a cell for each column. A cell of another type than
	// its column's is an error.
	Row(cells ...any) error
	// Close writes what was kept back. No row comes after it.
	Close() error
}

// check returns an error unless the cells are those of the columns.
func check(columns []Column, cells []any) error {
	if len(cells) != len(columns) {
		return fmt.Errorf("%d cells for %d columns", len(cells), len(columns))
	}
	for i, c := range cells {
		ok := c == nil
		switch columns[i].Kind {
		case Text:
			_, text := c.(string)
			ok = ok || text
		case Number:
			_, number := c.(int64)
			ok = ok || number
		case Instant, Day:
			_, instant := c.(time.Time)
			ok = ok || instant
		}
		if !ok {
			return fmt.Errorf("column %s: a cell of type %T", columns[i].Name, c)
		}
	}
	return nil
}

// formulaStarts are the characters with which spreadsheets take text for a formula, with
// the wide forms that programs in East Asia take for them, and those that some programs
// remove before they look.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// harmless returns the text so that no program takes it for a formula: with an
// apostrophe before it where it might.
func harmless(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune(formulaStarts, first) {
		return "'" + s
	}
	return s
}

// printable puts U+FFFD in the place of what neither form can hold: control characters
// but tab and the line breaks, and bytes that are not UTF-8.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return r
		case r < ' ' || r == 0x7F || r == 0xFFFE || r == 0xFFFF:
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}
