package receipt_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"github.com/leima/leima/receipt"
)

// result is all that comes out of a file.
type result struct {
	Lines  []receipt.Line
	Bad    []receipt.RowError
	Counts receipt.Counts
	Err    error // final error, of opening or of reading
}

func read(t testing.TB, name, data string, m *receipt.Mapping) result {
	t.Helper()
	ctx := t.Context()
	r, err := receipt.NewReader(ctx, name, strings.NewReader(data), int64(len(data)), m)
	if err != nil {
		return result{Err: err}
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var got result
	for line, err := range r.Lines(ctx) {
		var row *receipt.RowError
		switch {
		case err == nil:
			got.Lines = append(got.Lines, line)
		case errors.As(err, &row):
			got.Bad = append(got.Bad, *row)
		default:
			got.Err = err
		}
	}
	got.Counts = r.Counts()
	if c := got.Counts; c.Rows != c.Lines+c.Bad+c.Prescription+c.UnknownClass+c.Anonymous || c.Lines != len(got.Lines) || c.Bad != len(got.Bad) {
		t.Errorf("the counts do not add up: %+v", c)
	}
	if read, total := r.Progress(); got.Err == nil && (read != total || total != int64(len(data))) {
		t.Errorf("at the end %d of %d bytes are read, the file has %d", read, total, len(data))
	}
	return got
}

// sameResult compares without the final error.
func sameResult(t *testing.T, got, want result) {
	t.Helper()
	if got.Err != nil {
		t.Fatalf("the file is refused: %v", got.Err)
	}
	if want.Counts == (receipt.Counts{}) {
		want.Counts = got.Counts
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

func atMs(t testing.TB, text string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli()
}

const fullHeader = "receipt;at;shop;customer;product;pieces;total;class;phone;mail;first;last\n"

func TestALineHasAllThatTheFileTells(t *testing.T) {
	got := read(t, "x.csv", fullHeader+
		"R1;03.04.2025 09:15; Tori ;A-77;tea;2,5;1 004,90;OTC;+358 40 1234567;a@example.com;Aino;Äijälä\n"+
		"R2;2025-04-04;;A-12;;;-3;1;;;;\n", mustMapping(t, fullMap))
	sameResult(t, got, result{Lines: []receipt.Line{
		{
			Row: 2, Customer: "A-77", Receipt: "R1", Location: "Tori", Product: "tea", At: atMs(t, "2025-04-03T06:15:00Z"),
			QuantityMilli: 2500, AmountMinor: 100490, Class: receipt.ClassOTC,
			Contact: receipt.Contact{Phone: "+358 40 1234567", Email: "a@example.com", FirstName: "Aino", LastName: "Äijälä"},
		},
		{Row: 3, Customer: "A-12", Receipt: "R2", At: atMs(t, "2025-04-03T21:00:00Z"), AmountMinor: -300, Class: receipt.ClassOther},
	}})
}

func TestABadRowCostsItselfOnly(t *testing.T) {
	ok := "R1;2025-04-03;S;A;tea;1;2;1;;;;\n"
	tests := []struct {
		name string
		row  string
		want receipt.RowError // without the row
	}{
		{"no receipt", ";2025-04-03;S;A;tea;1;2;1;;;;", receipt.RowError{Column: "receipt", Reason: "is empty", Code: receipt.CodeEmpty}},
		{"no time", "R;;S;A;tea;1;2;1;;;;", receipt.RowError{Column: "at", Reason: "is empty", Code: receipt.CodeEmpty}},
		{"time", "R;soon;S;A;tea;1;2;1;;;;", receipt.RowError{Column: "at", Value: "soon", Reason: "is not a time written as 02.01.2006 15:04 | 2006-01-02", Code: receipt.CodeTimeLayout, Params: map[string]string{"layouts": "02.01.2006 15:04 | 2006-01-02"}}},
		{"amount", "R;2025-04-03;S;A;tea;1;2.50;1;;;;", receipt.RowError{Column: "total", Value: "2.50", Reason: `is not a number written with "," as decimal mark`, Code: receipt.CodeNotANumber, Params: map[string]string{"mark": ","}}},
		{"no amount", "R;2025-04-03;S;A;tea;1;;1;;;;", receipt.RowError{Column: "total", Reason: "is empty", Code: receipt.CodeEmpty}},
		{"quantity", "R;2025-04-03;S;A;tea;0,0005;2;1;;;;", receipt.RowError{Column: "pieces", Value: "0,0005", Reason: "has more than 3 decimals", Code: receipt.CodeTooManyDecimals, Params: map[string]string{"limit": "3"}}},
		{"NUL", "R;2025-04-03;S;A\x00;tea;1;2;1;;;;", receipt.RowError{Column: "customer", Value: "A\x00", Reason: "has a control character", Code: receipt.CodeControlCharacter}},
		{"line end in a name", "R;2025-04-03;S;\"A\nB\";tea;1;2;1;;;;", receipt.RowError{Column: "customer", Value: "A\nB", Reason: "has a control character", Code: receipt.CodeControlCharacter}},
		{"broken letter", "R;2025-04-03;S;\xc4ij\xe4;tea;1;2;1;;;;", receipt.RowError{Column: "customer", Value: "\uFFFDij\uFFFD", Reason: "has a character that is broken in the encoding utf-8: set encoding in the mapping", Code: receipt.CodeBrokenEncoding, Params: map[string]string{"encoding": "utf-8"}}},
		{"long reference", "R;2025-04-03;S;" + strings.Repeat("ä", 101) + ";tea;1;2;1;;;;", receipt.RowError{Column: "customer", Value: strings.Repeat("ä", 80), Reason: "is longer than 200 bytes", Code: receipt.CodeTooLong, Params: map[string]string{"limit": "200"}}},
		{"rounded reference", "6,41235E+12;2025-04-03;S;A;tea;1;2;1;;;;", receipt.RowError{Column: "receipt", Value: "6,41235E+12", Reason: "looks like a number that a spreadsheet has rounded, such as 6.4E+12: export the column as text", Code: receipt.CodeRounded}},
		{"too few cells", "R;2025-04-03;S;A", receipt.RowError{Reason: "the row has 4 cells, the header 12", Code: receipt.CodeCellCount, Params: map[string]string{"cells": "4", "columns": "12"}}},
		{"too many cells", "R;2025-04-03;S;A;tea;1;2;1;;;;;x", receipt.RowError{Reason: "the row has 13 cells, the header 12", Code: receipt.CodeCellCount, Params: map[string]string{"cells": "13", "columns": "12"}}},
		{"open quote", "R;2025-04-03;S;A;\"tea;1;2;1;;;;", receipt.RowError{Reason: "a quote is opened and not closed", Code: receipt.CodeOpenQuote}},
		{"huge cell", "R;2025-04-03;S;A;" + strings.Repeat("x", receipt.MaxFieldBytes+1) + ";1;2;1;;;;", receipt.RowError{Reason: "a cell is longer than 65536 bytes, or its quotes are not closed", Code: receipt.CodeCellTooLong, Params: map[string]string{"limit": "65536"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(t, "x.csv", fullHeader+ok+tt.row+"\n"+ok, mustMapping(t, fullMap))
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			tt.want.Row = 3
			if diff := cmp.Diff([]receipt.RowError{tt.want}, got.Bad); diff != "" {
				t.Errorf("bad rows (-want +got):\n%s", diff)
			}
			if len(got.Lines) != 2 {
				t.Errorf("%d good lines are read, want 2", len(got.Lines))
			}
		})
	}
}

func TestDelimitersAtTheEndOfARowAreHarmless(t *testing.T) {
	got := read(t, "x.csv", "customer,receipt,at\nA,R1,2025-04-03T00:00:00Z,,,\n", mustMapping(t, plainMap))
	sameResult(t, got, result{Lines: []receipt.Line{
		{Row: 2, Customer: "A", Receipt: "R1", At: atMs(t, "2025-04-03T00:00:00Z"), Class: receipt.ClassOther},
	}})
}

// The law: nothing of a prescription line is kept, whatever else is wrong with
// it, and a line of an unknown class is taken for one.
func TestPrescriptionsLeaveNoTrace(t *testing.T) {
	secret := "SECRET"
	rows := []string{
		"R1;2025-04-03;S;SECRET;SECRET;1;2;rx;SECRET;SECRET;SECRET;SECRET",
		"R2;SECRET;S;SECRET;SECRET;SECRET;SECRET;RX ;;;;", // bad in every way
		";;;;;;;rx;;;;",
		"R3;2025-04-03;S;SECRET;SECRET;1;2;;;;;",        // no class
		"R4;2025-04-03;S;SECRET;SECRET;1;2;SECRET;;;;",  // unknown class
		"R5;SECRET;SECRET;SECRET;SECRET;1;2;rx;x",       // cells missing
		"R6;2025-04-03;S;SECRET;SECRET;1;2;\"rx;;;;",    // broken quote
		"R7;2025-04-03;S;SECRET;SECRET;1;2;rx\x00;;;;",  // not the listed code
		"R8;2025-04-03;S;SECRET;SECRET;1;2;\"rx\"x;;;;", // broken quote
	}
	got := read(t, "x.csv", fullHeader+strings.Join(rows, "\n")+"\n", mustMapping(t, fullMap))
	if got.Err != nil || len(got.Lines) > 0 {
		t.Fatalf("got %v and lines %+v", got.Err, got.Lines)
	}
	if want := (receipt.Counts{Rows: 9, Bad: 3, Prescription: 3, UnknownClass: 3}); got.Counts != want {
		t.Errorf("counts: got %+v, want %+v", got.Counts, want)
	}
	for _, bad := range got.Bad {
		if strings.Contains(bad.Error()+bad.Value, secret) {
			t.Errorf("row %d tells about a prescription: %+v", bad.Row, bad)
		}
	}
}

func TestLinesWithoutACustomer(t *testing.T) {
	data := "customer,receipt,at\n ,R1,2025-04-03T00:00:00Z\nA,R2,2025-04-03T00:00:00Z\n"
	got := read(t, "x.csv", data, mustMapping(t, plainMap))
	if len(got.Bad) != 1 || got.Bad[0].Column != "customer" || got.Bad[0].Row != 2 || len(got.Lines) != 1 {
		t.Errorf("as an error: %+v", got)
	}
	got = read(t, "x.csv", data, mustMapping(t, strings.Replace(plainMap, "match: external", "match: external, missing: skip", 1)))
	if len(got.Bad) != 0 || got.Counts.Anonymous != 1 || len(got.Lines) != 1 {
		t.Errorf("skipped: %+v", got)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("customer,receipt,at\n")
	if err != nil {
		t.Fatal(err)
	}
	noMark := strings.TrimPrefix(utf16, "\xff\xfe")
	tests := []struct {
		name   string
		file   string
		change string // a line more in the mapping
		data   string
		reason string
	}{
		{"empty", "x.csv", "", "", "the file is empty"},
		{"only line ends", "x.csv", "", "\r\n\r\n", "there is no header in row 1"},
		{"header below the end", "x.csv", "header: 5\n", "a\nb\n", "there is no header in row 5"},
		{"column missing", "x.csv", "", "Customer,receipt,time\n", `does not have the column "customer", "at"; its columns are "Customer", "receipt", "time"`},
		{"column twice", "x.csv", "", "customer,receipt,at, customer\n", `the column "customer" is there twice, as number 1 and 4`},
		{"many columns", "x.csv", "", strings.Repeat("c,", 499) + "c\n", "and 450 more"},
		{"too many columns", "x.csv", "", strings.Repeat("c,", 500) + "c\n", "the header in row 1 cannot be read: the row has more than 500 columns"},
		{"quote in the header", "x.csv", "", "\"customer,receipt,at\n", "the header in row 1 cannot be read: a quote is opened and not closed"},
		{"other delimiter", "x.csv", "delimiter: \";\"\n", "customer,receipt,at\n", `its columns are "customer,receipt,at"`},
		{"UTF-16 without a mark", "x.csv", "", noMark, "UTF-16 without a mark"},
		{"UTF-16 with a mark as UTF-8", "x.csv", "encoding: utf-8\n", utf16, "begins with the mark of utf-16le, but the mapping says utf-8"},
		{"UTF-8 with a mark as windows-1252", "x.csv", "encoding: windows-1252\n", "\xef\xbb\xbfcustomer,receipt,at\n", "begins with the mark of utf-8, but the mapping says windows-1252"},
		{"a workbook", "x.csv", "", "PK\x03\x04abc", "is a workbook or another zip file"},
		{"an old workbook", "x.csv", "", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1abc", "is an old or protected workbook"},
		{"packed", "x.csv", "", "\x1f\x8b\x08abc", "is packed with gzip"},
		{"a picture", "x.csv", "", "\x89PNG\r\n\x1a\n\x00\x00", `does not have the column "customer"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(t, tt.file, tt.data, mustMapping(t, plainMap+tt.change))
			var wrong *receipt.FileError
			if !errors.As(got.Err, &wrong) || !strings.Contains(wrong.Error(), tt.reason) {
				t.Errorf("got %v, want a FileError with %q", got.Err, tt.reason)
			}
		})
	}
}

func TestAHeaderAloneIsAFileWithoutLines(t *testing.T) {
	for _, data := range []string{"customer,receipt,at", "customer,receipt,at\n", "customer,receipt,at\r\n\r\n"} {
		if got := read(t, "x.csv", data, mustMapping(t, plainMap)); got.Err != nil || got.Counts.Rows != 0 {
			t.Errorf("%q: got %+v", data, got)
		}
	}
}

func TestColumnsThatAreNotMappedMayBeTwice(t *testing.T) {
	got := read(t, "x.csv", "x,customer,x,receipt,,at,\n1,A,2,R,,2025-04-03T00:00:00Z,\n", mustMapping(t, plainMap))
	if got.Err != nil || len(got.Lines) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestTheFormatFollowsTheName(t *testing.T) {
	m := mustMapping(t, strings.Replace(plainMap, "format: csv", "format: auto", 1))
	data := "customer\treceipt\tat\nA\tR\t2025-04-03T00:00:00Z\n"
	for _, name := range []string{"a.csv", "a.b.TXT", "dir.xml/a.tsv"} {
		if got := read(t, name, data, m); got.Err != nil || len(got.Lines) != 1 {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	for name, reason := range map[string]string{
		"a": "does not tell the format", "a.pdf": "does not tell the format", "a.xml": "no record path", "a.xlsx": "is not a workbook",
	} {
		if got := read(t, name, data, m); got.Err == nil || !strings.Contains(got.Err.Error(), reason) {
			t.Errorf("%s: got %v, want %q", name, got.Err, reason)
		}
	}
}

func TestDelimitersAreFound(t *testing.T) {
	for _, delimiter := range []string{",", ";", "\t", "|"} {
		row := func(cells ...string) string { return strings.Join(cells, delimiter) + "\n" }
		// Names with the other delimiters in them, more often than the true one.
		data := "title, with ; and | all\n" + row(`"a,b,c,d;e;f;g|h|i|j"`, "customer", "receipt", "at") +
			row("x", "A", "R", "2025-04-03T00:00:00Z")
		got := read(t, "x.csv", data, mustMapping(t, plainMap+"header: 2\n"))
		if got.Err != nil || len(got.Lines) != 1 {
			t.Errorf("%q: got %+v", delimiter, got)
		}
	}
}

func TestLettersInManyEncodings(t *testing.T) {
	const name = "Äijälä & Łódź"
	tests := []struct {
		label string // in the mapping
		enc   encoding.Encoding
		text  string
	}{
		{"utf-8", encoding.Nop, name},
		{"auto", encoding.Nop, name},
		{"auto", unicode.UTF8BOM, name},
		{"utf-8", unicode.UTF8BOM, name},
		{"UTF8", unicode.UTF8BOM, name},
		{"auto", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), name},
		{"auto", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), name},
		{"utf-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), name},
		{"utf-16", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), name},
		{"utf-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), name},
		{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), name},
		{"windows-1250", charmap.Windows1250, name},
		{"windows-1251", charmap.Windows1251, "Лейма"},
		{"windows-1252", charmap.Windows1252, "Äijälä €"},
		{"auto", charmap.Windows1252, "Äijälä €"},
		{"windows-1257", charmap.Windows1257, "Äijälä Łódź"},
		{"iso-8859-1", charmap.ISO8859_1, "Äijälä"},
		{"iso-8859-2", charmap.ISO8859_2, name},
		{"iso-8859-15", charmap.ISO8859_15, "Äijälä €"},
		{"koi8-r", charmap.KOI8R, "Лейма"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			// The letter stands far behind, where a look at the start misses it.
			text := "receipt;at;customer\n" + strings.Repeat("R;2025-04-03T00:00:00Z;A\n", 20_000) +
				"R;2025-04-03T00:00:00Z;" + tt.text + "\n"
			data, err := tt.enc.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := htmlindex.Get(tt.label); err != nil && tt.label != "auto" {
				t.Fatal(err)
			}
			got := read(t, "x.csv", data, mustMapping(t, plainMap+"encoding: "+tt.label+"\n"))
			if got.Err != nil || len(got.Lines) != 20_001 {
				t.Fatalf("got %v and %d lines", got.Err, len(got.Lines))
			}
			if last := got.Lines[20_000].Customer; last != tt.text {
				t.Errorf("got %q, want %q", last, tt.text)
			}
		})
	}
}

func TestReadingStops(t *testing.T) {
	data := "customer,receipt,at\n" + strings.Repeat("A,R,2025-04-03T00:00:00Z\n", 10_000)
	r, err := receipt.NewReader(t.Context(), "x.csv", strings.NewReader(data), int64(len(data)), mustMapping(t, plainMap))
	if err != nil {
		t.Fatal(err)
	}
	tired := errors.New("tired")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	lines := 0
	var last error
	for _, err := range r.Lines(ctx) {
		if lines++; lines == 1000 {
			cancel(tired)
		}
		last = err
	}
	if !errors.Is(last, tired) || lines > 2000 {
		t.Errorf("after %d lines: %v", lines, last)
	}
	for _, err := range r.Lines(t.Context()) {
		if err == nil || !strings.Contains(err.Error(), "twice") {
			t.Errorf("the lines come twice: %v", err)
		}
	}
}

func TestLeavingTheLoopEndsTheReading(t *testing.T) {
	data := "customer,receipt,at\nA,R,2025-04-03T00:00:00Z\nA,R,2025-04-03T00:00:00Z\n"
	r, err := receipt.NewReader(t.Context(), "x.csv", strings.NewReader(data), int64(len(data)), mustMapping(t, plainMap))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range r.Lines(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if got := r.Counts().Lines; got != 1 {
		t.Errorf("%d lines are counted, want 1", got)
	}
}

func TestOpenAFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.csv")
	if err := os.WriteFile(path, []byte("customer,receipt,at\nA,R,2025-04-03T00:00:00Z\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := mustMapping(t, plainMap)
	r, err := receipt.Open(t.Context(), path, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range r.Lines(t.Context()) {
		if err != nil {
			t.Error(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := receipt.Open(t.Context(), dir, m); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := receipt.Open(t.Context(), path+"x", m); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// endless is a file that says it is larger than it may be.
type endless struct{}

func (endless) ReadAt(p []byte, _ int64) (int, error) { return len(p), nil }

func TestAFileMayNotBeTooLarge(t *testing.T) {
	for name, size := range map[string]int64{"x.csv": receipt.MaxFileBytes + 1, "x.xlsx": receipt.MaxXLSXBytes + 1} {
		m := mustMapping(t, strings.Replace(plainMap, "format: csv", "format: auto", 1))
		_, err := receipt.NewReader(t.Context(), name, endless{}, size, m)
		if err == nil || !strings.Contains(err.Error(), "more than the") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
