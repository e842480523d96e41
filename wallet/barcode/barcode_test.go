package barcode_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxaztec "github.com/makiuchi-d/gozxing/aztec"
	"github.com/makiuchi-d/gozxing/oned"
	zxqr "github.com/makiuchi-d/gozxing/qrcode"
	"pgregory.net/rapid"

	"github.com/leima/leima/wallet/barcode"
)

var readers = map[barcode.Kind]func() gozxing.Reader{
	barcode.QR:      zxqr.NewQRCodeReader,
	barcode.Aztec:   func() gozxing.Reader { return zxaztec.NewAztecReader() },
	barcode.Code128: oned.NewCode128Reader,
}

// read returns what a picture says, according to a library that others wrote.
func read(kind barcode.Kind, picture image.Image) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return "", fmt.Errorf("read a picture: %w", err)
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	if kind == barcode.QR {
		// The pictures are drawn and not photographed: looking for the corners of a
		// photograph, the library goes astray on a few of them.
		hints[gozxing.DecodeHintType_PURE_BARCODE] = true
	}
	result, err := readers[kind]().Decode(bitmap, hints)
	if err != nil {
		return "", fmt.Errorf("read a code: %w", err)
	}
	return result.GetText(), nil
}

func TestCodesOfCardsAreRead(t *testing.T) {
	for kind := range readers {
		t.Run(string(kind), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				content := rapid.StringMatching(`[A-Z0-9]{12,26}|[A-Z0-9]{4}( [A-Z0-9]{4}){3}|[0-9]{10}`).Draw(t, "content")
				drawing, err := barcode.Draw(kind, content)
				if err != nil {
					t.Fatal(err)
				}
				file, err := drawing.PNG(4)
				if err != nil {
					t.Fatal(err)
				}
				picture, err := png.Decode(bytes.NewReader(file))
				if err != nil {
					t.Fatal(err)
				}
				if got, err := read(kind, picture); err != nil || got != content {
					t.Fatalf("%q is read as %q, %v", content, got, err)
				}
			})
		})
	}
}

// TestTheSVGShowsTheSame draws the path of the SVG and reads that.
func TestTheSVGShowsTheSame(t *testing.T) {
	const content, scale = "LMA7Q2WX9K4D8R3T", 4
	for kind := range readers {
		drawing, err := barcode.Draw(kind, content)
		if err != nil {
			t.Fatal(err)
		}
		svg := drawing.SVG(`Leima & <script>alert("1")</script>`)
		if strings.Contains(svg, "<script>") {
			t.Error("the title is markup")
		}
		paths := []string{}
		for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if start, ok := token.(xml.StartElement); ok && start.Name.Local == "path" {
				for _, attribute := range start.Attr {
					if attribute.Name.Local == "d" {
						paths = append(paths, attribute.Value)
					}
				}
			}
		}
		picture := image.NewGray(image.Rect(0, 0, drawing.Width*scale, drawing.Height*scale))
		for i := range picture.Pix {
			picture.Pix[i] = 0xff
		}
		for _, run := range strings.Split(strings.TrimSuffix(paths[len(paths)-1], "z"), "z") {
			var x, y, width, back int
			if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &width, &back); err != nil || width != back {
				t.Fatalf("%q: %v", run, err)
			}
			for py := range scale {
				for px := range width * scale {
					picture.SetGray(x*scale+px, y*scale+py, color.Gray{})
				}
			}
		}
		if got, err := read(kind, picture); err != nil || got != content {
			t.Errorf("%s is read as %q, %v", kind, got, err)
		}
	}
}

func TestTextsThatCannotBeDrawn(t *testing.T) {
	for name, c := range map[string]struct {
		kind    barcode.Kind
		content string
	}{
		"nothing":              {barcode.QR, ""},
		"too much":             {barcode.Aztec, strings.Repeat("A", barcode.MaxContent+1)},
		"a long line":          {barcode.Code128, strings.Repeat("A", barcode.MaxCode128+1)},
		"a line with emoji":    {barcode.Code128, "👍"},
		"a line with controls": {barcode.Code128, "A\nB"},
		"another kind":         {"maxicode", "A"},
	} {
		if drawing, err := barcode.Draw(c.kind, c.content); !errors.Is(err, barcode.ErrInvalid) {
			t.Errorf("%s: %v, %v", name, drawing, err)
		}
	}
	drawing, err := barcode.Draw(barcode.QR, "A")
	if err != nil {
		t.Fatal(err)
	}
	for _, scale := range []int{0, -1, barcode.MaxScale + 1} {
		if _, err := drawing.PNG(scale); !errors.Is(err, barcode.ErrInvalid) {
			t.Errorf("a scale of %d: %v", scale, err)
		}
	}
}

func FuzzDraw(f *testing.F) {
	f.Add("qr", "LMA7Q2WX9K4D8R3T")
	f.Add("aztec", "ä\x00\xff")
	f.Add("code128", "~ 12")
	f.Fuzz(func(t *testing.T, kind, content string) {
		drawing, err := barcode.Draw(barcode.Kind(kind), content)
		if err == nil && (drawing.Width > 400*barcode.MaxCode128 || drawing.SVG(content) == "") {
			t.Fatalf("%q as %s has %d modules", content, kind, drawing.Width)
		}
	})
}
