package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/leima/leima/organization"
)

func TestWhatABrandSaysStandsOnItsPages(t *testing.T) {
	w := newWorld(t)
	card := w.trusted("Helmi", "Korhonen", "+358401234567")
	b := w.browser("Accept-Language", "en")
	for _, path := range []string{w.joinPath(), w.cardPath(card)} {
		if body := b.get(path).Body; strings.Contains(body, "Terms of use") {
			t.Errorf("%s has terms that nobody wrote", path)
		}
	}
	org, err := w.store.Organization(t.Context(), w.org.ID)
	w.must(err)
	org.Brand.Texts = map[string]organization.BrandText{
		org.Locale: {Welcome: "Tervetuloa <b>meille</b>", CardTitle: "Kanta-asiakas", Terms: "Yksi.\nKaksi.", TermsURL: "https://example.org/ehdot", PrivacyURL: "https://example.org/tietosuoja"},
		"en":       {Welcome: "Good to see you"},
	}
	_, err = w.store.UpdateOrganization(t.Context(), org, org.Version)
	w.must(err)

	join := b.get(w.joinPath() + "?lang=en")
	join.want(http.StatusOK, `<p class="lead">Good to see you</p>`)
	join.want(http.StatusOK, `<a href="https://example.org/ehdot" target="_blank" rel="noreferrer">Terms of use</a>`)
	join.want(http.StatusOK, `<a href="https://example.org/tietosuoja" target="_blank" rel="noreferrer">Privacy</a>`)
	join.want(http.StatusOK, "<summary>Terms of use</summary><p class=\"lines\">Yksi.\nKaksi.</p>")
	// A language in which nothing is said reads the organization's, as text.
	b.get(w.joinPath()+"?lang=de").want(http.StatusOK, `<p class="lead">Tervetuloa &lt;b&gt;meille&lt;/b&gt;</p>`)
	page := b.get(w.cardPath(card) + "?lang=en")
	page.want(http.StatusOK, `<h1 id="program">Kanta-asiakas</h1>`)
	page.want(http.StatusOK, `<a href="https://example.org/ehdot"`)
}

func TestALogoIsKeptForEverByItsContent(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	address := func(o organization.Organization) string { return "/brand/leimala/logo?v=" + o.Brand.LogoTag() }
	first, err := w.store.SetLogo(t.Context(), w.org.ID, []byte("one"), "image/png")
	w.must(err)
	b.get(w.joinPath()).want(http.StatusOK, address(first))
	for path, want := range map[string]string{
		address(first):                     "public, max-age=31536000, immutable",
		"/brand/leimala/logo":              "public, max-age=60",
		"/brand/leimala/logo?v=":           "public, max-age=60",
		"/brand/leimala/logo?v=00112233aa": "public, max-age=60",
	} {
		a := b.get(path)
		a.want(http.StatusOK, "one")
		if got := a.Header.Get("Cache-Control"); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	second, err := w.store.SetLogo(t.Context(), w.org.ID, []byte("two"), "image/png")
	w.must(err)
	if address(first) == address(second) {
		t.Error("another logo has the same address")
	}
	_, err = w.store.DeleteLogo(t.Context(), w.org.ID)
	w.must(err)
	b.get(address(second)).want(http.StatusNotFound)
	b.get(w.joinPath()).want(http.StatusOK, `<span class="logo letter"`)
}
