package customer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/leima/leima/loyalty"
)

// Status is where a customer is in their life with the organization.
type Status string

// The statuses.
const (
	// StatusActive: the contact is confirmed or was entered by somebody trusted.
	StatusActive Status = "active"
	// StatusProvisional: came by the public form; nobody confirmed the contact yet.
	StatusProvisional Status = "provisional"
	// StatusMerged: turned out to be another customer, into whom they were merged.
	StatusMerged Status = "merged"
)

// Errors that a store answers for what this package describes.
var (
	ErrNotFound = errors.New("not found")
	ErrVersion  = errors.New("changed by somebody else in the meantime")
	// ErrContactTaken: another customer has the phone number or address.
	ErrContactTaken = errors.New("another customer has this contact")
	// ErrTwoCustomers: the phone number is one customer's, the e-mail another's.
	ErrTwoCustomers = errors.New("phone and e-mail belong to two customers")
	// ErrTooOften: another link was sent a moment ago.
	ErrTooOften = errors.New("too many confirmation messages")
)

// Customer is a person who holds cards of an organization.
type Customer struct {
	OrgID, ID string
	// Number is the personal customer number: NumberLen digits, the last of them a
	// check digit. It identifies to a till, never to a page.
	Number              string
	FirstName, LastName string
	// Phone (E.164) and Email are confirmed or were entered by somebody trusted, and
	// are unique in the organization. PendingPhone and PendingEmail were typed into
	// the public form and prove nothing.
	Phone, Email               string
	PendingPhone, PendingEmail string
	Locale                     string
	Status                     Status
	// MergedInto is the customer that this one turned out to be.
	MergedInto string
	// ExternalRef is the customer's number in the organization's other systems; unique
	// where it is not "".
	ExternalRef string
	Version     int64
	// CreatedAt and ConfirmedAt are UTC milliseconds; ConfirmedAt is 0 if the contact
	// was never confirmed.
	CreatedAt, ConfirmedAt int64
	// BlockedAt is when the customer was blocked, UTC milliseconds, 0 if they are not.
	BlockedAt int64
}

// DisplayName is what a till shows: the first name and the initial of the last, so
// that a queue of people does not read the whole name. Without a name it is the
// customer number.
func (c Customer) DisplayName() string {
	last := ""
	for _, r := range c.LastName {
		last = " " + string(r) + "."
		break
	}
	switch {
	case c.FirstName != "":
		return c.FirstName + last
	case c.LastName != "":
		return c.LastName
	}
	return "№ " + FormatNumber(c.Number)
}

// Customer numbers.
const (
	// NumberLen is the length of a customer number with its check digit.
	NumberLen = 10
	// NumberSpace is the count of numbers without check digit that can be given out:
	// those that do not begin with 0.
	NumberSpace = 900_000_000
)

// ErrNumberMalformed is what ParseNumber answers for what is not a customer number.
var ErrNumberMalformed = errors.New("not a customer number")

// NewNumber returns the customer number for a random n, of which the remainder by
// NumberSpace counts.
func NewNumber(n uint64) string {
	s := fmt.Sprintf("%09d", 100_000_000+n%NumberSpace)
	return s + string(checkDigit(s))
}

// betweenDigits is what people put between the digits of a number.
var betweenDigits = strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\u202f", "")

// ParseNumber returns the number without the spaces and hyphens that people put
// between digits, or ErrNumberMalformed. The check digit is that of ISO/IEC 7064
// MOD 11,10.
func ParseNumber(s string) (string, error) {
	if len(s) > 4*NumberLen {
		return "", ErrNumberMalformed
	}
	n := betweenDigits.Replace(s)
	if len(n) != NumberLen || n[0] == '0' {
		return "", ErrNumberMalformed
	}
	for i := range len(n) {
		if n[i] < '0' || n[i] > '9' {
			return "", ErrNumberMalformed
		}
	}
	if checkDigit(n[:NumberLen-1]) != n[NumberLen-1] {
		return "", ErrNumberMalformed
	}
	return n, nil
}

// FormatNumber groups a number as it is printed: 123 456 789 0 as 123 456 7890.
func FormatNumber(n string) string {
	if len(n) != NumberLen {
		return n
	}
	return n[:3] + " " + n[3:6] + " " + n[6:]
}

// checkDigit is the hybrid system MOD 11,10 of ISO/IEC 7064.
func checkDigit(digits string) byte {
	p := 10
	for i := range len(digits) {
		p += int(digits[i] - '0')
		if p > 10 {
			p -= 10
		}
		p = p * 2 % 11
	}
	return byte('0' + (11-p)%10)
}

// View is a card with all that a till, a page or the API shows of it.
type View struct {
	Customer Customer
	Card     loyalty.Card
	Program  loyalty.Program
	// Code is what a till scans, Link the secret of the customer's page.
	Code, Link string
	// OldNumber is that of a card from before which leads to this one, "" if there is none.
	// Who reads cards from the hot state does not get it.
	OldNumber string
	// Coupons are those that can still be used, oldest first; at most MaxOpenCoupons.
	Coupons []loyalty.Coupon
}

// MaxOpenCoupons bounds the usable coupons that a View carries.
const MaxOpenCoupons = 200

// Handle is what was scanned or typed to find a card. Exactly one field is set.
type Handle struct {
	Code, Number, Phone, OldNumber string
}
