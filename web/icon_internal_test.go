package web

import (
	"image"
	"image/color"
	"testing"
)

func TestAPictureOfFewColorsGetsAPalette(t *testing.T) {
	for name, c := range map[string]struct {
		colors int
		want   bool
	}{"one": {1, true}, "all that fit": {256, true}, "one too many": {257, false}} {
		t.Run(name, func(t *testing.T) {
			const side = 20
			picture := image.NewRGBA(image.Rect(0, 0, side, side))
			for i := range side * side {
				n := i % c.colors
				picture.SetRGBA(i%side, i/side, color.RGBA{uint8(n), uint8(n >> 8), 7, 255})
			}
			small := fewColors(picture)
			if _, ok := small.(*image.Paletted); ok != c.want {
				t.Errorf("a palette: %v, want %v", ok, c.want)
			}
			for i := range side * side {
				if x, y := i%side, i/side; color.RGBAModel.Convert(small.At(x, y)) != color.RGBAModel.Convert(picture.At(x, y)) {
					t.Fatalf("another colour at %d, %d", x, y)
				}
			}
		})
	}
}
