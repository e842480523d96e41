package apple

import (
	"cmp"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/leima/leima/wallet/strip"
)

// ErrDesign is in errors about a design that no pass can be made of. The message names
// the field.
var ErrDesign = errors.New("design for Apple Wallet")

// Limits of a design.
const (
	// MaxLocations is Apple's: near one of them, the phone offers the pass.
	MaxLocations = 10
	// maxKnownLocations bounds the locations from which the nearest are chosen.
	maxKnownLocations = 10_000
	maxLinks          = 10
	maxLocales        = 30
	// MaxPictureBytes bounds one picture of a pass.
	MaxPictureBytes = 1 << 20
)

// Design is what all passes of a program have in common.
type Design struct {
	// Version changes with everything below; what is made of a design is kept by it.
	Version string
	// Organization is the name under which notifications appear, Description what
	// VoiceOver reads, LogoText stands beside the logo and may be empty.
	Organization string
	Description  Text
	LogoText     string

	Background, Foreground, Label strip.Color
	Strip                         strip.Design
	// Icon and Logo are PNG in all strip.Scales. The icon is needed (29 points square),
	// the logo is not (at most 160 by 50 points). MakeIcon and MakeLogo make them.
	Icon, Logo *Images

	Labels Labels
	// Changed is shown on the lock screen when the balance changed; %@ stands for the
	// balance. Empty: nothing is shown.
	Changed Text
	Terms   Text
	Links   []Link

	// Front are the fields below the strip, in their order; DefaultFront if nil. What a card
	// does not have is left out.
	Front     []FrontField
	Barcode   BarcodeFormat
	Locations []Location
	// WebService is where phones ask for changes: the address below which Service is
	// found, without v1. Empty: passes are never updated.
	WebService string
	// NFCKey is a public key (P-256, SubjectPublicKeyInfo, base64). It is of use only with
	// a certificate that Apple has entitled to NFC. Empty: no NFC.
	NFCKey string
	// NoSharing hides the button for handing the pass on. It does not prevent it.
	NoSharing bool
}

// FrontField is a field that may stand in front.
type FrontField string

// The fields, one of each.
const (
	FrontNext    FrontField = "next"
	FrontRewards FrontField = "rewards"
	FrontHolder  FrontField = "holder"
	FrontNumber  FrontField = "number"
)

// DefaultFront returns the fields of a design that chooses none.
func DefaultFront() []FrontField { return []FrontField{FrontNext, FrontRewards, FrontHolder} }

// Labels stand above the fields. StandardLabels has them in seven languages.
type Labels struct {
	Balance, Rewards, NextGoal, Holder   Text
	Number, Entries, Terms, LinksHeading Text
}

// Link is an address on the back.
type Link struct {
	Name Text
	// URL begins with https:, tel: or mailto:. It may be another page in each language.
	URL Text
}

// Location is where the pass is offered on the lock screen.
type Location struct {
	Coordinates
	// Text is shown there, such as the name of the shop.
	Text Text
}

var localePattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// check returns an error in ErrDesign that names the field and the reason.
func (d Design) check() error {
	for _, part := range []func() error{d.checkTexts, d.checkLinks, d.checkLocations, d.checkTechnical} {
		if err := part(); err != nil {
			return fmt.Errorf("%w: %w", ErrDesign, err)
		}
	}
	return nil
}

func (d Design) checkTexts() error {
	switch {
	case d.Version == "":
		return errors.New("version is empty")
	case strings.TrimSpace(d.Organization) == "":
		return errors.New("organization is empty")
	case d.Description.IsZero():
		return errors.New("description is empty")
	case d.Labels.Balance.IsZero():
		return errors.New("label of the balance is empty")
	}
	locales := map[string]bool{}
	for _, t := range d.texts() {
		for locale := range t.Translations {
			if !localePattern.MatchString(locale) {
				return fmt.Errorf("locale %q: want one such as fi", locale)
			}
			locales[locale] = true
		}
	}
	if len(locales) > maxLocales {
		return fmt.Errorf("%d locales: want at most %d", len(locales), maxLocales)
	}
	if d.Changed.IsZero() {
		return nil
	}
	for locale := range locales {
		if strings.Count(d.Changed.in(locale), "%@") != 1 {
			return fmt.Errorf("changed in %s: %%@ must stand in it once, for the balance", locale)
		}
	}
	if strings.Count(d.Changed.Plain, "%@") != 1 {
		return errors.New("changed: %@ must stand in it once, for the balance")
	}
	return nil
}

// cleaned returns the design with its texts as they may be shown.
func (d Design) cleaned() Design {
	d.Organization, d.LogoText = cleaned(d.Organization, MaxTextRunes, false), cleaned(d.LogoText, MaxTextRunes, false)
	l := &d.Labels
	for _, t := range []*Text{
		&d.Description, &d.Changed, &l.Balance, &l.Rewards, &l.NextGoal, &l.Holder, &l.Number, &l.Entries, &l.Terms,
		&l.LinksHeading,
	} {
		*t = t.clean(MaxTextRunes, false)
	}
	d.Terms = d.Terms.clean(MaxBackRunes, true)
	d.Links, d.Locations = slices.Clone(d.Links), slices.Clone(d.Locations)
	for i := range d.Links {
		d.Links[i].Name = d.Links[i].Name.clean(MaxTextRunes, false)
	}
	for i := range d.Locations {
		d.Locations[i].Text = d.Locations[i].Text.clean(MaxTextRunes, false)
	}
	return d
}

// texts are all texts of the design.
func (d Design) texts() []Text {
	l := d.Labels
	all := []Text{
		d.Description, d.Changed, d.Terms,
		l.Balance, l.Rewards, l.NextGoal, l.Holder, l.Number, l.Entries, l.Terms, l.LinksHeading,
	}
	for _, link := range d.Links {
		all = append(all, link.Name, link.URL, anchor(link.URL))
	}
	for _, location := range d.Locations {
		all = append(all, location.Text)
	}
	return all
}

func (d Design) checkLinks() error {
	if len(d.Links) > maxLinks {
		return fmt.Errorf("%d links: want at most %d", len(d.Links), maxLinks)
	}
	for _, link := range d.Links {
		addresses := append(slices.Collect(maps.Values(link.URL.Translations)), link.URL.Plain)
		for _, address := range addresses {
			if err := checkLink(address); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkLink(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("link %q: %w", address, err)
	}
	if !slices.Contains([]string{"https", "tel", "mailto"}, u.Scheme) {
		return fmt.Errorf("link %q: want one with https:, tel: or mailto: before it", address)
	}
	return nil
}

// anchor is an address as a phone shows it to be tapped, in each language.
func anchor(address Text) Text {
	a := func(s string) string {
		return "<a href='" + html.EscapeString(s) + "'>" + html.EscapeString(s) + "</a>"
	}
	out := Text{Plain: a(address.Plain)}
	for locale, s := range address.Translations {
		if out.Translations == nil {
			out.Translations = make(map[string]string, len(address.Translations))
		}
		out.Translations[locale] = a(s)
	}
	return out
}

func (d Design) checkLocations() error {
	if len(d.Locations) > maxKnownLocations {
		return fmt.Errorf("%d locations: want at most %d", len(d.Locations), maxKnownLocations)
	}
	for _, l := range d.Locations {
		if !l.valid() {
			return fmt.Errorf("location: no such place as %v", l.Coordinates)
		}
	}
	return nil
}

func (d Design) checkTechnical() error {
	if !slices.Contains([]BarcodeFormat{QR, Aztec, PDF417, Code128}, d.Barcode) {
		return fmt.Errorf("barcode %q: want one of %s, %s, %s, %s", d.Barcode, QR, Aztec, PDF417, Code128)
	}
	for i, f := range d.Front {
		if !slices.Contains([]FrontField{FrontNext, FrontRewards, FrontHolder, FrontNumber}, f) {
			return fmt.Errorf("front: there is no field %q", f)
		}
		if slices.Contains(d.Front[:i], f) {
			return fmt.Errorf("front: %s stands there twice", f)
		}
	}
	if d.Icon == nil {
		return errors.New("icon is missing: without one a phone refuses the pass")
	}
	if d.WebService != "" {
		u, err := url.Parse(d.WebService)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("web service %q: want an address that begins with https://", d.WebService)
		}
	}
	if d.NFCKey == "" {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(d.NFCKey)
	if err != nil {
		return fmt.Errorf("NFC key is not base64: %w", err)
	}
	key, err := x509.ParsePKIXPublicKey(raw)
	if err != nil {
		return fmt.Errorf("NFC key is no SubjectPublicKeyInfo: %w", err)
	}
	public, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return fmt.Errorf("NFC key is of the kind %T: want one on the curve P-256", key)
	}
	if exchange, err := public.ECDH(); err != nil || exchange.Curve() != ecdh.P256() {
		return fmt.Errorf("NFC key is on the curve %s: want P-256", public.Curve.Params().Name)
	}
	return nil
}

// nearest returns at most MaxLocations of the design's: the nearest, or the first if
// nobody knows from where.
func (d Design) nearest(from *Coordinates) []Location {
	all := d.Locations
	if from != nil && len(all) > MaxLocations {
		all = slices.Clone(all)
		slices.SortStableFunc(all, func(a, b Location) int {
			return cmp.Compare(distance(*from, a.Coordinates), distance(*from, b.Coordinates))
		})
	}
	return all[:min(len(all), MaxLocations)]
}

// distance returns a number that grows with the distance on a sphere: the haversine of
// the angle between two places.
func distance(a, b Coordinates) float64 {
	const degree = math.Pi / 180
	hav := func(angle float64) float64 { s := math.Sin(angle * degree / 2); return s * s }
	return hav(b.Latitude-a.Latitude) +
		math.Cos(a.Latitude*degree)*math.Cos(b.Latitude*degree)*hav(b.Longitude-a.Longitude)
}
