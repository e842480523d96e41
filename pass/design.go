package pass

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/strip"
)

// look is how the passes of a program look, in whatever wallet they are: the colours of
// the brand with what was chosen for the program, and the pictures.
type look struct {
	background, foreground, label strip.Color
	strip                         strip.Design
	barcode                       organization.PassBarcode
	front                         []organization.PassField
	// logo is nil where there is none that can be used.
	logo *strip.Artwork
}

// pictures are the files that a look is made of: the logo and what stands on the strip.
// Those that are not there are nil.
type pictures struct{ logo, stamp, empty, backdrop []byte }

// newLook translates the brand and the chosen design for cards of a size. A picture that
// cannot be used is left out: a shop's passes must not hang on it.
func newLook(brand organization.Brand, d organization.PassDesign, size int, version string, p pictures) (look, error) {
	var l look
	background, err := strip.ParseColor(cmp.Or(d.Background, brand.Color))
	if err != nil {
		return l, fmt.Errorf("colour of passes: %w", err)
	}
	l.background = background
	// The brand's own colours were chosen to stand on its main colour.
	own := brand
	if d.Background != "" && d.Background != brand.Color {
		own.TextColor, own.AccentColor = "", ""
	}
	l.foreground = colorOr(textOn(background), d.Foreground, own.TextColor)
	l.label = colorOr(l.foreground, d.Label, own.AccentColor)
	l.barcode, l.front = d.Barcode, d.Front
	l.logo = artwork(p.logo)
	l.strip = strip.Design{
		Version: version, Rows: d.Rows, Paper: background, Ink: colorOr(l.foreground, d.Ink), Icon: strip.Icon(d.Icon),
		Stamp: artwork(p.stamp), Empty: artwork(p.empty), Background: artwork(p.backdrop),
	}
	// Of a larger card the strip is plain: its places would be too small to see.
	if size <= strip.MaxSize {
		l.strip.Size = size
	}
	return l, nil
}

// paperOf returns the colour of the cards of a program as #rrggbb, for wallets that choose
// all others by themselves; "" for a brand whose colour is none.
func paperOf(brand organization.Brand, d organization.PassDesign) string {
	l, err := newLook(brand, d, 0, "", pictures{})
	if err != nil {
		return ""
	}
	return fmt.Sprintf("#%02x%02x%02x", l.background.R, l.background.G, l.background.B)
}

// colorOr returns the first of the colours that is one, or the other.
func colorOr(other strip.Color, colors ...string) strip.Color {
	for _, c := range colors {
		if parsed, err := strip.ParseColor(c); err == nil {
			return parsed
		}
	}
	return other
}

// artwork returns nil for a picture that is not there or cannot be used.
func artwork(file []byte) *strip.Artwork {
	if len(file) == 0 {
		return nil
	}
	art, err := strip.ReadArtwork(file)
	if err != nil {
		return nil
	}
	return art
}

// designVersion names all that passes of a program have in common. The size of the card is
// part of it: a card that was begun keeps its size when the program's grows.
func designVersion(org organization.Organization, v customer.View, d organization.PassDesign) string {
	return fmt.Sprintf("%s/%d/%d/%d/%s/%d/%d/%d", org.ID, org.Version, org.PlacesVersion, org.Brand.LogoVersion,
		v.Program.ID, v.Program.Version, d.Version, loyalty.CardGoal(v.Program, v.Card))
}

// appleBarcodes are the names that Apple has for codes.
var appleBarcodes = map[organization.PassBarcode]apple.BarcodeFormat{
	organization.BarcodeQR: apple.QR, organization.BarcodeAztec: apple.Aztec,
	organization.BarcodePDF417: apple.PDF417, organization.BarcodeCode128: apple.Code128,
}

// design translates the look, the brand and the program for Apple Wallet.
func design(org organization.Organization, v customer.View, l look, places []organization.Location) (apple.Design, error) {
	d := apple.Design{
		Version: l.strip.Version, Organization: org.Name, Description: said(org, v.Program.Name),
		Background: l.background, Foreground: l.foreground, Label: l.label, Strip: l.strip,
		Labels: apple.StandardLabels(), Changed: apple.StandardChanged(), Barcode: appleBarcodes[l.barcode], NoSharing: true,
		Front: []apple.FrontField{}, Locations: nearby(org, places),
	}
	for _, f := range l.front {
		d.Front = append(d.Front, apple.FrontField(f))
	}
	d.Terms, d.Links = back(org)
	var err error
	if l.logo == nil {
		d.LogoText = org.Name
	} else if d.Logo, err = apple.MakeLogo(l.logo); err != nil {
		return d, fmt.Errorf("logo of pass: %w", err)
	}
	if d.Icon, err = apple.MakeIcon(l.logo, d.Strip); err != nil {
		return d, fmt.Errorf("icon of pass: %w", err)
	}
	return d, nil
}

// nearby are the branches near which a phone offers the pass.
func nearby(org organization.Organization, places []organization.Location) []apple.Location {
	list := make([]apple.Location, 0, len(places))
	for _, p := range places {
		if p.Coordinates != nil {
			list = append(list, apple.Location{
				Coordinates: apple.Coordinates(*p.Coordinates),
				Text:        inAll(org, func(l locale.Localizer) string { return l.T("pass.near", locale.Params{"place": p.Name}) }),
			})
		}
	}
	return list
}

// back is what stands on the back of all passes: the terms of the shop, with the page that
// has them, and its page about personal data. A phone makes links of addresses in a text.
func back(org organization.Organization) (terms apple.Text, links []apple.Link) {
	text := func(part func(organization.BrandText) string) apple.Text {
		return inAll(org, func(l locale.Localizer) string { return part(org.Brand.Text(l.Locale(), org.Locale)) })
	}
	terms = text(func(t organization.BrandText) string { return strings.TrimSpace(t.Terms + "\n" + t.TermsURL) })
	if !complete(&terms) {
		terms = apple.Text{}
	}
	privacy := apple.Link{Name: apple.LabelPrivacy(), URL: text(func(t organization.BrandText) string { return t.PrivacyURL })}
	if complete(&privacy.URL) {
		links = append(links, privacy)
	}
	return terms, links
}

// complete fills languages in which nothing is said with one in which something is, and
// reports whether there is one: a link cannot be empty, and terms in another language are
// better than none.
func complete(t *apple.Text) bool {
	known := t.Plain
	for _, l := range locale.Locales {
		known = cmp.Or(known, t.Translations[l])
	}
	t.Plain = known
	for l, said := range t.Translations {
		t.Translations[l] = cmp.Or(said, known)
	}
	return known != ""
}

// textOn returns white or nearly black, whichever reads better on the colour: the one
// with the larger contrast of WCAG 2.2, 1.4.3.
func textOn(c strip.Color) strip.Color {
	linear := func(v uint8) float64 {
		x := float64(v) / math.MaxUint8
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	luminance := 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	// Where both contrasts are the same, (1.05)/(l+0.05) = (l+0.05)/0.05.
	const middle = 0.179
	if luminance > middle {
		return strip.Color{R: 0x10, G: 0x10, B: 0x10}
	}
	return strip.Color{R: math.MaxUint8, G: math.MaxUint8, B: math.MaxUint8}
}

// said is a text of the organization in all languages of the pages: where it has none,
// the organization's own.
func said(org organization.Organization, t loyalty.Text) apple.Text {
	return inAll(org, func(l locale.Localizer) string { return t.In(l.Locale(), org.Locale) })
}

// inAll says something in all languages. A phone with another language shows the
// organization's.
func inAll(org organization.Organization, say func(locale.Localizer) string) apple.Text {
	t := apple.Text{Plain: say(locale.For(org.Locale)), Translations: make(map[string]string, len(locale.Locales))}
	for _, l := range locale.Locales {
		t.Translations[l] = say(locale.For(l))
	}
	return t
}
