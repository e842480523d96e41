package google

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"unicode/utf8"
)

// Limits of what is sent. Those of Google are named as such; the others are ours,
// far above what a phone shows.
const (
	MaxIDLength     = 128  // bytes of an id, ours
	MaxMessages     = 10   // of an object, Google's
	MaxLocations    = 10   // of an object or a class, Google's
	MaxNameRunes    = 100  // of names and labels, ours: Google shows about 20
	MaxTextRunes    = 2000 // of texts on the back, ours
	MaxModules      = 20   // texts on the back, ours
	MaxLinks        = 10   // links on the back, ours
	MaxBarcodeBytes = 512  // of a code, ours
	MaxURLBytes     = 2000 // of an address, ours
)

// ErrInvalid is what a FieldError is: the value that was given cannot be sent.
var ErrInvalid = errors.New("google wallet: invalid value")

// FieldError says which field of a class, an object or a message cannot be sent.
type FieldError struct {
	Field  string // dotted, in Google's names
	Reason string
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("google wallet: %s: %s", e.Field, e.Reason)
}

// Is makes errors.Is(err, ErrInvalid) true.
func (e *FieldError) Is(target error) bool { return target == ErrInvalid }

var (
	idShape     = regexp.MustCompile(`^[0-9]{1,20}\.[A-Za-z0-9._-]+$`)
	suffixShape = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	issuerShape = regexp.MustCompile(`^[0-9]{1,20}$`)
	colourShape = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
)

// ID returns the id of a class or an object: the number of the issuer, a dot and
// a suffix of letters, digits, dots, underscores and hyphens.
//
// It returns a FieldError for anything else.
func ID(issuer, suffix string) (string, error) {
	if !issuerShape.MatchString(issuer) {
		return "", &FieldError{Field: "issuerId", Reason: "is not a number of at most 20 digits"}
	}
	if !suffixShape.MatchString(suffix) {
		return "", &FieldError{Field: "id", Reason: "may hold letters, digits, dots, underscores and hyphens only"}
	}
	id := issuer + "." + suffix
	return id, checkID("id", id)
}

func checkID(field, id string) error {
	if len(id) > MaxIDLength {
		return &FieldError{Field: field, Reason: fmt.Sprintf("is longer than %d bytes", MaxIDLength)}
	}
	if !idShape.MatchString(id) {
		return &FieldError{Field: field, Reason: "is not an issuer's number, a dot and a suffix"}
	}
	return nil
}

// Check returns a FieldError for the first thing that Google would refuse or that
// is beyond the limits above, nil when the class can be sent. Long names are not an
// error: they are shortened on the way (see Shorten).
func (c LoyaltyClass) Check() error {
	checks := []error{
		checkID("id", c.ID),
		checkPresent("issuerName", c.IssuerName),
		checkPresent("programName", c.ProgramName),
		checkImage("heroImage", c.HeroImage),
		checkCount("merchantLocations", len(c.MerchantLocations), MaxLocations),
		checkModules(c.TextModulesData, c.LinksModuleData),
	}
	if c.ProgramLogo == nil {
		checks = append(checks, &FieldError{Field: "programLogo", Reason: "is required"})
	}
	checks = append(checks, checkImage("programLogo", c.ProgramLogo))
	if c.HexBackgroundColor != "" && !colourShape.MatchString(c.HexBackgroundColor) {
		checks = append(checks, &FieldError{Field: "hexBackgroundColor", Reason: "is not a colour such as #0a5c36"})
	}
	if c.CallbackOptions != nil {
		checks = append(checks, checkURL("callbackOptions.url", c.CallbackOptions.URL))
	}
	if c.HomepageURI != nil {
		checks = append(checks, checkURL("homepageUri.uri", c.HomepageURI.URI))
	}
	return first(checks)
}

// Check returns a FieldError for the first thing that Google would refuse or that
// is beyond the limits above, nil when the object can be sent. Long names are not
// an error: they are shortened on the way (see Shorten).
func (o LoyaltyObject) Check() error {
	checks := []error{
		checkID("id", o.ID),
		checkID("classId", o.ClassID),
		checkState(o.State),
		checkPoints("loyaltyPoints", o.LoyaltyPoints),
		checkPoints("secondaryLoyaltyPoints", o.SecondaryLoyaltyPoints),
		checkImage("heroImage", o.HeroImage),
		checkBarcodes(o.Barcode, o.RotatingBarcode),
		checkCount("messages", len(o.Messages), MaxMessages),
		checkCount("merchantLocations", len(o.MerchantLocations), MaxLocations),
		checkModules(o.TextModulesData, o.LinksModuleData),
	}
	for i, m := range o.Messages {
		checks = append(checks, m.check(fmt.Sprintf("messages[%d]", i)))
	}
	return first(checks)
}

func (m Message) check(field string) error {
	if !suffixShape.MatchString(m.ID) || len(m.ID) > MaxIDLength {
		return &FieldError{Field: field + ".id", Reason: "is not letters, digits, dots, underscores and hyphens"}
	}
	if m.Header == "" && m.Body == "" {
		return &FieldError{Field: field + ".body", Reason: "is required"}
	}
	return nil
}

func checkState(s State) error {
	switch s {
	case StateActive, StateInactive, StateExpired:
		return nil
	default:
		return &FieldError{Field: "state", Reason: "is not ACTIVE, INACTIVE or EXPIRED"}
	}
}

func checkPoints(field string, p *LoyaltyPoints) error {
	if p == nil {
		return nil
	}
	kinds := 0
	for _, there := range []bool{p.Balance.Text != nil, p.Balance.Int != nil, p.Balance.Money != nil} {
		if there {
			kinds++
		}
	}
	if kinds != 1 {
		return &FieldError{Field: field + ".balance", Reason: "is not exactly one of a text, a whole number and money"}
	}
	return nil
}

func checkBarcodes(still *Barcode, rotating *RotatingBarcode) error {
	switch {
	case still != nil && rotating != nil:
		return &FieldError{Field: "rotatingBarcode", Reason: "cannot stand beside a barcode that does not rotate"}
	case still != nil && (still.Value == "" || len(still.Value) > MaxBarcodeBytes):
		return &FieldError{Field: "barcode.value", Reason: fmt.Sprintf("is empty or longer than %d bytes", MaxBarcodeBytes)}
	case rotating != nil:
		return rotating.check()
	}
	return nil
}

func checkModules(texts []TextModule, links *Links) error {
	checks := []error{checkCount("textModulesData", len(texts), MaxModules)}
	if links != nil {
		checks = append(checks, checkCount("linksModuleData.uris", len(links.URIs), MaxLinks))
		for i, link := range links.URIs {
			checks = append(checks, checkLink(fmt.Sprintf("linksModuleData.uris[%d].uri", i), link.URI))
		}
	}
	return first(checks)
}

func checkImage(field string, image *Image) error {
	if image == nil {
		return nil
	}
	return checkURL(field+".sourceUri.uri", image.SourceURI.URI)
}

// checkURL holds an address that Google's servers fetch: https, with a host.
func checkURL(field, address string) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "https" || parsed.Host == "" || len(address) > MaxURLBytes {
		return &FieldError{Field: field, Reason: fmt.Sprintf("is not an https address of at most %d bytes", MaxURLBytes)}
	}
	return nil
}

// checkLink holds an address that a person opens; phone numbers and mail are fine.
func checkLink(field, address string) error {
	parsed, err := url.Parse(address)
	if err == nil && len(address) <= MaxURLBytes {
		switch parsed.Scheme {
		case "https", "tel", "mailto", "geo":
			return nil
		}
	}
	return &FieldError{Field: field, Reason: "is not an https, tel, mailto or geo address"}
}

func checkPresent(field, value string) error {
	if value == "" || !utf8.ValidString(value) {
		return &FieldError{Field: field, Reason: "is required"}
	}
	return nil
}

func checkCount(field string, count, limit int) error {
	if count > limit {
		return &FieldError{Field: field, Reason: fmt.Sprintf("has %d entries, the limit is %d", count, limit)}
	}
	return nil
}

func first(checks []error) error {
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}
