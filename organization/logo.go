package organization

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
)

// Limits of the picture files that a logo is made of.
const (
	// MaxLogoFile is the most bytes of a file.
	MaxLogoFile = 1 << 20
	// MinLogoSide and MaxLogoSide bound its width and height, in pixels: a small file can
	// unpack to gigabytes.
	MinLogoSide = 16
	MaxLogoSide = 4096
)

// logoSides are the longest sides in pixels that a logo may be kept in, the largest
// first: the first that comes to at most MaxLogoBytes is taken. The last always does,
// being smaller even without compression. The largest of artworkSides is the width of the
// strip on a pass at three pixels for a point.
var (
	logoSides    = []int{1024, 768, 512, 384, 256, 128}
	artworkSides = []int{1125, 768, 512, 384}
)

// MaxArtworkBytes is the most that a picture on passes is kept in.
const MaxArtworkBytes = 1 << 20

// ReadLogo makes a logo of a picture file that somebody sent: a PNG of our own making,
// at most MaxLogoBytes, with nothing in it but its pixels. It takes PNG and JPEG.
// Anything else is an *InvalidFieldError for the field "logo": another kind of file,
// one that moves, one that is damaged, too large or too small.
//
// The size is read before the picture is unpacked; a picture of MaxLogoSide squared
// takes up to 128 MiB while it is, so callers let few in at once.
func ReadLogo(file []byte) ([]byte, error) {
	return readPicture("logo", file, logoSides, MaxLogoBytes)
}

// ReadArtwork makes a picture for passes of a file in the same way, of at most
// MaxArtworkBytes. Errors are for the field "artwork".
func ReadArtwork(file []byte) ([]byte, error) {
	return readPicture("artwork", file, artworkSides, MaxArtworkBytes)
}

func readPicture(field string, file []byte, sides []int, most int) ([]byte, error) {
	picture, held, err := decodePicture(field, file)
	if err != nil {
		return nil, err
	}
	for _, side := range sides {
		var out bytes.Buffer
		if err := png.Encode(&out, held.straightened(shrink(picture, side))); err != nil {
			return nil, fmt.Errorf("write %s: %w", field, err)
		}
		if out.Len() <= most {
			return out.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("write %s: %d pixels do not fit in %d bytes", field, sides[len(sides)-1], most)
}

// decodePicture unpacks a picture, and tells how the camera was held.
func decodePicture(field string, file []byte) (image.Image, orientation, error) {
	if len(file) > MaxLogoFile {
		return nil, upright, because("too_large", field, fmt.Sprintf("must have at most %d bytes", MaxLogoFile), MaxLogoFile)
	}
	var (
		config image.Config
		decode = png.Decode
		held   = upright
		err    error
	)
	switch {
	case bytes.HasPrefix(file, pngSignature):
		if isAnimated(file) {
			return nil, upright, because("animated", field, "must not be animated")
		}
		config, err = png.DecodeConfig(bytes.NewReader(file))
	case bytes.HasPrefix(file, []byte{0xff, 0xd8, 0xff}):
		config, err = jpeg.DecodeConfig(bytes.NewReader(file))
		decode, held = jpeg.Decode, orientationOf(file)
	default:
		return nil, upright, because("picture_kind", field, "must be a PNG or JPEG picture")
	}
	switch {
	case err != nil:
		return nil, upright, because("damaged", field, "is damaged")
	case config.Width > MaxLogoSide || config.Height > MaxLogoSide:
		return nil, upright, because("picture_size", field, fmt.Sprintf("must be at most %d pixels wide and high", MaxLogoSide))
	case config.Width < MinLogoSide || config.Height < MinLogoSide:
		return nil, upright, because("picture_size", field, fmt.Sprintf("must be at least %d pixels wide and high", MinLogoSide))
	}
	picture, err := decode(bytes.NewReader(file))
	if err != nil {
		return nil, upright, because("damaged", field, "is damaged")
	}
	return picture, held, nil
}

var pngSignature = []byte("\x89PNG\r\n\x1a\n")

// isAnimated looks for the chunk acTL, which stands before the picture's data in a PNG
// that moves (W3C PNG, third edition, 11.3.6).
func isAnimated(file []byte) bool {
	const lengthAndType, checksum = 8, 4
	for at := len(pngSignature); at+lengthAndType <= len(file); {
		switch string(file[at+4 : at+8]) {
		case "acTL":
			return true
		case "IDAT", "IEND":
			return false
		}
		at += lengthAndType + int(binary.BigEndian.Uint32(file[at:])) + checksum
	}
	return false
}

// shrink returns the picture with at most side pixels on its longest side. Each pixel
// is the mean of those that it covers. Only the rows that are being averaged are kept
// unpacked beside the picture itself.
func shrink(picture image.Image, side int) *image.RGBA {
	from := picture.Bounds()
	width, height := fit(from.Dx(), from.Dy(), side)
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		top, bottom := y*from.Dy()/height, (y+1)*from.Dy()/height
		rows := image.NewRGBA(image.Rect(0, 0, from.Dx(), bottom-top))
		draw.Draw(rows, rows.Bounds(), picture, image.Pt(from.Min.X, from.Min.Y+top), draw.Src)
		for x := range width {
			left, right := x*from.Dx()/width, (x+1)*from.Dx()/width
			copy(out.Pix[out.PixOffset(x, y):], mean(rows, left, right))
		}
	}
	return out
}

// fit returns the width and height of a picture that is made to fit in a square, and is
// not enlarged. A long thin one keeps at least one pixel.
func fit(width, height, side int) (w, h int) {
	longest := max(width, height)
	if longest <= side {
		return width, height
	}
	return max(width*side/longest, 1), max(height*side/longest, 1)
}

// mean returns the mean colour of the columns of all rows, premultiplied.
func mean(rows *image.RGBA, left, right int) []byte {
	var sum [4]int
	for y := range rows.Bounds().Dy() {
		line := rows.Pix[rows.PixOffset(left, y):rows.PixOffset(right, y)]
		for i, v := range line {
			sum[i%4] += int(v)
		}
	}
	n := (right - left) * rows.Bounds().Dy()
	color := make([]byte, len(sum))
	for i := range sum {
		color[i] = byte((sum[i] + n/2) / n) //nolint:gosec // a mean of bytes
	}
	return color
}
