package barcode

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/boombuler/barcode/aztec"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/pdf417"
	"github.com/skip2/go-qrcode"
)

// Kind is how a code is drawn.
type Kind string

// The kinds that are drawn. Code 128 is for scanners that read lines only.
const (
	QR      Kind = "qr"
	Aztec   Kind = "aztec"
	PDF417  Kind = "pdf417"
	Code128 Kind = "code128"
)

const (
	// MaxContent is the most bytes of a code; codes of cards have about 20.
	MaxContent = 256
	// MaxCode128 is the most characters that a scanner reads as one line from a phone.
	MaxCode128 = 32
	// MaxPDF417 is the most bytes of a PDF417.
	MaxPDF417 = 32
	// MaxScale is the most pixels of a module.
	MaxScale = 32

	aztecCorrection = 33 // per cent; ISO/IEC 24778 recommends 23
	lineHeight      = 40 // modules

	// pdf417Row is how high a row is, at least three modules by the same standard, and
	// pdf417Drawn how high the library draws it.
	pdf417Row, pdf417Drawn = 3, 2
)

// quiet is the empty border, in modules, that each kind needs: ISO/IEC 18004, 24778
// (which needs none; a dark page does), 15438 and 15417.
var quiet = map[Kind]int{QR: 4, Aztec: 2, PDF417: 2, Code128: 10}

// ErrInvalid says that a text cannot be drawn; the error says why.
var ErrInvalid = errors.New("barcode: invalid text")

// Drawing is a code in modules, the smallest squares, with its empty border.
type Drawing struct {
	Width, Height int
	dark          []bool // row by row
}

// Draw returns a code. The error is ErrInvalid for a text that is empty, longer than
// MaxContent or, for PDF417, than MaxPDF417, or, for Code 128, than MaxCode128 or not
// printable ASCII, and for a kind that is none.
func Draw(kind Kind, content string) (*Drawing, error) {
	if content == "" || len(content) > MaxContent {
		return nil, fmt.Errorf("%w: it is not of 1 to %d bytes", ErrInvalid, MaxContent)
	}
	switch kind {
	case QR:
		code, err := qrcode.New(content, qrcode.Medium)
		if err != nil {
			return nil, fmt.Errorf("barcode: draw a QR code: %w", err)
		}
		code.DisableBorder = true
		modules := code.Bitmap()
		return newDrawing(quiet[QR], len(modules), len(modules), func(x, y int) bool { return modules[y][x] }), nil
	case Aztec:
		code, err := aztec.Encode([]byte(content), aztecCorrection, aztec.DEFAULT_LAYERS)
		if err != nil {
			return nil, fmt.Errorf("barcode: draw an Aztec code: %w", err)
		}
		return fromImage(quiet[Aztec], code, code.Bounds().Dy()), nil
	case PDF417:
		return drawPDF417(content)
	case Code128:
		if err := checkLine(content); err != nil {
			return nil, err
		}
		code, err := code128.Encode(content)
		if err != nil {
			return nil, fmt.Errorf("barcode: draw a Code 128: %w", err)
		}
		return fromImage(quiet[Code128], code, lineHeight), nil
	default:
		return nil, fmt.Errorf("%w: there is no kind %q", ErrInvalid, kind)
	}
}

// pdf417Levels are levels of error correction in the order of preference: 2 is what ISO/IEC
// 15438, annex E, recommends for up to 40 data words, and codes of cards have about 12.
var pdf417Levels = []byte{2, 3, 4, 5, 1}

// drawPDF417 draws with the first level that makes a multiple of three rows: of any other
// number the library (boombuler/barcode v1.1.0) writes into the first row that there are
// fewer, and no reader finds its way. For all that is at most MaxPDF417 long there is one.
func drawPDF417(content string) (*Drawing, error) {
	const clusters = 3
	if len(content) > MaxPDF417 {
		return nil, fmt.Errorf("%w: PDF417 has more than %d bytes", ErrInvalid, MaxPDF417)
	}
	for _, level := range pdf417Levels {
		code, err := pdf417.Encode(content, level)
		if err != nil {
			return nil, fmt.Errorf("barcode: draw a PDF417: %w", err)
		}
		rows := code.Bounds().Dy() / pdf417Drawn
		if rows%clusters != 0 {
			continue
		}
		return newDrawing(quiet[PDF417], code.Bounds().Dx(), rows*pdf417Row, func(x, y int) bool {
			return isDark(code.At(x, y/pdf417Row*pdf417Drawn))
		}), nil
	}
	return nil, fmt.Errorf("%w: PDF417 cannot be drawn of it", ErrInvalid)
}

func checkLine(content string) error {
	if len(content) > MaxCode128 {
		return fmt.Errorf("%w: Code 128 has more than %d characters", ErrInvalid, MaxCode128)
	}
	for _, r := range content {
		if r < ' ' || r > '~' {
			return fmt.Errorf("%w: Code 128 has printable ASCII only", ErrInvalid)
		}
	}
	return nil
}

// fromImage takes modules from an image with one pixel each; a line is drawn higher.
func fromImage(border int, code image.Image, height int) *Drawing {
	bounds := code.Bounds()
	return newDrawing(border, bounds.Dx(), height, func(x, y int) bool {
		return isDark(code.At(bounds.Min.X+x, bounds.Min.Y+min(y, bounds.Dy()-1)))
	})
}

func isDark(c color.Color) bool {
	grey, _ := color.GrayModel.Convert(c).(color.Gray)
	const half = 128
	return grey.Y < half
}

func newDrawing(border, width, height int, dark func(x, y int) bool) *Drawing {
	d := &Drawing{Width: width + border + border, Height: height + border + border}
	d.dark = make([]bool, d.Width*d.Height)
	for y := range height {
		for x := range width {
			d.dark[(y+border)*d.Width+x+border] = dark(x, y)
		}
	}
	return d
}

// SVG returns the code as a picture that scales: black on white, one unit a module,
// without a size, so that the page decides. The title is read by screen readers; it
// may hold anything.
func (d *Drawing) SVG(title string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges">`+
		`<title>%s</title><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		d.Width, d.Height, escapes.Replace(title), d.Width, d.Height, d.Path())
}

// Path returns the dark modules as the path of an SVG, one unit a module, for pages that
// draw the rest of the picture themselves.
func (d *Drawing) Path() string {
	var path strings.Builder
	for y := range d.Height {
		for x := 0; x < d.Width; x++ {
			run := 0
			for x+run < d.Width && d.dark[y*d.Width+x+run] {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x, y, run, run)
				x += run
			}
		}
	}
	return path.String()
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// PNG returns the code as a picture with scale pixels a module, 1 to MaxScale, of two
// colours.
func (d *Drawing) PNG(scale int) ([]byte, error) {
	if scale < 1 || scale > MaxScale {
		return nil, fmt.Errorf("%w: the scale is not 1 to %d", ErrInvalid, MaxScale)
	}
	picture := image.NewPaletted(image.Rect(0, 0, d.Width*scale, d.Height*scale), color.Palette{color.White, color.Black})
	for y := range d.Height * scale {
		for x := range d.Width * scale {
			if d.dark[y/scale*d.Width+x/scale] {
				picture.Pix[y*picture.Stride+x] = 1
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("barcode: write a PNG: %w", err)
	}
	return out.Bytes(), nil
}
