package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

// brandColor is a deep green that white text stands out from by 6.2 to 1 (WCAG 2 contrast).
const brandColor = "#0b6e4f"

const (
	logoSize = 256 // pixels on a side
	// supersampling smooths edges: so many samples by so many for each pixel.
	supersampling = 4
)

// drawLogo returns the logo as a PNG: a stamp's ring around a cross whose four
// arms are leaves, white on the brand's green.
func drawLogo() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, logoSize, logoSize))
	for y := range logoSize {
		for x := range logoSize {
			img.SetNRGBA(x, y, logoPixel(x, y))
		}
	}
	var b bytes.Buffer
	// Writing to memory does not fail, and the picture has a size that PNG can hold.
	_ = png.Encode(&b, img)
	return b.Bytes()
}

func logoPixel(x, y int) color.NRGBA {
	var white, inside int
	for sy := range supersampling {
		for sx := range supersampling {
			u := (float64(x)+(float64(sx)+0.5)/supersampling)/logoSize*2 - 1
			v := (float64(y)+(float64(sy)+0.5)/supersampling)/logoSize*2 - 1
			if math.Hypot(u, v) <= 0.98 {
				inside++
				if isInk(u, v) {
					white++
				}
			}
		}
	}
	if inside == 0 {
		return color.NRGBA{}
	}
	const r, g, b = 0x0b, 0x6e, 0x4f                                                    // brandColor
	mix := func(c int) uint8 { return uint8((c*(inside-white) + 0xff*white) / inside) } //nolint:gosec // a mean of bytes
	const samples = supersampling * supersampling
	return color.NRGBA{mix(r), mix(g), mix(b), uint8(0xff * inside / samples)} //nolint:gosec // inside is at most samples
}

// isInk tells what is white of the disc; u and v run from -1 to 1.
func isInk(u, v float64) bool {
	radius := math.Hypot(u, v)
	if radius >= 0.80 && radius <= 0.87 {
		// The ring of a stamp is broken where the ink did not reach.
		turn := math.Mod(math.Atan2(v, u)/(2*math.Pi)+1, 1)
		return math.Mod(turn*20, 1) > 0.12
	}
	// A leaf is where two discs overlap; the four of them stand around the middle.
	u, v = math.Abs(u), math.Abs(v)
	if u > v {
		u, v = v, u
	}
	const from, to, bulge = 0.06, 0.66, 0.22
	half := (to - from) / 2
	discRadius := (half*half + bulge*bulge) / (2 * bulge)
	offset := discRadius - bulge
	middle := (from + to) / 2
	return math.Hypot(u+offset, v-middle) <= discRadius && math.Hypot(u-offset, v-middle) <= discRadius
}
