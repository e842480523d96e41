package receipt

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrorWriter writes refused rows as a CSV file (UTF-8, comma) with the header
// row,column,value,reason,code. The file may hold personal data of customers: what
// stood in the refused cells.
//
// Its user opens it in a spreadsheet, which runs cells that begin with =, +, -
// or @ as formulas (OWASP, "CSV injection"); such values get an apostrophe in
// front. The import must not be a way to attack the shop's office.
type ErrorWriter struct {
	csv *csv.Writer
}

// NewErrorWriter writes the header to w. The caller closes w after Flush.
func NewErrorWriter(w io.Writer) (*ErrorWriter, error) {
	e := &ErrorWriter{csv: csv.NewWriter(w)}
	return e, e.write("row", "column", "value", "reason", "code")
}

// Write adds one row. It may be kept back until Flush.
func (e *ErrorWriter) Write(r *RowError) error {
	return e.write(strconv.Itoa(r.Row), harmless(r.Column), harmless(r.Value), harmless(r.Reason), string(r.Code))
}

// Flush writes what was kept back.
func (e *ErrorWriter) Flush() error {
	e.csv.Flush()
	if err := e.csv.Error(); err != nil {
		return fmt.Errorf("writing error file: %w", err)
	}
	return nil
}

func (e *ErrorWriter) write(cells ...string) error {
	if err := e.csv.Write(cells); err != nil {
		return fmt.Errorf("writing error file: %w", err)
	}
	return nil
}

// harmless returns s so that no spreadsheet takes it for a formula, and no
// terminal for commands.
func harmless(s string) string {
	first, _ := utf8.DecodeRuneInString(s)
	risky := s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) // also the wide forms of East Asia
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7F {
			return '\uFFFD'
		}
		return r
	}, s)
	if risky {
		return "'" + s
	}
	return s
}
