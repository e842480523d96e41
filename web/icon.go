package web

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // logos may be GIF, JPEG or PNG
	_ "image/jpeg"
	"image/png"
	"math"
	"sync"
)

// icon is the picture by which an installed card is found on a home screen: the
// logo on white or, without one, the shop's letter stamped on its colour.
type icon struct {
	Size   int // side in pixels
	Color  string
	Letter string
	// Logo is a picture file; one that cannot be read is as good as none.
	Logo []byte
}

// maxLogoSide bounds the pictures that are unpacked, in pixels: a small file can
// hold a huge picture.
const maxLogoSide = 4096

// drawIcon returns the icon as a PNG.
func drawIcon(i icon) ([]byte, error) {
	var canvas draw.Image
	square := image.Rect(0, 0, i.Size, i.Size)
	if logo := readLogo(i.Logo); logo != nil {
		white := image.NewRGBA(square)
		draw.Draw(white, square, image.White, image.Point{}, draw.Src)
		placeLogo(white, logo)
		canvas = fewColors(white)
	} else {
		paper, err := parseColor(i.Color)
		if err != nil {
			paper, _ = parseColor(defaultColor)
		}
		canvas = stampLetter(square, paper, i.Letter)
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, canvas); err != nil {
		return nil, fmt.Errorf("draw icon: %w", err)
	}
	return b.Bytes(), nil
}

// maxPalette is the most colours of a PNG of a byte a pixel.
const maxPalette = 256

// fewColors returns the picture as one with a palette, which takes a fraction of the
// bytes, if it has so few colours: most logos do.
func fewColors(picture *image.RGBA) draw.Image {
	square := picture.Bounds()
	small := image.NewPaletted(square, nil)
	known := map[color.RGBA]uint8{}
	for y := range square.Dy() {
		for x := range square.Dx() {
			c := picture.RGBAAt(x, y)
			i, ok := known[c]
			if !ok {
				if len(small.Palette) == maxPalette {
					return picture
				}
				i = uint8(len(small.Palette)) //nolint:gosec // below maxPalette
				known[c], small.Palette = i, append(small.Palette, c)
			}
			small.SetColorIndex(x, y, i)
		}
	}
	return small
}

func readLogo(data []byte) image.Image {
	if len(data) == 0 {
		return nil
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width > maxLogoSide || c.Height > maxLogoSide {
		return nil
	}
	logo, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	return logo
}

// placeLogo draws the logo into the middle four fifths of the canvas, which no
// system's mask cuts off. Each pixel is the mean of those of the logo it covers.
func placeLogo(canvas *image.RGBA, logo image.Image) {
	side := canvas.Bounds().Dx()
	from := logo.Bounds()
	scale := 0.8 * float64(side) / float64(max(from.Dx(), from.Dy()))
	width, height := int(float64(from.Dx())*scale), int(float64(from.Dy())*scale)
	left, top := (side-width)/2, (side-height)/2
	for y := range height {
		for x := range width {
			area := image.Rect(
				from.Min.X+int(float64(x)/scale), from.Min.Y+int(float64(y)/scale),
				from.Min.X+int(float64(x+1)/scale), from.Min.Y+int(float64(y+1)/scale),
			)
			canvas.Set(left+x, top+y, onWhite(logo, area.Intersect(from)))
		}
	}
}

// onWhite is the mean colour of an area of a picture laid on white.
func onWhite(picture image.Image, area image.Rectangle) color.Color {
	if area.Dx() < 1 {
		area.Max.X = area.Min.X + 1
	}
	if area.Dy() < 1 {
		area.Max.Y = area.Min.Y + 1
	}
	var sum [3]uint64
	n := uint64(0)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			r, g, b, a := picture.At(x, y).RGBA()
			for c, v := range []uint32{r, g, b} {
				sum[c] += uint64(v) + 0xffff - uint64(a)
			}
			n++
		}
	}
	shade := func(c int) uint8 { return uint8(sum[c] / n >> 8) } //nolint:gosec // a mean of 16-bit values
	return color.RGBA{shade(0), shade(1), shade(2), 255}
}

// inkShades is how many colours a stamped letter has: enough for smooth edges, and few
// enough for a picture of four bits a pixel, a quarter of the bytes.
const inkShades = 16

// stampLetter fills a picture with the colour and stamps the letter on it, in a ring,
// slightly turned, as a hand would.
func stampLetter(square image.Rectangle, paper rgb, letter string) *image.Paletted {
	ink := on(paper)
	shades := make(color.Palette, inkShades)
	for i := range shades {
		c := paper.mix(ink, float64(i)/(inkShades-1))
		shades[i] = color.RGBA{c[0], c[1], c[2], 255}
	}
	canvas := image.NewPaletted(square, shades)
	side := float64(canvas.Bounds().Dx())
	strokes := lettersOf(letter)
	sin, cos := math.Sincos(-8 * math.Pi / 180)
	for y := range canvas.Bounds().Dy() {
		for x := range canvas.Bounds().Dx() {
			// The unit square with its middle at 0, turned.
			px, py := (float64(x)+0.5)/side-0.5, (float64(y)+0.5)/side-0.5
			p := point{px*cos - py*sin, px*sin + py*cos}
			ring := math.Abs(math.Hypot(p.x, p.y)-0.365) - 0.02
			distance := ring
			for _, s := range strokes {
				distance = min(distance, s.distance(p)-0.038)
			}
			cover := min(max(0.5-distance*side, 0), 1)
			canvas.SetColorIndex(x, y, uint8(math.Round(cover*(inkShades-1))))
		}
	}
	return canvas
}

// maxCachedIcons bounds the memory that icons may take: about 10 kB each.
const maxCachedIcons = 256

// iconCache keeps drawn icons: drawing one takes some hundredths of a second.
type iconCache struct {
	mu    sync.Mutex
	icons map[string][]byte
}

func (c *iconCache) get(key string, drawAnew func() ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	found, ok := c.icons[key]
	c.mu.Unlock()
	if ok {
		return found, nil
	}
	drawn, err := drawAnew()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.icons) >= maxCachedIcons || c.icons == nil {
		c.icons = map[string][]byte{}
	}
	c.icons[key] = drawn
	return drawn, nil
}
