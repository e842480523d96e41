package web

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"
	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

var moveAndRun = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// TestTheDrawingIsTheCode fills the modules that the path describes and compares
// them with those of the encoder.
func TestTheDrawingIsTheCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := [loyalty.CodeRandomBytes]byte{}
		copy(random[:], rapid.SliceOfN(rapid.Byte(), len(random), len(random)).Draw(t, "random"))
		content := loyalty.NewCode(random)
		if rapid.Bool().Draw(t, "address") {
			content = "https://cards.example.org/card/leimala/" + content
		}
		drawn, err := newQR(content)
		if err != nil {
			t.Fatal(err)
		}
		code, err := qrcode.New(content, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		modules := code.Bitmap() // with a border of four
		if len(modules) != drawn.Width {
			t.Fatalf("the drawing is %d modules wide, the code %d", drawn.Width, len(modules))
		}
		got := make([][]bool, drawn.Width)
		for y := range got {
			got[y] = make([]bool, drawn.Width)
		}
		for _, m := range moveAndRun.FindAllStringSubmatch(drawn.Path, -1) {
			x, _ := strconv.Atoi(m[1])
			y, _ := strconv.Atoi(m[2])
			run, _ := strconv.Atoi(m[3])
			if m[3] != m[4] {
				t.Fatalf("a run that does not close: %s", m[0])
			}
			for i := range run {
				got[y][x+i] = true
			}
		}
		if rest := moveAndRun.ReplaceAllString(drawn.Path, ""); rest != "" {
			t.Fatalf("what is %q?", rest)
		}
		for y := range modules {
			for x := range modules[y] {
				if got[y][x] != modules[y][x] {
					t.Fatalf("module %d,%d is %v", x, y, got[y][x])
				}
				if border := min(x, y, drawn.Width-1-x, drawn.Width-1-y) < quietZone; border && got[y][x] {
					t.Fatalf("module %d,%d is in the quiet zone", x, y)
				}
			}
		}
	})
}

func TestACardCodeFitsIntoTheSmallestQRCode(t *testing.T) {
	code, err := newQR(loyalty.NewCode([loyalty.CodeRandomBytes]byte{1, 2, 3, 250, 255}))
	if err != nil {
		t.Fatal(err)
	}
	if code.Width != 21+2*quietZone {
		t.Errorf("%d modules: the alphanumeric mode is not used", code.Width)
	}
	if svg := string(code.svg()); !strings.Contains(svg, fmt.Sprintf(`viewBox="0 0 %d %d"`, code.Width, code.Height)) || !strings.Contains(svg, `fill="#fff"`) || len(svg) > 5000 {
		t.Errorf("%d bytes: %s", len(svg), svg)
	}
	if _, err := newQR(strings.Repeat("A", maxQRContent+1)); err == nil {
		t.Error("no limit")
	}
}

func TestCodesAreGrouped(t *testing.T) {
	for code, want := range map[string]string{
		"041061050R3GG28A2": "0410 6105 0R3G G28A2", "": "", "ABC": "ABC", "ABCDEFGH": "ABCD EFGH",
	} {
		if got := groupCode(code); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}
