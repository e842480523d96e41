package receipt

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line is one line of a receipt. Its strings may be parts of one larger string
// that holds the row: clone what is kept for long.
type Line struct {
	Row      int    // as in RowError
	Customer string // the shop's own reference; empty only if OldNumber is not
	// OldNumber is the number of a card from before, as it stands in the file.
	OldNumber string
	Receipt   string // never empty
	Location  string
	Product   string
	At        int64 // UTC milliseconds
	// QuantityMilli is thousandths of a piece or kilogram.
	QuantityMilli int64
	// AmountMinor is in minor units of the mapping's currency; negative for
	// goods that were brought back.
	AmountMinor int64
	Class       Class // ClassOTC or ClassOther
	Contact     Contact
}

// Contact is what a line says about its customer. The values are trimmed, but
// not checked to be good phone numbers, addresses or names.
type Contact struct {
	Phone, Email, FirstName, LastName string
}

// quantityDecimals is how exact quantities are: grams of a kilogram.
const quantityDecimals = 3

// verdict is what became of a row.
type verdict int

const (
	rowKept verdict = iota
	rowBad
	rowPrescription
	rowUnknownClass
	rowAnonymous
)

// lineMaker turns cells into lines.
type lineMaker struct {
	m     *Mapping
	names [fieldCount]string
	clock clock
	xlsx  bool
	text  string // the encoding, for error messages; empty for a workbook
}

// line returns the line, or the reason for refusing the row when the verdict
// is rowBad. The legal class is looked at before anything else, so that
// nothing of a prescription can leak into a value, an error or a log.
func (k *lineMaker) line(row int, c *cells) (Line, *RowError, verdict) {
	class, known := k.m.classOf(c[fieldLegalClass])
	if !known {
		return Line{}, nil, rowUnknownClass
	}
	if class == ClassPrescription {
		return Line{}, nil, rowPrescription
	}
	if k.m.SkipAnonymous && strings.TrimSpace(c[fieldCustomer]+c[fieldOldNumber]) == "" {
		return Line{}, nil, rowAnonymous
	}
	l := Line{Row: row, Class: class}
	f, bad := k.references(&l, c)
	if !bad.found() {
		f, bad = k.values(&l, c)
	}
	if bad.found() {
		return Line{}, bad.in(row, k.names[f], c[f]), rowBad
	}
	return l, nil, rowKept
}

// references fills in the texts; f is the field that the flaw is in.
func (k *lineMaker) references(l *Line, c *cells) (f field, bad flaw) {
	targets := [...]struct {
		field     field
		to        *string
		required  bool
		reference bool
	}{
		{fieldCustomer, &l.Customer, k.names[fieldCustomer] != "" && strings.TrimSpace(c[fieldOldNumber]) == "", true},
		{fieldOldNumber, &l.OldNumber, k.names[fieldCustomer] == "", true},
		{fieldReceipt, &l.Receipt, true, true},
		{fieldLocation, &l.Location, false, true},
		{fieldProduct, &l.Product, false, true},
		{fieldPhone, &l.Contact.Phone, false, true},
		{fieldEmail, &l.Contact.Email, false, false},
		{fieldFirstName, &l.Contact.FirstName, false, false},
		{fieldLastName, &l.Contact.LastName, false, false},
	}
	for i := range targets {
		t := &targets[i]
		value := strings.TrimSpace(c[t.field])
		if value == "" {
			if t.required {
				return t.field, because(CodeEmpty)
			}
			continue
		}
		if bad := k.checkText(value); bad.found() {
			return t.field, bad
		}
		if t.reference {
			if value, bad = plainReference(value); bad.found() {
				return t.field, bad
			}
		}
		*t.to = value
	}
	return 0, flaw{}
}

func (k *lineMaker) values(l *Line, c *cells) (f field, bad flaw) {
	at := strings.TrimSpace(c[fieldAt])
	if at == "" {
		return fieldAt, because(CodeEmpty)
	}
	if l.At, bad = k.clock.parse(at, k.decimalOf(at)); bad.found() {
		return fieldAt, bad
	}
	if s := strings.TrimSpace(c[fieldQuantity]); s != "" {
		if l.QuantityMilli, bad = parseDecimal(s, k.decimalOf(s), quantityDecimals); bad.found() {
			return fieldQuantity, bad
		}
	}
	s := strings.TrimSpace(c[fieldAmount])
	if s == "" {
		if k.names[fieldAmount] != "" {
			return fieldAmount, because(CodeEmpty)
		}
		return 0, flaw{}
	}
	if l.AmountMinor, bad = parseDecimal(s, k.decimalOf(s), k.m.AmountDecimals); bad.found() {
		return fieldAmount, bad
	}
	return 0, flaw{}
}

// decimalOf returns the decimal mark to read s with. A number cell of a
// workbook is always stored with a point, whatever the shop's language; only
// numbers that were typed as text have the shop's comma.
func (k *lineMaker) decimalOf(s string) byte {
	if k.xlsx && !strings.Contains(s, ",") {
		return '.'
	}
	return k.m.Decimal
}

// checkText refuses what would make two customers one or could not be shown.
func (k *lineMaker) checkText(s string) flaw {
	if len(s) > MaxReferenceBytes {
		return because(CodeTooLong, MaxReferenceBytes)
	}
	plain := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= utf8.RuneSelf-1 { // also DEL
			plain = false
			break
		}
	}
	if !plain {
		for _, r := range s {
			if r == utf8.RuneError && k.text == "" {
				return because(CodeBrokenCharacter)
			}
			if r == utf8.RuneError {
				return because(CodeBrokenEncoding, k.text)
			}
			if unicode.IsControl(r) {
				return because(CodeControlCharacter)
			}
		}
	}
	return flaw{}
}

// maxExactDigits is how many decimal digits a float64 keeps.
const maxExactDigits = 15

// plainReference returns a reference as a till would write it. Programs that
// keep numbers as floats, R above all, export the reference 40128000000 as
// 4.0128e+10 because that is shorter; it is written out again, or the receipt
// would be another one when another program exports it. Spreadsheets write
// 4,01280E+10 for every number that begins so; then many customers would share
// a reference, so what may have been rounded is refused.
func plainReference(s string) (plain string, bad flaw) {
	e := strings.IndexAny(s, "eE")
	if e < 1 || e+1 >= len(s) || s[e+1] != '+' || !exponent(s[e:]) {
		return s, flaw{}
	}
	whole, fraction := s[:e], ""
	if mark := strings.IndexAny(whole, ".,"); mark >= 0 {
		whole, fraction = whole[:mark], whole[mark+1:]
	}
	if strings.Trim(whole+fraction, "0123456789") != "" {
		return s, flaw{} // an article number such as 7X1E+3
	}
	power, err := strconv.Atoi(s[e+2:])
	if err != nil || s[e] == 'E' || len(whole) != 1 || len(fraction) > power || power >= maxExactDigits {
		return "", because(CodeRounded)
	}
	return whole + fraction + strings.Repeat("0", power-len(fraction)), flaw{}
}
