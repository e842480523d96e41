package receipt

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Code is the stable name of why a row was refused, for those who say it in
// their own words.
type Code string

// Why a row is refused. What stands in braces in its sentence below is a
// parameter of the code, a number in digits where it is one.
const (
	CodeRowTooLong       Code = "row_too_long"
	CodeCellTooLong      Code = "cell_too_long"
	CodeTooManyColumns   Code = "too_many_columns"
	CodeOpenQuote        Code = "open_quote"
	CodeTextAfterQuote   Code = "text_after_quote"
	CodeCellCount        Code = "cell_count"
	CodeNestedRecord     Code = "nested_record"
	CodeValueTwice       Code = "value_twice"
	CodeValueTooLong     Code = "value_too_long"
	CodeEmpty            Code = "empty"
	CodeTooLong          Code = "too_long"
	CodeBrokenCharacter  Code = "broken_character"
	CodeBrokenEncoding   Code = "broken_encoding"
	CodeControlCharacter Code = "control_character"
	CodeRounded          Code = "rounded"
	CodeTimeLayout       Code = "time_layout"
	CodeTimeRange        Code = "time_range"
	CodeNumberTooLong    Code = "number_too_long"
	CodeNotANumber       Code = "not_a_number"
	CodeNumberTooLarge   Code = "number_too_large"
	CodeTooManyDecimals  Code = "too_many_decimals"
	CodeOtherCustomer    Code = "other_customer"
	CodeOtherOldNumber   Code = "other_old_number"
	CodeOtherLocation    Code = "other_location"
)

// sentences are the reasons in English. Those that do not name the row stand
// behind the name of a column.
var sentences = map[Code]string{
	CodeRowTooLong:       "the row is longer than {limit} bytes",
	CodeCellTooLong:      "a cell is longer than {limit} bytes, or its quotes are not closed",
	CodeTooManyColumns:   "the row has more than {limit} columns",
	CodeOpenQuote:        "a quote is opened and not closed",
	CodeTextAfterQuote:   "text follows a closing quote",
	CodeCellCount:        "the row has {cells} cells, the header {columns}",
	CodeNestedRecord:     "a record stands inside this record",
	CodeValueTwice:       "the value of {field} is there more than once",
	CodeValueTooLong:     "the value of {field} is longer than {limit} bytes",
	CodeEmpty:            "is empty",
	CodeTooLong:          "is longer than {limit} bytes",
	CodeBrokenCharacter:  "has a character that is broken in the workbook",
	CodeBrokenEncoding:   "has a character that is broken in the encoding {encoding}: set encoding in the mapping",
	CodeControlCharacter: "has a control character",
	CodeRounded:          "looks like a number that a spreadsheet has rounded, such as 6.4E+12: export the column as text",
	CodeTimeLayout:       "is not a time written as {layouts}",
	CodeTimeRange:        "is not between the years {first} and {last}",
	CodeNumberTooLong:    "is too long for a number",
	CodeNotANumber:       `is not a number written with "{mark}" as decimal mark`,
	CodeNumberTooLarge:   "is too large",
	CodeTooManyDecimals:  "has more than {limit} decimals",
	CodeOtherCustomer:    `receipt "{receipt}" has the customer "{before}" in row {row}`,
	CodeOtherOldNumber:   `receipt "{receipt}" has the old number "{before}" in row {row}`,
	CodeOtherLocation:    `receipt "{receipt}" has the location "{before}" in row {row}`,
}

// Codes returns every reason for which this package refuses a row, in
// alphabetical order.
func Codes() []Code { return slices.Sorted(maps.Keys(sentences)) }

// parameters are the names of each code's parameters. They are found once: a
// file may have flaws in every row.
var parameters = func() map[Code][]string {
	parameter := regexp.MustCompile(`\{(\w+)\}`)
	all := make(map[Code][]string, len(sentences))
	for code, sentence := range sentences {
		for _, m := range parameter.FindAllStringSubmatch(sentence, -1) {
			all[code] = append(all[code], m[1])
		}
	}
	return all
}()

// Params returns the names of the code's parameters, in the order of its
// English sentence.
func (c Code) Params() []string { return slices.Clone(parameters[c]) }

// flaw is why a value or a row cannot be used; the zero flaw is none.
type flaw struct {
	code   Code
	params map[string]string
}

// because returns a flaw. The values are those of the code's parameters in
// their order; long ones are cut.
func because(code Code, values ...any) flaw {
	f := flaw{code: code}
	names := parameters[code]
	if len(names) > 0 {
		f.params = make(map[string]string, len(names))
	}
	for i, value := range values {
		switch v := value.(type) {
		case int:
			f.params[names[i]] = strconv.Itoa(v)
		case string:
			f.params[names[i]] = shorten(v, MaxErrorParamRunes)
		}
	}
	return f
}

// found reports whether there is one.
func (f flaw) found() bool { return f.code != "" }

// text returns the reason in English, "" for none.
func (f flaw) text() string {
	text := sentences[f.code]
	if len(f.params) == 0 {
		return text
	}
	pairs := make([]string, 0, 2*len(f.params))
	for name, value := range f.params {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// in returns the error of a row. Column is empty when the row as a whole is
// broken.
func (f flaw) in(row int, column, value string) *RowError {
	return &RowError{
		Row: row, Column: column, Value: shorten(value, MaxErrorValueRunes), Reason: f.text(), Code: f.code, Params: f.params,
	}
}
