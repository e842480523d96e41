package strip_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/leima/leima/wallet/strip"
)

func pictureOf(t *testing.T, data []byte) image.Image {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// drawnOn counts the pixels of a colour that is not the paper's.
func drawnOn(picture image.Image, paper color.Color) (n int, area image.Rectangle) {
	pr, pg, pb, _ := paper.RGBA()
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			if r, g, b, _ := picture.At(x, y).RGBA(); r != pr || g != pg || b != pb {
				n++
				area = area.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return n, area
}

func TestAHeroShowsTheStampsAndHasGooglesSize(t *testing.T) {
	paper := strip.Color{R: 0x0b, G: 0x6e, B: 0x4f}
	press, err := strip.NewPress(strip.Design{Version: "1", Size: 10, Paper: paper, Ink: strip.Color{R: 255, G: 255, B: 255}})
	if err != nil {
		t.Fatal(err)
	}
	last := 0
	for _, count := range []int{0, 4, 10} {
		drawn, err := press.Draw(count)
		if err != nil {
			t.Fatal(err)
		}
		hero, err := drawn.Hero()
		if err != nil {
			t.Fatal(err)
		}
		picture := pictureOf(t, hero)
		if got := picture.Bounds().Size(); got != image.Pt(1032, 336) {
			t.Fatalf("a hero of %v", got)
		}
		n, area := drawnOn(picture, color.RGBA{paper.R, paper.G, paper.B, 255})
		if n <= last {
			t.Errorf("with %d stamps %d pixels are inked, with fewer stamps %d", count, n, last)
		}
		last = n
		if area.Min.Y < 3 || area.Max.Y > 333 {
			t.Errorf("with %d stamps, some are cut off: %v", count, area)
		}
	}
}

func TestARoundLogoKeepsItsPictureInTheCircle(t *testing.T) {
	source := image.NewRGBA(image.Rect(0, 0, 300, 100))
	for i := range source.Pix {
		source.Pix[i] = 0xff
	}
	for i := 0; i < len(source.Pix); i += 4 {
		source.Pix[i] = 0x20
	}
	var file bytes.Buffer
	if err := png.Encode(&file, source); err != nil {
		t.Fatal(err)
	}
	art, err := strip.ReadArtwork(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	logo, err := art.Round(strip.Color{R: 255, G: 255, B: 255})
	if err != nil {
		t.Fatal(err)
	}
	picture := pictureOf(t, logo)
	if got := picture.Bounds().Size(); got != image.Pt(strip.RoundSide, strip.RoundSide) {
		t.Fatalf("a logo of %v", got)
	}
	n, area := drawnOn(picture, color.White)
	if n == 0 {
		t.Fatal("nothing is drawn")
	}
	const radius = strip.RoundSide / 2
	for _, corner := range []image.Point{area.Min, area.Max} {
		d := corner.Sub(image.Pt(radius, radius))
		if d.X*d.X+d.Y*d.Y > radius*radius {
			t.Errorf("the corner %v is cut off", corner)
		}
	}
}
