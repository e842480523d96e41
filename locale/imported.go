package locale

import (
	"slices"
	"strconv"
)

// numbers are the params of an import's reasons that are written as the language writes
// numbers; the others stand as they are.
var numbers = []string{"limit", "cells", "columns", "row"}

// ImportReason returns the sentence of why a row or receipt of an import could not be
// used: the text import_row.<code> in the locale, else the refusal of that name. It
// returns "" for a code without a text.
func ImportReason(locale, code string, params map[string]string) string {
	key := "import_row." + code
	if !Has(key) {
		if Has("refusal." + code) {
			return Refusal(locale, code, params)
		}
		return ""
	}
	l, given := For(locale), Params{}
	for name, value := range params {
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && slices.Contains(numbers, name) {
			value = l.Number(n)
		}
		given[name] = value
	}
	return l.T(key, given)
}
