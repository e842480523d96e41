package web_test

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
)

var update = flag.Bool("update", false, "write the golden files anew")

// replacements hide what is random or what changes with every touch of a style.
var replacements = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`/static/([a-z_]+)\.[0-9a-f]{12}\.`), "/static/$1.DIGEST."},
	{regexp.MustCompile(`/card/leimala/[A-Z0-9]{20,}`), "/card/leimala/LINK"},
	{regexp.MustCompile(`\b[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{5}\b`), "CODE"},
	{regexp.MustCompile(`\b\d{3} \d{3} \d{4}\b`), "NUMBER"},
	{regexp.MustCompile(`<path d="M\d+ \d+h[^"]+"/>`), `<path d="QR"/>`},
	{regexp.MustCompile(`coup_[0-7][0-9a-hjkmnp-tv-z]{25}`), "COUPON"},
	{regexp.MustCompile(`\?before=[A-Za-z0-9_-]+`), "?before=CURSOR"},
}

func (w *world) normalize(page string) string {
	for _, r := range replacements {
		page = r.pattern.ReplaceAllString(page, r.with)
	}
	return page
}

// aLivelyCard has some of everything that a card page shows.
func (w *world) aLivelyCard() customer.View {
	w.t.Helper()
	card := w.trusted("Helmi", "Korhonen", "+358401234567")
	for _, stamps := range []int{4, 5, 3} {
		w.pass(24 * time.Hour)
		w.give(card, stamps)
	}
	return card
}

// TestGoldenPages compares whole pages with those that were looked at last. To see
// what changed, run with -update and read the diff.
func TestGoldenPages(t *testing.T) {
	w := newWorld(t)
	card := w.aLivelyCard()
	for _, lang := range []string{"en", "fi"} {
		for name, path := range map[string]string{
			"join": w.joinPath(), "card": w.cardPath(card), "poster": "/poster/leimala/" + w.program.ID,
		} {
			t.Run(name+" "+lang, func(t *testing.T) {
				a := w.browser().get(path + "?lang=" + lang)
				a.t = t
				a.want(http.StatusOK)
				got := w.normalize(a.Body)
				file := filepath.Join("testdata", name+"."+lang+".html")
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file, diff)
				}
			})
		}
	}
}
