package receipt

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

const (
	defaultAmountDecimals = 2
	maxAmountDecimals     = 4 // no currency of ISO 4217 has more
)

// mappingCheck turns a written mapping into a Mapping and collects what is
// wrong with it.
type mappingCheck struct {
	file   *mappingFile
	lines  map[string]int
	errors []*MappingError
}

func (c *mappingCheck) failf(path, format string, args ...any) {
	line, ok := c.lines[path]
	// A key that is missing is reported at the nearest key above it.
	for up := path; !ok && strings.Contains(up, "."); {
		up = up[:strings.LastIndexByte(up, '.')]
		line, ok = c.lines[up]
	}
	c.errors = append(c.errors, &MappingError{Line: line, Field: path, Reason: fmt.Sprintf(format, args...)})
}

func (c *mappingCheck) err() error {
	slices.SortStableFunc(c.errors, func(a, b *MappingError) int { return cmp.Compare(a.Line, b.Line) })
	var all []error
	for _, e := range c.errors {
		all = append(all, e)
	}
	return errors.Join(all...)
}

func (c *mappingCheck) has(path string) bool { _, ok := c.lines[path]; return ok }

func (c *mappingCheck) mapping() *Mapping {
	m := &Mapping{}
	c.format(m)
	c.text(m)
	c.columns(m)
	c.legalClass(m)
	c.amount(m)
	c.earn(m)
	c.customers(m)
	c.paths(m)
	if clock, path, err := newClock(c.file.Columns.At.Layouts, c.file.Columns.At.Zone); err != nil {
		c.failf("columns.at"+path, "%s", err.Error())
	} else {
		m.clock = clock
	}
	return m
}

// format checks the keys that belong to one format against the format.
func (c *mappingCheck) format(m *Mapping) {
	f := c.file
	m.Format = Format(cmp.Or(f.Format, string(FormatAuto)))
	m.Sheet, m.RecordPath, m.HeaderRow = f.Sheet, f.Record, 1
	if f.Header != nil {
		m.HeaderRow = *f.Header
	}
	if m.HeaderRow < 1 || m.HeaderRow > MaxHeaderRow {
		c.failf("header", "must be a row number from 1 to %d", MaxHeaderRow)
	}
	only := map[string][]Format{
		"encoding":  {FormatAuto, FormatCSV, FormatXML},
		"delimiter": {FormatAuto, FormatCSV},
		"header":    {FormatAuto, FormatCSV, FormatXLSX},
		"sheet":     {FormatAuto, FormatXLSX},
		"record":    {FormatAuto, FormatXML},
	}
	switch m.Format {
	case FormatAuto, FormatCSV, FormatXML, FormatXLSX:
		for _, key := range slices.Sorted(maps.Keys(only)) {
			if c.has(key) && !slices.Contains(only[key], m.Format) {
				c.failf(key, "means nothing for the format %s: take the key out", m.Format)
			}
		}
	default:
		c.failf("format", "must be csv, xml, xlsx or auto, not %q", f.Format)
	}
	if m.Format == FormatXML && f.Record == "" {
		c.failf("record", `is needed for XML: the path of the element that is one receipt line, such as "/receipts/receipt/line"`)
	}
}

func (c *mappingCheck) text(m *Mapping) {
	f := c.file
	m.Encoding = cmp.Or(f.Encoding, EncodingAuto)
	if m.Encoding != EncodingAuto {
		if enc, err := htmlindex.Get(m.Encoding); err != nil || enc == nil || enc == encoding.Replacement {
			c.failf("encoding", "%q is not an encoding: use auto, utf-8, utf-16, windows-1252, iso-8859-15, koi8-r …", f.Encoding)
		}
	}
	switch f.Delimiter {
	case "", "auto":
	case ",", ";", "|", "\t":
		m.Delimiter = f.Delimiter[0]
	case "tab":
		m.Delimiter = '\t'
	default:
		c.failf("delimiter", `must be ",", ";", "|", tab or auto, not %q`, f.Delimiter)
	}
	switch f.Decimal {
	case "", ".":
		m.Decimal = '.'
	case ",":
		m.Decimal = ','
	default:
		c.failf("decimal", `must be "." or ",", not %q`, f.Decimal)
	}
}

func (c *mappingCheck) columns(m *Mapping) {
	f := c.file.Columns
	m.Columns = Columns{
		Customer: f.Customer, Receipt: f.Receipt, Location: f.Location, At: f.At.Column, Product: f.Product,
		Quantity: f.Quantity, Amount: f.Amount.Column, LegalClass: c.file.LegalClass.Column,
		Phone: f.Phone, Email: f.Email, FirstName: f.FirstName, LastName: f.LastName, OldNumber: f.OldNumber,
	}
	names := m.Columns.names()
	for _, required := range []field{fieldCustomer, fieldReceipt, fieldAt} {
		if required == fieldCustomer && strings.TrimSpace(f.OldNumber) != "" {
			continue // the number of a card from before says who it is
		}
		if strings.TrimSpace(names[required]) == "" {
			c.failf(fieldKeys[required], "must name a column")
		}
	}
	for i, name := range names {
		if len(name) > MaxReferenceBytes {
			c.failf(fieldKeys[i], "is longer than %d bytes", MaxReferenceBytes)
		}
	}
}

// legalClass makes sure that somebody has thought about prescriptions. The
// law forbids them to earn or to be stored, so silence is not taken for "none".
func (c *mappingCheck) legalClass(m *Mapping) {
	f := c.file.LegalClass
	switch {
	case f.Assume != "" && (f.Column != "" || len(f.Values) > 0):
		c.failf("legal_class.assume", "cannot stand beside column and values: a line whose class is unknown is dropped, not assumed")
	case f.Assume == string(ClassOther):
	case f.Assume != "":
		c.failf("legal_class.assume", "can only be other, not %q", f.Assume)
	case f.Column == "" && len(f.Values) == 0:
		c.failf("legal_class", "is missing. Prescription medicines may neither earn nor be stored, so the mapping must say how they are known: "+
			"legal_class.column and legal_class.values, or legal_class.assume: other if the file can hold no medicine at all")
	case f.Column == "":
		c.failf("legal_class.column", "must name the column that holds the class")
	case len(f.Values) == 0:
		c.failf("legal_class.values", "must say which codes mean prescription, otc and other")
	case len(f.Values) > MaxClassValues:
		c.failf("legal_class.values", "has more than %d codes", MaxClassValues)
	default:
		c.classValues(m)
	}
}

func (c *mappingCheck) classValues(m *Mapping) {
	m.classes = map[string]Class{}
	for _, code := range slices.Sorted(maps.Keys(c.file.LegalClass.Values)) {
		path := "legal_class.values." + code
		class := Class(c.file.LegalClass.Values[code])
		if class != ClassPrescription && class != ClassOTC && class != ClassOther {
			c.failf(path, "must be prescription, otc or other, not %q", string(class))
		}
		key := classKey(code)
		if before, ok := m.classes[key]; ok && before != class {
			c.failf(path, "is the same code as one before it (case and spaces do not count) with another class")
		}
		if key == "" && class != ClassPrescription {
			c.failf(path, "an empty code is an unknown class and cannot be %s", class)
		}
		m.classes[key] = class
	}
}

func (c *mappingCheck) amount(m *Mapping) {
	f := c.file.Columns.Amount
	m.AmountDecimals = defaultAmountDecimals
	if f.Decimals != nil {
		m.AmountDecimals = *f.Decimals
	}
	if m.AmountDecimals < 0 || m.AmountDecimals > maxAmountDecimals {
		c.failf("columns.amount.decimals", "must be from 0 to %d", maxAmountDecimals)
		m.AmountDecimals = defaultAmountDecimals
	}
	if f.Column == "" {
		if c.has("columns.amount") {
			c.failf("columns.amount.column", "must name a column")
		}
		return
	}
	m.Currency = f.Currency
	if !isCurrency(f.Currency) {
		c.failf("columns.amount.currency", "must be three capital letters such as EUR, not %q", f.Currency)
	}
}

func isCurrency(s string) bool {
	if len(s) != len("EUR") {
		return false
	}
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

func (c *mappingCheck) earn(m *Mapping) {
	f := c.file.Earn
	if f.Per != "receipt" {
		c.failf("earn.per", "must be receipt, not %q", f.Per)
	}
	m.Earn.Stamps = 1
	if f.Stamps != nil {
		m.Earn.Stamps = *f.Stamps
	}
	if m.Earn.Stamps < 1 || m.Earn.Stamps > MaxStampsPerReceipt {
		c.failf("earn.stamps", "must be from 1 to %d", MaxStampsPerReceipt)
	}
	if f.MinimumAmount == "" {
		return
	}
	// Written by a person in YAML, so always with a point.
	least, bad := parseDecimal(f.MinimumAmount, '.', m.AmountDecimals)
	reason := bad.text()
	if reason == "" && least <= 0 {
		reason = "must be more than 0"
	}
	if reason == "" && c.file.Columns.Amount.Column == "" {
		reason = "needs columns.amount, or no receipt could ever reach it"
	}
	if reason != "" {
		c.failf("earn.minimum_amount", "%s", reason)
	}
	m.Earn.MinimumAmountMinor = least
}

func (c *mappingCheck) customers(m *Mapping) {
	f := c.file.Customers
	m.CustomersMatch = f.Match
	if f.Match != MatchExternal {
		c.failf("customers.match", "must be %s, not %q", MatchExternal, f.Match)
	}
	switch f.Missing {
	case "", "error":
	case "skip":
		m.SkipAnonymous = true
	default:
		c.failf("customers.missing", "must be error or skip, not %q", f.Missing)
	}
}

// paths reads the XML paths. Without a record path the file cannot be XML, so
// that column names may be anything.
func (c *mappingCheck) paths(m *Mapping) {
	if m.RecordPath == "" {
		return
	}
	record, err := parseXMLPath(m.RecordPath)
	if err != nil {
		c.failf("record", "%s", err.Error())
		return
	}
	m.record = record
	if m.Format != FormatXML {
		return // columns are checked when the file turns out to be XML
	}
	for i, name := range m.Columns.names() {
		if name == "" {
			continue
		}
		if m.paths[i], err = parseXMLColumn(name, record); err != nil {
			c.failf(fieldKeys[i], "%s", err.Error())
		}
	}
}
