package receipt_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/leima/leima/receipt"
)

// nestedMap reads lines inside receipts.
const nestedMap = `format: xml
record: /shop/receipt/line
columns:
  customer: ../buyer/@ref
  receipt: "../@id"
  at: {column: ../when, layouts: [rfc3339]}
  location: "../../@code"
  product: "@sku"
  amount: {column: price/total, currency: EUR}
legal_class: {column: "price/@class", values: {r: prescription, o: other}}
earn: {per: receipt}
customers: {match: external}
`

// flatMap reads one element per receipt.
const flatMap = `format: xml
record: receipt
columns:
  customer: customer
  receipt: "@id"
  at: {column: at, layouts: [rfc3339]}
legal_class: {assume: other}
earn: {per: receipt}
customers: {match: external}
`

func flatRecord(customer, id string) string {
	return `<receipt id="` + id + `"><customer>` + customer + `</customer><at>2025-04-03T00:00:00Z</at></receipt>`
}

func TestXMLLinesInsideReceipts(t *testing.T) {
	got := read(t, "x.xml", `<?xml version="1.0"?>
<!-- <receipt id="no"/> -->
<shop code="S1">
  <receipt id="R1">
    <note>before</note><buyer ref=" A &amp; B "/><when>2025-04-03T10:00:00Z</when>
    <line sku="tea"><price class="o"><net>4</net><total>4.<b>no</b>90</total></price></line>
    <line sku="pill"><price class="r"><total>9.00</total></price></line>
    <line sku="soap"><price class="o"><total><![CDATA[3.10]]></total></price><total>99</total></line>
  </receipt>
  <receipt id="R2"><buyer ref="C"/><when>2025-04-03T11:00:00+03:00</when>
    <line><price class="o"><total>1</total></price></line>
  </receipt>
  <receipt id="R3"><when>2025-04-03T11:00:00Z</when>
    <line><price class="o"><total>1</total></price></line>
    <buyer ref="too late"/>
  </receipt>
  <other><receipt id="R4"><line/></receipt></other>
</shop>`, mustMapping(t, nestedMap))
	line := func(row int, customer, id, product, at string, minor int64) receipt.Line {
		return receipt.Line{
			Row: row, Customer: customer, Receipt: id, Location: "S1", Product: product,
			At: atMs(t, at), AmountMinor: minor, Class: receipt.ClassOther,
		}
	}
	sameResult(t, got, result{
		Lines: []receipt.Line{
			line(1, "A & B", "R1", "tea", "2025-04-03T10:00:00Z", 490),
			line(3, "A & B", "R1", "soap", "2025-04-03T10:00:00Z", 310),
			line(4, "C", "R2", "", "2025-04-03T08:00:00Z", 100),
		},
		Bad:    []receipt.RowError{{Row: 5, Column: "../buyer/@ref", Reason: "is empty", Code: receipt.CodeEmpty}},
		Counts: receipt.Counts{Rows: 5, Lines: 3, Bad: 1, Prescription: 1},
	})
}

func TestXMLPrefixesDoNotCount(t *testing.T) {
	got := read(t, "x.xml", `<s:root xmlns:s="urn:s" xmlns:id="urn:id"><s:receipt xmlns:id="urn:x" s:id="R1"><s:customer>A</s:customer><at>2025-04-03T00:00:00Z</at></s:receipt></s:root>`,
		mustMapping(t, flatMap))
	if got.Err != nil || len(got.Lines) != 1 || got.Lines[0].Receipt != "R1" || got.Lines[0].Customer != "A" {
		t.Errorf("got %+v", got)
	}
}

func TestXMLRecordsThatCannotBeRead(t *testing.T) {
	long := strings.Repeat("x", receipt.MaxFieldBytes+1)
	tests := []struct {
		name   string
		record string
		reason string
		column string
		code   receipt.Code
	}{
		{"value twice", `<receipt id="R"><customer>A</customer><customer>B</customer><at>2025-04-03T00:00:00Z</at></receipt>`, "the value of columns.customer is there more than once", "", receipt.CodeValueTwice},
		{"huge value", flatRecord(long, "R"), "the value of columns.customer is longer than 65536 bytes", "", receipt.CodeValueTooLong},
		{"record in a record", `<receipt id="R">` + flatRecord("A", "R2") + `</receipt>`, "a record stands inside this record", "", receipt.CodeNestedRecord},
		{"nothing inside", `<receipt/>`, "is empty", "customer", receipt.CodeEmpty},
		{"broken letter", flatRecord("\xe4", "R"), "has a character that is broken in the encoding utf-8: set encoding in the mapping", "customer", receipt.CodeBrokenEncoding},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := "<all>" + flatRecord("A", "R1") + tt.record + flatRecord("B", "R3") + "</all>"
			got := read(t, "x.xml", data, mustMapping(t, flatMap))
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			got.Bad[0].Value, got.Bad[0].Params = "", nil
			if diff := cmp.Diff([]receipt.RowError{{Row: 2, Column: tt.column, Reason: tt.reason, Code: tt.code}}, got.Bad); diff != "" {
				t.Errorf("bad rows (-want +got):\n%s", diff)
			}
			if len(got.Lines) != 2 || got.Lines[1].Receipt != "R3" {
				t.Errorf("the records around it: %+v", got.Lines)
			}
		})
	}
}

func TestXMLFilesThatCannotBeRead(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString(`<?xml version="1.0"?><!DOCTYPE all [<!ENTITY a "ha">`)
	for i := range 9 {
		fmt.Fprintf(&laughs, `<!ENTITY a%d "%s">`, i, strings.Repeat("&a;", 10))
	}
	laughs.WriteString("]><all>" + flatRecord("&a8;", "R1") + "</all>")
	good := flatRecord("A", "R1")
	tests := []struct {
		name   string
		data   string
		reason string
	}{
		{"empty", "", "the file is empty"},
		{"blank", " \n", "no element is at the record path; the file has none"},
		{"not XML", "customer,receipt,at\nA,R,2025-04-03T00:00:00Z\n", "no element is at the record path"},
		{"other elements", "<sales><sale><x/></sale><sale/></sales>", `the file has "/sales", "/sales/sale", "/sales/sale/x"`},
		{"entity bomb", laughs.String(), "line 1: the document type declares entities"},
		{"foreign file", `<!DOCTYPE all [<!ENTITY x SYSTEM "file:///etc/passwd">]><all>` + flatRecord("&x;", "R") + `</all>`, "the document type declares entities"},
		{"unknown entity", "<all>" + good + flatRecord("&x;", "R") + "</all>", "after row 1: line 1: the XML is broken: invalid character entity &x;"},
		{"breaks off", "<all>" + good + "<receipt>", "after row 1: line 1: the XML is broken: unexpected EOF"},
		{"wrong end", "<all>\n" + good + "</al>", "after row 1: line 2: the XML is broken: element <all> closed by </al>"},
		{"NUL", "<all>" + good + flatRecord("A\x00", "R") + "</all>", "the XML is broken: illegal character code U+0000"},
		{"too deep", strings.Repeat("<a>", receipt.MaxXMLDepth+1), "elements are nested deeper than 64"},
		{"endless tag", "<all>" + good + "<x y='" + strings.Repeat("z", receipt.MaxXMLTokenBytes), "after row 1: line 1: a tag, text or comment is longer than 1048576 bytes"},
		{"endless text", "<all>" + good + strings.Repeat("z", receipt.MaxXMLTokenBytes+1) + "</all>", "a tag, text or comment is longer than"},
		{"endless comment", "<all>" + good + "<!--" + strings.Repeat("z", receipt.MaxXMLTokenBytes), "a tag, text or comment is longer than"},
		{"endless document type", "<!DOCTYPE " + strings.Repeat("z", receipt.MaxXMLTokenBytes), "a tag, text or comment is longer than"},
		{"false UTF-16", `<?xml version="1.0" encoding="UTF-16"?><all>` + good + "</all>", "the XML declares UTF-16 but is not written in it"},
		{"unknown encoding", `<?xml version="1.0" encoding="ebcdic-x"?><all>` + good + "</all>", `the encoding "ebcdic-x" is not known`},
		{"a workbook", "PK\x03\x04", "is a workbook or another zip file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(t, "x.xml", tt.data, mustMapping(t, flatMap))
			var wrong *receipt.FileError
			if !errors.As(got.Err, &wrong) || !strings.Contains(wrong.Error(), tt.reason) {
				t.Errorf("got %v, want a FileError with %q", got.Err, tt.reason)
			}
		})
	}
}

func TestXMLDocumentTypeWithoutDeclarations(t *testing.T) {
	got := read(t, "x.xml", `<!DOCTYPE all SYSTEM "http://shop.example/receipts.dtd"><all>`+flatRecord("A", "R")+"</all>", mustMapping(t, flatMap))
	if got.Err != nil || len(got.Lines) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestXMLEncodings(t *testing.T) {
	body := "<all>" + flatRecord("Äijälä", "R") + "</all>"
	in := func(declared string) string { return `<?xml version="1.0" encoding="` + declared + `"?>` + body }
	latin, err := charmap.Windows1252.NewEncoder().String(in("windows-1252"))
	if err != nil {
		t.Fatal(err)
	}
	latinUnsaid, err := charmap.Windows1252.NewEncoder().String(body)
	if err != nil {
		t.Fatal(err)
	}
	utf16 := func(e unicode.Endianness, p unicode.BOMPolicy) string {
		s, err := unicode.UTF16(e, p).NewEncoder().String(in("UTF-16"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	tests := []struct{ name, label, data string }{
		{"UTF-8", "auto", in("UTF-8")},
		{"UTF-8 unsaid", "auto", body},
		{"UTF-8 with a mark", "auto", "\xef\xbb\xbf" + in("utf-8")},
		{"declared", "auto", latin},
		{"the mapping knows better", "windows-1252", latinUnsaid},
		{"UTF-16 LE with a mark", "auto", utf16(unicode.LittleEndian, unicode.UseBOM)},
		{"UTF-16 BE with a mark", "auto", utf16(unicode.BigEndian, unicode.UseBOM)},
		{"UTF-16 LE without", "auto", utf16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"UTF-16 BE without", "auto", utf16(unicode.BigEndian, unicode.IgnoreBOM)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(t, "x.xml", tt.data, mustMapping(t, flatMap+"encoding: "+tt.label+"\n"))
			if got.Err != nil || len(got.Lines) != 1 || got.Lines[0].Customer != "Äijälä" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestXMLPathsAreChecked(t *testing.T) {
	tests := []struct{ old, new, field, reason string }{
		{"record: /shop/receipt/line", "record: /", "record", "is not a path"},
		{"record: /shop/receipt/line", "record: /shop//line", "record", "is not a path"},
		{"record: /shop/receipt/line", `record: "/shop/*"`, "record", "is not a path"},
		{"record: /shop/receipt/line", "record: " + strings.Repeat("/a", receipt.MaxXMLDepth+1), "record", "has more than 64 steps"},
		{"price/total", "../../../x", "columns.amount.column", "goes up beyond"},
		{"price/total", "price//total", "columns.amount.column", "is not a path"},
		{"price/total", "/price", "columns.amount.column", "is not a path"},
		{"price/total", "price@total", "columns.amount.column", "is not a path"},
		{"price/total", "price/@", "columns.amount.column", "is not a path"},
		{"price/total", "price/../x", "columns.amount.column", "is not a path"},
		{"price/total", "..", "columns.amount.column", "is not a path"},
		{"price/total", "ns:total", "columns.amount.column", "is not a path"},
	}
	for _, tt := range tests {
		t.Run(tt.new, func(t *testing.T) {
			_, err := receipt.ParseMapping([]byte(strings.Replace(nestedMap, tt.old, tt.new, 1)))
			var wrong *receipt.MappingError
			if !errors.As(err, &wrong) || wrong.Field != tt.field || !strings.Contains(wrong.Reason, tt.reason) {
				t.Errorf("got %v, want %s with %q", err, tt.field, tt.reason)
			}
		})
	}
}

func TestXMLRecordIsItsOwnText(t *testing.T) {
	m := mustMapping(t, strings.Replace(flatMap, "customer: customer", `customer: "."`, 1))
	got := read(t, "x.xml", `<all><receipt id="R"> A<at>2025-04-03T00:00:00Z</at>7 </receipt></all>`, m)
	if got.Err != nil || len(got.Lines) != 1 || got.Lines[0].Customer != "A7" {
		t.Errorf("got %+v", got)
	}
}
