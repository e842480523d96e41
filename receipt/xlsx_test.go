package receipt_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/leima/leima/receipt"
)

const sheetMap = `format: xlsx
decimal: ","
columns:
  customer: customer
  receipt: receipt
  at: {column: at, layouts: [excel, "02.01.2006 15:04", rfc3339], zone: Europe/Helsinki}
  quantity: pieces
  amount: {column: total, currency: EUR}
legal_class: {assume: other}
earn: {per: receipt}
customers: {match: external}
`

// book returns a workbook with the cells in the first sheet.
func book(t testing.TB, change func(*excelize.File), rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var sheetHeader = []any{"receipt", "at", "customer", "pieces", "total", "note"}

func TestWorkbookCells(t *testing.T) {
	clock := time.Date(2017, 1, 28, 19, 6, 53, 0, time.UTC) // as the cell shows it
	data := book(t, nil,
		sheetHeader,
		[]any{31625220889, clock, 2261, 1, 3.86, "x"},
		[]any{"R2", "28.01.2017 19:06", "A-77", "2,5", "1 004,90"},
		[]any{},
		[]any{"R3", "2017-01-28T19:06:00Z", "A", 1.5, 0.1 + 0.2},
		[]any{"", "", ""},
		[]any{"R4", "28.01.2017 19:06", "A", 1, "4.905"},
		[]any{"R5", true, "A", 1, 1},
		[]any{"R6", 42763.5, "A", nil, -2},
	)
	line := func(row int, customer, id, at string, milli, minor int64) receipt.Line {
		return receipt.Line{
			Row: row, Customer: customer, Receipt: id, At: atMs(t, at),
			QuantityMilli: milli, AmountMinor: minor, Class: receipt.ClassOther,
		}
	}
	sameResult(t, read(t, "x.xlsx", data, mustMapping(t, sheetMap)), result{
		Lines: []receipt.Line{
			line(2, "2261", "31625220889", "2017-01-28T17:06:53Z", 1000, 386),
			line(3, "A-77", "R2", "2017-01-28T17:06:00Z", 2500, 100490),
			line(5, "A", "R3", "2017-01-28T19:06:00Z", 1500, 30),
			line(9, "A", "R6", "2017-01-28T10:00:00Z", 0, -200),
		},
		Bad: []receipt.RowError{
			{Row: 7, Column: "total", Value: "4.905", Reason: "has more than 2 decimals", Code: receipt.CodeTooManyDecimals, Params: map[string]string{"limit": "2"}},
			{Row: 8, Column: "at", Value: "1", Reason: "is not between the years 1990 and 2099", Code: receipt.CodeTimeRange, Params: map[string]string{"first": "1990", "last": "2099"}},
		},
	})
}

func TestWorkbookOfAnOldMac(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
	}, sheetHeader, []any{"R", 41301.5, "A", 1, 1})
	got := read(t, "x.xlsx", data, mustMapping(t, sheetMap))
	if got.Err != nil || len(got.Lines) != 1 || got.Lines[0].At != atMs(t, "2017-01-28T10:00:00Z") {
		t.Errorf("got %+v", got)
	}
}

func TestWorkbookSheetAndHeader(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		if _, err := f.NewSheet("Sales"); err != nil {
			t.Fatal(err)
		}
		for cell, row := range map[string][]any{
			"B3": {"Sales of the year"}, "B5": sheetHeader, "B7": {"R", 42763.5, "A", 1, 1},
		} {
			if err := f.SetSheetRow("Sales", cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}, []any{"nothing here"})
	for _, header := range []string{"4", "5"} { // row 4 is empty, the header the next
		got := read(t, "x.xlsx", data, mustMapping(t, sheetMap+"sheet: Sales\nheader: "+header+"\n"))
		if got.Err != nil || len(got.Lines) != 1 || got.Lines[0].Row != 7 {
			t.Errorf("got %+v", got)
		}
	}
	for change, reason := range map[string]string{
		"":                           `does not have the column "customer"`,
		"sheet: Sale\n":              `does not have the sheet "Sale"; its sheets are "Sheet1", "Sales"`,
		"sheet: Sales\n":             `its columns are "", "Sales of the year"`,
		"sheet: Sales\nheader: 8\n":  "there is no header in row 8",
		"sheet: Sheet1\nheader: 2\n": "there is no header in row 2",
	} {
		if got := read(t, "x.xlsx", data, mustMapping(t, sheetMap+change)); got.Err == nil || !strings.Contains(got.Err.Error(), reason) {
			t.Errorf("%q: got %v, want %q", change, got.Err, reason)
		}
	}
}

func TestWorkbookLimitsAreToldByRow(t *testing.T) {
	wide := make([]any, receipt.MaxColumns+1)
	for i := range wide {
		wide[i] = "x"
	}
	got := read(t, "x.xlsx", book(t, nil, sheetHeader, wide, []any{"R", 42763.5, "A", 1, 1}), mustMapping(t, sheetMap))
	if got.Err != nil || len(got.Bad) != 1 || got.Bad[0].Reason != "the row has more than 500 columns" || len(got.Lines) != 1 {
		t.Errorf("a wide row: %+v", got)
	}
	got = read(t, "x.xlsx", book(t, nil, wide), mustMapping(t, sheetMap))
	if got.Err == nil || !strings.Contains(got.Err.Error(), "the header has more than 500 columns") {
		t.Errorf("a wide header: %v", got.Err)
	}
}

// part is a file of a workbook made by hand.
type part struct {
	name, text string
	claims     uint64 // size that the directory claims, if not the true one
}

const (
	workbookXML = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`
	relsXML     = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`
	rootRelsXML = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	stringsXML  = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>receipt</t></si><si><t>at</t></si><si><t>customer</t></si><si><t>pieces</t></si><si><t>total</t></si><si><r><t>A</t></r><r><t>7</t></r></si></sst>`
	headerXML   = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c></row>`
	rowXML      = `<row r="2"><c r="A2" t="inlineStr"><is><t>R1</t></is></c><c r="B2"><v>42763.5</v></c><c r="C2" t="s"><v>5</v></c><c r="E2"><v>1</v></c></row>`
	sheetName   = "xl/worksheets/sheet1.xml"
)

func sheetXML(rows string) string {
	return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
}

// zipped packs a workbook: the parts replace the plain ones of the same name.
func zipped(t testing.TB, parts ...part) string {
	t.Helper()
	all := []part{
		{name: "[Content_Types].xml", text: `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{name: "_rels/.rels", text: rootRelsXML},
		{name: "xl/workbook.xml", text: workbookXML},
		{name: "xl/_rels/workbook.xml.rels", text: relsXML},
		{name: sheetName, text: sheetXML(headerXML + rowXML)},
		{name: "xl/sharedStrings.xml", text: stringsXML},
	}
next:
	for _, p := range parts {
		for i := range all {
			if all[i].name == p.name {
				all[i] = p
				continue next
			}
		}
		all = append(all, p)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range all {
		h := &zip.FileHeader{Name: p.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(p.text))}
		h.CompressedSize64, h.UncompressedSize64 = uint64(len(p.text)), uint64(len(p.text))
		if p.claims > 0 {
			h.UncompressedSize64 = p.claims
		}
		f, err := w.CreateRaw(h)
		if err == nil {
			_, err = f.Write([]byte(p.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// deflated packs size bytes of blanks under the name: a true bomb, a thousandth
// of the size.
func deflated(t testing.TB, name string, size int) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	f, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	for written := 0; written < size; written += len(blanks) {
		if _, err := f.Write(blanks); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWorkbooksThatCannotBeRead(t *testing.T) {
	sheet := func(rows string) part { return part{name: sheetName, text: sheetXML(headerXML + rows)} }
	good := zipped(t)
	if got := read(t, "x.xlsx", good, mustMapping(t, sheetMap)); got.Err != nil || len(got.Lines) != 1 || got.Lines[0].Customer != "A7" {
		t.Fatalf("the good one: %+v", got)
	}
	flipped := []byte(good)
	flipped[strings.Index(good, "42763.5")]++
	many := make([]part, receipt.MaxXLSXParts)
	for i := range many {
		many[i].name = fmt.Sprintf("x%d", i)
	}
	tests := []struct {
		name   string
		data   string
		reason string
	}{
		{"not a workbook", "customer,receipt\n", "the file is not a workbook"},
		{"protected", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xx", "protected by a password or in the old .xls format"},
		{"cut off", good[:len(good)-10], "the workbook is damaged"},
		{"a flipped bit", string(flipped), "checksum error"},
		{"no sheet", zipped(t, part{name: "xl/workbook.xml", text: `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`}), "no sheet"},
		{"a workbook of another kind", zipped(t, part{name: "xl/workbook.xml", text: "<x/>"}), "the workbook cannot be opened"},
		{"sheet not there", zipped(t, part{name: "xl/_rels/workbook.xml.rels", text: "<Relationships/>"}), "cannot be"},
		{"too many parts", zipped(t, many...), "parts, more than the 2000 that are allowed"},

		{"zip bomb: a sheet", zipped(t, part{name: sheetName, text: " ", claims: receipt.MaxXLSXUnzippedBytes + 1}), "unpacks to more than 1073741824 bytes"},
		{"zip bomb: another part", deflated(t, "xl/media/image1.png", receipt.MaxXLSXPartBytes+1), `the part "xl/media/image1.png" of the workbook unpacks to more than 16777216 bytes`},
		{"zip bomb: more parts", zipped(t, part{name: "xl/worksheets/a.xml", claims: 1 << 29}, part{name: "xl/worksheets/b.xml", claims: 1 << 29}), "unpacks to more than"},
		{"zip bomb: a size that overflows", zipped(t, part{name: "xl/worksheets/a.xml", claims: 1<<64 - 2}), "unpacks to more than"},
		{"a sheet larger than it claims", zipped(t, part{name: sheetName, text: sheetXML(headerXML + rowXML), claims: 100}), "not a valid zip file"},

		{"entity bomb", zipped(t, part{name: sheetName, text: `<!DOCTYPE a [<!ENTITY x "y">]>` + sheetXML(headerXML)}), "declares entities"},
		{"sheet breaks off", zipped(t, part{name: sheetName, text: "<worksheet><sheetData>" + headerXML}), "the XML breaks off"},
		{"sheet is no XML", zipped(t, sheet("<row r=2>")), "the XML is broken"},
		{"tags crossed", zipped(t, sheet("<row><c></row></c>")), `the XML closes "row", which is not open`},
		{"too deep", zipped(t, sheet(strings.Repeat("<a>", receipt.MaxXMLDepth))), "nested deeper than"},
		{"endless text", zipped(t, sheet("<row><c t='str'><v>"+strings.Repeat("x", receipt.MaxXMLTokenBytes+1)+"</v></c></row>")), "is longer than"},
		{"row too far down", zipped(t, sheet(`<row r="1048577"/>`)), "more than 1048576 rows"},
		{"row before the last", zipped(t, sheet(`<row r="3"/><row r="2"/>`)), `after row 3: the row number "2" is out of order`},
		{"row without sense", zipped(t, sheet(`<row r="-1"/>`)), "is out of order"},
		{"cells crossed", zipped(t, sheet(`<row r="2"><c r="B2"/><c r="A2"/></row>`)), `row 2: the cell "A2" is out of order`},
		{"cell too far right", zipped(t, sheet(`<row r="2"><c r="XFE2"/></row>`)), `row 2: the cell "XFE2" is out of order`},
		{"cell without sense", zipped(t, sheet(`<row r="2"><c r="2"/></row>`)), `row 2: the cell "2" is out of order`},
		{
			"a sheet by another name", zipped(t, part{name: "xl/_rels/workbook.xml.rels", text: strings.ReplaceAll(relsXML, "worksheets/sheet1.xml", "data/a.xml")},
				part{name: "xl/data/a.xml", text: sheetXML(headerXML + `<row r="2"><c r="A2" t="s"><v>6</v></c></row>`)}), "text that is not in the workbook",
		},
		{"text that is not there", zipped(t, sheet(`<row r="2"><c r="A2" t="s"><v>6</v></c></row>`)), "row 2: a cell points to text that is not in the workbook"},
		{"text before the first", zipped(t, sheet(`<row r="2"><c r="A2" t="s"><v>-1</v></c></row>`)), "points to text that is not in the workbook"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(t, "x.xlsx", tt.data, mustMapping(t, sheetMap))
			var wrong *receipt.FileError
			if !errors.As(got.Err, &wrong) || !strings.Contains(got.Err.Error(), tt.reason) {
				t.Errorf("got %v, want a FileError with %q", got.Err, tt.reason)
			}
		})
	}
}

// A sheet and strings that are unpacked to temporary files are read the same,
// and the files are gone afterwards.
func TestLargeWorkbook(t *testing.T) {
	const rows = 5_000
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetRow("A1", sheetHeader); err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		// The note makes the sheet larger than what is held in memory.
		row := []any{fmt.Sprintf("R%d", i/2), 42763.5, i % 100, 1, 1.25, strings.Repeat("x", 4_000)}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	data := out.String()
	r, err := receipt.NewReader(ctx, "x.xlsx", strings.NewReader(data), int64(len(data)), mustMapping(t, sheetMap))
	if err != nil {
		t.Fatal(err)
	}
	lines, before := 0, int64(0)
	for line, err := range r.Lines(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		lines++
		if line.Row != lines+1 || line.AmountMinor != 125 {
			t.Fatalf("line %d: %+v", lines, line)
		}
		if now, total := r.Progress(); now < before || now > total {
			t.Fatalf("progress goes from %d to %d of %d", before, now, total)
		} else {
			before = now
		}
		if half, total := r.Progress(); lines == rows/2 && (half < total*4/10 || half > total*6/10) {
			t.Errorf("half way, progress is %d of %d", half, total)
		}
	}
	if lines != rows {
		t.Errorf("%d lines, want %d", lines, rows)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) == 0 {
		t.Errorf("the workbook was not unpacked to files (%v), the test does not test what it says", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v %v", left, err)
	}
	cancel()
	if _, err := receipt.NewReader(ctx, "x.xlsx", strings.NewReader(data), int64(len(data)), mustMapping(t, sheetMap)); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: %v", err)
	}
}
