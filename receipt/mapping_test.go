package receipt_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/receipt"
)

// plainMap is the smallest mapping that is complete; tests change lines of it.
const plainMap = `format: csv
columns:
  customer: customer
  receipt: receipt
  at: {column: at, layouts: [rfc3339]}
legal_class: {assume: other}
earn: {per: receipt}
customers: {match: external}
`

// fullMap maps everything there is to map in CSV.
const fullMap = `format: csv
encoding: utf-8
delimiter: ";"
decimal: ","
columns:
  customer: customer
  receipt: receipt
  location: shop
  at:
    column: at
    layouts: ["02.01.2006 15:04", "2006-01-02"]
    zone: Europe/Helsinki
  product: product
  quantity: pieces
  amount:
    column: total
    currency: EUR
  phone: phone
  email: mail
  first_name: first
  last_name: last
legal_class:
  column: class
  values: {rx: prescription, otc: otc, 1: other}
earn:
  per: receipt
  stamps: 2
  minimum_amount: 4.5
customers:
  match: external
  missing: skip
`

func mustMapping(t testing.TB, text string) *receipt.Mapping {
	t.Helper()
	m, err := receipt.ParseMapping([]byte(text))
	if err != nil {
		t.Fatalf("the mapping is refused: %v", err)
	}
	return m
}

func TestMappingSaysHowAFileIsRead(t *testing.T) {
	m := mustMapping(t, fullMap)
	want := receipt.Columns{
		Customer: "customer", Receipt: "receipt", At: "at", Location: "shop", Product: "product", Quantity: "pieces",
		Amount: "total", LegalClass: "class", Phone: "phone", Email: "mail", FirstName: "first", LastName: "last",
	}
	if diff := cmp.Diff(want, m.Columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if m.Delimiter != ';' || m.Decimal != ',' || m.HeaderRow != 1 || m.Encoding != "utf-8" {
		t.Errorf("delimiter %q, decimal %q, header %d, encoding %q", m.Delimiter, m.Decimal, m.HeaderRow, m.Encoding)
	}
	if want := (receipt.Earn{Stamps: 2, MinimumAmountMinor: 450}); m.Earn != want {
		t.Errorf("earn: got %+v, want %+v", m.Earn, want)
	}
	if m.Currency != "EUR" || m.AmountDecimals != 2 || m.AssumesOther() || !m.SkipAnonymous {
		t.Errorf("currency %q, decimals %d, assumes other %v, skips anonymous %v", m.Currency, m.AmountDecimals, m.AssumesOther(), m.SkipAnonymous)
	}
}

func TestMappingLeavesDefaults(t *testing.T) {
	m := mustMapping(t, plainMap)
	if m.Encoding != receipt.EncodingAuto || m.Delimiter != 0 || m.Decimal != '.' || m.HeaderRow != 1 || m.Earn.Stamps != 1 ||
		!m.AssumesOther() || m.SkipAnonymous || m.CustomersMatch != receipt.MatchExternal {
		t.Errorf("unexpected defaults: %+v", m)
	}
}

func TestMappingIsRefusedWithFieldAndLine(t *testing.T) {
	tests := []struct {
		name     string
		old, new string // replaced in plainMap; an empty old appends
		line     int
		field    string
		reason   string // part of it
	}{
		{"unknown key", "", "colums: 1\n", 9, "colums", "there is no such key"},
		{"unknown key inside", "  receipt: receipt\n", "  receipt: receipt\n  adress: x\n", 5, "columns.adress", "there is no such key"},
		{"unknown key in one line", "{assume: other}", "{asume: other}", 6, "legal_class.asume", "there is no such key"},
		{"list for a value", "customer: customer", "customer: [a, b]", 3, "columns.customer", "must be a single value"},
		{"value for a group", "{column: at, layouts: [rfc3339]}", "at", 5, "columns.at", "must be a group of keys"},
		{"value for a list", "[rfc3339]", "rfc3339", 5, "columns.at.layouts", "must be a list"},
		{"text for a number", "", "header: first\n", 9, "header", "must be a whole number"},
		{"key twice", "", "format: csv\n", 9, "format", "already defined at line 1"},
		{"broken YAML", "", "\t- x: [\n", 9, "", "not valid YAML"},
		{"two documents", "", "---\nformat: csv\n", 0, "", "more than one document"},

		{"format", "format: csv", "format: pdf", 1, "format", "must be csv, xml, xlsx or auto"},
		{"encoding", "", "encoding: utf-9\n", 9, "encoding", "is not an encoding"},
		{"replacement encoding", "", "encoding: iso-2022-cn\n", 9, "encoding", "is not an encoding"},
		{"delimiter", "", "delimiter: \":\"\n", 9, "delimiter", "must be"},
		{"decimal", "", "decimal: \";\"\n", 9, "decimal", "must be"},
		{"header", "", "header: 0\n", 9, "header", "from 1 to 100"},
		{"sheet in CSV", "", "sheet: Sales\n", 9, "sheet", "means nothing for the format csv"},
		{"record in CSV", "", "record: /a/b\n", 9, "record", "means nothing for the format csv"},
		{"XML without record", "format: csv", "format: xml", 0, "record", "is needed for XML"},

		{"no customer", "  customer: customer\n", "", 2, "columns.customer", "must name a column"},
		{"empty receipt", "receipt: receipt", "receipt:", 4, "columns.receipt", "must name a column"},
		{"no time", "  at: {column: at, layouts: [rfc3339]}\n", "", 2, "columns.at.column", "must name a column"},
		{"no layouts", ", layouts: [rfc3339]", "", 5, "columns.at.layouts", "must list how times are written"},
		{"layout without a day", "[rfc3339]", "[\"15:04\"]", 5, "columns.at.layouts", "does not tell year, month and day"},
		{"layout without sense", "[rfc3339]", "[\"dd.mm.yyyy\"]", 5, "columns.at.layouts", "does not tell year, month and day"},
		{"layout with a zone name", "[rfc3339]", "[\"2006-01-02 15:04 MST\"]", 5, "columns.at.layouts", "zone abbreviation"},
		{"no zone", "[rfc3339]", "[rfc3339, \"2006-01-02 15:04\"]", 5, "columns.at.zone", "is needed"},
		{"zone", "[rfc3339]", "[rfc3339], zone: Europe/Leimala", 5, "columns.at.zone", "is not an IANA time zone"},
		{"the machine's zone", "[rfc3339]", "[rfc3339], zone: Local", 5, "columns.at.zone", "must be an IANA name"},
		{"amount without currency", "  receipt: receipt\n", "  receipt: receipt\n  amount: {column: total}\n", 5, "columns.amount.currency", "three capital letters"},
		{"amount without column", "  receipt: receipt\n", "  receipt: receipt\n  amount: {currency: EUR}\n", 5, "columns.amount.column", "must name a column"},
		{"decimals", "  receipt: receipt\n", "  receipt: receipt\n  amount: {column: total, currency: EUR, decimals: 5}\n", 5, "columns.amount.decimals", "from 0 to 4"},

		{"per line", "{per: receipt}", "{per: line}", 7, "earn.per", "must be receipt"},
		{"no stamps", "{per: receipt}", "{per: receipt, stamps: 0}", 7, "earn.stamps", "from 1 to 100"},
		{"minimum without amounts", "{per: receipt}", "{per: receipt, minimum_amount: 5}", 7, "earn.minimum_amount", "needs columns.amount"},
		{"minimum that is none", "{per: receipt}", "{per: receipt, minimum_amount: lots}", 7, "earn.minimum_amount", "is not a number"},
		{"match", "match: external", "match: phone", 8, "customers.match", "must be external"},
		{"missing", "match: external", "match: external, missing: maybe", 8, "customers.missing", "must be error or skip"},

		{"law: nothing said", "legal_class: {assume: other}\n", "", 0, "legal_class", "Prescription medicines may neither earn nor be stored"},
		{"law: assume otc", "assume: other", "assume: otc", 6, "legal_class.assume", "can only be other"},
		{"law: both", "{assume: other}", "{assume: other, column: c, values: {a: otc}}", 6, "legal_class.assume", "cannot stand beside"},
		{"law: no values", "{assume: other}", "{column: c}", 6, "legal_class.values", "must say which codes"},
		{"law: no column", "{assume: other}", "{values: {a: otc}}", 6, "legal_class.column", "must name the column"},
		{"law: unknown class", "{assume: other}", "{column: c, values: {a: medicine}}", 6, "legal_class.values.a", "must be prescription, otc or other"},
		{"law: one code, two classes", "{assume: other}", "{column: c, values: {rx: prescription, RX: otc}}", 6, "legal_class.values.rx", "is the same code"},
		{"law: empty code", "{assume: other}", "{column: c, values: {'': other}}", 6, "legal_class.values.", "an empty code is an unknown class"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := plainMap + tt.new
			if tt.old != "" {
				if !strings.Contains(plainMap, tt.old) {
					t.Fatalf("%q is not in the mapping", tt.old)
				}
				text = strings.Replace(plainMap, tt.old, tt.new, 1)
			}
			m, err := receipt.ParseMapping([]byte(text))
			var wrong *receipt.MappingError
			if m != nil || !errors.As(err, &wrong) {
				t.Fatalf("got mapping %v and error %v, want a MappingError", m, err)
			}
			if wrong.Line != tt.line || wrong.Field != tt.field || !strings.Contains(wrong.Reason, tt.reason) {
				t.Errorf("got line %d, field %q, reason %q\nwant line %d, field %q, reason with %q",
					wrong.Line, wrong.Field, wrong.Reason, tt.line, tt.field, tt.reason)
			}
			if strings.Contains(err.Error(), "receipt.") && !strings.Contains(err.Error(), "columns.receipt.") {
				t.Errorf("the error speaks of Go types: %v", err)
			}
		})
	}
}

func TestMappingTellsAllThatIsWrongAtOnce(t *testing.T) {
	_, err := receipt.ParseMapping([]byte("format: pdf\nheader: -1\nlegal_class: {assume: other}\n"))
	if err == nil {
		t.Fatal("the mapping is accepted")
	}
	got := []string{}
	for _, line := range strings.Split(err.Error(), "\n") {
		field, _, _ := strings.Cut(strings.TrimPrefix(line, "mapping"), " must")
		got = append(got, field)
	}
	want := []string{
		": columns.customer:", ": columns.receipt:", ": columns.at.column:", ": earn.per:", ": customers.match:",
		": columns.at.layouts:", " line 1: format:", " line 2: header:",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestMappingHasLimits(t *testing.T) {
	for name, text := range map[string]string{
		"empty file":         "",
		"only a comment":     "# nothing\n",
		"a list":             "- a\n- b\n",
		"too large":          plainMap + "#" + strings.Repeat("x", receipt.MaxMappingBytes),
		"too many layouts":   strings.Replace(plainMap, "[rfc3339]", "["+strings.Repeat("rfc3339,", receipt.MaxLayouts)+"rfc3339]", 1),
		"endless column":     strings.Replace(plainMap, "customer: customer", "customer: "+strings.Repeat("x", 201), 1),
		"alias bomb":         "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n",
		"binary":             "\x00\x01\x02",
		"value of wrong tag": strings.Replace(plainMap, "format: csv", "format: !!binary x", 1),
	} {
		t.Run(name, func(t *testing.T) {
			if m, err := receipt.ParseMapping([]byte(text)); err == nil {
				t.Errorf("accepted: %+v", m)
			}
		})
	}
}

func TestRetailMappingIsComplete(t *testing.T) {
	m := mustMapping(t, readFile(t, "../deploy/maps/retail-receipts.yaml"))
	if m.Earn != (receipt.Earn{Stamps: 1}) || m.Currency != "USD" || !m.AssumesOther() {
		t.Errorf("unexpected mapping: %+v", m)
	}
}

func TestEarn(t *testing.T) {
	tests := []struct {
		name  string
		earn  receipt.Earn
		minor int64
		want  int64
	}{
		{"any receipt", receipt.Earn{Stamps: 1}, 500, 1},
		{"a receipt of nothing", receipt.Earn{Stamps: 1}, 0, 1},
		{"goods brought back", receipt.Earn{Stamps: 1}, -500, 0},
		{"just the minimum", receipt.Earn{Stamps: 2, MinimumAmountMinor: 500}, 500, 2},
		{"a cent less", receipt.Earn{Stamps: 2, MinimumAmountMinor: 500}, 499, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.earn.StampsFor(receipt.Receipt{AmountMinor: tt.minor}); got != tt.want {
				t.Errorf("got %d stamps, want %d", got, tt.want)
			}
		})
	}
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
