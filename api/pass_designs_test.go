package api_test

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestADesignIsChosenReplacedAndFoundAgain(t *testing.T) {
	w := newWorld(t)
	owner, path := w.shop.token["owner"], "/v1/programs/"+w.shop.program+"/pass-design"
	put := func(body, version string) answer {
		return w.do(call{"PUT", path, owner, body, map[string]string{"If-Match": version}})
	}
	first := w.want(w.do(call{"GET", path, owner, "", nil}), 200)
	if first.header.Get("ETag") != `"1"` || first.text("icon") != "tick" || first.text("barcode") != "qr" {
		t.Errorf("before: %s, ETag %s", first.body, first.header.Get("ETag"))
	}
	second := w.want(put(designBody, `"1"`), 200)
	if second.header.Get("ETag") != `"2"` || second.text("colors.ink") != "#ffd400" || second.get("rows") != float64(2) {
		t.Errorf("chosen: %s", second.body)
	}
	if diff := cmp.Diff([]any{"holder", "next"}, second.get("front")); diff != "" {
		t.Errorf("front (-want +got):\n%s", diff)
	}
	if a := put(designBody, `"1"`); a.status != 412 {
		t.Errorf("over somebody else's: %d", a.status)
	}
	w.want(put(`{"colors":{},"icon":"cup","rows":0,"barcode":"code128","front":[],"artwork":{}}`, `"2"`), 200)
	if a := w.want(w.do(call{"GET", path + "?version=2", owner, "", nil}), 200); a.body != second.body {
		t.Errorf("the one before: %s, was %s", a.body, second.body)
	}
	if a := w.want(w.do(call{"GET", path + "?version=1", owner, "", nil}), 200); a.body != first.body {
		t.Errorf("the first: %s, was %s", a.body, first.body)
	}
	if a := w.want(w.do(call{"GET", path + "?version=4", owner, "", nil}), 400); a.text("field") != "version" {
		t.Errorf("one that is not there: %s", a.body)
	}
	// The rules stay as they were, and so does their version.
	if a := w.want(w.do(call{"GET", "/v1/programs/" + w.shop.program, owner, "", nil}), 200); a.header.Get("ETag") != `"1"` {
		t.Errorf("the program has ETag %s", a.header.Get("ETag"))
	}
	if a := w.do(call{"GET", path, w.other.token["owner"], "", nil}); a.status != 404 {
		t.Errorf("another organization reads it: %d", a.status)
	}
}

func TestADesignThatCannotBeIsRefusedWithItsField(t *testing.T) {
	w := newWorld(t)
	with := func(old, next string) string { return strings.Replace(designBody, old, next, 1) }
	before := w.dump()
	for name, c := range map[string]struct{ body, field, reason string }{
		"a colour by name":         {with(`"#ffffff"`, `"white"`), "colors.foreground", "pattern"},
		"a shape that is not ours": {with(`"heart"`, `"skull"`), "icon", "one_of"},
		"too many rows":            {with(`"rows":2`, `"rows":7`), "rows", "maximum"},
		"another code":             {with(`"aztec"`, `"ean13"`), "barcode", "one_of"},
		"a field twice":            {with(`["holder","next"]`, `["next","next"]`), "front", "twice"},
		"a field of no use":        {with(`["holder","next"]`, `["phone"]`), "front[0]", "one_of"},
		"no tag":                   {with(`"artwork":{}`, `"artwork":{"stamp":"../logo"}`), "artwork.stamp", "pattern"},
		"a picture that is not there": {
			with(`"artwork":{}`, `"artwork":{"stamp":"0123456789abcdef"}`), "artwork", "one_of",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.in(t).do(call{"PUT", "/v1/programs/" + w.shop.program + "/pass-design", w.shop.token["owner"], c.body, map[string]string{"If-Match": `"1"`}})
			if a.status != 400 || a.text("field") != c.field || a.text("reason") != c.reason {
				t.Errorf("%d %q %q, want 400 %q %q: %s", a.status, a.text("field"), a.text("reason"), c.field, c.reason, a.body)
			}
		})
	}
	if w.dump() != before {
		t.Error("what was refused changed something")
	}
}

func TestAnUploadedStampIsDrawn(t *testing.T) {
	w := newWorld(t)
	owner := w.shop.token["owner"]
	upload := func(file string) answer {
		return w.do(call{"POST", "/v1/passes/artwork", owner, file, map[string]string{"Content-Type": "image/png"}})
	}
	tag := w.want(upload(pictureOf(200, 200)), 201).text("tag")
	if again := w.want(upload(pictureOf(200, 200)), 201).text("tag"); again != tag {
		t.Errorf("the same picture is %s and %s", tag, again)
	}
	strip := func(holder, artwork string, count int) answer {
		design := strings.Replace(designBody, `"artwork":{}`, `"artwork":`+artwork, 1)
		return w.do(call{"POST", "/v1/passes/strip", w.shop.token[holder], fmt.Sprintf(`{"design":%s,"size":10,"count":%d}`, design, count), nil})
	}
	seen := map[string]string{}
	for name, a := range map[string]answer{
		"four":                 strip("owner", `{}`, 4),
		"five":                 strip("owner", `{}`, 5),
		"an own stamp":         strip("owner", `{"stamp":"`+tag+`"}`, 4),
		"an own empty place":   strip("owner", `{"empty":"`+tag+`"}`, 4),
		"an own background":    strip("owner", `{"backdrop":"`+tag+`"}`, 4),
		"whoever may read may": strip("cashier", `{"stamp":"`+tag+`","backdrop":"`+tag+`"}`, 4),
	} {
		picture, err := png.Decode(bytes.NewReader([]byte(w.want(a, 200).body)))
		if err != nil || picture.Bounds().Dx() != 750 || picture.Bounds().Dy() != 288 || a.header.Get("Content-Type") != "image/png" {
			t.Fatalf("%s: %v, %s", name, err, a.header.Get("Content-Type"))
		}
		if other, known := seen[a.body]; known {
			t.Errorf("%s looks as %s does", name, other)
		}
		seen[a.body] = name
	}
	w.want(w.do(call{
		"PUT", "/v1/programs/" + w.shop.program + "/pass-design", owner,
		strings.Replace(designBody, `"artwork":{}`, `"artwork":{"stamp":"`+tag+`"}`, 1),
		map[string]string{"If-Match": `"1"`},
	}), 200)
	// Another organization's pictures are nobody else's.
	a := w.do(call{
		"PUT", "/v1/programs/" + w.other.program + "/pass-design", w.other.token["owner"],
		strings.Replace(designBody, `"artwork":{}`, `"artwork":{"stamp":"`+tag+`"}`, 1),
		map[string]string{"If-Match": `"1"`},
	})
	if a.status != 400 || a.text("field") != "artwork" {
		t.Errorf("a foreign picture: %d %s", a.status, a.body)
	}
	for name, file := range map[string]string{
		"an SVG with a script": `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"a GIF":                "GIF89a\x01\x00\x01\x00",
		"a picture cut off":    pictureOf(200, 200)[:150],
	} {
		if a := upload(file); a.status != 400 || a.text("field") != "artwork" || a.text("detail") == "" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}
