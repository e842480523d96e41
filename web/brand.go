package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/leima/leima/organization"
)

// defaultColor is Leima's own: the ink of a stamp pad.
const defaultColor = "#1f4e79"

// The papers that text and stamps stand on; base.css has the same values.
var (
	lightPaper = rgb{0xf6, 0xf3, 0xec}
	darkPaper  = rgb{0x2a, 0x2f, 0x35}
)

// Contrasts of WCAG 2.2, success criterion 1.4.3: 4.5 for text. The target is a
// little above, because colours are rounded to whole numbers.
const textContrast = 4.6

// brand is how an organization looks on its pages.
type brand struct {
	Slug string
	Name string
	// Color is the main one; TextColor and AccentColor are for texts on it, "" where the
	// brand has none.
	Color, TextColor, AccentColor string
	// Letter stands where there is no logo.
	Letter  string
	HasLogo bool
	// LogoTag names the logo as it is now.
	LogoTag string
	// Version changes with everything above; it is part of the addresses of what is
	// made of it, so that browsers may keep that for ever.
	Version string
}

func brandOf(org *organization.Organization) brand {
	if org == nil {
		return brand{Name: "Leima", Color: defaultColor, Letter: "L"}
	}
	b := brand{
		Slug: org.Slug, Name: org.Name, Color: org.Brand.Color, TextColor: org.Brand.TextColor, AccentColor: org.Brand.AccentColor, Letter: initial(org.Name), HasLogo: org.Brand.LogoType != "",
		LogoTag: org.Brand.LogoTag(),
	}
	if _, err := parseColor(b.Color); err != nil {
		b.Color = defaultColor
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%s %s %s %s %s %s", b.Color, b.TextColor, b.AccentColor, b.Letter, org.Brand.LogoType, cmp.Or(b.LogoTag, "0")))
	b.Version = hex.EncodeToString(digest[:5])
	return b
}

// rgb is a colour in sRGB.
type rgb [3]uint8

func parseColor(s string) (rgb, error) {
	if len(s) == 7 && s[0] == '#' {
		if n, err := strconv.ParseUint(s[1:], 16, 32); err == nil {
			return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil //nolint:gosec // cut on purpose
		}
	}
	return rgb{}, fmt.Errorf("colour %q: want one such as #0b6e4f", s)
}

func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// mix returns the colour on the way to another; share 0 is the colour itself.
func (c rgb) mix(other rgb, share float64) rgb {
	var m rgb
	for i := range c {
		m[i] = uint8(math.Round(float64(c[i])*(1-share) + float64(other[i])*share))
	}
	return m
}

// luminance is the relative luminance of WCAG 2.2.
func (c rgb) luminance() float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// contrast is the contrast ratio of WCAG 2.2, between 1 and 21.
func contrast(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

var (
	white   = rgb{255, 255, 255}
	nearInk = rgb{0x16, 0x1a, 0x1d}
	black   = rgb{}
)

// on returns the colour of text on c: the first of those wanted that reads well, else
// white, else nearly black. There is no colour on which neither white nor black reaches 4.5.
func on(c rgb, wanted ...rgb) rgb {
	for _, text := range slices.Concat(wanted, []rgb{white, nearInk}) {
		if contrast(c, text) >= textContrast {
			return text
		}
	}
	return black
}

// readable returns c, moved towards another colour as little as makes it readable
// on all the papers.
func readable(c, towards rgb, papers ...rgb) rgb {
	const steps = 50
	for i := range steps {
		m := c.mix(towards, float64(i)/steps)
		if !slices.ContainsFunc(papers, func(paper rgb) bool { return contrast(m, paper) < textContrast }) {
			return m
		}
	}
	return towards
}

// css returns the brand's colours as custom properties, for light and dark: --brand is a
// surface, --on-brand the text on it and --accent-brand what is less important there,
// --ink-brand text and stamps on paper, --tint-brand a surface with a breath of the colour.
// A colour that was chosen for texts is left out where it cannot be read.
func (b brand) css() string {
	c, err := parseColor(b.Color)
	if err != nil {
		c, _ = parseColor(defaultColor)
	}
	var texts, accents []rgb
	if text, err := parseColor(b.TextColor); err == nil {
		texts = append(texts, text)
	}
	if accent, err := parseColor(b.AccentColor); err == nil {
		accents = append(accents, accent)
	}
	accents = append(accents, texts...)
	properties := func(surface, ink, tint rgb) string {
		return fmt.Sprintf("--brand:%s;--on-brand:%s;--accent-brand:%s;--ink-brand:%s;--tint-brand:%s",
			surface, on(surface, texts...), on(surface, accents...), ink, tint)
	}
	tint := lightPaper.mix(c, tintShare)
	light := properties(c, readable(c, black, lightPaper, tint), tint)
	// On a dark page a bright surface would blind; it is toned down.
	dim := c.mix(darkPaper, 0.25)
	tint = darkPaper.mix(c, tintShare)
	dark := properties(dim, readable(c, white, darkPaper, tint), tint)
	// The poster is on white paper whatever the screen's scheme.
	poster := fmt.Sprintf("--poster:%s;--on-poster:%s;--ink-poster:%s", c, on(c, texts...), readable(c, black, lightPaper))
	return ":root{" + light + ";" + poster + "}\n@media(prefers-color-scheme:dark){:root{" + dark + "}}\n"
}

// tintShare is how much of the brand's colour is in a tint.
const tintShare = 0.1

func (w *Web) brandStyle(r *request) error {
	if err := r.of(r.Param("slug")); err != nil {
		return err
	}
	b := brandOf(r.org)
	r.cacheAs(b.Version)
	return r.blob("text/css; charset=utf-8", []byte(b.css()))
}

// cacheAs lets browsers keep what was asked for by the name of its current content for
// ever, and anything else for a moment.
func (r *request) cacheAs(version string) {
	if version != "" && r.QueryParam("v") == version {
		r.Response().Header().Set("Cache-Control", immutable)
		return
	}
	r.Response().Header().Set("Cache-Control", "public, max-age=60")
}

// logoTypes are the media types that are delivered as a logo.
var logoTypes = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/webp": true, "image/svg+xml": true, "image/gif": true,
}

func (w *Web) brandLogo(r *request) error {
	if err := r.of(r.Param("slug")); err != nil {
		return err
	}
	data, mediaType, err := w.Directory.Logo(r.ctx(), r.org.ID)
	if errors.Is(err, organization.ErrNotFound) || (err == nil && !logoTypes[mediaType]) {
		return errNotHere
	}
	if err != nil {
		return fmt.Errorf("read logo: %w", err)
	}
	r.Response().Header().Set("Content-Security-Policy", logoSecurityPolicy)
	r.cacheAs(r.org.Brand.LogoTag())
	return r.blob(mediaType, data)
}

// iconSizes are the sides of the icons that are drawn, in pixels.
var iconSizes = map[string]int{"180.png": 180, "192.png": 192, "512.png": 512}

func (w *Web) brandIcon(r *request) error {
	size, ok := iconSizes[r.Param("size")]
	if !ok {
		return errNotHere
	}
	if err := r.of(r.Param("slug")); err != nil {
		return err
	}
	b := brandOf(r.org)
	picture := icon{Size: size, Color: b.Color, Letter: b.Letter}
	if b.HasLogo {
		logo, _, err := w.Directory.Logo(r.ctx(), r.org.ID)
		if err != nil && !errors.Is(err, organization.ErrNotFound) {
			return fmt.Errorf("read logo: %w", err)
		}
		picture.Logo = logo
	}
	data, err := w.icons.get(b.Version+r.Param("size"), func() ([]byte, error) { return drawIcon(picture) })
	if err != nil {
		return err
	}
	r.cacheAs(b.Version)
	return r.blob("image/png", data)
}

// StyleAddress, LogoAddress and IconAddress are where the parts of the brand are
// found.
func (b brand) StyleAddress() string { return "/brand/" + b.Slug + "/style.css?v=" + b.Version }

// LogoAddress is where the logo is found.
func (b brand) LogoAddress() string { return "/brand/" + b.Slug + "/logo?v=" + b.LogoTag }

// IconAddress is where the icon of a size in pixels is found.
func (b brand) IconAddress(size string) string {
	return "/brand/" + b.Slug + "/icon-" + size + ".png?v=" + b.Version
}
