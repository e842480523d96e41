package customer

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// Limits of contact data, in bytes.
const (
	MaxNameLen  = 100
	MaxPhoneLen = 40
	// MaxEmailLen is the longest address that fits into an SMTP path (RFC 5321,
	// 4.5.3.1.3, less the angle brackets).
	MaxEmailLen = 254
	maxLocalLen = 64 // RFC 5321, 4.5.3.1.1
	maxLabelLen = 63 // RFC 1035, 2.3.4
)

// InvalidFieldError tells which field is wrong, and why. Code is a stable name of
// the reason for packages that show it in other languages.
type InvalidFieldError struct{ Field, Code, Reason string }

func (e *InvalidFieldError) Error() string { return e.Field + ": " + e.Reason }

// The codes of an InvalidFieldError.
const (
	InvalidTooLong   = "too_long"
	InvalidEncoding  = "invalid_encoding"
	InvalidCharacter = "invalid_character"
	InvalidPhone     = "invalid_phone"
	InvalidEmail     = "invalid_email"
	InvalidLocale    = "invalid_locale"
	InvalidConsent   = "invalid_consent"
	InvalidRef       = "invalid_ref"
	ContactMissing   = "contact_missing"
)

// hardSpaces are those that some keyboards and address books put between digits.
var hardSpaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// ParsePhone returns the number in E.164 form (ITU-T E.164: a plus and up to 15
// digits). A number without a country code is read as one of the country (ISO
// 3166-1 alpha-2). "" stays "".
func ParsePhone(field, s, country string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", nil
	}
	wrong := &InvalidFieldError{field, InvalidPhone, "must be a phone number such as +358 40 1234567"}
	if len(s) > MaxPhoneLen {
		return "", wrong
	}
	s = hardSpaces.Replace(s)
	if strings.LastIndexByte(s, '+') > 0 {
		return "", wrong
	}
	for _, r := range s {
		// The library picks numbers out of any text; a form field must hold nothing else.
		if (r < '0' || r > '9') && !strings.ContainsRune("+ -()./", r) {
			return "", wrong
		}
	}
	n, err := phonenumbers.Parse(s, country)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", wrong
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

// ParseEmail returns the address as it is stored and compared. The local part keeps
// its case nowhere in practice, so the whole address is lower-cased: two people
// whose addresses differ in case only do not exist, one person who types both does.
// "" stays "".
func ParseEmail(field, s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", nil
	}
	wrong := &InvalidFieldError{field, InvalidEmail, "must be an e-mail address such as name@example.org"}
	if len(s) > MaxEmailLen || !utf8.ValidString(s) {
		return "", wrong
	}
	s = strings.ToLower(s) // before lengths are checked: some letters grow
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > MaxEmailLen || local == "" || len(local) > maxLocalLen || !plausibleDomain(domain) {
		return "", wrong
	}
	for _, r := range local {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune(`"(),:;<>@[\]`, r) {
			return "", wrong
		}
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", wrong
	}
	return s, nil
}

// plausibleDomain wants labels as in RFC 1035, 2.3.1, but in any script. The last
// one must not be a number, as in an IP address.
func plausibleDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 || !strings.ContainsFunc(labels[len(labels)-1], unicode.IsLetter) {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > maxLabelLen || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, r := range l {
			if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return false
			}
		}
	}
	return true
}

// ParseName returns a person's name without surrounding white space, or an
// InvalidFieldError for control characters and for marks that change the direction
// of text, with which a name could make a till's screen say something else.
func ParseName(field, s string) (string, error) {
	switch {
	case !utf8.ValidString(s):
		return "", &InvalidFieldError{field, InvalidEncoding, "must be valid UTF-8"}
	case len(s) > MaxNameLen:
		return "", &InvalidFieldError{field, InvalidTooLong, fmt.Sprintf("must have at most %d bytes", MaxNameLen)}
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return "", &InvalidFieldError{field, InvalidCharacter, fmt.Sprintf("must not hold the control character U+%04X", r)}
		}
	}
	name := strings.TrimSpace(s)
	if name != "" && !strings.ContainsFunc(name, visible) || strings.ContainsRune(name, utf8.RuneError) {
		// U+FFFD is what decoders make of what was not text.
		return "", &InvalidFieldError{field, InvalidCharacter, "must hold letters that can be seen"}
	}
	return name, nil
}

func visible(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsPunct(r) || unicode.IsSymbol(r)
}
