package strip

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // artwork may be JPEG or PNG
	_ "image/png"

	"golang.org/x/image/draw"
)

// ErrArtwork is in errors about an uploaded picture; the message says what is wrong.
var ErrArtwork = errors.New("artwork")

// Limits of an uploaded picture. They are looked at before the picture is unpacked: a
// file of a few kilobytes can hold one that fills the memory.
const (
	MaxArtworkBytes  = 2 << 20
	MaxArtworkSide   = 4096    // pixels
	MaxArtworkPixels = 4 << 20 // 2048 × 2048
	MinArtworkSide   = 16
	// maxKeptSide bounds what is kept of a picture: nothing on a strip is larger than this,
	// in pixels.
	maxKeptSide = width * 3
)

// Artwork is a shop's picture, checked and unpacked. It does not change.
type Artwork struct{ picture *image.RGBA }

// ReadArtwork checks and unpacks a PNG or JPEG. Errors are in ErrArtwork.
func ReadArtwork(file []byte) (*Artwork, error) {
	if len(file) > MaxArtworkBytes {
		return nil, fmt.Errorf("%w: %d bytes: want at most %d", ErrArtwork, len(file), MaxArtworkBytes)
	}
	if reason := notWanted(file); reason != "" {
		return nil, fmt.Errorf("%w: %s: want PNG or JPEG", ErrArtwork, reason)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%w: cannot be read: %w", ErrArtwork, err)
	}
	switch {
	case c.Width > MaxArtworkSide || c.Height > MaxArtworkSide:
		return nil, fmt.Errorf("%w: %d × %d pixels: want sides of at most %d", ErrArtwork, c.Width, c.Height, MaxArtworkSide)
	case c.Width*c.Height > MaxArtworkPixels:
		return nil, fmt.Errorf("%w: %d × %d pixels: want at most %d in all", ErrArtwork, c.Width, c.Height, MaxArtworkPixels)
	case c.Width < MinArtworkSide || c.Height < MinArtworkSide:
		return nil, fmt.Errorf("%w: %d × %d pixels: want sides of at least %d", ErrArtwork, c.Width, c.Height, MinArtworkSide)
	}
	picture, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%w: cannot be unpacked: %w", ErrArtwork, err)
	}
	from := picture.Bounds()
	shrink := min(1, float64(maxKeptSide)/float64(max(from.Dx(), from.Dy())))
	kept := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(from.Dx())*shrink)), max(1, int(float64(from.Dy())*shrink))))
	draw.CatmullRom.Scale(kept, kept.Bounds(), picture, from, draw.Src, nil)
	return &Artwork{kept}, nil
}

// notWanted returns the name of a format that is refused by its first bytes, "" for any
// other. Scripts can be in an SVG, and what moves in a GIF would stand still.
func notWanted(file []byte) string {
	head := bytes.TrimLeft(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(head) == 0:
		return "the file is empty"
	case bytes.HasPrefix(head, []byte("GIF8")):
		return "GIF"
	case head[0] == '<':
		return "SVG or another text file"
	case bytes.HasPrefix(head, []byte("RIFF")):
		return "WebP"
	}
	return ""
}

// cover draws the picture so that it fills an area, cut at the sides it is too long for.
func (a *Artwork) cover(onto *image.RGBA, area image.Rectangle) {
	from := a.picture.Bounds()
	if from.Dx()*area.Dy() > from.Dy()*area.Dx() {
		w := max(1, from.Dy()*area.Dx()/area.Dy())
		from.Min.X = (from.Dx() - w) / 2
		from.Max.X = from.Min.X + w
	} else {
		h := max(1, from.Dx()*area.Dy()/area.Dx())
		from.Min.Y = (from.Dy() - h) / 2
		from.Max.Y = from.Min.Y + h
	}
	draw.CatmullRom.Scale(onto, area, a.picture, from, draw.Over, nil)
}

// fit draws the picture as large as it has room in a square with the given middle, and
// as strong as share says, 1 for fully.
func (a *Artwork) fit(onto *image.RGBA, x, y, side, share float64) {
	from := a.picture.Bounds()
	scale := side / float64(max(from.Dx(), from.Dy()))
	w, h := float64(from.Dx())*scale, float64(from.Dy())*scale
	area := image.Rect(int(x-w/2), int(y-h/2), int(x+w/2+0.5), int(y+h/2+0.5))
	const opaque = 255
	faint := image.NewUniform(color.Alpha{uint8(share * opaque)})
	draw.CatmullRom.Scale(onto, area, a.picture, from, draw.Over, &draw.Options{
		DstMask: nil, SrcMask: faint, SrcMaskP: image.Point{},
	})
}
