package pass_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/typeid"
	"github.com/leima/leima/wallet/strip"
)

// shown is what the tests look at of a pass.
type shown struct {
	BackgroundColor, ForegroundColor, LabelColor string
	StoreCard                                    map[string][]struct{ Key, Label, Value, AttributedValue string }
	Barcodes                                     []struct{ Format string }
	Locations                                    []struct {
		Latitude, Longitude float64
		RelevantText        string
	}

	files map[string][]byte
}

// pass downloads the pass of a card.
func (sh *shop) pass(cardID string) shown {
	sh.t.Helper()
	packed, err := sh.issuer.Package(sh.t.Context(), sh.org.ID, cardID)
	sh.ok(err)
	s := shown{files: map[string][]byte{}}
	sh.ok(json.Unmarshal([]byte(document(sh.t, packed)), &s))
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	sh.ok(err)
	for _, f := range archive.File {
		from, err := f.Open()
		sh.ok(err)
		s.files[f.Name], err = io.ReadAll(from)
		sh.ok(err)
	}
	return s
}

// back returns the value of a field on the back, in a language.
func (s shown) back(key, language string) string {
	for _, f := range s.StoreCard["backFields"] {
		if f.Key == key {
			return s.in(language, f.Value)
		}
	}
	return ""
}

// in looks a text up as a phone with the language does.
func (s shown) in(language, text string) string {
	file := s.files[language+".lproj/pass.strings"]
	words := string(file)
	if bytes.HasPrefix(file, []byte{0xff, 0xfe}) {
		units := make([]uint16, 0, len(file)/2)
		for i := 2; i+1 < len(file); i += 2 {
			units = append(units, uint16(file[i])|uint16(file[i+1])<<8)
		}
		words = string(utf16.Decode(units))
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text)
	if _, rest, found := strings.Cut(words, `"`+quoted+`" = "`); found {
		said, _, _ := strings.Cut(rest, "\";\n")
		return strings.ReplaceAll(said, `\n`, "\n")
	}
	return text
}

// branch opens a branch.
func (sh *shop) branch(name string, at *organization.Coordinates) organization.Location {
	sh.t.Helper()
	l := organization.Location{OrgID: sh.org.ID, ID: typeid.New("loc"), Name: name, Coordinates: at, Version: 1, CreatedAt: time.Now().UnixMilli()}
	sh.ok(sh.store.CreateLocation(sh.t.Context(), l))
	return l
}

func TestTheBackHoldsTermsPrivacyAndTheLastEntriesInTheLanguageOfThePhone(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			card := sh.join().Card.ID
			if p := sh.pass(card); p.back("terms", "fi") != "" || p.back("link-1", "fi") != "" {
				t.Error("the pass has terms or links that nobody wrote")
			}
			sh.ok(sh.stamp(t.Context(), card))
			o := sh.org
			o.Brand.Texts = map[string]organization.BrandText{
				"fi": {Terms: "Yksi.\nKaksi.", TermsURL: "https://leimala.example/ehdot", PrivacyURL: "https://leimala.example/tietosuoja"},
				"sv": {TermsURL: "https://leimala.example/villkor"},
				"en": {PrivacyURL: "https://leimala.example/privacy"},
			}
			_, err := sh.store.UpdateOrganization(t.Context(), o, o.Version)
			sh.ok(err)
			p := sh.pass(card)
			for language, want := range map[string][2]string{
				"fi": {"Yksi.\nKaksi.\nhttps://leimala.example/ehdot", "https://leimala.example/tietosuoja"},
				"sv": {"https://leimala.example/villkor", "https://leimala.example/tietosuoja"},
				"en": {"Yksi.\nKaksi.\nhttps://leimala.example/ehdot", "https://leimala.example/privacy"},
				"ru": {"Yksi.\nKaksi.\nhttps://leimala.example/ehdot", "https://leimala.example/tietosuoja"},
			} {
				if got := [2]string{p.back("terms", language), p.back("link-1", language)}; got != want {
					t.Errorf("in %s the back says %q, want %q", language, got, want)
				}
			}
			for language, want := range map[string]string{"en": "Stamp", "fi": "Leimoja", "sv": "Stämplar", "pl": "Pieczątki", "fr": "Tampons", "de": "Stempel", "ru": "Штамп"} {
				if got := p.back("entries", language); !strings.Contains(got, want) || !strings.Contains(got, "+1") {
					t.Errorf("in %s the last entries are %q", language, got)
				}
			}
		})
	}
}

func TestAPassIsOfferedNearTheBranchesNextToWhereTheCardWasOpened(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			online := sh.join().Card.ID
			if got := sh.pass(online).Locations; len(got) != 0 {
				t.Errorf("a shop without coordinates has %v", got)
			}
			sh.branch("Nowhere", nil)
			var branches []organization.Location
			for n := range 15 { // from south to north
				branches = append(branches, sh.branch(fmt.Sprintf("Branch %d", n), &organization.Coordinates{Latitude: 60 + float64(n)/10, Longitude: 25}))
			}
			there := sh.joinAs(customer.Join{
				ProgramID: sh.program.ID, FirstName: "Aino", Email: "north@example.org", Trusted: true, Source: customer.SourceStaff, LocationID: branches[14].ID,
			}).Card.ID
			for card, want := range map[string]string{online: "0 1 2 3 4 5 6 7 8 9", there: "14 13 12 11 10 9 8 7 6 5"} {
				p := sh.pass(card)
				var got []string
				for _, l := range p.Locations {
					got = append(got, strings.TrimSuffix(strings.TrimPrefix(p.in("en", l.RelevantText), "Branch "), ": your stamp card is at hand"))
				}
				if strings.Join(got, " ") != want {
					t.Errorf("offered near %v, want %s", got, want)
				}
			}
			if p := sh.pass(there); p.in("fi", p.Locations[0].RelevantText) != "Branch 14: leimakorttisi on valmiina" {
				t.Errorf("in Finnish: %q", p.in("fi", p.Locations[0].RelevantText))
			}
		})
	}
}

// artworkOf is a picture of one colour.
func artworkOf(t *testing.T, width, height int, c color.RGBA) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// count returns how many pixels of the strip have about a colour.
func (s shown) count(t *testing.T, c color.RGBA) int {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(s.files["strip@2x.png"]))
	if err != nil {
		t.Fatal(err)
	}
	near := func(a, b uint32) bool { return max(a, b)-min(a, b) < 0x0800 }
	n := 0
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			wr, wg, wb, _ := c.RGBA()
			if near(r, wr) && near(g, wg) && near(b, wb) {
				n++
			}
		}
	}
	return n
}

func TestAPassLooksAsItWasDesigned(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			sh := newShop(t, open(t))
			card := sh.join().Card.ID
			sh.ok(sh.stamp(t.Context(), card))
			plain := sh.pass(card)
			if plain.BackgroundColor != "rgb(11, 110, 79)" || plain.ForegroundColor != "rgb(255, 255, 255)" || plain.Barcodes[0].Format != "PKBarcodeFormatQR" {
				t.Errorf("by itself it has %s on %s, %s", plain.ForegroundColor, plain.BackgroundColor, plain.Barcodes[0].Format)
			}
			stamp, empty, backdrop := color.RGBA{200, 0, 0, 255}, color.RGBA{0, 0, 200, 255}, color.RGBA{250, 240, 200, 255}
			d := organization.StandardPassDesign(sh.org.ID, sh.program.ID)
			d.Background, d.Foreground, d.Label, d.Ink = "#101820", "#fee715", "#aabbcc", "#00ff00"
			d.Barcode, d.Front = organization.BarcodePDF417, []organization.PassField{organization.FieldNumber, organization.FieldNext, organization.FieldHolder}
			for _, a := range []struct {
				tag  *string
				file []byte
			}{{&d.Stamp, artworkOf(t, 90, 90, stamp)}, {&d.Empty, artworkOf(t, 90, 90, empty)}, {&d.Backdrop, artworkOf(t, 750, 288, backdrop)}} {
				var err error
				*a.tag, err = sh.store.AddArtwork(t.Context(), sh.org.ID, a.file)
				sh.ok(err)
			}
			_, err := sh.store.SetPassDesign(t.Context(), d, 1)
			sh.ok(err)
			_, err = sh.store.SpreadPasses(t.Context(), sh.org.ID, passType, 100, 100, time.Minute)
			sh.ok(err)
			p := sh.pass(card)
			if p.BackgroundColor != "rgb(16, 24, 32)" || p.ForegroundColor != "rgb(254, 231, 21)" || p.LabelColor != "rgb(170, 187, 204)" ||
				p.Barcodes[0].Format != "PKBarcodeFormatPDF417" {
				t.Errorf("it has %s and %s on %s, %s", p.ForegroundColor, p.LabelColor, p.BackgroundColor, p.Barcodes[0].Format)
			}
			var front []string
			for _, row := range []string{"secondaryFields", "auxiliaryFields"} {
				for _, f := range p.StoreCard[row] {
					front = append(front, f.Key)
				}
			}
			if got := strings.Join(front, " "); got != "number-front next holder" {
				t.Errorf("in front are %s", got)
			}
			one, nine := p.count(t, stamp), p.count(t, empty)
			if one < 1000 || nine < 8*one || p.count(t, backdrop) < 10*one {
				t.Errorf("the strip has %d pixels of stamps, %d of empty places, %d of the background", one, nine, p.count(t, backdrop))
			}
		})
	}
}

// What is looked at before it is kept is what phones get.
func TestAPreviewIsTheStripOfThePass(t *testing.T) {
	sh := newShop(t, engines["SQLite"](t))
	card := sh.join().Card.ID
	for range 3 {
		sh.ok(sh.stamp(t.Context(), card))
	}
	d := organization.StandardPassDesign(sh.org.ID, sh.program.ID)
	d.Background, d.Icon, d.Rows = "#ffd400", "paw", 3
	var err error
	d.Stamp, err = sh.store.AddArtwork(t.Context(), sh.org.ID, artworkOf(t, 60, 90, color.RGBA{200, 0, 0, 255}))
	sh.ok(err)
	preview, err := pass.NewPreviewer(sh.store).Strip(t.Context(), sh.org.Brand, d, sh.program.Goal, 3)
	sh.ok(err)
	if bytes.Equal(preview, sh.pass(card).files["strip@2x.png"]) {
		t.Error("the pass has the design before it was chosen")
	}
	_, err = sh.store.SetPassDesign(t.Context(), d, 1)
	sh.ok(err)
	if !bytes.Equal(preview, sh.pass(card).files["strip@2x.png"]) {
		t.Error("the pass has another strip than the preview")
	}
}

// The shop's own names for icons, codes and rows are those of the library.
func TestEveryChoiceCanBeDrawn(t *testing.T) {
	sh := newShop(t, engines["SQLite"](t))
	if len(organization.PassIcons) != len(strip.Icons) || organization.MaxPassRows != strip.MaxRows {
		t.Errorf("%d icons of %d, %d rows of %d", len(organization.PassIcons), len(strip.Icons), organization.MaxPassRows, strip.MaxRows)
	}
	card := sh.join().Card.ID
	version := int64(1)
	for i := range max(len(organization.PassIcons), len(organization.PassBarcodes), len(organization.PassFields), organization.MaxPassRows+1) {
		d := organization.StandardPassDesign(sh.org.ID, sh.program.ID)
		d.Icon = organization.PassIcons[i%len(organization.PassIcons)]
		d.Barcode = organization.PassBarcodes[i%len(organization.PassBarcodes)]
		d.Front = []organization.PassField{organization.PassFields[i%len(organization.PassFields)]}
		d.Rows = i % (organization.MaxPassRows + 1)
		set, err := sh.store.SetPassDesign(t.Context(), d, version)
		sh.ok(err)
		version = set.Version
		if p := sh.pass(card); len(p.files["strip@3x.png"]) == 0 || len(p.Barcodes) != 1 {
			t.Errorf("%+v makes no pass", d)
		}
	}
}

// The colours of the brand stand on its main colour, and on no other.
func TestColoursOfTheBrand(t *testing.T) {
	sh := newShop(t, engines["SQLite"](t))
	card := sh.join().Card.ID
	o := sh.org
	o.Brand.TextColor, o.Brand.AccentColor = "#fefefe", "#ffd400"
	_, err := sh.store.UpdateOrganization(t.Context(), o, o.Version)
	sh.ok(err)
	if p := sh.pass(card); p.ForegroundColor != "rgb(254, 254, 254)" || p.LabelColor != "rgb(255, 212, 0)" {
		t.Errorf("it has %s and %s", p.ForegroundColor, p.LabelColor)
	}
	d := organization.StandardPassDesign(sh.org.ID, sh.program.ID)
	d.Background = "#ffffff"
	_, err = sh.store.SetPassDesign(t.Context(), d, 1)
	sh.ok(err)
	if p := sh.pass(card); p.ForegroundColor != "rgb(16, 16, 16)" || p.LabelColor != "rgb(16, 16, 16)" {
		t.Errorf("on white it has %s and %s", p.ForegroundColor, p.LabelColor)
	}
}
