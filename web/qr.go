package web

import (
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"

	"github.com/leima/leima/wallet/barcode"
)

// QR codes are drawn black on white whatever the page looks like, because scanners
// expect it, with the quiet zone that ISO/IEC 18004 asks for around them.
const (
	quietZone = 4 // modules
	// qrPNGSide is the side of a QR code as a PNG, in pixels.
	qrPNGSide = 600
	// maxQRContent bounds what is put into a QR code, in bytes: addresses of ours are
	// far shorter.
	maxQRContent = 300
)

// qr is a QR code, or a code of another kind, as the SVG of it is drawn: one path of dark
// modules on Width by Height modules of paper.
type qr struct {
	Width, Height int
	Path          string
}

// newCode draws content as a code of the kind.
func newCode(kind barcode.Kind, content string) (qr, error) {
	if kind == barcode.QR {
		return newQR(content)
	}
	drawn, err := barcode.Draw(kind, content)
	if err != nil {
		return qr{}, fmt.Errorf("make code: %w", err)
	}
	return qr{Width: drawn.Width, Height: drawn.Height, Path: drawn.Path()}, nil
}

// Wide tells that the code is not a square: it needs the whole width of a phone.
func (q qr) Wide() bool { return q.Width > q.Height }

// newQR encodes content at level M, which stands 15 % of damage: a scratched screen
// or a crease in the paper. skip2/go-qrcode picks the alphanumeric mode for card
// codes by itself, so that they fit into 21 modules.
func newQR(content string) (qr, error) {
	if len(content) > maxQRContent {
		return qr{}, fmt.Errorf("QR code of %d bytes: want at most %d", len(content), maxQRContent)
	}
	code, err := qrcode.New(content, qrcode.Medium)
	if err != nil {
		return qr{}, fmt.Errorf("make QR code: %w", err)
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	var path strings.Builder
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			run := 0
			for x+run < len(row) && row[x+run] {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, run, run)
				x += run
			}
		}
	}
	side := len(modules) + quietZone + quietZone
	return qr{Width: side, Height: side, Path: path.String()}, nil
}

// svg returns the QR code as a file of its own.
func (q qr) svg() []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`, q.Width, q.Height, q.Width, q.Height, q.Path)
}

// qrPNG returns the QR code of the content as a PNG.
func qrPNG(content string) ([]byte, error) {
	code, err := qrcode.New(content, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("make QR code: %w", err)
	}
	data, err := code.PNG(qrPNGSide)
	if err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	return data, nil
}

// groupCode writes a card code as people read it out: in groups of four, the last
// of five.
func groupCode(code string) string {
	const group = 4
	var groups []string
	for len(code) >= 2*group {
		groups = append(groups, code[:group])
		code = code[group:]
	}
	return strings.Join(append(groups, code), " ")
}
