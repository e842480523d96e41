package receipt

import (
	"math"
	"strconv"
	"strings"
)

// maxNoise is how far a number may be from one with the decimals it should
// have, in whole units. Exports computed with binary floats hold values such
// as 3.8600000001 or 4.4e-16; a real third decimal is a thousand times larger.
const maxNoise = 0.000001

// parseDecimal reads a number and returns it in units of 10^-scale, such as
// 386 for "3.86" and scale 2. Decimal is '.' or ','. Digits may be grouped in
// threes by spaces (also unbreakable ones), the way a Finnish or French export
// writes them; no other grouping is taken, because 1.234 means two things. A
// number with more decimals than scale is refused unless the rest is float
// noise. There is no flaw when the number is good.
func parseDecimal(s string, decimal byte, scale int) (units int64, bad flaw) {
	if len(s) > maxNumberBytes {
		return 0, because(CodeNumberTooLong)
	}
	plain, ok := plainNumber(s, decimal)
	if !ok {
		return 0, because(CodeNotANumber, string(decimal))
	}
	value, err := strconv.ParseFloat(plain, 64)
	if err != nil { // 1e999: its form was looked at above
		return 0, because(CodeNumberTooLarge)
	}
	power := math.Pow10(scale)
	rounded := math.Round(value * power)
	if math.Abs(rounded) > MaxMinor {
		return 0, because(CodeNumberTooLarge)
	}
	if math.Abs(value-rounded/power) >= maxNoise {
		return 0, because(CodeTooManyDecimals, scale)
	}
	return int64(rounded), flaw{}
}

// plainNumber returns s in the form that strconv reads: no grouping, '.' as
// decimal mark. It is stricter than strconv, which also takes hexadecimal
// numbers, infinities and underscores.
func plainNumber(s string, decimal byte) (string, bool) {
	grouped := false
	digits, marks, i := 0, 0, 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
mantissa:
	for i < len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
			i++
		case c == decimal && marks == 0:
			marks++
			i++
		case marks == 0 && digits > 0 && groupSpace(s[i:]) > 0:
			i += groupSpace(s[i:])
			if !threeDigits(s[i:]) {
				return "", false
			}
			grouped = true
		default:
			break mantissa
		}
	}
	if digits == 0 || !exponent(s[i:]) {
		return "", false
	}
	if grouped {
		s = strings.Map(func(r rune) rune {
			if r == ' ' || r == '\u00a0' || r == '\u202f' {
				return -1
			}
			return r
		}, s)
	}
	if decimal == ',' && marks > 0 {
		s = strings.Replace(s, ",", ".", 1)
	}
	return s, true
}

// groupSpace returns the length of the space that s begins with: a plain one,
// U+00A0 or the narrow U+202F.
func groupSpace(s string) int {
	for _, space := range []string{" ", "\u00a0", "\u202f"} {
		if strings.HasPrefix(s, space) {
			return len(space)
		}
	}
	return 0
}

// threeDigits reports whether s begins with exactly three digits.
func threeDigits(s string) bool {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n == 3
}

// exponent reports whether s is nothing, or an exponent such as "e-16".
func exponent(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	if len(s) < 1 || len(s) > 3 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
