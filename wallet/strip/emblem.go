package strip

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/draw"
)

// maxEmblemSide bounds the pictures that are made, in points.
const maxEmblemSide = 512

// Emblem draws the design's stamp alone, as paper on a square of ink: what stands for a
// shop that has no logo. The side is in points; PNGs in all Scales come back.
func Emblem(d Design, side int) ([len(Scales)][]byte, error) {
	var out [len(Scales)][]byte
	if err := d.Check(); err != nil {
		return out, err
	}
	if side < 1 || side > maxEmblemSide {
		return out, fmt.Errorf("%w: emblem of %d points: want 1 to %d", ErrDesign, side, maxEmblemSide)
	}
	if d.Icon == "" {
		d.Icon = Icons[0]
	}
	d.Paper, d.Ink = d.Ink, d.Paper
	p := &Press{design: d}
	for i, scale := range Scales {
		canvas := image.NewRGBA(image.Rect(0, 0, side*scale, side*scale))
		draw.Draw(canvas, canvas.Bounds(), image.NewUniform(d.Paper.rgba()), image.Point{}, draw.Src)
		middle := float64(side*scale) / 2
		if d.Stamp != nil {
			d.Stamp.fit(canvas, middle, middle, 2*middle*iconScale, 1)
		} else {
			p.paintMark(canvas, middle, middle, middle*iconScale, stampedPlace(shapes[d.Icon], 0))
		}
		var err error
		if out[i], err = encode(canvas); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Fit returns the picture as large as it has room in so many points, as PNGs in all
// Scales. With paper it is laid in the middle of a full picture of that colour, without
// it keeps its shape and its transparency.
func (a *Artwork) Fit(width, height int, paper *Color) ([len(Scales)][]byte, error) {
	var out [len(Scales)][]byte
	if width < 1 || height < 1 || width > maxEmblemSide || height > maxEmblemSide {
		return out, fmt.Errorf("%w: %d × %d points: want 1 to %d", ErrArtwork, width, height, maxEmblemSide)
	}
	from := a.picture.Bounds()
	for i, scale := range Scales {
		room := min(float64(width*scale)/float64(from.Dx()), float64(height*scale)/float64(from.Dy()))
		w, h := max(1, int(float64(from.Dx())*room)), max(1, int(float64(from.Dy())*room))
		canvas := image.NewRGBA(image.Rect(0, 0, w, h))
		area := canvas.Bounds()
		if paper != nil {
			canvas = image.NewRGBA(image.Rect(0, 0, width*scale, height*scale))
			draw.Draw(canvas, canvas.Bounds(), image.NewUniform(color.Color(paper.rgba())), image.Point{}, draw.Src)
			area = area.Add(image.Pt((width*scale-w)/2, (height*scale-h)/2))
		}
		draw.CatmullRom.Scale(canvas, area, a.picture, from, draw.Over, nil)
		var err error
		if out[i], err = encode(canvas); err != nil {
			return out, err
		}
	}
	return out, nil
}

func encode(canvas image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, canvas); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}
