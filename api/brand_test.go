package api_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/organization"
)

func TestALogoIsSetReplacedAndTakenAway(t *testing.T) {
	w := newWorld(t)
	owner := w.shop.token["owner"]
	put := func(body, contentType string) answer {
		return w.do(call{"PUT", "/v1/organization/logo", owner, body, map[string]string{"Content-Type": contentType}})
	}
	read := func() answer { return w.do(call{"GET", "/v1/organization", owner, "", nil}) }
	if a := read(); a.get("brand.has_logo") != false || a.get("brand.logo") != nil {
		t.Errorf("before: %s", a.body)
	}
	first := w.want(put(pictureOf(300, 100), "image/png"), 200)
	if got := first.text("brand.logo"); !strings.HasPrefix(got, "/brand/leimala/logo?v=") || first.header.Get("ETag") != `"2"` {
		t.Errorf("the logo is at %q, ETag %s", got, first.header.Get("ETag"))
	}
	data, mediaType, err := w.store.Logo(t.Context(), w.shop.org.ID)
	w.check(err)
	if picture, err := png.Decode(bytes.NewReader(data)); err != nil || mediaType != "image/png" || picture.Bounds().Dx() != 300 {
		t.Errorf("what is kept: %s, %v", mediaType, err)
	}
	again := w.want(put(pictureOf(300, 100), "image/png"), 200)
	second := w.want(put(pictureOf(100, 300), "image/png; charset=binary"), 200)
	if again.text("brand.logo") != first.text("brand.logo") || second.text("brand.logo") == first.text("brand.logo") {
		t.Errorf("the same picture must be at the same address, another at another: %s, %s, %s", first.text("brand.logo"), again.text("brand.logo"), second.text("brand.logo"))
	}
	// Whoever asks next, on any path, sees it at once.
	if a := w.do(call{"GET", "/v1/me", owner, "", nil}); a.text("organization.brand.logo") != second.text("brand.logo") {
		t.Errorf("me has %s", a.text("organization.brand.logo"))
	}
	gone := w.want(w.do(call{"DELETE", "/v1/organization/logo", owner, "", nil}), 200)
	if gone.get("brand.has_logo") != false || gone.get("brand.logo") != nil || read().get("brand.has_logo") != false {
		t.Errorf("after: %s", gone.body)
	}

	before := w.dump()
	for name, c := range map[string]struct {
		body, contentType string
		status            int
		code              string
	}{
		"an SVG by its name":    {"<svg/>", "image/svg+xml", 415, "unsupported_media_type"},
		"an SVG by another":     {"<svg/>", "image/png", 400, "validation_failed"},
		"JSON":                  {"{}", "application/json", 415, "unsupported_media_type"},
		"nothing":               {"", "image/png", 400, "validation_failed"},
		"a picture cut off":     {pictureOf(300, 300)[:200], "image/png", 400, "validation_failed"},
		"more than it may have": {strings.Repeat("x", organization.MaxLogoFile+1), "image/png", 413, "body_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.in(t).do(call{"PUT", "/v1/organization/logo", owner, c.body, map[string]string{"Content-Type": c.contentType}})
			if a.status != c.status || a.text("code") != c.code {
				t.Errorf("%d %s, want %d %s", a.status, a.text("code"), c.status, c.code)
			}
		})
	}
	if w.dump() != before {
		t.Error("what was refused changed something")
	}
}

func TestWhatABrandSaysIsReplacedAsAWhole(t *testing.T) {
	w := newWorld(t)
	patch := func(body, version string) answer {
		return w.do(call{"PATCH", "/v1/organization", w.shop.token["owner"], body, map[string]string{"If-Match": version}})
	}
	a := w.want(patch(`{"brand":{"texts":{"fi":{"welcome":"Hei!","terms":"Yksi.\nKaksi."},"en":{"card_title":"Card"},"sv":{}}}}`, `"1"`), 200)
	want := map[string]any{
		"fi": map[string]any{"welcome": "Hei!", "terms": "Yksi.\nKaksi."}, "en": map[string]any{"card_title": "Card"},
	}
	if diff := cmp.Diff(any(want), a.get("brand.texts")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a.text("brand.color") != "#0b6e4f" {
		t.Errorf("the colour became %s", a.text("brand.color"))
	}
	a = w.want(patch(`{"brand":{"color":"#112233"}}`, `"2"`), 200)
	if diff := cmp.Diff(any(want), a.get("brand.texts")); diff != "" {
		t.Errorf("a change of the colour (-want +got):\n%s", diff)
	}
	a = w.want(patch(`{"brand":{"texts":{}}}`, `"3"`), 200)
	if diff := cmp.Diff(any(map[string]any{}), a.get("brand.texts")); diff != "" {
		t.Errorf("none (-want +got):\n%s", diff)
	}
	a = patch(`{"brand":{"texts":{"de":{"terms_url":"javascript:alert(1)"}}}}`, `"4"`)
	if a.status != 400 || a.text("field") != "brand.texts.de.terms_url" {
		t.Errorf("a script: %s", a.body)
	}
}
