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
	"github.com/skip2/go-qrcode"
)

// Kind is how a code is drawn.
type Kind string

// The kinds that are drawn. Code 128 is for scanners that read lines only.
const (
	QR      Kind = "qr"
	Aztec   Kind = "aztec"
	Code128 Kind = "code128"
)

const (
	// MaxContent is the most bytes of a code; codes of cards have about 20.
	MaxContent = 256
	// MaxCode128 is the most characters that a scanner reads as one line from a phone.
	MaxCode128 = 32
	// MaxScale is the most pixels of a module.
	MaxScale = 32

	aztecCorrection = 33 // per cent; ISO/IEC 24778 recommends 23
	lineHeight      = 40 // modules
)

// quiet is the empty border, in modules, that each kind needs: ISO/IEC 18004, 24778
// (which needs none; a dark page does) and 15417.
var quiet = map[Kind]int{QR: 4, Aztec: 2, Code128: 10}

// ErrInvalid says that a text cannot be drawn; the error says why.
var ErrInvalid = errors.New("barcode: invalid text")

// Drawing is a code in modules, the smallest squares, with its empty border.
type Drawing struct {
	Width, Height int
	dark          []bool // row by row
}

// Draw returns a code. The error is ErrInvalid for a text that is empty, longer than
// MaxContent or, for Code 128, longer than MaxCode128 or not printable ASCII, and for a
// kind that is none.
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
		grey, _ := color.GrayModel.Convert(code.At(bounds.Min.X+x, bounds.Min.Y+min(y, bounds.Dy()-1))).(color.Gray)
		const half = 128
		return grey.Y < half
	})
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
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges">`+
		`<title>%s</title><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		d.Width, d.Height, escapes.Replace(title), d.Width, d.Height, path.String())
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
