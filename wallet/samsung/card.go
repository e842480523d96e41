package samsung

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of a loyalty card, Samsung's, in characters.
const (
	MaxRefID   = 32
	MaxTitle   = 32
	MaxName    = 32
	MaxNotice  = 5000
	MaxURL     = 256
	MaxBarcode = 4096

	cardType    = "loyalty"
	cardSubType = "others"
)

// ErrInvalid is what a FieldError is: the card cannot be sent.
var ErrInvalid = errors.New("samsung wallet: invalid value")

// FieldError says which attribute of a card cannot be sent.
type FieldError struct {
	Field  string // in Samsung's names
	Reason string
}

func (e *FieldError) Error() string { return fmt.Sprintf("samsung wallet: %s: %s", e.Field, e.Reason) }

// Is makes errors.Is(err, ErrInvalid) true.
func (e *FieldError) Is(target error) bool { return target == ErrInvalid }

// BarcodeType is how a code is drawn.
type BarcodeType string

// The codes that tills read.
const (
	QRCode  BarcodeType = "QR_CODE"
	PDF417  BarcodeType = "PDF_417"
	Aztec   BarcodeType = "AZTEC"
	Code128 BarcodeType = "CODE_128"
)

// Card is a loyalty card. RefID, Language, Title, Provider and the three of App are
// required.
type Card struct {
	RefID    string // the caller's name for the card, letters, digits, underscores and hyphens
	Created  time.Time
	Updated  time.Time
	Language string // BCP 47
	Title    string // of the program
	Subtitle string // the balance, such as "3 / 10"
	Provider string // the shop
	Notice   string // the text on the back, plain: it is escaped
	LogoURL  string
	ImageURL string // of the card's art, 888 by 555 pixels
	Colour   string // #rrggbb, of the card's art
	AppLogo  string // address of a picture for the link to the card page
	AppName  string
	AppLink  string  // address of the card page
	Barcode  Barcode // none if it is zero: a card that cannot be used
}

// Barcode is the code of a card.
type Barcode struct {
	Type  BarcodeType
	Value string
}

var (
	refShape      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)
	languageShape = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?$`)
	colourShape   = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
)

// Check returns a FieldError for the first attribute that Samsung would refuse, nil
// when the card can be sent. Long names are not an error: they are cut to their limit.
func (c Card) Check() error {
	switch {
	case !refShape.MatchString(c.RefID):
		return &FieldError{Field: "refId", Reason: "is not of 1 to 32 letters, digits, underscores and hyphens"}
	case !languageShape.MatchString(c.Language):
		return &FieldError{Field: "language", Reason: "is not a language"}
	case c.Colour != "" && !colourShape.MatchString(c.Colour):
		return &FieldError{Field: "bgColor", Reason: "is not a colour such as #0a5c36"}
	case c.Barcode != (Barcode{}) && (len(c.Barcode.Value) > MaxBarcode || c.Barcode.Value == ""):
		return &FieldError{Field: "barcode.value", Reason: fmt.Sprintf("is not of 1 to %d bytes", MaxBarcode)}
	}
	if _, err := c.Barcode.attributes(); err != nil {
		return err
	}
	for _, required := range [][2]string{{"title", c.Title}, {"providerName", c.Provider}, {"appLinkName", c.AppName}} {
		if shorten(required[1], MaxName) == "" {
			return &FieldError{Field: required[0], Reason: "is required"}
		}
	}
	for _, address := range []struct {
		field, url string
		required   bool
	}{
		{"logoImage", c.LogoURL, false},
		{"bgImage", c.ImageURL, false},
		{"appLinkLogo", c.AppLogo, true},
		{"appLinkData", c.AppLink, true},
	} {
		if address.url == "" && !address.required {
			continue
		}
		parsed, err := url.Parse(address.url)
		if err != nil || parsed.Scheme != "https" || parsed.Host == "" || len(address.url) > MaxURL {
			return &FieldError{Field: address.field, Reason: fmt.Sprintf("is not an https address of at most %d characters", MaxURL)}
		}
	}
	return nil
}

// presentation returns how Samsung shows a code: its serialType and its ptFormat.
func (b Barcode) presentation() (serialType, format string, err error) {
	switch b.Type {
	case QRCode, Aztec:
		return "QRCODE", "QRCODESERIAL", nil
	case PDF417, Code128:
		return "BARCODE", "BARCODESERIAL", nil
	default:
		return "", "", &FieldError{Field: "barcode.ptSubFormat", Reason: "is not one of QR_CODE, AZTEC, PDF_417 and CODE_128"}
	}
}

// attributes returns what the card says of its code, nothing for none.
func (b Barcode) attributes() (map[string]string, error) {
	if b == (Barcode{}) {
		return nil, nil //nolint:nilnil // no code, nothing to say
	}
	serialType, format, err := b.presentation()
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"barcode.value": b.Value, "barcode.serialType": serialType, "barcode.ptFormat": format, "barcode.ptSubFormat": string(b.Type),
	}, nil
}

// encode returns the card object as Samsung reads it. Names such as "barcode.value"
// are keys of their own, not paths.
func (c Card) encode() ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	code, err := c.Barcode.attributes()
	if err != nil {
		return nil, err
	}
	attributes := map[string]any{
		"title":        shorten(c.Title, MaxTitle),
		"providerName": shorten(c.Provider, MaxName),
		"appLinkLogo":  c.AppLogo,
		"appLinkName":  shorten(c.AppName, MaxName),
		"appLinkData":  c.AppLink,
	}
	for name, value := range code {
		attributes[name] = value
	}
	for name, value := range map[string]string{
		"subtitle1": shorten(c.Subtitle, MaxTitle), "noticeDesc": escapeNotice(c.Notice),
		"logoImage": c.LogoURL, "bgImage": c.ImageURL, "bgColor": c.Colour,
	} {
		if value != "" {
			attributes[name] = value
		}
	}
	body, err := json.Marshal(map[string]any{"card": map[string]any{
		"type": cardType, "subType": cardSubType,
		"data": []map[string]any{{
			"refId": c.RefID, "createdAt": c.Created.UnixMilli(), "updatedAt": c.Updated.UnixMilli(),
			"language": c.Language, "attributes": attributes,
		}},
	}})
	if err != nil {
		return nil, fmt.Errorf("samsung wallet: encode card: %w", err)
	}
	return body, nil
}

// escapeNotice keeps Samsung from reading HTML in a text, within its limit.
func escapeNotice(text string) string {
	escaped := escapes.Replace(shorten(text, MaxNotice))
	if utf8.RuneCountInString(escaped) <= MaxNotice {
		return escaped
	}
	// Each escape is at most as long as this, so the result fits.
	const longestEscape = 5
	return escapes.Replace(shorten(text, MaxNotice/longestEscape))
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

const ellipsis = "…"

// shorten returns a text without control characters and turns of direction, in at most
// limit runes, and never cut before a mark or a joiner that belongs to what is before it.
func shorten(text string, limit int) string {
	const zeroWidthJoiner = '\u200d'
	clean := strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "")))
	if utf8.RuneCountInString(clean) <= limit {
		return clean
	}
	runes := []rune(clean)
	end := limit - 1
	for end > 0 && (runes[end] == zeroWidthJoiner || runes[end-1] == zeroWidthJoiner || unicode.In(runes[end], unicode.M, unicode.Sk)) {
		end--
	}
	return strings.TrimSpace(string(runes[:end])) + ellipsis
}
