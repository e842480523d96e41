package strip

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"golang.org/x/image/draw"
)

// Sizes of the pictures for wallets that fetch them by their address, in pixels.
const (
	// heroWidth and heroHeight are those of a picture across a card of Google Wallet.
	heroWidth  = 1032
	heroHeight = 336
	// RoundSide is the side of a logo that is cut to a circle.
	RoundSide = 660
	// roundShare is how much of the side a picture may take so that nothing of it is cut off.
	roundShare = 0.7
)

// Hero returns the strip in the shape of Google's hero image, 1032 by 336 pixels, as a
// PNG: what is above and below the stamps is cut off.
func (s *Strip) Hero() ([]byte, error) {
	largest, err := png.Decode(bytes.NewReader(s.PNG[len(s.PNG)-1]))
	if err != nil {
		return nil, fmt.Errorf("read strip: %w", err)
	}
	from := largest.Bounds()
	wanted := from.Dx() * heroHeight / heroWidth
	from.Min.Y += (from.Dy() - wanted) / 2
	from.Max.Y = from.Min.Y + wanted
	canvas := image.NewRGBA(image.Rect(0, 0, heroWidth, heroHeight))
	draw.CatmullRom.Scale(canvas, canvas.Bounds(), largest, from, draw.Src, nil)
	return encode(canvas)
}

// Round returns the picture in the middle of a square of RoundSide pixels of the colour,
// with so much room around it that the square can be cut to a circle, as a PNG.
func (a *Artwork) Round(paper Color) ([]byte, error) {
	canvas := image.NewRGBA(image.Rect(0, 0, RoundSide, RoundSide))
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(paper.rgba()), image.Point{}, draw.Src)
	const middle = RoundSide / 2
	a.fit(canvas, middle, middle, RoundSide*roundShare, 1)
	return encode(canvas)
}
