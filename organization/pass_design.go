package organization

import (
	"slices"
	"strconv"
	"strings"
)

// PassBarcode is the kind of code that a pass shows.
type PassBarcode string

// The kinds of codes.
const (
	BarcodeQR      PassBarcode = "qr"
	BarcodeAztec   PassBarcode = "aztec"
	BarcodePDF417  PassBarcode = "pdf417"
	BarcodeCode128 PassBarcode = "code128"
)

// PassBarcodes are all kinds, in the order in which they are offered.
var PassBarcodes = []PassBarcode{BarcodeQR, BarcodeAztec, BarcodePDF417, BarcodeCode128}

// PassField is a field that may stand in front, below the stamps.
type PassField string

// The fields.
const (
	FieldNext    PassField = "next"    // the next reward, and how far it is
	FieldRewards PassField = "rewards" // those that can be had now
	FieldHolder  PassField = "holder"  // the customer's name
	FieldNumber  PassField = "number"  // the customer's number
)

// PassFields are all fields. A pass has room for all of them.
var PassFields = []PassField{FieldNext, FieldRewards, FieldHolder, FieldNumber}

// PassIcons are what can be stamped on a pass, in the order in which they are offered.
var PassIcons = []string{"tick", "star", "heart", "cross", "leaf", "drop", "cup", "paw", "smile", "gift"}

// Limits of designs.
const (
	// MaxPassRows is how many rows the stamps of a card may stand in.
	MaxPassRows = 6
	// MaxArtworks is how many pictures an organization keeps for its passes.
	MaxArtworks = 50
	// MaxDesigns is how many designs of a program are kept, to go back to.
	MaxDesigns = 20
)

// PassDesign is how the passes of a program look, in all wallets. What is "" is the
// brand's, or what StandardPassDesign says.
type PassDesign struct {
	OrgID, ProgramID string
	// Version rises with every design of the program. It is 1 before the first.
	Version int64
	// Background, Foreground and Label are colours as #rrggbb: of the pass, of the texts on
	// it and of what stands above them. Ink is that of the stamps, the foreground's if "".
	Background, Foreground, Label, Ink string
	// Icon is one of PassIcons.
	Icon string
	// Rows is how many rows the stamps stand in; 0 chooses by their number.
	Rows    int
	Barcode PassBarcode
	// Front are the fields below the stamps, in their order.
	Front []PassField
	// Stamp and Empty are pictures of a place with and without a stamp, Backdrop one that
	// lies behind them: tags of artworks, "" for none.
	Stamp, Empty, Backdrop string
}

// StandardPassDesign is the design of a program for which nobody has chosen one.
func StandardPassDesign(orgID, programID string) PassDesign {
	return PassDesign{
		OrgID: orgID, ProgramID: programID, Version: 1, Icon: PassIcons[0], Barcode: BarcodeQR,
		Front: []PassField{FieldNext, FieldRewards, FieldHolder},
	}
}

// Artworks returns the tags of the pictures that the design needs.
func (d PassDesign) Artworks() []string {
	var tags []string
	for _, tag := range []string{d.Stamp, d.Empty, d.Backdrop} {
		if tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// Validate returns nil, or an *InvalidFieldError for the first wrong field.
func (d PassDesign) Validate() error {
	for _, c := range []struct{ field, color string }{
		{"colors.background", d.Background}, {"colors.foreground", d.Foreground}, {"colors.label", d.Label}, {"colors.ink", d.Ink},
	} {
		if err := checkColor(c.field, c.color, false); err != nil {
			return err
		}
	}
	switch {
	case !slices.Contains(PassIcons, d.Icon):
		return because("one_of", "icon", "must be one of "+strings.Join(PassIcons, ", "))
	case d.Rows < 0 || d.Rows > MaxPassRows:
		return &InvalidFieldError{
			Field: "rows", Reason: "must be from 0 to " + strconv.Itoa(MaxPassRows), Code: "range",
			Params: map[string]string{"min": "0", "max": strconv.Itoa(MaxPassRows)},
		}
	case !slices.Contains(PassBarcodes, d.Barcode):
		return because("one_of", "barcode", "must be qr, aztec, pdf417 or code128")
	}
	for i, f := range d.Front {
		switch {
		case !slices.Contains(PassFields, f):
			return because("one_of", "front", "must be fields of next, rewards, holder and number")
		case slices.Contains(d.Front[:i], f):
			return because("twice", "front", "names a field twice")
		}
	}
	for _, a := range []struct{ field, tag string }{{"artwork.stamp", d.Stamp}, {"artwork.empty", d.Empty}, {"artwork.backdrop", d.Backdrop}} {
		if a.tag != "" && !ValidArtworkTag(a.tag) {
			return because("pattern", a.field, "must be the tag of an artwork")
		}
	}
	return nil
}

// artworkTagLen is that of eight bytes in hexadecimal.
const artworkTagLen = 16

// ValidArtworkTag reports whether s can name an artwork.
func ValidArtworkTag(s string) bool {
	return len(s) == artworkTagLen && strings.Trim(s, "0123456789abcdef") == ""
}

// checkColor takes #rrggbb and, unless it is required, "".
func checkColor(field, color string, required bool) error {
	if color == "" && !required || colorPattern.MatchString(color) {
		return nil
	}
	return because("color", field, "must be a colour such as #0b6e4f")
}
