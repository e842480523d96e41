package organization

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how a camera was held, as Exif 2.3, 4.6.4, tag 0x0112 counts: 1 is
// upright, 2, 4, 5 and 7 are mirrored.
type orientation uint16

// Values of orientation.
const (
	upright         orientation = 1
	mirrored        orientation = 2
	upsideDown      orientation = 3
	flipped         orientation = 4
	transposed      orientation = 5
	turnedRight     orientation = 6 // it has to be turned to the right to be upright
	transposedBack  orientation = 7
	turnedLeft      orientation = 8
	orientationTag              = 0x0112
	typeShort                   = 3
	maxDirectory                = 200 // entries of a directory that are looked at
	maxJPEGSegments             = 100 // segments before the picture that are looked at
)

// orientationOf reads a JPEG's orientation: upright if it says none, or nonsense.
func orientationOf(file []byte) orientation {
	const (
		marker, app1, startOfScan = 0xff, 0xe1, 0xda
		head                      = 4 // marker and length of a segment
	)
	at := 2 // behind the start of the image
	for range maxJPEGSegments {
		if at+head > len(file) || file[at] != marker || file[at+1] == startOfScan {
			return upright
		}
		length := int(binary.BigEndian.Uint16(file[at+2:]))
		end := at + 2 + length
		if length < 2 || end > len(file) {
			return upright
		}
		if exif, ok := bytes.CutPrefix(file[at+head:end], []byte("Exif\x00\x00")); ok && file[at+1] == app1 {
			return orientationIn(exif)
		}
		at = end
	}
	return upright
}

// orientationIn looks for the orientation in the first directory of a TIFF file, which is
// what Exif data is.
func orientationIn(tiff []byte) orientation {
	const header, entry = 8, 12
	if len(tiff) < header {
		return upright
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	start := int64(order.Uint32(tiff[4:]))
	if start+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[start+2:]
	for range min(int(order.Uint16(tiff[start:])), maxDirectory) {
		if len(entries) < entry {
			return upright
		}
		if order.Uint16(entries) == orientationTag && order.Uint16(entries[2:]) == typeShort {
			if o := orientation(order.Uint16(entries[8:])); o >= upright && o <= turnedLeft {
				return o
			}
			return upright
		}
		entries = entries[entry:]
	}
	return upright
}

// straightened returns the picture as it was seen.
func (o orientation) straightened(from *image.RGBA) *image.RGBA {
	if o == upright {
		return from
	}
	w, h := from.Rect.Dx(), from.Rect.Dy()
	size := image.Pt(w, h)
	if o >= transposed {
		size = image.Pt(h, w)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			at := o.source(x, y, w, h)
			copy(out.Pix[out.PixOffset(x, y):][:4], from.Pix[from.PixOffset(at.X, at.Y):][:4])
		}
	}
	return out
}

// source returns which pixel of a picture of w × h is seen at x, y.
func (o orientation) source(x, y, w, h int) image.Point {
	switch o {
	case mirrored:
		return image.Pt(w-1-x, y)
	case upsideDown:
		return image.Pt(w-1-x, h-1-y)
	case flipped:
		return image.Pt(x, h-1-y)
	case transposed:
		return image.Pt(y, x)
	case turnedRight:
		return image.Pt(y, h-1-x)
	case transposedBack:
		return image.Pt(w-1-y, h-1-x)
	case turnedLeft:
		return image.Pt(w-1-y, x)
	case upright:
	}
	return image.Pt(x, y)
}
