package strip_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/leima/leima/wallet/strip"
)

var green = strip.Design{
	Version: "green-10", Size: 10, Paper: strip.Color{R: 0xf6, G: 0xf3, B: 0xec}, Ink: strip.Color{R: 0x0b, G: 0x6e, B: 0x4f},
}

func decoded(t interface{ Fatal(args ...any) }, file []byte) *image.Paletted {
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	paletted, ok := picture.(*image.Paletted)
	if !ok {
		t.Fatal(fmt.Sprintf("the picture is a %T", picture))
	}
	return paletted
}

func draw(t interface{ Fatal(args ...any) }, d strip.Design, count int) *strip.Strip {
	press, err := strip.NewPress(d)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := press.Draw(count)
	if err != nil {
		t.Fatal(err)
	}
	return drawn
}

func TestAStripHasThreeSizesWithFewColours(t *testing.T) {
	drawn := draw(t, green, 3)
	for i, scale := range strip.Scales {
		picture := decoded(t, drawn.PNG[i])
		if got, want := picture.Bounds().Size(), image.Pt(375*scale, 144*scale); got != want {
			t.Errorf("@%dx is %v, want %v", scale, got, want)
		}
		if n := len(picture.Palette); n < 10 || n > 120 {
			t.Errorf("@%dx has %d colours", scale, n)
		}
		if n := len(drawn.PNG[i]); n > 30_000 {
			t.Errorf("@%dx has %d bytes", scale, n)
		}
	}
}

// inked returns how many pixels have about the colour of the ink.
func inked(picture *image.Paletted, ink strip.Color) int {
	n := 0
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if picture.At(x, y) == (color.RGBA{ink.R, ink.G, ink.B, 255}) {
				n++
			}
		}
	}
	return n
}

func TestEveryStampAddsAsMuchInk(t *testing.T) {
	press, err := strip.NewPress(green)
	if err != nil {
		t.Fatal(err)
	}
	before, first := 0, 0
	for count := range green.Size + 1 {
		drawn, err := press.Draw(count)
		if err != nil {
			t.Fatal(err)
		}
		now := inked(decoded(t, drawn.PNG[2]), green.Ink)
		if count == 1 {
			first = now
		}
		if more := now - before; count > 0 && (more < first*95/100 || more > first*105/100) {
			t.Errorf("stamp %d added %d pixels of ink, the first %d", count, more, first)
		}
		before = now
	}
	if first < 5000 {
		t.Errorf("a stamp has %d pixels", first)
	}
}

// TestWhatIsPutTogetherIsWhatIsDrawn compares strips of bands that a press kept from
// other counts with the same drawn by a new press. The decoder looks at order, lengths
// and both checksums.
func TestWhatIsPutTogetherIsWhatIsDrawn(t *testing.T) {
	for _, size := range []int{0, 1, 7, 10, 23, 100} {
		d := green
		d.Size = size
		press, err := strip.NewPress(d)
		if err != nil {
			t.Fatal(err)
		}
		var last *strip.Strip
		for count := range size + 3 {
			if last, err = press.Draw(count); err != nil {
				t.Fatal(err)
			}
			decoded(t, last.PNG[0])
			if count != size/2 {
				continue
			}
			if fresh := draw(t, d, count); !slices.EqualFunc(fresh.PNG[:], last.PNG[:], bytes.Equal) {
				t.Errorf("%d of %d: put together it is another picture", count, size)
			}
		}
		if full := draw(t, d, size); !slices.EqualFunc(full.PNG[:], last.PNG[:], bytes.Equal) {
			t.Errorf("size %d: with stamps over it is not the full card", size)
		}
	}
}

func TestNothingStandsWhereAnOlderPhoneCuts(t *testing.T) {
	for _, size := range []int{1, 2, 3, 4, 5, 9, 14, 33, strip.MaxSize} {
		d := green
		d.Size = size
		picture := decoded(t, draw(t, d, size/2).PNG[0])
		paper := color.RGBA{d.Paper.R, d.Paper.G, d.Paper.B, 255}
		for y := range 144 {
			for x := range 375 {
				inside := x >= 12 && x < 363 && y >= 11 && y < 133
				if !inside && picture.At(x, y) != paper {
					t.Fatalf("size %d: something is drawn at %d,%d", size, x, y)
				}
			}
		}
	}
}

func TestDesignsThatCannotBeDrawnAreRefused(t *testing.T) {
	for name, change := range map[string]func(d *strip.Design){
		"too many places": func(d *strip.Design) { d.Size = strip.MaxSize + 1 },
		"below none":      func(d *strip.Design) { d.Size = -1 },
		"unknown icon":    func(d *strip.Design) { d.Icon = "skull" },
	} {
		d := green
		change(&d)
		if _, err := strip.NewPress(d); !errors.Is(err, strip.ErrDesign) {
			t.Errorf("%s: %v", name, err)
		}
	}
	press, err := strip.NewPress(green)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := press.Draw(-1); !errors.Is(err, strip.ErrDesign) {
		t.Errorf("-1 stamps: %v", err)
	}
}

func TestColours(t *testing.T) {
	for s, ok := range map[string]bool{"#0b6e4f": true, "#FFFFFF": true, "": false, "0b6e4f": false, "#0b6e4": false, "#zzzzzz": false, "#+12345": false} {
		if _, err := strip.ParseColor(s); (err == nil) != ok {
			t.Errorf("%q: %v", s, err)
		}
	}
	if c, _ := strip.ParseColor("#0b6e4f"); c != green.Ink {
		t.Errorf("it is %v", c)
	}
}

// photo returns a picture with very many colours.
func photo(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p.SetRGBA(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x + y) % 256), 255})
		}
	}
	return p
}

func pngOf(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArtworkIsPrintedInAtMost256Colours(t *testing.T) {
	file := pngOf(t, photo(600, 300))
	art, err := strip.ReadArtwork(file)
	if err != nil {
		t.Fatal(err)
	}
	d := green
	d.Version, d.Background, d.Stamp = "photo", art, art
	for _, count := range []int{0, 4, 10} {
		picture := decoded(t, draw(t, d, count).PNG[1])
		if n := len(picture.Palette); n > 256 || n < 200 {
			t.Errorf("%d stamps: %d colours", count, n)
		}
	}
	// The top left of the photo is nearly black, the top right nearly red.
	picture := decoded(t, draw(t, d, 0).PNG[2])
	if r, g, b, _ := picture.At(1120, 2).RGBA(); r>>8 < 200 || g>>8 > 90 {
		t.Errorf("top right is %d,%d,%d", r>>8, g>>8, b>>8)
	}
}

func TestArtworkStaysPaleUntilItIsStamped(t *testing.T) {
	black := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := 3; i < len(black.Pix); i += 4 {
		black.Pix[i] = 255
	}
	art, err := strip.ReadArtwork(pngOf(t, black))
	if err != nil {
		t.Fatal(err)
	}
	d := green
	d.Version, d.Size, d.Stamp = "black", 1, art
	dark := func(count int) uint32 {
		r, _, _, _ := decoded(t, draw(t, d, count).PNG[0]).At(187, 72).RGBA()
		return r >> 8
	}
	if empty, stamped := dark(0), dark(1); stamped > 5 || empty < 120 || empty > 200 {
		t.Errorf("the middle has %d when empty and %d when stamped", empty, stamped)
	}
}

func TestArtworkThatCouldHarmIsRefusedBeforeItIsUnpacked(t *testing.T) {
	good := pngOf(t, photo(64, 64))
	bomb := bytes.Clone(good)
	copy(bomb[16:], []byte{0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20}) // 20,000 × 20,000
	fixPNG(bomb)
	wide := bytes.Clone(good)
	copy(wide[16:], []byte{0, 0, 0x10, 0, 0, 0, 0x10, 0}) // 4,096 × 4,096
	fixPNG(wide)
	var photograph, animation bytes.Buffer
	if err := jpeg.Encode(&photograph, photo(64, 64), nil); err != nil {
		t.Fatal(err)
	}
	frame := image.NewPaletted(image.Rect(0, 0, 64, 64), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&animation, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file []byte
		says string // "": it is taken
	}{
		"PNG":                    {good, ""},
		"JPEG":                   {photograph.Bytes(), ""},
		"nothing":                {nil, "the file is empty"},
		"animation":              {animation.Bytes(), "GIF: want PNG or JPEG"},
		"SVG with a script":      {[]byte("\n<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "SVG"},
		"SVG with a mark before": {[]byte("\xef\xbb\xbf<?xml version='1.0'?><svg/>"), "SVG"},
		"WebP":                   {[]byte("RIFF\x00\x00\x00\x00WEBP"), "WebP"},
		"a bomb":                 {bomb, "20000 × 20000 pixels: want sides of at most 4096"},
		"too many pixels":        {wide, "4096 × 4096 pixels: want at most 4194304 in all"},
		"too small":              {pngOf(t, photo(8, 64)), "want sides of at least 16"},
		"too large a file":       {make([]byte, strip.MaxArtworkBytes+1), "2097153 bytes"},
		"words":                  {[]byte("hello"), "cannot be read"},
		"cut off":                {good[:len(good)/2], "cannot be unpacked"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := strip.ReadArtwork(c.file)
			if c.says == "" && err != nil {
				t.Fatal(err)
			}
			if c.says != "" && (!errors.Is(err, strip.ErrArtwork) || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("it says %q, want %q", err, c.says)
			}
		})
	}
}

func TestACacheDrawsEachCountOnce(t *testing.T) {
	cache := strip.NewCache()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for count := range green.Size + 1 {
				if _, err := cache.Strip(green, (count+i)%(green.Size+1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	one, _ := cache.Strip(green, 4)
	again, _ := cache.Strip(green, 4)
	if one != again {
		t.Error("a strip that is there was drawn again")
	}
	if full, _ := cache.Strip(green, 99); full == nil || cache.Stats().Entries != green.Size+1 {
		t.Errorf("it holds %d strips", cache.Stats().Entries)
	}
	other := green
	other.Version, other.Ink = "red", strip.Color{R: 200}
	if red, _ := cache.Strip(other, 4); bytes.Equal(red.PNG[0], one.PNG[0]) {
		t.Error("another version is the same picture")
	}
}

func FuzzReadArtwork(f *testing.F) {
	f.Add(pngOf(f, photo(20, 20)))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, file []byte) {
		art, err := strip.ReadArtwork(file)
		if (art == nil) == (err == nil) || (err != nil && !errors.Is(err, strip.ErrArtwork)) {
			t.Errorf("%v, %v", art, err)
		}
	})
}

// TestPictures writes what is drawn into a folder, to be looked at.
func TestPictures(t *testing.T) {
	folder := os.Getenv("LEIMA_TEST_PICTURES")
	if folder == "" {
		t.Skip("LEIMA_TEST_PICTURES names no folder for pictures")
	}
	art, err := strip.ReadArtwork(pngOf(t, photo(600, 300)))
	if err != nil {
		t.Fatal(err)
	}
	for i, icon := range strip.Icons {
		d := green
		d.Icon, d.Size = icon, 6+i
		write(t, filepath.Join(folder, string(icon)+".png"), draw(t, d, 4+i/2).PNG[1])
	}
	for _, size := range []int{0, 1, 2, 3, 5, 20, 30, 50, 100} {
		d := green
		d.Size, d.Paper, d.Ink = size, green.Ink, strip.Color{R: 255, G: 255, B: 255}
		write(t, filepath.Join(folder, fmt.Sprintf("size-%d.png", size)), draw(t, d, size/2).PNG[1])
	}
	d := green
	d.Background = art
	write(t, filepath.Join(folder, "background.png"), draw(t, d, 4).PNG[2])
	d.Background, d.Stamp = nil, art
	write(t, filepath.Join(folder, "stamp.png"), draw(t, d, 4).PNG[2])
}

func write(t *testing.T, path string, file []byte) {
	t.Helper()
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkNewCount(b *testing.B) {
	press, err := strip.NewPress(green)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := press.Draw(i % (green.Size + 1)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewDesign(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		draw(b, green, i%(green.Size+1))
	}
}

func TestRowsAreChosen(t *testing.T) {
	seen := map[string]int{}
	for rows := range strip.MaxRows + 1 {
		d := green
		d.Rows = rows
		drawn := draw(t, d, 4)
		if decoded(t, drawn.PNG[1]).Bounds().Dx() != 750 {
			t.Errorf("%d rows: another size", rows)
		}
		seen[string(drawn.PNG[1])]++
	}
	// Ten places in two rows are what is chosen without rows, and of six rows of two the
	// last would be empty.
	if len(seen) != 5 {
		t.Errorf("%d different strips", len(seen))
	}
	few := green
	few.Size, few.Rows = 2, strip.MaxRows
	draw(t, few, 1)
	few.Rows++
	if err := few.Check(); !errors.Is(err, strip.ErrDesign) {
		t.Errorf("too many rows: %v", err)
	}
}

func TestAnEmptyPlaceHasAPictureOfItsOwn(t *testing.T) {
	blue := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for i := range blue.Pix {
		blue.Pix[i] = map[int]byte{2: 200, 3: 255}[i%4]
	}
	var b bytes.Buffer
	if err := png.Encode(&b, blue); err != nil {
		t.Fatal(err)
	}
	art, err := strip.ReadArtwork(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	d := green
	d.Empty = art
	color := strip.Color{B: 200}
	empty, full := inked(decoded(t, draw(t, d, 0).PNG[1]), color), inked(decoded(t, draw(t, d, 10).PNG[1]), color)
	half := inked(decoded(t, draw(t, d, 5).PNG[1]), color)
	if empty < 10_000 || full != 0 || half*2 < empty*9/10 || half*2 > empty*11/10 {
		t.Errorf("%d blue pixels on the empty card, %d on a half, %d on the full one", empty, half, full)
	}
}
