package customer_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/customer"
)

func TestOldNumbersAreReadAsTheyArePrinted(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"6400001234565", "6400001234565", true},
		{" 6400 0012-3456 5 ", "6400001234565", true},
		{"kx-00417", "KX00417", true},
		{"12345", "", false},
		{"PLASTIC", "", false},
		{"64000012345é", "", false},
		{"+358401234567", "", false},
		{strings.Repeat("1", 33), "", false},
		{"", "", false},
	} {
		if got, ok := customer.ParseOldNumber(c.in); got != c.want || ok != c.ok {
			t.Errorf("%q is read as %q, %v", c.in, got, ok)
		}
	}
}

func TestAnOldNumberIsReadAgainAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, ok := customer.ParseOldNumber(rapid.String().Draw(t, "typed"))
		if again, is := customer.ParseOldNumber(n); ok && (again != n || !is) {
			t.Fatalf("%q is read as %q", n, again)
		}
	})
}
