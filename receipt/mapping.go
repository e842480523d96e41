package receipt

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Format is the kind of an export file.
type Format string

// The formats that can be read.
const (
	FormatAuto Format = "auto" // by the ending of the file's name
	FormatCSV  Format = "csv"
	FormatXML  Format = "xml"
	FormatXLSX Format = "xlsx"
)

// Class is the legal class of a receipt line.
type Class string

// The legal classes. A prescription line never leaves this package.
const (
	ClassPrescription Class = "prescription"
	ClassOTC          Class = "otc" // medicine without prescription
	ClassOther        Class = "other"
)

// EncodingAuto finds the encoding out: a byte order mark decides, else UTF-8
// if the whole file is valid UTF-8, else windows-1252.
const EncodingAuto = "auto"

// MatchExternal is the way customers are found: the file's reference is kept
// as the customer's external id.
const MatchExternal = "external"

// Mapping says how an export file is read. Get one from [ParseMapping]: it
// checks what the fields promise each other, so do not build one by hand. It
// is not changed afterwards and may be shared.
type Mapping struct {
	Format     Format
	Encoding   string // EncodingAuto or a label of the WHATWG Encoding Standard
	Delimiter  byte   // of CSV; 0 means find out from the header
	Decimal    byte   // '.' or ','
	Sheet      string // of XLSX; empty means the first
	HeaderRow  int    // of CSV and XLSX, 1 for the first
	RecordPath string // of XML, such as "/receipts/receipt/line"

	Columns  Columns
	Currency string // ISO 4217; empty when no amount is mapped
	// AmountDecimals is how many decimals the minor unit has: 2 for cents.
	AmountDecimals int

	Earn Earn
	// CustomersMatch is always MatchExternal so far.
	CustomersMatch string
	// SkipAnonymous makes a line without a customer a counted, ordinary thing
	// instead of an error: most tills also sell to people without a card.
	SkipAnonymous bool

	// classes is keyed by the lower-cased code. It is nil when the mapping
	// assumes that every line is ClassOther.
	classes map[string]Class
	clock   clock
	record  xmlPath
	paths   [fieldCount]xmlColumnPath
}

// Columns names where in the file each value stands: a column of the header,
// or for XML a path relative to the record ("total", "@id", "../customer/@ref").
// An empty name means that the file does not have it.
type Columns struct {
	Receipt, At                         string // always named
	Customer, OldNumber                 string // one of the two is always named
	Location, Product, Quantity, Amount string
	LegalClass                          string
	Phone, Email, FirstName, LastName   string
}

// field is the place of a value among the cells of a record.
type field int

const (
	fieldCustomer field = iota
	fieldReceipt
	fieldAt
	fieldLocation
	fieldProduct
	fieldQuantity
	fieldAmount
	fieldLegalClass
	fieldPhone
	fieldEmail
	fieldFirstName
	fieldLastName
	fieldOldNumber
	fieldCount
)

// fieldKeys are the keys of the mapping file in the order of the fields.
var fieldKeys = [fieldCount]string{
	"columns.customer", "columns.receipt", "columns.at.column", "columns.location", "columns.product",
	"columns.quantity", "columns.amount.column", "legal_class.column", "columns.phone", "columns.email",
	"columns.first_name", "columns.last_name", "columns.old_number",
}

// cells holds what a record has for each field; unmapped fields are empty.
type cells [fieldCount]string

func (c *Columns) names() [fieldCount]string {
	return [fieldCount]string{
		c.Customer, c.Receipt, c.At, c.Location, c.Product, c.Quantity, c.Amount, c.LegalClass,
		c.Phone, c.Email, c.FirstName, c.LastName, c.OldNumber,
	}
}

// Earn says what a receipt is worth.
type Earn struct {
	// Stamps is what one receipt earns.
	Stamps int64
	// MinimumAmountMinor is the least total, in minor units, that earns at
	// all; 0 means no minimum.
	MinimumAmountMinor int64
}

// StampsFor returns the stamps that r earns, 0 when it is below the minimum
// amount or its total is negative: a return is not a purchase.
func (e Earn) StampsFor(r Receipt) int64 {
	if r.AmountMinor < 0 || r.AmountMinor < e.MinimumAmountMinor {
		return 0
	}
	return e.Stamps
}

// AssumesOther reports whether the mapping declares that no line of the file
// can be a medicine, instead of mapping a legal class column.
func (m *Mapping) AssumesOther() bool { return m.classes == nil }

// classOf returns the legal class for a code of the file. Known is false for
// a code that the mapping does not list; it must be treated as a prescription.
func (m *Mapping) classOf(code string) (class Class, known bool) {
	if m.classes == nil {
		return ClassOther, true
	}
	class, known = m.classes[classKey(code)]
	if !known {
		return ClassPrescription, false
	}
	return class, true
}

func classKey(code string) string { return strings.ToLower(strings.TrimSpace(code)) }

// formatOf returns the format to read name with.
func (m *Mapping) formatOf(name string) (Format, error) {
	if m.Format != FormatAuto {
		return m.Format, nil
	}
	switch ending := strings.ToLower(filepath.Ext(name)); ending {
	case ".csv", ".tsv", ".txt":
		return FormatCSV, nil
	case ".xml":
		return FormatXML, nil
	case ".xlsx", ".xlsm":
		return FormatXLSX, nil
	default:
		return "", fmt.Errorf("the ending %q does not tell the format: name the file .csv, .xml or .xlsx, or set format in the mapping", ending)
	}
}
