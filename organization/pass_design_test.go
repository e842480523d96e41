package organization_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"github.com/leima/leima/organization"
)

func TestADesignIsChecked(t *testing.T) {
	for _, c := range []struct {
		name      string
		change    func(d *organization.PassDesign)
		wantField string
	}{
		{"the standard", func(*organization.PassDesign) {}, ""},
		{"everything chosen", func(d *organization.PassDesign) {
			d.Background, d.Foreground, d.Label, d.Ink = "#0b6e4f", "#ffffff", "#cfe8df", "#ffd400"
			d.Icon, d.Rows, d.Barcode, d.Front = "gift", 6, organization.BarcodeCode128, organization.PassFields
			d.Stamp, d.Empty, d.Backdrop = "0123456789abcdef", "0123456789abcdef", "fedcba9876543210"
		}, ""},
		{"nothing in front", func(d *organization.PassDesign) { d.Front = nil }, ""},
		{"a colour by name", func(d *organization.PassDesign) { d.Background = "green" }, "colors.background"},
		{"a colour in capitals", func(d *organization.PassDesign) { d.Foreground = "#FFFFFF" }, "colors.foreground"},
		{"half a colour", func(d *organization.PassDesign) { d.Label = "#fff" }, "colors.label"},
		{"ink that goes on", func(d *organization.PassDesign) { d.Ink = "#ffffff;" }, "colors.ink"},
		{"no icon", func(d *organization.PassDesign) { d.Icon = "" }, "icon"},
		{"another icon", func(d *organization.PassDesign) { d.Icon = "skull" }, "icon"},
		{"too many rows", func(d *organization.PassDesign) { d.Rows = 7 }, "rows"},
		{"less than no rows", func(d *organization.PassDesign) { d.Rows = -1 }, "rows"},
		{"another code", func(d *organization.PassDesign) { d.Barcode = "ean13" }, "barcode"},
		{"a field twice", func(d *organization.PassDesign) { d.Front = []organization.PassField{"next", "next"} }, "front"},
		{"another field", func(d *organization.PassDesign) { d.Front = []organization.PassField{"phone"} }, "front"},
		{"a path", func(d *organization.PassDesign) { d.Stamp = "../../etc/passw" }, "artwork.stamp"},
		{"a short tag", func(d *organization.PassDesign) { d.Empty = "0123456789abcde" }, "artwork.empty"},
		{"a tag with a sign for all", func(d *organization.PassDesign) { d.Backdrop = "0123456789abcde%" }, "artwork.backdrop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := organization.StandardPassDesign("org_1", "prog_1")
			c.change(&d)
			wantField(t, d.Validate(), c.wantField)
		})
	}
}

func TestArtworkIsKeptAsLargeAsAStripNeeds(t *testing.T) {
	artwork, err := organization.ReadArtwork(pngOf(t, image.NewGray(image.Rect(0, 0, 2250, 864))))
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := png.DecodeConfig(bytes.NewReader(artwork)); err != nil || kept.Width != 1125 || kept.Height != 432 {
		t.Errorf("it is kept as %d × %d, %v", kept.Width, kept.Height, err)
	}
	if artwork, err = organization.ReadArtwork(pngOf(t, noise(500, 500))); err != nil || len(artwork) > organization.MaxArtworkBytes {
		t.Errorf("what compresses ill has %d bytes, %v", len(artwork), err)
	}
}
