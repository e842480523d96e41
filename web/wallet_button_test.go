package web_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/leima/leima/web"
)

const button = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 110.739 35.016"><script>alert(1)</script></svg>`

// drawing is a PNG of so many pixels.
func drawing(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func folder(files map[string][]byte) fstest.MapFS {
	f := fstest.MapFS{}
	for name, data := range files {
		f[name] = &fstest.MapFile{Data: data}
	}
	return f
}

func withButtons(t *testing.T, files map[string][]byte) func(*world) {
	t.Helper()
	return func(w *world) {
		var err error
		if w.buttons, err = web.ReadWalletButtons(folder(files)); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever has the right to use the makers' pictures names a folder of them, and the button
// on the card is theirs: in the language of the page, else in English, else ours.
func TestTheButtonIsItsMakersWhereThePictureIsThere(t *testing.T) {
	w := newWorld(t, withPasses, withButtons(t, map[string][]byte{"apple-fi.svg": []byte(button), "apple-en.png": drawing(t, 400, 120), ".DS_Store": nil}))
	path := w.cardPath(w.trusted("Helmi", "", "+358401234567"))
	for _, c := range []struct{ language, picture, size, words string }{
		{"fi", "apple-fi.svg", `width="152" height="48"`, "Lisää Apple Walletiin"},
		{"sv", "apple-en.png", `width="160" height="48"`, "Apple Wallet"},
	} {
		b := w.browser("Accept-Language", c.language, "User-Agent", iphone)
		card := b.get(path)
		card.want(http.StatusOK, c.picture, c.size, `class="wallet drawn"`)
		card.wantNot(`viewBox="0 0 40 30"`) // our drawing
		_, rest, _ := strings.Cut(card.Body, `<a class="wallet drawn" href="`)
		address, rest, _ := strings.Cut(rest, `"><img src="`)
		source, rest, _ := strings.Cut(rest, `"`)
		if _, alt, _ := strings.Cut(rest, `alt="`); !strings.HasPrefix(address, path) || !strings.Contains(alt[:40], c.words) {
			t.Errorf("%s: the button leads to %q and says %q", c.language, address, alt[:40])
		}
		b.get(address).want(http.StatusOK, "PK\x03\x04")
		picture := b.get(source)
		if policy := picture.Header.Get("Content-Security-Policy"); picture.Status != http.StatusOK || policy != web.LogoPolicy ||
			picture.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(picture.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is answered with %d, %v", source, picture.Status, picture.Header)
		}
		earlier := b.get(source + "0")
		if cache := earlier.Header.Get("Cache-Control"); earlier.Status != http.StatusOK || strings.Contains(cache, "immutable") {
			t.Errorf("another version is answered with %d, %q", earlier.Status, cache)
		}
	}
	for _, nowhere := range []string{"apple-fi.png", "google-fi.svg", "apple-fi", "..%2Fapple-fi.svg", ".DS_Store"} {
		w.browser().get("/wallet-button/" + nowhere).want(http.StatusNotFound)
	}

	none := newWorld(t, withPasses, withButtons(t, map[string][]byte{"google-en.svg": []byte(button), "apple-fi.svg": []byte(button)}))
	card := none.browser("Accept-Language", "sv", "User-Agent", iphone).get(none.cardPath(none.trusted("Helmi", "", "+358401234567")))
	card.want(http.StatusOK, `viewBox="0 0 40 30"`)
	card.wantNot("wallet-button")
	none.browser().get("/wallet-button/apple-sv.svg").want(http.StatusNotFound)
}

func TestPicturesOfButtonsThatCannotBeUsedAreRefused(t *testing.T) {
	svg := func(attributes string) []byte { return []byte("<svg " + attributes + "/>") }
	for name, c := range map[string]struct {
		files map[string][]byte
		want  string // "" for those that can
	}{
		"nothing":               {nil, ""},
		"by width and height":   {map[string][]byte{"google-de.svg": svg(`width="199px" height="55"`)}, ""},
		"a drawing with commas": {map[string][]byte{"samsung-ru.svg": svg(`viewBox="0,0,240,60"`)}, ""},
		"another wallet":        {map[string][]byte{"paypal-en.svg": []byte(button)}, "paypal-en.svg: want a name such as apple-fi.svg"},
		"another language":      {map[string][]byte{"apple-it.svg": []byte(button)}, "apple-it.svg: want a name"},
		"a language in full":    {map[string][]byte{"apple-fi-FI.svg": []byte(button)}, "want a name"},
		"another kind":          {map[string][]byte{"apple-fi.jpg": []byte(button)}, "want a name"},
		"a file for people":     {map[string][]byte{"README.txt": nil}, "README.txt: want a name"},
		"a folder":              {map[string][]byte{"apple-fi.svg/x": []byte(button)}, "apple-fi.svg: read"},
		"twice":                 {map[string][]byte{"apple-fi.svg": []byte(button), "apple-fi.png": drawing(t, 200, 60)}, "another picture for the same"},
		"too large":             {map[string][]byte{"apple-fi.svg": append([]byte(button), make([]byte, web.MaxWalletButtonBytes)...)}, "more than 131072 bytes"},
		"no drawing":            {map[string][]byte{"apple-fi.svg": []byte("<html></html>")}, "no SVG but <html>"},
		"empty":                 {map[string][]byte{"apple-fi.svg": nil}, "no SVG"},
		"cut off":               {map[string][]byte{"apple-fi.svg": []byte(button[:60])}, "no SVG"},
		"of no size":            {map[string][]byte{"apple-fi.svg": svg(`width="100%" height="100%"`)}, "want a viewBox"},
		"of no height":          {map[string][]byte{"apple-fi.svg": svg(`viewBox="0 0 100 0"`)}, "want a viewBox"},
		"of no number":          {map[string][]byte{"apple-fi.svg": svg(`viewBox="0 0 NaN 10"`)}, "times as wide as high"},
		"a square":              {map[string][]byte{"apple-fi.svg": svg(`viewBox="0 0 50 50"`)}, "1 times as wide as high"},
		"a ribbon":              {map[string][]byte{"apple-fi.png": drawing(t, 1000, 60)}, "16.7 times as wide"},
		"too small":             {map[string][]byte{"apple-fi.png": drawing(t, 80, 24)}, "80 × 24 pixels"},
		"a bomb":                {map[string][]byte{"apple-fi.png": drawing(t, 20_000, 60)}, "20000 × 60 pixels"},
		"a PNG that is none":    {map[string][]byte{"apple-fi.png": []byte(button)}, "no PNG"},
		"half a PNG":            {map[string][]byte{"apple-fi.png": drawing(t, 400, 100)[:60]}, "no whole PNG"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := web.ReadWalletButtons(folder(c.files))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	many := map[string][]byte{}
	for i := range 100 {
		many[strings.Repeat("x", i+1)] = nil
	}
	if _, err := web.ReadWalletButtons(folder(many)); err == nil || !strings.Contains(err.Error(), "at most 64") {
		t.Errorf("a hundred files: %v", err)
	}
}

func TestMissingPicturesAreNamed(t *testing.T) {
	b, err := web.ReadWalletButtons(folder(map[string][]byte{"apple-fi.svg": []byte(button), "apple-en.svg": []byte(button)}))
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Missing("apple"); !slices.Equal(got, []string{"sv", "pl", "fr", "de", "ru"}) {
		t.Errorf("missing for Apple: %v", got)
	}
	if got := b.Missing("google"); len(got) != 7 {
		t.Errorf("missing for Google: %v", got)
	}
}
