package organization_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/leima/leima/organization"
)

func pngOf(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noise is a picture that does not compress.
func noise(width, height int) image.Image {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	random := rand.New(rand.NewPCG(1, 2)) // the same every time
	for i := range picture.Pix {
		picture.Pix[i] = byte(random.Uint32())
	}
	return picture
}

// withChunk puts a chunk behind the header of a PNG.
func withChunk(file []byte, kind string, data []byte) []byte {
	const header = 8 + 25 // signature and IHDR
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	chunk = append(append(chunk, kind...), data...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return bytes.Join([][]byte{file[:header], chunk, file[header:]}, nil)
}

// claiming is a PNG whose header says another size than its data has.
func claiming(file []byte, width, height uint32) []byte {
	out := bytes.Clone(file)
	binary.BigEndian.PutUint32(out[16:], width)
	binary.BigEndian.PutUint32(out[20:], height)
	binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29]))
	return out
}

func TestALogoIsMadeAnew(t *testing.T) {
	flag := image.NewNRGBA(image.Rect(0, 0, 2000, 1000)) // red beside nothing
	for y := range 1000 {
		for x := range 1000 {
			flag.SetNRGBA(x, y, color.NRGBA{R: 200, A: 255})
		}
	}
	var asJPEG bytes.Buffer
	if err := jpeg.Encode(&asJPEG, flag, nil); err != nil {
		t.Fatal(err)
	}
	secret := []byte("Where it was taken")
	for name, c := range map[string]struct {
		file          []byte
		width, height int
	}{
		"a large PNG":              {pngOf(t, flag), 1024, 512},
		"a JPEG":                   {asJPEG.Bytes(), 1024, 512},
		"a small one is kept":      {pngOf(t, flag.SubImage(image.Rect(900, 0, 1100, 60))), 200, 60},
		"a note in it is left out": {withChunk(pngOf(t, flag), "tEXt", append([]byte("Comment\x00"), secret...)), 1024, 512},
		"a file behind it as well": {append(pngOf(t, flag), secret...), 1024, 512},
		"long and thin":            {pngOf(t, noise(4096, 16)), 1024, 4},
		"one that compresses ill":  {pngOf(t, noise(500, 500)), 256, 256},
	} {
		t.Run(name, func(t *testing.T) {
			logo, err := organization.ReadLogo(c.file)
			if err != nil {
				t.Fatal(err)
			}
			picture, err := png.Decode(bytes.NewReader(logo))
			if err != nil {
				t.Fatal(err)
			}
			if got := picture.Bounds().Size(); got != image.Pt(c.width, c.height) {
				t.Errorf("it is %v, want %d×%d", got, c.width, c.height)
			}
			if len(logo) > organization.MaxLogoBytes || bytes.Contains(logo, secret) {
				t.Errorf("%d bytes, with what was not a pixel: %v", len(logo), bytes.Contains(logo, secret))
			}
		})
	}
	logo, err := organization.ReadLogo(pngOf(t, flag))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(logo))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, _, a := picture.At(300, 200).RGBA(); r>>8 != 200 || g != 0 || a != 0xffff {
		t.Errorf("red became %v", picture.At(300, 200))
	}
	if _, _, _, a := picture.At(800, 200).RGBA(); a != 0 {
		t.Errorf("nothing became %v", picture.At(800, 200))
	}
}

func TestWhatIsNoLogo(t *testing.T) {
	small := pngOf(t, noise(20, 20))
	var moving bytes.Buffer
	if err := gif.Encode(&moving, noise(20, 20), nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file []byte
		why  string
	}{
		"nothing":                  {nil, "PNG or JPEG"},
		"an SVG":                   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "PNG or JPEG"},
		"a GIF":                    {moving.Bytes(), "PNG or JPEG"},
		"a PNG that moves":         {withChunk(small, "acTL", make([]byte, 8)), "animated"},
		"a PNG that is cut off":    {small[:len(small)/2], "damaged"},
		"only the beginning":       {small[:8], "damaged"},
		"a JPEG that is cut off":   {[]byte{0xff, 0xd8, 0xff, 0xe0}, "damaged"},
		"too wide":                 {pngOf(t, image.NewGray(image.Rect(0, 0, 4097, 16))), "at most 4096"},
		"a bomb":                   {claiming(small, 60_000, 60_000), "at most 4096"},
		"20,000 pixels a side":     {claiming(small, 20_000, 20_000), "at most 4096"},
		"a size that is not there": {claiming(small, 4096, 4096), "damaged"},
		"a dot":                    {pngOf(t, noise(15, 15)), "at least 16"},
		"too many bytes":           {append(bytes.Clone(small), make([]byte, organization.MaxLogoFile)...), "at most 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			logo, err := organization.ReadLogo(c.file)
			var wrong *organization.InvalidFieldError
			if !errors.As(err, &wrong) || wrong.Field != "logo" || !strings.Contains(wrong.Reason, c.why) || logo != nil {
				t.Errorf("%v, want one that says %q", err, c.why)
			}
			artwork, err := organization.ReadArtwork(c.file)
			if !errors.As(err, &wrong) || wrong.Field != "artwork" || !strings.Contains(wrong.Reason, c.why) || artwork != nil {
				t.Errorf("as artwork: %v, want one that says %q", err, c.why)
			}
		})
	}
}

// FuzzReadLogo: whatever is sent is refused with a reason or becomes a logo.
func FuzzReadLogo(f *testing.F) {
	small := pngOf(f, noise(20, 20))
	for _, seed := range [][]byte{small, small[:40], claiming(small, 64, 64), withChunk(small, "acTL", nil), {0xff, 0xd8, 0xff, 0xe0}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		logo, err := organization.ReadLogo(file)
		var wrong *organization.InvalidFieldError
		switch {
		case err != nil && !errors.As(err, &wrong):
			t.Fatal(err)
		case err == nil:
			if again, err := organization.ReadLogo(logo); err != nil || len(again) == 0 {
				t.Fatalf("what was made of it is no logo: %v", err)
			}
		}
	})
}

func TestWhatABrandSays(t *testing.T) {
	b := organization.Brand{Color: "#0b6e4f", Texts: map[string]organization.BrandText{
		"fi": {Welcome: "Hei", CardTitle: "Kortti", Terms: "Ehdot", TermsURL: "https://example.org/ehdot"},
		"sv": {Welcome: "Hej", TermsURL: "https://example.org/villkor"},
	}}
	for locale, want := range map[string]organization.BrandText{
		"fi": b.Texts["fi"],
		"sv": {Welcome: "Hej", CardTitle: "Kortti", TermsURL: "https://example.org/villkor"},
		"de": b.Texts["fi"],
	} {
		if got := b.Text(locale, "fi"); got != want {
			t.Errorf("in %s: %+v, want %+v", locale, got, want)
		}
	}
	for what, c := range map[string]struct {
		text  organization.BrandText
		field string
	}{
		"lines":                   {organization.BrandText{Terms: "One.\n\n  Two.\r\nThree."}, ""},
		"a page":                  {organization.BrandText{TermsURL: "https://example.org/terms?lang=fi#top"}, ""},
		"two lines of welcome":    {organization.BrandText{Welcome: "One.\nTwo."}, "brand.texts.fi.welcome"},
		"a long title":            {organization.BrandText{CardTitle: strings.Repeat("x", 101)}, "brand.texts.fi.card_title"},
		"a right-to-left mark":    {organization.BrandText{Terms: "One.\nTwo\u200f."}, "brand.texts.fi.terms"},
		"long terms":              {organization.BrandText{Terms: strings.Repeat("x", 8001)}, "brand.texts.fi.terms"},
		"a script":                {organization.BrandText{TermsURL: "javascript:alert(1)"}, "brand.texts.fi.terms_url"},
		"a page that can be read": {organization.BrandText{TermsURL: "http://example.org"}, "brand.texts.fi.terms_url"},
		"a script about privacy":  {organization.BrandText{PrivacyURL: "javascript:alert(1)"}, "brand.texts.fi.privacy_url"},
		"no host":                 {organization.BrandText{TermsURL: "https:///terms"}, "brand.texts.fi.terms_url"},
		"another's host":          {organization.BrandText{TermsURL: "https://example.org@evil.example/"}, "brand.texts.fi.terms_url"},
	} {
		o := organization.Organization{Slug: "a", Name: "A", Country: "FI", Locale: "fi", Zone: "UTC", Brand: organization.Brand{
			Color: "#0b6e4f", Texts: map[string]organization.BrandText{"fi": c.text},
		}}
		var wrong *organization.InvalidFieldError
		if err := o.Validate(); errors.As(err, &wrong) != (c.field != "") || wrong != nil && wrong.Field != c.field {
			t.Errorf("%s: %v, want one about %q", what, err, c.field)
		}
	}
}
