package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/leima/leima/sheet"
)

var columns = []sheet.Column{{"name", sheet.Text}, {"stamps", sheet.Number}, {"at", sheet.Instant}, {"day", sheet.Day}}

var helsinki = func() *time.Location {
	z, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return z
}()

// nasty are names that somebody may have typed, and how a CSV file shows them.
var nasty = map[string]string{
	"Helmi":                        "Helmi",
	"":                             "",
	"O'Neill, \"Bob\"":             "O'Neill, \"Bob\"",
	"two\nlines":                   "two\nlines",
	`=HYPERLINK("http://x","y")`:   `'=HYPERLINK("http://x","y")`,
	"+358401234567":                "'+358401234567",
	"-2+3":                         "'-2+3",
	"@SUM(A1:A9)":                  "'@SUM(A1:A9)",
	"\t=1+1":                       "'\t=1+1",
	"\r=1+1":                       "'=1+1", // a lone CR is no line break in RFC 4180
	"\n=1+1":                       "'\n=1+1",
	"＝1+1":                         "'＝1+1",
	" =1+1":                        " =1+1",
	"'=1+1":                        "'=1+1",
	"Ää Öö Łódź Ёлка 漢字 🧪":         "Ää Öö Łódź Ёлка 漢字 🧪",
	"bell\a and escape\x1b":        "bell\uFFFD and escape\uFFFD",
	"not UTF-8 \xff":               "not UTF-8 \uFFFD",
	"</t></is><f>1+1</f>":          "</t></is><f>1+1</f>",
	"_x000D_":                      "_x000D_",
	"a;b|c\\d":                     "a;b|c\\d",
	"  kept spaces  ":              "  kept spaces  ",
	strings.Repeat("long ", 1_000): strings.Repeat("long ", 1_000),
}

// TestNamesComeBack writes names that are made to hurt, and reads them as a spreadsheet
// would.
func TestNamesComeBack(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 15, 30, 0, helsinki)
	for name, want := range nasty {
		rows := readCSV(t, write(t, func(b *bytes.Buffer) (sheet.Writer, error) { return sheet.NewCSV(b, columns, false) }, name, int64(-3), at, at))
		if diff := cmp.Diff([]string{want, "-3", "2026-03-02T09:15:30+02:00", "2026-03-02"}, rows[1]); diff != "" {
			t.Errorf("CSV of %q (-want +have):\n%s", name, diff)
		}
		book := openXLSX(t, write(t, func(b *bytes.Buffer) (sheet.Writer, error) { return sheet.NewXLSX(b, columns) }, name, int64(-3), at, at))
		want = strings.TrimPrefix(want, "'")
		switch name {
		case "'=1+1":
			want = name
		case "\r=1+1":
			want = "\n=1+1" // XML knows one line break
		}
		cell, err := book.GetCellValue("Sheet1", "A2")
		if err != nil {
			t.Fatal(err)
		}
		if strings.ReplaceAll(cell, "\r", "\n") != want {
			t.Errorf("xlsx of %q: have %q", name, cell)
		}
		if formula, err := book.GetCellFormula("Sheet1", "A2"); err != nil || formula != "" {
			t.Errorf("xlsx of %q: a formula %q, %v", name, formula, err)
		}
	}
}

func TestCellsOfAWorkbookHaveTypes(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 15, 30, 0, helsinki)
	book := openXLSX(t, write(t, func(b *bytes.Buffer) (sheet.Writer, error) { return sheet.NewXLSX(b, columns) }, "007", int64(12), at, at))
	for cell, want := range map[string]struct {
		kind       excelize.CellType
		shown, raw string
	}{
		"A1": {excelize.CellTypeInlineString, "name", "name"},
		"A2": {excelize.CellTypeInlineString, "007", "007"},
		"B2": {excelize.CellTypeUnset, "12", "12"},
		// 46083 days after the beginning of 1900, as spreadsheets count.
		"C2": {excelize.CellTypeUnset, "2026-03-02 09:15:30", "46083.3857638889"},
		"D2": {excelize.CellTypeUnset, "2026-03-02", "46083"},
	} {
		kind, err := book.GetCellType("Sheet1", cell)
		shown, err2 := book.GetCellValue("Sheet1", cell)
		raw, err3 := book.GetCellValue("Sheet1", cell, excelize.Options{RawCellValue: true})
		if err := errors.Join(err, err2, err3); err != nil {
			t.Fatal(err)
		}
		if kind != want.kind || shown != want.shown || !strings.HasPrefix(raw, want.raw) {
			t.Errorf("%s: want %+v, have %v %q %q", cell, want, kind, shown, raw)
		}
	}
}

func TestACSVFileIsThatOfTheRFC(t *testing.T) {
	text := string(write(t, func(b *bytes.Buffer) (sheet.Writer, error) { return sheet.NewCSV(b, columns, true) }, `a,"b"`, int64(1), nil, nil))
	if want := "\ufeffname,stamps,at,day\r\n\"a,\"\"b\"\"\",1,,\r\n"; text != want {
		t.Errorf("want %q, have %q", want, text)
	}
}

// TestNoTextIsAFormula is the rule behind the list of nasty names.
func TestNoTextIsAFormula(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.StringOf(rapid.RuneFrom([]rune("=+-@\t\r\n'\", aä＝\x00"))).Draw(r, "name")
		var b bytes.Buffer
		w, err := sheet.NewCSV(&b, columns[:1], false)
		if err == nil {
			err = errors.Join(w.Row(name), w.Row("end"), w.Close())
		}
		if err != nil {
			r.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			r.Fatal(err)
		}
		// A row of one empty cell is an empty line, which is no row.
		if name != "" && len(rows) != 3 {
			r.Fatalf("%d rows", len(rows))
		}
		if cell := rows[1][0]; strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\n") {
			r.Fatalf("%q begins a formula", cell)
		}
	})
}

func TestCellsOfAnotherKindAreRefused(t *testing.T) {
	for _, cells := range [][]any{{"a"}, {1, int64(1), nil, nil}, {"a", 1, nil, nil}, {"a", int64(1), "2026", nil}, {"a", int64(1), nil, int64(5)}} {
		c, err := sheet.NewCSV(&bytes.Buffer{}, columns, false)
		if err != nil {
			t.Fatal(err)
		}
		if c.Row(cells...) == nil {
			t.Errorf("%v was written", cells)
		}
	}
}

var errFull = errors.New("full")

// full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAFaultOfTheFileIsTold(t *testing.T) {
	if _, err := sheet.NewCSV(full{}, columns, true); !errors.Is(err, errFull) {
		t.Errorf("have %v", err)
	}
	c, err := sheet.NewCSV(full{}, columns, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Row("a", nil, nil, nil), c.Close()); !errors.Is(err, errFull) {
		t.Errorf("have %v", err)
	}
	x, err := sheet.NewXLSX(full{}, columns)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); !errors.Is(err, errFull) {
		t.Errorf("have %v", err)
	}
}

// write writes one row and returns the file.
func write(t *testing.T, open func(*bytes.Buffer) (sheet.Writer, error), cells ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := open(&b)
	if err == nil {
		err = errors.Join(w.Row(cells...), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readCSV(t *testing.T, file []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func openXLSX(t *testing.T, file []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	return book
}
