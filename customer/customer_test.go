package customer_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/customer"
)

func TestNewNumber(t *testing.T) {
	for _, c := range []struct {
		n    uint64
		want string
	}{
		{0, "1000000005"},
		{1, "1000000013"},
		{customer.NumberSpace - 1, "9999999991"},
		{customer.NumberSpace, "1000000005"},
		{1<<64 - 1, "2095516158"},
	} {
		if got := customer.NewNumber(c.n); got != c.want {
			t.Errorf("number %d is %s, want %s", c.n, got, c.want)
		}
	}
}

func TestEveryNumberIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64().Draw(t, "n")
		number := customer.NewNumber(n)
		for _, typed := range []string{
			number, customer.FormatNumber(number), strings.ReplaceAll(customer.FormatNumber(number), " ", "-"),
			strings.ReplaceAll(customer.FormatNumber(number), " ", "\u00a0"), strings.ReplaceAll(customer.FormatNumber(number), " ", "\u202f"),
			" " + number + " ",
		} {
			if got, err := customer.ParseNumber(typed); err != nil || got != number {
				t.Errorf("%q is read as %q, %v", typed, got, err)
			}
		}
		if other := customer.NewNumber(n + 1); other == number {
			t.Errorf("%d and the next have one number, %s", n, number)
		}
	})
}

// The check digit finds every single wrong digit, and of swapped neighbours all but
// those that are neighbours as digits, too.
func TestAWrongDigitIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := customer.NewNumber(rapid.Uint64().Draw(t, "n"))
		for i := range len(number) {
			for digit := byte('0'); digit <= '9'; digit++ {
				wrong := number[:i] + string(digit) + number[i+1:]
				if _, err := customer.ParseNumber(wrong); (err == nil) != (wrong == number) {
					t.Errorf("%s instead of %s: %v", wrong, number, err)
				}
			}
			if i+2 >= len(number) || number[i] == number[i+1] {
				continue
			}
			swapped := number[:i] + number[i+1:i+2] + number[i:i+1] + number[i+2:]
			d := (int(number[i]) - int(number[i+1]) + 10) % 10
			if _, err := customer.ParseNumber(swapped); err == nil && d != 1 && d != 9 {
				t.Errorf("%s is taken for %s", swapped, number)
			}
		}
	})
}

func TestWhatIsNoNumber(t *testing.T) {
	number := customer.NewNumber(42)
	for _, s := range []string{
		"", " ", number[:9], number + "0", "0" + number[1:], number + number, "+" + number, number + "\n", number[:5] + "_" + number[5:],
		"１" + number[1:], "12345678X0", "-", strings.Repeat(" ", 41), strings.Repeat("1", 10<<20), "\xff",
	} {
		got, err := customer.ParseNumber(s)
		if !errors.Is(err, customer.ErrNumberMalformed) || got != "" {
			t.Errorf("%.40q is read as %q, %v", s, got, err)
		}
	}
}

func TestFormatNumber(t *testing.T) {
	if got := customer.FormatNumber("1234567890"); got != "123 456 7890" {
		t.Errorf("printed as %q", got)
	}
	if got := customer.FormatNumber("123"); got != "123" {
		t.Errorf("what is no number is printed as %q", got)
	}
}

func TestDisplayName(t *testing.T) {
	for _, c := range []struct {
		first, last, want string
	}{
		{"Maija", "Virtanen", "Maija V."},
		{"Åsa", "Öhman", "Åsa Ö."},
		{"Maija", "", "Maija"},
		{"", "Virtanen", "Virtanen"},
		{"", "", "№ 123 456 7890"},
		{"Ольга", "Ёлкина", "Ольга Ё."},
	} {
		got := customer.Customer{FirstName: c.first, LastName: c.last, Number: "1234567890"}.DisplayName()
		if got != c.want {
			t.Errorf("%s %s is shown as %q, want %q", c.first, c.last, got, c.want)
		}
	}
}
