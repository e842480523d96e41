package apple_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"

	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/strip"
)

// nfcKey is a public key on P-256 whose other half nobody kept.
const nfcKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbfsANMRc8DOehg/GAA+ai908HJtLPJcq+VnBH8gQXcNC2DiWrlBNTbXJks3bF0n6FLCL81UUxQxPxIOnwsF4uQ=="

// logo is a shop's logo: a red cross on nothing.
func logo(t testing.TB) *strip.Artwork {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, 320, 100))
	for y := range 100 {
		for x := range 320 {
			if (x > 130 && x < 190) || (y > 30 && y < 70) {
				picture.SetNRGBA(x, y, color.NRGBA{200, 20, 30, 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	art, err := strip.ReadArtwork(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return art
}

// pharmacy is a design that uses everything.
func pharmacy(t testing.TB) apple.Design {
	t.Helper()
	places := strip.Design{
		Version: "strip-1", Size: 10, Icon: strip.Cross,
		Paper: strip.Color{R: 0x0b, G: 0x6e, B: 0x4f}, Ink: strip.Color{R: 255, G: 255, B: 255},
	}
	art := logo(t)
	icon, err := apple.MakeIcon(art, places)
	if err != nil {
		t.Fatal(err)
	}
	image, err := apple.MakeLogo(art)
	if err != nil {
		t.Fatal(err)
	}
	return apple.Design{
		Version: "design-1", Organization: "Keskusapteekki", LogoText: "Keskusapteekki",
		Description: apple.Text{Plain: "Stamp card", Translations: map[string]string{"fi": "Leimakortti", "ru": "Карта со штампами"}},
		Background:  strip.Color{R: 0x0b, G: 0x6e, B: 0x4f}, Foreground: strip.Color{R: 255, G: 255, B: 255}, Label: strip.Color{R: 0xcf, G: 0xe8, B: 0xdf},
		Strip: places, Icon: icon, Logo: image,
		Labels: apple.StandardLabels(), Changed: apple.StandardChanged(),
		Terms: apple.Text{
			Plain:        "One stamp for 10 €.\nNothing is given on prescription medicines.",
			Translations: map[string]string{"fi": "Leima jokaisesta 10 eurosta.\nReseptilääkkeistä ei kerry mitään."},
		},
		Links: []apple.Link{
			{Name: apple.Say("Keskusapteekki"), URL: apple.Say("https://keskusapteekki.example/?a=1&b='2'")},
			{URL: apple.Say("tel:+358912345")},
			{Name: apple.LabelPrivacy(), URL: apple.Text{
				Plain:        "https://keskusapteekki.example/privacy",
				Translations: map[string]string{"fi": "https://keskusapteekki.example/tietosuoja"},
			}},
		},
		Barcode: apple.QR,
		Locations: []apple.Location{
			{Coordinates: apple.Coordinates{Latitude: 60.1699, Longitude: 24.9384}, Text: apple.Say("Keskusapteekki, Aleksanterinkatu 1")},
			{Coordinates: apple.Coordinates{Latitude: 61.4978, Longitude: 23.761}},
		},
		WebService: "https://leima.example/wallet/apple", NFCKey: nfcKey, NoSharing: true,
	}
}

// aino is a card with everything on it.
func aino() apple.Card {
	return apple.Card{
		Serial: "card_01h455vb4pex5vsknk084sn02q", Token: "0123456789abcdef0123456789abcdef", Version: 7,
		Stamps:   7,
		Balance:  apple.Say("7/10"),
		Rewards:  apple.Text{Plain: "1 reward", Translations: map[string]string{"fi": "1 palkinto", "pl": "1 nagroda"}},
		NextGoal: apple.Text{Plain: "3 more: hand cream", Translations: map[string]string{"fi": "Vielä 3: käsivoide"}},
		Holder:   "Aino Virtanen",
		Entries:  []apple.Text{apple.Say("20.11. +2"), {Plain: "12.11. reward", Translations: map[string]string{"fi": "12.11. palkinto"}}},
		Code:     "LM7K2P9QXTR4", Number: "LM7K 2P9Q XTR4", NFC: "LM7K2P9QXTR4",
		Expires: time.Date(2027, 12, 31, 23, 59, 0, 0, time.FixedZone("", 2*60*60)),
	}
}

func template(t testing.TB, d apple.Design) *apple.Template {
	t.Helper()
	made, err := apple.NewTemplate(d)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// made returns the pass of a card.
func made(t testing.TB, d apple.Design, c apple.Card) *apple.Pass {
	t.Helper()
	pass, err := apple.NewMaker(demo().Identity, apple.CacheLimits{}).Pass(template(t, d), c)
	if err != nil {
		t.Fatal(err)
	}
	return pass
}
