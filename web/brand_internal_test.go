package web

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestContrastIsThatOfTheGuidelines(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#777777", "#ffffff", 4.48}, {"#0000ff", "#ffffff", 8.59}, {"#ff0000", "#000000", 5.25},
	} {
		a, _ := parseColor(c.a)
		b, _ := parseColor(c.b)
		if got := contrast(a, b); math.Abs(got-c.want) > 0.01 || got != contrast(b, a) {
			t.Errorf("%s on %s: %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

var property = regexp.MustCompile(`--([a-z-]+):(#[0-9a-f]{6})`)

// properties returns the colours of the two schemes.
func properties(t interface{ Fatalf(string, ...any) }, css string) [2]map[string]rgb {
	halves := regexp.MustCompile(`@media`).Split(css, -1)
	if len(halves) != 2 {
		t.Fatalf("not two schemes: %s", css)
	}
	var out [2]map[string]rgb
	for i, half := range halves {
		out[i] = map[string]rgb{}
		for _, m := range property.FindAllStringSubmatch(half, -1) {
			out[i][m[1]], _ = parseColor(m[2])
		}
	}
	return out
}

// TestEveryBrandIsReadable: a shop may choose any colour, and its pages stay legible
// in both schemes (WCAG 2.2, 1.4.3).
func TestEveryBrandIsReadable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rgb{rapid.Byte().Draw(t, "red"), rapid.Byte().Draw(t, "green"), rapid.Byte().Draw(t, "blue")}
		wish := func(name string) string {
			return rapid.SampledFrom([]string{"", rgb{rapid.Byte().Draw(t, name), rapid.Byte().Draw(t, name), rapid.Byte().Draw(t, name)}.String()}).Draw(t, name)
		}
		b := brand{Color: c.String(), TextColor: wish("text"), AccentColor: wish("accent")}
		schemes := properties(t, b.css())
		papers := [2][]rgb{{lightPaper, {0xff, 0xfd, 0xf8}, white}, {darkPaper, {0x22, 0x27, 0x2c}, {0x15, 0x18, 0x1b}}}
		for i, p := range schemes {
			if got := contrast(p["brand"], p["on-brand"]); got < 4.5 {
				t.Errorf("scheme %d: text on the brand has %.2f", i, got)
			}
			if got := contrast(p["brand"], p["accent-brand"]); got < 4.5 {
				t.Errorf("scheme %d: the second colour on the brand has %.2f", i, got)
			}
			// What was chosen is there where it can be read.
			if text, err := parseColor(b.TextColor); err == nil && contrast(p["brand"], text) >= textContrast && p["on-brand"] != text {
				t.Errorf("scheme %d: text on %s is %s, not %s", i, p["brand"], p["on-brand"], text)
			}
			for _, paper := range append(papers[i], p["tint-brand"]) {
				if got := contrast(p["ink-brand"], paper); got < 4.5 {
					t.Errorf("scheme %d: ink on %s has %.2f", i, paper, got)
				}
			}
		}
		if got := contrast(schemes[0]["poster"], schemes[0]["on-poster"]); got < 4.5 {
			t.Errorf("poster: %.2f", got)
		}
		if got := contrast(schemes[0]["ink-poster"], rgb{0xff, 0xfd, 0xf8}); got < 4.5 {
			t.Errorf("ink on the poster: %.2f", got)
		}
	})
}

// TestTheDefaultColoursAreInTheStyle: base.css is read before any brand and alone on
// pages of none.
func TestTheDefaultColoursAreInTheStyle(t *testing.T) {
	css, err := os.ReadFile("assets/base.css")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`\s`).ReplaceAllString(string(css), "")
	schemes := properties(t, brand{Color: defaultColor}.css())
	for i, root := range regexp.MustCompile(`:root\{[^}]*\}`).FindAllString(text, 2) {
		have := map[string]string{}
		for _, m := range property.FindAllStringSubmatch(root, -1) {
			have[m[1]] = m[2]
		}
		for _, name := range []string{"brand", "on-brand", "accent-brand", "ink-brand", "tint-brand"} {
			if want := schemes[i][name].String(); have[name] != want {
				t.Errorf("scheme %d: --%s is %s, want %s", i, name, have[name], want)
			}
		}
		for paper, name := range map[string]string{[2]rgb{lightPaper, darkPaper}[i].String(): "page"} {
			if i == 0 && have[name] != paper {
				t.Errorf("--%s is %s, brand.go has %s", name, have[name], paper)
			}
		}
		// The fixed colours are held to the same.
		page, _ := parseColor(have["page"])
		sheet, _ := parseColor(have["paper"])
		for _, name := range []string{"ink", "muted", "good", "bad", "warn"} {
			c, _ := parseColor(have[name])
			if got := min(contrast(c, page), contrast(c, sheet)); got < 4.5 {
				t.Errorf("scheme %d: --%s has %.2f", i, name, got)
			}
			if tint, ok := have[name+"-tint"]; ok {
				on, _ := parseColor(tint)
				if got := contrast(c, on); got < 4.5 {
					t.Errorf("scheme %d: --%s on its tint has %.2f", i, name, got)
				}
			}
		}
		line, _ := parseColor(have["line"])
		if got := min(contrast(line, page), contrast(line, sheet)); got < 3 {
			t.Errorf("scheme %d: the lines of fields have %.2f", i, got)
		}
	}
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestIconsAreDrawnForEveryLetter(t *testing.T) {
	seen := map[string]string{}
	for _, letter := range []string{"A", "L", "Å", "Ä", "Ж", "Я", "7", "字", ""} {
		data, err := drawIcon(icon{Size: 96, Color: "#0b6e4f", Letter: letter})
		if err != nil {
			t.Fatal(err)
		}
		img := decode(t, data)
		if img.Bounds().Dx() != 96 || img.Bounds().Dy() != 96 {
			t.Errorf("%s: %v", letter, img.Bounds())
		}
		if r, g, b, _ := img.At(1, 1).RGBA(); r>>8 != 0x0b || g>>8 != 0x6e || b>>8 != 0x4f {
			t.Errorf("%s: the corner is %x %x %x", letter, r>>8, g>>8, b>>8)
		}
		if same, ok := seen[string(data)]; ok && letter != "" {
			t.Errorf("%s looks like %s", letter, same)
		}
		seen[string(data)] = letter
	}
}

// TestTheAlphabetStaysInItsRing: no stroke leaves the ring around the letter.
func TestTheAlphabetStaysInItsRing(t *testing.T) {
	for letter := range letterStrokes {
		strokes := lettersOf(string(letter))
		if len(strokes) == 0 {
			t.Errorf("%c has no strokes", letter)
		}
		for _, s := range strokes {
			for _, p := range []point{s.from, s.to} {
				if math.Hypot(p.x, p.y) > 0.31 {
					t.Errorf("%c leaves its ring at %.2f,%.2f", letter, p.x, p.y)
				}
			}
		}
	}
}

func TestALogoBecomesAnIcon(t *testing.T) {
	logo := image.NewRGBA(image.Rect(0, 0, 300, 100))
	for i := range logo.Pix {
		logo.Pix[i] = []uint8{200, 20, 20, 255}[i%4]
	}
	var asPNG, asJPEG bytes.Buffer
	if err := png.Encode(&asPNG, logo); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&asJPEG, logo, nil); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"PNG": asPNG.Bytes(), "JPEG": asJPEG.Bytes()} {
		drawn, err := drawIcon(icon{Size: 192, Color: "#0b6e4f", Letter: "L", Logo: data})
		if err != nil {
			t.Fatal(err)
		}
		img := decode(t, drawn)
		if r, g, _, _ := img.At(96, 96).RGBA(); r>>8 < 180 || g>>8 > 60 {
			t.Errorf("%s: the middle is not the logo's", name)
		}
		if img.At(96, 4) != (color.RGBA{255, 255, 255, 255}) {
			t.Errorf("%s: around it is not white", name)
		}
	}
	letter, _ := drawIcon(icon{Size: 192, Color: "#0b6e4f", Letter: "L"})
	for name, data := range map[string][]byte{"nonsense": []byte("GIF89a"), "an SVG": []byte("<svg/>"), "a bomb": bombPNG()} {
		if drawn, err := drawIcon(icon{Size: 192, Color: "#0b6e4f", Letter: "L", Logo: data}); err != nil || !bytes.Equal(drawn, letter) {
			t.Errorf("%s: not the letter: %v", name, err)
		}
	}
}

// bombPNG is the head of a picture of 60,000 by 60,000 pixels.
func bombPNG() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1)))
	data := slices.Clone(b.Bytes())
	copy(data[16:24], []byte{0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60})
	return data
}

func TestTheIconCacheIsBounded(t *testing.T) {
	c := iconCache{}
	for i := range 3 * maxCachedIcons {
		if _, err := c.get(fmt.Sprint(i), func() ([]byte, error) { return []byte{1}, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.icons) > maxCachedIcons {
		t.Errorf("%d icons are kept", len(c.icons))
	}
}
