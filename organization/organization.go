package organization

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Locales are the languages of Leima's pages, in the order in which they are
// offered.
var Locales = []string{"en", "fi", "sv", "pl", "fr", "de", "ru"}

// KnownLocale reports whether the locale is one of Locales.
func KnownLocale(locale string) bool { return slices.Contains(Locales, locale) }

// Limits of what is stored, in bytes where not said otherwise.
const (
	MaxNameLen    = 200
	MaxSlugLen    = 40
	MaxLogoBytes  = 256 << 10
	MaxAddressLen = 300
)

// Errors that a store answers for what this package describes.
var (
	ErrNotFound = errors.New("not found")
	// ErrVersion: somebody else changed the thing since the caller read it.
	ErrVersion = errors.New("changed by somebody else in the meantime")
	// ErrTaken: a value that must be unique is in use.
	ErrTaken = errors.New("already in use")
)

// Organization is a business, a chain, a network or an organizer: the tenant.
// Everything but its name and brand is visible to its own staff only.
type Organization struct {
	ID string
	// Slug is the organization's name in addresses and credentials: lower-case
	// letters, digits and single hyphens. It is never changed.
	Slug string
	Name string
	// Country is an ISO 3166-1 alpha-2 code. Phone numbers without a country code
	// are read as numbers of this country.
	Country string
	// Locale is the language of pages for visitors whose own is not offered.
	Locale string
	// Zone is the IANA time zone of locations that have none of their own.
	Zone      string
	Brand     Brand
	Version   int64
	CreatedAt int64
	// PlacesVersion rises when a branch that has coordinates changes.
	PlacesVersion int64
}

// Location is a branch.
type Location struct {
	OrgID, ID, Name, Address string
	// Zone is an IANA time zone; "" takes the organization's.
	Zone string
	// ExternalRef is the branch's number in the organization's other systems; unique
	// where it is not "".
	ExternalRef string
	// Coordinates are nil where nobody has said where it is.
	Coordinates *Coordinates
	Version     int64
	CreatedAt   int64
}

// LoadZone returns the location's time zone, else the fallback's, else UTC.
func LoadZone(zone, fallback string) *time.Location {
	for _, name := range []string{zone, fallback} {
		if name == "" {
			continue
		}
		if z, err := time.LoadLocation(name); err == nil {
			return z
		}
	}
	return time.UTC
}

// Staff is somebody who works for the organization.
type Staff struct {
	OrgID, ID, Name, Email string
	Role                   Role
	Locale                 string
	// LocationID ties the person to one branch; "" is every branch.
	LocationID string
	// HasPIN tells that a PIN was set, Active that the person may sign in.
	HasPIN, Active bool
	Version        int64
	CreatedAt      int64
}

// InvalidFieldError tells which field is wrong, and why. It is the error of every
// Validate function outside loyalty.
type InvalidFieldError struct {
	Field, Reason string
	// Code is the stable name of the reason, "" if it has none, and Params are the values
	// that a sentence about it needs, by name.
	Code   string
	Params map[string]string
}

func (e *InvalidFieldError) Error() string { return e.Field + ": " + e.Reason }

func invalid(field, format string, a ...any) error {
	return &InvalidFieldError{Field: field, Reason: fmt.Sprintf(format, a...)}
}

// because is invalid with a name for the reason and, where it has one, the limit that
// was passed.
func because(code, field, reason string, limit ...int) error {
	e := &InvalidFieldError{Field: field, Reason: reason, Code: code}
	if len(limit) > 0 {
		e.Params = map[string]string{"max": strconv.Itoa(limit[0])}
	}
	return e
}

// ValidSlug reports whether s can be an organization's slug: lower-case letters,
// digits and single hyphens between them, at most MaxSlugLen.
func ValidSlug(s string) bool {
	afterHyphen := true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			afterHyphen = false
		case c == '-' && !afterHyphen:
			afterHyphen = true
		default:
			return false
		}
	}
	return !afterHyphen && len(s) <= MaxSlugLen
}

var (
	colorPattern   = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	countryPattern = regexp.MustCompile(`^[A-Z]{2}$`)
)

// Validate returns nil, or an *InvalidFieldError for the first wrong field.
func (o Organization) Validate() error {
	switch {
	case !ValidSlug(o.Slug):
		return invalid("slug", "must be lower-case letters, digits and single hyphens, at most %d", MaxSlugLen)
	case !countryPattern.MatchString(o.Country):
		return invalid("country", "must be an ISO 3166-1 alpha-2 code such as FI")
	case !KnownLocale(o.Locale):
		return invalid("locale", "must be one of %s", strings.Join(Locales, ", "))
	}
	if err := CheckLine("name", o.Name, MaxNameLen, true); err != nil {
		return err
	}
	if err := checkZone("zone", o.Zone, true); err != nil {
		return err
	}
	return o.Brand.validate()
}

// Validate returns nil, or an *InvalidFieldError for the first wrong field.
func (l Location) Validate() error {
	if err := CheckLine("name", l.Name, MaxNameLen, true); err != nil {
		return err
	}
	if err := CheckLine("address", l.Address, MaxAddressLen, false); err != nil {
		return err
	}
	if err := CheckLine("external_ref", l.ExternalRef, MaxNameLen, false); err != nil {
		return err
	}
	if err := checkZone("zone", l.Zone, false); err != nil || l.Coordinates == nil {
		return err
	}
	return l.Coordinates.validate()
}

// Validate returns nil, or an *InvalidFieldError for the first wrong field.
func (s Staff) Validate() error {
	if err := CheckLine("name", s.Name, MaxNameLen, true); err != nil {
		return err
	}
	if err := CheckLine("email", s.Email, MaxNameLen, false); err != nil {
		return err
	}
	switch {
	case !s.Role.Known() || s.Role == RoleIntegration:
		return invalid("role", "must be owner, manager, marketer or cashier")
	case s.Locale != "" && !KnownLocale(s.Locale):
		return invalid("locale", "must be one of %s", strings.Join(Locales, ", "))
	}
	return nil
}

func checkZone(field, zone string, required bool) error {
	if zone == "" && !required {
		return nil
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		return because("zone", field, "must be an IANA time zone such as Europe/Helsinki")
	}
	return nil
}

// CheckLine checks a name or other single line of text that people will see: valid
// UTF-8, at most limit bytes, no surrounding white space, no control characters and
// none of the marks that change the direction of text, with which a name could
// make a page or a till's screen say something else (Unicode TR 36, 3.1).
func CheckLine(field, s string, limit int, required bool) error {
	switch {
	case s == "" && required:
		return because("required", field, "must not be empty")
	case len(s) > limit:
		return because("too_long", field, fmt.Sprintf("must have at most %d bytes", limit), limit)
	case !utf8.ValidString(s):
		return because("encoding", field, "must be valid UTF-8")
	case strings.TrimSpace(s) != s:
		return because("white_space", field, "must not begin or end with white space")
	}
	for _, r := range s {
		if r >= ' ' && r <= '~' {
			continue // as most are
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return because("control_character", field, fmt.Sprintf("must not hold the control character U+%04X", r))
		}
	}
	return nil
}
