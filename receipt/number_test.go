package receipt

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseDecimal(t *testing.T) {
	tests := []struct {
		text    string
		decimal byte
		scale   int
		want    int64
		reason  string
	}{
		{"3.86", '.', 2, 386, ""},
		{"1.0", '.', 2, 100, ""},
		{"0.29", '.', 2, 29, ""}, // 28.999999999999996 hundredths in binary
		{"1.15", '.', 2, 115, ""},
		{"-12.5", '.', 2, -1250, ""},
		{"+7", '.', 2, 700, ""},
		{".5", '.', 2, 50, ""},
		{"5.", '.', 2, 500, ""},
		{"12", '.', 0, 12, ""},
		{"1.2345", '.', 4, 12345, ""},
		{"0.125", '.', 3, 125, ""},

		{"3.8600000001", '.', 2, 386, ""},
		{"3.8599999999", '.', 2, 386, ""},
		{"4.440892e-16", '.', 2, 0, ""},
		{"1E2", '.', 2, 10000, ""},
		{"3.861", '.', 2, 0, "has more than 2 decimals"},
		{"3.865", '.', 2, 0, "has more than 2 decimals"},
		{"3.860001", '.', 2, 0, "has more than 2 decimals"},
		{"3.8600009", '.', 2, 386, ""},
		{"0.5", '.', 0, 0, "has more than 0 decimals"},

		{"3,86", ',', 2, 386, ""},
		{"1 234,50", ',', 2, 123450, ""},
		{"1\u00a0234\u00a0567,00", ',', 2, 123456700, ""},
		{"1\u202f234,5", ',', 2, 123450, ""},
		{"1.234", ',', 2, 0, "is not a number"},
		{"1.234,50", ',', 2, 0, "is not a number"},
		{"3,86", '.', 2, 0, "is not a number"},
		{"1 23", ',', 2, 0, "is not a number"},
		{"1 2345", ',', 2, 0, "is not a number"},
		{"3,8 612", ',', 2, 0, "is not a number"},

		{"1000000000", '.', 2, MaxMinor, ""},
		{"1000000000.01", '.', 2, 0, "is too large"},
		{"9e999", '.', 2, 0, "is too large"},
		{strings.Repeat("9", 41), '.', 2, 0, "is too long"},
		{"", '.', 2, 0, "is not a number"},
		{"-", '.', 2, 0, "is not a number"},
		{".", '.', 2, 0, "is not a number"},
		{"1e", '.', 2, 0, "is not a number"},
		{"1e1234", '.', 2, 0, "is not a number"},
		{"NaN", '.', 2, 0, "is not a number"},
		{"Inf", '.', 2, 0, "is not a number"},
		{"0x10", '.', 2, 0, "is not a number"},
		{"1_000", '.', 2, 0, "is not a number"},
		{"3.86 €", '.', 2, 0, "is not a number"},
		{"--1", '.', 2, 0, "is not a number"},
		{"1.2.3", '.', 2, 0, "is not a number"},
		{"#N/A", '.', 2, 0, "is not a number"},
		{"３", '.', 2, 0, "is not a number"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%q", tt.text), func(t *testing.T) {
			got, reason := parseDecimal(tt.text, tt.decimal, tt.scale)
			if got != tt.want || !strings.HasPrefix(reason.text(), tt.reason) || (tt.reason == "") == reason.found() {
				t.Errorf("got %d, %q; want %d, %q", got, reason.text(), tt.want, tt.reason)
			}
		})
	}
}

// Every amount survives being written with its decimals, and with the noise
// that a sum of binary floats leaves.
func TestEveryAmountIsReadExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.IntRange(0, maxAmountDecimals).Draw(t, "scale")
		minor := rapid.Int64Range(-MaxMinor, MaxMinor).Draw(t, "minor")
		power := int64(1)
		for range scale {
			power *= 10
		}
		sign, left := "", minor
		if minor < 0 {
			sign, left = "-", -minor
		}
		text := fmt.Sprintf("%s%d", sign, left/power)
		if scale > 0 {
			text += fmt.Sprintf(".%0*d", scale, left%power)
			text += rapid.SampledFrom([]string{"", "0", "0000000001"}).Draw(t, "noise")
		}
		if got, reason := parseDecimal(text, '.', scale); got != minor || reason.found() {
			t.Fatalf("%q is read as %d (%s), want %d", text, got, reason.text(), minor)
		}
	})
}

func TestPlainReferences(t *testing.T) {
	for text, want := range map[string]string{
		"40128000000": "40128000000", "4.0128e+10": "40128000000", "4,0128e+10": "40128000000", "4e+05": "400000", "1.5e+1": "15",
		"A-77": "A-77", "e+1": "e+1", "E+": "E+", "1e5": "1e5", "7X1E+3": "7X1E+3", "12E4": "12E4", "1e+x": "1e+x", "bee+1": "bee+1",
		"4.01280E+10": "", "4,0128E+10": "", "4.01287e+4": "", "4e+15": "", "4.0128e+99": "", "40.1e+10": "", "4..1e+10": "4..1e+10", ".1e+10": "",
	} {
		got, reason := plainReference(text)
		if got != want && (want != "" || !reason.found()) || (want == "") != reason.found() {
			t.Errorf("%q: got %q, %q; want %q", text, got, reason.text(), want)
		}
	}
}
