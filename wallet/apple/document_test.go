package apple_test

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/strip"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// unpacked returns the files of a pass by name.
func unpacked(t testing.TB, packed []byte) map[string][]byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range r.File {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(from); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// readable returns a file pass.strings as UTF-8.
func readable(t testing.TB, file []byte) string {
	t.Helper()
	if !bytes.HasPrefix(file, []byte{0xff, 0xfe}) {
		if !utf8.Valid(file) || slices.ContainsFunc(file, func(b byte) bool { return b >= 0x80 }) {
			t.Fatal("pass.strings is neither ASCII nor UTF-16 with a mark")
		}
		return string(file)
	}
	var units []uint16
	for i := 2; i+1 < len(file); i += 2 {
		units = append(units, binary.LittleEndian.Uint16(file[i:]))
	}
	return string(utf16.Decode(units))
}

// passDocument is what the tests look at of pass.json.
type passDocument struct {
	StoreCard map[string][]struct{ Key, Label, Value, AttributedValue, ChangeMessage string }
	Barcodes  []struct{ Format, Message, MessageEncoding, AltText string }
	Locations []struct {
		Latitude, Longitude float64
		RelevantText        string
	}
	Voided bool
	NFC    *struct{ Message string }
}

func document(t testing.TB, p *apple.Pass) passDocument {
	t.Helper()
	var d passDocument
	if err := json.Unmarshal(unpacked(t, p.Package)["pass.json"], &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// value returns what a field shows, "" if it is not there.
func (d passDocument) value(key string) string {
	for _, fields := range d.StoreCard {
		for _, f := range fields {
			if f.Key == key {
				return f.Value
			}
		}
	}
	return ""
}

// goldenPasses are the passes whose documents are kept in testdata.
func goldenPasses(t testing.TB) map[string]*apple.Pass {
	t.Helper()
	full := pharmacy(t)
	bare := full
	bare.Version, bare.LogoText, bare.Terms, bare.Links, bare.Locations, bare.WebService, bare.NFCKey, bare.NoSharing = "bare", "", apple.Text{}, nil, nil, "", "", false
	bare.Labels, bare.Changed, bare.Description = apple.Labels{Balance: apple.Say("Visits")}, apple.Text{}, apple.Say("Visits")
	bare.Logo = nil
	coded := full
	coded.Version, coded.Barcode = "code128", apple.Code128
	blocked := aino()
	blocked.Voided, blocked.Code = true, ""
	chosen := full
	chosen.Version, chosen.Barcode = "chosen", apple.PDF417
	chosen.Front = []apple.FrontField{apple.FrontNumber, apple.FrontHolder, apple.FrontNext}
	return map[string]*apple.Pass{
		"chosen":  made(t, chosen, aino()),
		"full":    made(t, full, aino()),
		"bare":    made(t, bare, apple.Card{Serial: "1", Token: "0123456789abcdef", Balance: apple.Say("0"), Code: "0"}),
		"code128": made(t, coded, aino()),
		"voided":  made(t, full, blocked),
	}
}

func TestDocumentsAreAsTheyWere(t *testing.T) {
	for name, p := range goldenPasses(t) {
		t.Run(name, func(t *testing.T) {
			files := unpacked(t, p.Package)
			var golden bytes.Buffer
			if err := json.Indent(&golden, files["pass.json"], "", "  "); err != nil {
				t.Fatal(err)
			}
			for _, file := range slices.Sorted(maps.Keys(files)) {
				if strings.HasSuffix(file, ".strings") {
					fmt.Fprintf(&golden, "\n// %s\n%s", file, readable(t, files[file]))
				}
			}
			path := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(path, golden.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), golden.String()); diff != "" {
				t.Errorf("%s (-kept +now), -update writes it anew:\n%s", path, diff)
			}
		})
	}
}

func TestKeysOfFieldsAreUniqueAndOneFieldTellsOfChanges(t *testing.T) {
	for name, p := range goldenPasses(t) {
		seen, messages, front := map[string]bool{}, 0, 0
		for group, fields := range document(t, p).StoreCard {
			for _, f := range fields {
				if seen[f.Key] {
					t.Errorf("%s: two fields are called %s", name, f.Key)
				}
				seen[f.Key] = true
				if f.ChangeMessage != "" {
					messages++
				}
				if group == "secondaryFields" || group == "auxiliaryFields" {
					front++
				}
			}
		}
		if messages > 1 || front > 4 {
			t.Errorf("%s: %d fields with a change message, %d below the strip", name, messages, front)
		}
	}
}

func TestNamesThatPeopleHave(t *testing.T) {
	family := "👩‍👩‍👧‍👦" // seven code points
	for name, c := range map[string]struct{ holder, shown string }{
		"emoji":                       {"Aino 💊", "Aino 💊"},
		"right to left":               {"محمد بن سلمان", "محمد بن سلمان"},
		"Hebrew and Latin":            {"דוד Cohen", "דוד Cohen"},
		"characters that turn a line": {"Aino\u202eitsivA\u2066", "AinoitsivA"},
		"control characters":          {"A\x00i\x1bn\u0085o", "Aino"},
		"broken UTF-8":                {"Ai\xffno", "Aino"},
		"lines":                       {"Aino\nVirtanen\t!", "Aino Virtanen !"},
		"only spaces":                 {" \n ", ""},
		"500 letters":                 {strings.Repeat("a", 500), strings.Repeat("a", 79) + "…"},
		"500 families":                {strings.Repeat(family, 500), strings.Repeat(family, 11) + "…"},
		"500 flags":                   {strings.Repeat("🇫🇮", 500), strings.Repeat("🇫🇮", 39) + "…"},
		"accents without a letter":    {strings.Repeat("\u0301", 500), strings.Repeat("\u0301", 79) + "…"},
		"quotes and a backslash":      {`"\" = "x";`, `"\" = "x";`},
		"markup":                      {"<b>Aino</b> & co", "<b>Aino</b> & co"},
	} {
		t.Run(name, func(t *testing.T) {
			card := aino()
			card.Holder = c.holder
			p := made(t, pharmacy(t), card)
			if shown := document(t, p).value("holder"); shown != c.shown {
				t.Errorf("it shows %q, want %q", shown, c.shown)
			}
			for file, data := range unpacked(t, p.Package) {
				if strings.HasSuffix(file, ".strings") && strings.Contains(readable(t, data), card.Holder) {
					t.Errorf("%s translates a name", file)
				}
			}
		})
	}
}

// TestANameThatIsAWordOfOursIsNotTranslated is about a customer who is called Rewards.
func TestANameThatIsAWordOfOursIsNotTranslated(t *testing.T) {
	card := aino()
	card.Holder = "Rewards"
	p := made(t, pharmacy(t), card)
	finnish := readable(t, unpacked(t, p.Package)["fi.lproj/pass.strings"])
	if strings.Contains(finnish, `"Rewards" =`) {
		t.Error("the name would be shown as its translation")
	}
	if !strings.Contains(finnish, "\"Rewards\u2060\" = \"Palkinnot\";") {
		t.Errorf("the label has lost its translation:\n%s", finnish)
	}
}

func TestTwoTextsAreToldApartThoughTheyAreTheSameInEnglish(t *testing.T) {
	d := pharmacy(t)
	d.Labels.Balance = apple.Text{Plain: "Open", Translations: map[string]string{"fi": "Auki"}}
	d.Labels.Rewards = apple.Text{Plain: "Open", Translations: map[string]string{"fi": "Avaa"}}
	finnish := readable(t, unpacked(t, made(t, d, aino()).Package)["fi.lproj/pass.strings"])
	for _, line := range []string{"\"Open\" = \"Auki\";", "\"Open\u2060\" = \"Avaa\";"} {
		if !strings.Contains(finnish, line) {
			t.Errorf("%s is missing in:\n%s", line, finnish)
		}
	}
}

func TestALongTextIsCutWithinItsLimitAndStaysText(t *testing.T) {
	maker, full, version := apple.NewMaker(demo().Identity, apple.CacheLimits{}), template(t, pharmacy(t)), int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		card := aino()
		card.Holder = rapid.StringN(0, 200, -1).Draw(rt, "holder")
		version++
		card.Version = version
		p, err := maker.Pass(full, card)
		if err != nil {
			rt.Fatal(err)
		}
		shown := document(t, p).value("holder")
		if n := utf8.RuneCountInString(shown); n > apple.MaxTextRunes || !utf8.ValidString(shown) {
			rt.Errorf("%d characters: %q", n, shown)
		}
	})
}

func TestTheCodeIsWrittenInTheCharactersThatScannersRead(t *testing.T) {
	for content, encoding := range map[string]string{
		"LM7K2P9QXTR4": "iso-8859-1", "Käsivoide ÿ": "iso-8859-1", "10 €": "utf-8", "карта": "utf-8", "💊": "utf-8",
	} {
		card := aino()
		card.Code = content
		code := document(t, made(t, pharmacy(t), card)).Barcodes[0]
		if code.MessageEncoding != encoding || code.Message != content {
			t.Errorf("%q is written in %s, want %s", code.Message, code.MessageEncoding, encoding)
		}
	}
}

func TestTheNearestLocationsAreChosen(t *testing.T) {
	d := pharmacy(t)
	d.Locations = nil
	for i := range 40 {
		d.Locations = append(d.Locations, apple.Location{Coordinates: apple.Coordinates{Latitude: float64(i), Longitude: 179.9 - float64(i%2)*359.8}})
	}
	d.Version = "many"
	card := aino()
	first := document(t, made(t, d, card)).Locations
	if len(first) != apple.MaxLocations || first[0].Latitude != 0 {
		t.Errorf("nobody knows from where: %v", first)
	}
	card.Near = &apple.Coordinates{Latitude: 30.2, Longitude: -179.9} // the date line is no distance
	near := document(t, made(t, d, card)).Locations
	if len(near) != apple.MaxLocations {
		t.Fatalf("%d locations", len(near))
	}
	for _, l := range near {
		if l.Latitude < 26 || l.Latitude > 35 {
			t.Errorf("%v is not among the nearest of 30.2", l)
		}
	}
}

func TestAVoidedPassHasNoCode(t *testing.T) {
	card := aino()
	card.Voided = true
	d := document(t, made(t, pharmacy(t), card))
	if !d.Voided || d.Barcodes != nil || d.NFC != nil || d.Locations != nil {
		t.Errorf("it still has something to scan: %+v", d)
	}
}

func TestCardsThatCannotBeShownAreRefusedWithTheField(t *testing.T) {
	maker, full := apple.NewMaker(demo().Identity, apple.CacheLimits{}), template(t, pharmacy(t))
	code128 := pharmacy(t)
	code128.Barcode = apple.Code128
	for name, c := range map[string]struct {
		change func(c *apple.Card)
		says   string
	}{
		"no serial":         {func(c *apple.Card) { c.Serial = "" }, "serial of 0 bytes"},
		"long serial":       {func(c *apple.Card) { c.Serial = strings.Repeat("x", 200) }, "serial of 200 bytes"},
		"short token":       {func(c *apple.Card) { c.Token = "123456789012345" }, "token of 15 bytes: want 16 to 128"},
		"below zero":        {func(c *apple.Card) { c.Stamps = -1 }, "-1 stamps"},
		"no balance":        {func(c *apple.Card) { c.Balance = apple.Text{} }, "balance is empty"},
		"a year of entries": {func(c *apple.Card) { c.Entries = make([]apple.Text, 365) }, "365 entries: want at most 20"},
		"long NFC":          {func(c *apple.Card) { c.NFC = strings.Repeat("x", 65) }, "NFC message of 65 bytes: want at most 64"},
		"off the map":       {func(c *apple.Card) { c.Near = &apple.Coordinates{Latitude: 91} }, "no such place"},
		"no code":           {func(c *apple.Card) { c.Code = "" }, "code: nothing to show"},
		"a code of lines":   {func(c *apple.Card) { c.Code = "a\nb" }, "code: holds control characters"},
		"a novel as code":   {func(c *apple.Card) { c.Code = strings.Repeat("x", 301) }, "code: 301 bytes: want at most 300"},
		"a broken code":     {func(c *apple.Card) { c.Code = "\xff" }, "code: not valid UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			card := aino()
			c.change(&card)
			if _, err := maker.Pass(full, card); !errors.Is(err, apple.ErrCard) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %q, want %q", err, c.says)
			}
		})
	}
	card := aino()
	card.Code, card.Version = "Käsi", 99
	if _, err := maker.Pass(template(t, code128), card); !errors.Is(err, apple.ErrCard) || !strings.Contains(err.Error(), "not in ASCII") {
		t.Errorf("Code 128 with an umlaut: %v", err)
	}
}

func TestDesignsThatCannotBeShownAreRefusedWithTheField(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := x509.MarshalPKIXPublicKey(&other.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(d *apple.Design)
		says   string
	}{
		"no version":          {func(d *apple.Design) { d.Version = "" }, "version is empty"},
		"no organization":     {func(d *apple.Design) { d.Organization = " " }, "organization is empty"},
		"no description":      {func(d *apple.Design) { d.Description = apple.Text{} }, "description is empty"},
		"no label":            {func(d *apple.Design) { d.Labels.Balance = apple.Text{} }, "label of the balance"},
		"no icon":             {func(d *apple.Design) { d.Icon = nil }, "icon is missing"},
		"a path as locale":    {func(d *apple.Design) { d.Terms.Translations = map[string]string{"../x": "x"} }, `locale "../x"`},
		"change without %@":   {func(d *apple.Design) { d.Changed = apple.Say("Changed") }, "%@ must stand in it once"},
		"change in Finnish":   {func(d *apple.Design) { d.Changed.Translations["fi"] = "Muuttui" }, "changed in fi"},
		"a script as link":    {func(d *apple.Design) { d.Links[0].URL = apple.Say("javascript:alert(1)") }, "want one with https:, tel: or mailto:"},
		"a link of rubbish":   {func(d *apple.Design) { d.Links[0].URL = apple.Say("https://[::1") }, "link"},
		"many links":          {func(d *apple.Design) { d.Links = make([]apple.Link, 11) }, "11 links"},
		"nowhere":             {func(d *apple.Design) { d.Locations[0].Longitude = 181 }, "no such place"},
		"EAN-13":              {func(d *apple.Design) { d.Barcode = "PKBarcodeFormatEAN13" }, "barcode"},
		"web service by http": {func(d *apple.Design) { d.WebService = "http://leima.example" }, "want an address that begins with https://"},
		"NFC key in words":    {func(d *apple.Design) { d.NFCKey = "?" }, "NFC key is not base64"},
		"NFC key of rubbish":  {func(d *apple.Design) { d.NFCKey = "AAAA" }, "NFC key: it is no SubjectPublicKeyInfo"},
		"NFC key of P-384":    {func(d *apple.Design) { d.NFCKey = base64.StdEncoding.EncodeToString(p384) }, "want P-256"},
		"a strip of 1,000":    {func(d *apple.Design) { d.Strip.Size = 1000 }, "size 1000: want 0 to 100"},
	} {
		t.Run(name, func(t *testing.T) {
			d := pharmacy(t)
			c.change(&d)
			if _, err := apple.NewTemplate(d); !errors.Is(err, apple.ErrDesign) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %q, want %q", err, c.says)
			}
		})
	}
}

func TestPicturesHaveToBePNG(t *testing.T) {
	for _, data := range [][]byte{[]byte("<svg/>"), make([]byte, apple.MaxPictureBytes+1)} {
		if _, err := apple.NewImages([len(strip.Scales)][]byte{data, data, data}); !errors.Is(err, apple.ErrDesign) {
			t.Errorf("%d bytes: %v", len(data), err)
		}
	}
}
