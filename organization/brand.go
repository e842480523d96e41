package organization

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what an organization says to its customers, in bytes.
const (
	MaxWelcomeLen   = 300
	MaxCardTitleLen = 100
	MaxTermsLen     = 8000
	MaxTermsURLLen  = 500
)

// Brand is how the organization looks to its customers, and what it says to them.
type Brand struct {
	// Color is the main colour as #rrggbb.
	Color string
	// TextColor is that of texts on the main colour, AccentColor a second colour; "" where
	// what reads well is chosen.
	TextColor, AccentColor string
	// LogoType is the media type of the logo that is kept beside the organization,
	// "" if there is none; LogoVersion changes with every new logo and LogoHash is the
	// beginning of its SHA-256, "" for one from before hashes were kept.
	LogoType    string
	LogoVersion int64
	LogoHash    string
	// Texts are by locale. Languages in which nothing is said are missing.
	Texts map[string]BrandText
}

// BrandText is what the organization says in one language. Each may be "".
type BrandText struct {
	// Welcome is a line on the join page, CardTitle stands above the card in place of the
	// program's name.
	Welcome, CardTitle string
	// Terms are the terms of use, in several lines; TermsURL is a page that has them.
	Terms, TermsURL string
	// PrivacyURL is a page that says what becomes of personal data.
	PrivacyURL string
}

// LogoTag names the logo as it is now, for addresses that may be kept for ever; "" if
// there is none.
func (b Brand) LogoTag() string {
	switch {
	case b.LogoType == "":
		return ""
	case b.LogoHash == "":
		return strconv.FormatInt(b.LogoVersion, 10)
	}
	return b.LogoHash
}

// Text returns what is said to somebody who reads the locale: what is missing there is
// said in the fallback's language. The terms and their address stay together.
func (b Brand) Text(locale, fallback string) BrandText {
	t, other := b.Texts[locale], b.Texts[fallback]
	if t.Welcome == "" {
		t.Welcome = other.Welcome
	}
	if t.CardTitle == "" {
		t.CardTitle = other.CardTitle
	}
	if t.Terms == "" && t.TermsURL == "" {
		t.Terms, t.TermsURL = other.Terms, other.TermsURL
	}
	if t.PrivacyURL == "" {
		t.PrivacyURL = other.PrivacyURL
	}
	return t
}

// validate returns nil, or an *InvalidFieldError for the first wrong field, of the
// languages in the order of Locales.
func (b Brand) validate() error {
	for _, c := range []struct {
		field, color string
		required     bool
	}{{"brand.color", b.Color, true}, {"brand.text_color", b.TextColor, false}, {"brand.accent_color", b.AccentColor, false}} {
		if err := checkColor(c.field, c.color, c.required); err != nil {
			return err
		}
	}
	for l := range b.Texts {
		if !KnownLocale(l) {
			return invalid("brand.texts", "must be in languages of %s", strings.Join(Locales, ", "))
		}
	}
	for _, l := range Locales {
		if err := b.Texts[l].validate("brand.texts." + l); err != nil {
			return err
		}
	}
	return nil
}

func (t BrandText) validate(field string) error {
	if err := CheckLine(field+".welcome", t.Welcome, MaxWelcomeLen, false); err != nil {
		return err
	}
	if err := CheckLine(field+".card_title", t.CardTitle, MaxCardTitleLen, false); err != nil {
		return err
	}
	if err := checkLines(field+".terms", t.Terms, MaxTermsLen); err != nil {
		return err
	}
	if err := checkAddress(field+".terms_url", t.TermsURL); err != nil {
		return err
	}
	return checkAddress(field+".privacy_url", t.PrivacyURL)
}

// checkLines checks a text of several lines: each as CheckLine does, but for white space
// at the ends, which is layout there.
func checkLines(field, s string, limit int) error {
	switch {
	case len(s) > limit:
		return because("too_long", field, fmt.Sprintf("must have at most %d bytes", limit), limit)
	case !utf8.ValidString(s):
		return because("encoding", field, "must be valid UTF-8")
	}
	for line := range strings.Lines(s) {
		if err := CheckLine(field, strings.TrimSpace(line), limit, false); err != nil {
			return err
		}
	}
	return nil
}

// checkAddress takes a page that a link may lead customers to: by https alone, so that
// it is neither a script nor read on the way, and without a name and password in it,
// with which an address can look like another's.
func checkAddress(field, s string) error {
	if err := CheckLine(field, s, MaxTermsURLLen, false); err != nil || s == "" {
		return err
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsFunc(s, unicode.IsSpace) {
		return because("address", field, "must be the address of a page, such as https://example.org/terms")
	}
	return nil
}
