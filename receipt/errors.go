package receipt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MappingError is one thing that is wrong with a mapping file.
type MappingError struct {
	Line   int    // line of the mapping file, 1 for the first; 0 when no line is to blame
	Field  string // dotted path of the key, such as "columns.at.zone"
	Reason string
}

func (e *MappingError) Error() string {
	var b strings.Builder
	b.WriteString("mapping")
	if e.Line > 0 {
		fmt.Fprintf(&b, " line %d", e.Line)
	}
	if e.Field != "" {
		fmt.Fprintf(&b, ": %s", e.Field)
	}
	fmt.Fprintf(&b, ": %s", e.Reason)
	return b.String()
}

// FileError says why a file as a whole cannot be read, or not to its end.
// Whatever was read before it must not be used: the file may be cut off.
type FileError struct {
	Row    int // last row that was reached; 0 before the first
	Reason string
	Err    error // the cause, where there is one
}

func (e *FileError) Error() string {
	text := e.Reason
	if e.Row > 0 {
		text = fmt.Sprintf("after row %d: %s", e.Row, text)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

func fileErrorf(format string, args ...any) *FileError {
	return &FileError{Reason: fmt.Sprintf(format, args...)}
}

// RowError says why one row was refused. The rows after it are read all the
// same.
type RowError struct {
	// Row finds the row again: the line of a CSV file where it begins, the
	// row of a sheet, or which record of an XML file it is (1 for the first).
	Row int
	// Column is the column as the file calls it; empty when the row as a
	// whole is broken.
	Column string
	// Value is what stood there, at most MaxErrorValueRunes long. It is empty
	// when the row as a whole is broken: its legal class cannot be known then,
	// so nothing of it may be kept.
	Value string
	// Reason is why, in English; Code names it, and Params are the values that
	// a sentence in another language needs, by the names of [Code.Params].
	Reason string
	Code   Code
	Params map[string]string
}

func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("row %d: %s", e.Row, e.Reason)
	}
	return fmt.Sprintf("row %d, column %q: %s", e.Row, e.Column, e.Reason)
}

// shorten returns at most limit runes of s, as valid UTF-8.
func shorten(s string, limit int) string {
	// Cut by bytes first so that a huge cell is not scanned to its end.
	if most := limit * utf8.UTFMax; len(s) > most {
		s = s[:most]
	}
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	for i := range s {
		if limit == 0 {
			return s[:i]
		}
		limit--
	}
	return s
}

// listNames shows names for an error message, quoted and limited.
func listNames(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var b strings.Builder
	for i, name := range names {
		if i == maxNamesShown {
			fmt.Fprintf(&b, " and %d more", len(names)-maxNamesShown)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", shorten(name, maxNameRunes))
	}
	return b.String()
}
