package receipt_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/leima/leima/receipt"
)

// FuzzMapping: whatever the bytes are, they are a mapping that holds its
// promises or an error of ours, and a file can be read with it.
func FuzzMapping(f *testing.F) {
	for _, seed := range []string{
		plainMap, fullMap, nestedMap, flatMap, sheetMap, "", "a: [", "columns: {at: {layouts: [\"2006\"]}}", "header: 99999999999999999999",
		"? {a: b}\n: c", "legal_class: {values: {~: other}}", "&a a: *a", "columns: &c {customer: x}\nearn: *c",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := receipt.ParseMapping(text)
		if err != nil {
			var wrong *receipt.MappingError
			if !errors.As(err, &wrong) || m != nil {
				t.Fatalf("mapping %v, error %v", m, err)
			}
			return
		}
		c := m.Columns
		if c.Customer+c.OldNumber == "" || c.Receipt == "" || c.At == "" || m.Earn.Stamps < 1 || m.HeaderRow < 1 || (c.LegalClass == "") != m.AssumesOther() {
			t.Fatalf("a mapping that lacks what it must have: %+v", m)
		}
		read(t, "x.csv", "customer,receipt,at\nA,R,2025-04-03T00:00:00Z\n", m)
	})
}

// FuzzCSV: whatever the file is, it is read to its end or refused with a
// reason, and what comes out of it is sound.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		fullHeader + "R1;03.04.2025 09:15;S;A;tea;2,5;1 004,90;otc;1;2;3;4\n",
		fullHeader + "R1;03.04.2025 09:15;S;A;tea;2,5;4,90;rx;1;2;3;4\nR2;2025-04-03;S;A;;;1;1;;;;\n",
		"customer,receipt,at\rA,R,2025-04-03T00:00:00Z\r", "\xff\xfec\x00", "\xef\xbb\xbf", "\"", "receipt;\x00\n", "", "\n\n\n",
		fullHeader + "\"R1;03.04.2025\n\"\";\";;;;\n", fullHeader + "R1;2025-04-03;\xff;A\x00;;;1e999;1;;;;\n",
	} {
		f.Add(seed)
	}
	m := mustMapping(f, strings.Replace(fullMap, "encoding: utf-8\ndelimiter: \";\"\n", "", 1))
	f.Fuzz(func(t *testing.T, data string) { soundResult(t, read(t, "x.csv", data, m)) })
}

// FuzzXML: the same for XML.
func FuzzXML(f *testing.F) {
	for _, seed := range []string{
		"<all>" + flatRecord("A", "R1") + "</all>", "<receipt/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><receipt/>", "<a><a><receipt id='1'><receipt/></receipt>",
		"<?xml version='1.0' encoding='koi8-r'?><receipt><customer>\xc1</customer></receipt>", "<\x00r\x00/\x00>\x00", "<a:receipt a:id='' id='2'>&#x0;", "<receipt><![CDATA[",
	} {
		f.Add(seed)
	}
	m := mustMapping(f, flatMap)
	f.Fuzz(func(t *testing.T, data string) { soundResult(t, read(t, "x.xml", data, m)) })
}

// FuzzXLSX: the same for the parts of a workbook that matter.
func FuzzXLSX(f *testing.F) {
	f.Add(sheetXML(headerXML+rowXML), stringsXML, workbookXML)
	f.Add(sheetXML(headerXML+`<row r="2"><c t="s"><v>5</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2025-04-03</v></c></row>`), stringsXML, workbookXML)
	f.Add(sheetXML(`<row r="9"/>`), "", "")
	f.Add("", "<sst/>", `<workbook><workbookPr date1904="1"/></workbook>`)
	m := mustMapping(f, sheetMap)
	f.Fuzz(func(t *testing.T, sheet, texts, workbook string) {
		data := zipped(t, part{name: sheetName, text: sheet}, part{name: "xl/sharedStrings.xml", text: texts}, part{name: "xl/workbook.xml", text: workbook})
		soundResult(t, read(t, "x.xlsx", data, m))
	})
}

func soundResult(t *testing.T, got result) {
	t.Helper()
	var wrong *receipt.FileError
	if got.Err != nil && !errors.As(got.Err, &wrong) {
		t.Fatalf("not a FileError: %v", got.Err)
	}
	for _, l := range got.Lines {
		for _, s := range []string{l.Customer, l.Receipt, l.Location, l.Product, l.Contact.Phone, l.Contact.Email, l.Contact.FirstName, l.Contact.LastName} {
			if len(s) > receipt.MaxReferenceBytes || !utf8.ValidString(s) || s != strings.TrimSpace(s) || strings.ContainsAny(s, "\x00\n\r\uFFFD") {
				t.Fatalf("unsound text %q in %+v", s, l)
			}
		}
		if l.Row < 1 || l.Customer+l.OldNumber == "" || l.Receipt == "" || l.At <= 0 || l.Class == receipt.ClassPrescription || l.Class == "" {
			t.Fatalf("unsound line %+v", l)
		}
		if max(l.AmountMinor, -l.AmountMinor, l.QuantityMilli, -l.QuantityMilli) > receipt.MaxMinor {
			t.Fatalf("unsound number in %+v", l)
		}
	}
	for _, bad := range got.Bad {
		if bad.Row < 1 || bad.Reason == "" || !slices.Contains(receipt.Codes(), bad.Code) || len(bad.Params) != len(bad.Code.Params()) || utf8.RuneCountInString(bad.Value) > receipt.MaxErrorValueRunes || bad.Column == "" && bad.Value != "" {
			t.Fatalf("unsound row error %+v", bad)
		}
	}
}
