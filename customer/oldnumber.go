package customer

import (
	"errors"
	"strings"
)

// Lengths of an old number in its plain form: shorter ones are guessed too easily, and
// what is printed on cards is no longer (EAN-13 has 13 digits).
const (
	MinOldNumberLen = 6
	MaxOldNumberLen = 32
)

// ErrOldNumberTaken says that another card in use has the old number, or that it is a
// customer's number.
var ErrOldNumberTaken = errors.New("the old number leads to another card")

// OldNumberUse is what the number of a card from before is already, in a program: it leads
// to the card with the id, or, without one, to a card of another program, or is a
// customer's number.
type OldNumberUse struct{ CardID string }

// ParseOldNumber returns the number of a card from before in its plain form: upper-case
// letters of ASCII and digits, of which at least one is a digit, without the spaces and
// hyphens that are printed between them. It returns "", false for what is none.
func ParseOldNumber(s string) (string, bool) {
	if len(s) > 4*MaxOldNumberLen {
		return "", false
	}
	n := strings.ToUpper(betweenDigits.Replace(strings.TrimSpace(s)))
	if len(n) < MinOldNumberLen || len(n) > MaxOldNumberLen || !strings.ContainsAny(n, "0123456789") {
		return "", false
	}
	for i := range len(n) {
		if c := n[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return "", false
		}
	}
	return n, true
}
