package organization_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/leima/leima/organization"
)

// corners is a JPEG of 60 × 30 pixels in four colours: red, green above blue, white.
func corners(t testing.TB) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 60, 30))
	for y := range 30 {
		for x := range 60 {
			c := color.RGBA{A: 255}
			switch {
			case y < 15 && x < 30:
				c.R = 255
			case y < 15:
				c.G = 255
			case x < 30:
				c.B = 255
			default:
				c.R, c.G, c.B = 255, 255, 255
			}
			picture.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// held returns the JPEG with Exif data that says how the camera was held.
func held(file []byte, order binary.AppendByteOrder, mark string, orientation uint16) []byte {
	tiff := order.AppendUint32([]byte(mark), 8)
	tiff = order.AppendUint16(tiff, 2) // entries: the width, then the orientation
	for _, e := range []struct{ tag, value uint16 }{{0x0100, 60}, {0x0112, orientation}} {
		tiff = order.AppendUint16(tiff, e.tag)
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, e.value)
		tiff = order.AppendUint16(tiff, 0)
	}
	tiff = order.AppendUint32(tiff, 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(segment)+2))
	return bytes.Join([][]byte{file[:2], head, segment, file[2:]}, nil)
}

// seen names the colours of the corners of a picture, row by row.
func seen(t testing.TB, file []byte) string {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	b := picture.Bounds()
	name := func(x, y int) string {
		r, g, bl, _ := picture.At(x, y).RGBA()
		const half = 0x8000
		return map[[3]bool]string{{true, false, false}: "R", {false, true, false}: "G", {false, false, true}: "B", {true, true, true}: "W"}[[3]bool{r > half, g > half, bl > half}]
	}
	left, right, top, bottom := b.Dx()/4, b.Dx()*3/4, b.Dy()/4, b.Dy()*3/4
	return fmt.Sprintf("%dx%d %s%s/%s%s", b.Dx(), b.Dy(), name(left, top), name(right, top), name(left, bottom), name(right, bottom))
}

func TestAPictureStandsAsItWasSeen(t *testing.T) {
	file := corners(t)
	for orientation, want := range map[uint16]string{
		1: "60x30 RG/BW", 2: "60x30 GR/WB", 3: "60x30 WB/GR", 4: "60x30 BW/RG",
		5: "30x60 RB/GW", 6: "30x60 BR/WG", 7: "30x60 WG/BR", 8: "30x60 GW/RB",
		0: "60x30 RG/BW", 9: "60x30 RG/BW",
	} {
		for mark, order := range map[string]binary.AppendByteOrder{"II*\x00": binary.LittleEndian, "MM\x00*": binary.BigEndian} {
			logo, err := organization.ReadLogo(held(file, order, mark, orientation))
			if err != nil {
				t.Fatal(err)
			}
			if got := seen(t, logo); got != want {
				t.Errorf("orientation %d, %q: %s, want %s", orientation, mark, got, want)
			}
		}
	}
}

// Whatever Exif data says, a picture is read or refused.
func FuzzOrientation(f *testing.F) {
	file := corners(f)
	f.Add(held(file, binary.LittleEndian, "II*\x00", 6))
	f.Add(held(file, binary.BigEndian, "MM\x00*", 8))
	f.Add(append([]byte{0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff}, "Exif\x00\x00MM\x00*\xff\xff\xff\xff"...))
	f.Fuzz(func(_ *testing.T, file []byte) { _, _ = organization.ReadLogo(file) })
}
