package apple

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // Apple's manifest is of SHA-1 digests; the signature over it is not
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image/png"
	"strconv"

	"github.com/leima/leima/wallet/strip"
)

// Sizes of the pictures, in points.
const (
	iconSide   = 29
	logoWidth  = 160
	logoHeight = 50
)

// file is one file of a pass with the checksums that stand beside it. Those of pictures
// are worked out once.
type file struct {
	name   string
	data   []byte
	digest string // SHA-1 in hexadecimal
	crc    uint32
}

func newFile(name string, data []byte) file {
	digest := sha1.Sum(data) //nolint:gosec // as above
	return file{name, data, hex.EncodeToString(digest[:]), crc32.ChecksumIEEE(data)}
}

// Images are one picture in all strip.Scales. They do not change.
type Images struct{ files [len(strip.Scales)]file }

// NewImages takes PNGs of the same picture, one for each of strip.Scales. Errors are in
// ErrDesign.
func NewImages(pngs [len(strip.Scales)][]byte) (*Images, error) {
	var images Images
	for i, data := range pngs {
		if len(data) > MaxPictureBytes {
			return nil, fmt.Errorf("%w: picture of %d bytes: want at most %d", ErrDesign, len(data), MaxPictureBytes)
		}
		if _, err := png.DecodeConfig(bytes.NewReader(data)); err != nil {
			return nil, fmt.Errorf("%w: picture @%dx is no PNG: %w", ErrDesign, strip.Scales[i], err)
		}
		images.files[i] = newFile("", data)
	}
	return &images, nil
}

// named returns the files under their names in a pass: icon.png, icon@2x.png and so on.
func (i *Images) named(name string) []file {
	out := make([]file, 0, len(i.files))
	for n, f := range i.files {
		f.name = name + ".png"
		if scale := strip.Scales[n]; scale > 1 {
			f.name = name + "@" + strconv.Itoa(scale) + "x.png"
		}
		out = append(out, f)
	}
	return out
}

// MakeIcon returns the icon of a shop: its logo on the paper of the strip or, without
// one, its stamp.
func MakeIcon(logo *strip.Artwork, d strip.Design) (*Images, error) {
	draw := func() ([len(strip.Scales)][]byte, error) { return strip.Emblem(d, iconSide) }
	if logo != nil {
		draw = func() ([len(strip.Scales)][]byte, error) { return logo.Fit(iconSide, iconSide, &d.Paper) }
	}
	pngs, err := draw()
	if err != nil {
		return nil, fmt.Errorf("%w: icon: %w", ErrDesign, err)
	}
	return NewImages(pngs)
}

// MakeLogo returns the logo of a shop as large as it may be.
func MakeLogo(logo *strip.Artwork) (*Images, error) {
	pngs, err := logo.Fit(logoWidth, logoHeight, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: logo: %w", ErrDesign, err)
	}
	return NewImages(pngs)
}
