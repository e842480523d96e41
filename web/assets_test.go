package web_test

import (
	"compress/gzip"
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/web"
)

func TestAssetsAreKeptForEver(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	names, err := filepath.Glob("assets/*.[cj]s*")
	w.must(err)
	for _, file := range names {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "jsconfig") {
			continue
		}
		address, text := w.web.Asset(name)
		plain := b.get(address)
		plain.want(http.StatusOK)
		if plain.Body != string(text) || !strings.Contains(plain.Header.Get("Cache-Control"), "immutable") || plain.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %v", name, plain.Header)
		}
		b.headers["Accept-Encoding"] = "gzip, br"
		zipped := b.get(address)
		delete(b.headers, "Accept-Encoding")
		if zipped.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(zipped.Body))
			w.must(err)
			unzipped, err := io.ReadAll(z)
			w.must(err)
			zipped.Body = string(unzipped)
		}
		if zipped.Body != string(text) {
			t.Errorf("%s: another text when compressed", name)
		}
	}
	b.get("/static/base.000000000000.css").want(http.StatusNotFound)
	b.get("/static/..%2fassets%2fbase.css").want(http.StatusNotFound)
}

// TestScriptsImportWhatIsThere: the addresses of imported scripts hold digests, which
// are written into who imports them.
func TestScriptsImportWhatIsThere(t *testing.T) {
	w := newWorld(t)
	_, card := w.web.Asset("card.js")
	imports := regexp.MustCompile(`(?:from|import) "([^"]+)"`).FindAllStringSubmatch(string(card), -1)
	if len(imports) == 0 {
		t.Fatalf("imports: %v", imports)
	}
	for _, m := range imports {
		w.browser().get(m[1]).want(http.StatusOK)
	}
}

func TestStylesAndScriptsAskNobodyElse(t *testing.T) {
	names, err := filepath.Glob("assets/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}|@import|url\(`).FindString(string(text)); found != "" {
			t.Errorf("%s: %s", name, found)
		}
		for _, bad := range []string{"eval(", "new Function", "innerHTML", "insertAdjacentHTML", "document.write", "outerHTML"} {
			if strings.Contains(string(text), bad) {
				t.Errorf("%s uses %s", name, bad)
			}
		}
	}
}

// Limits of what a card page may come to with all that it loads: as it is sent, and
// before compression. The second is what a phone has to read.
const (
	maxCardSent  = 25_000
	maxCardBytes = 60_000
)

// loads are the parts of a page or script that a browser asks for by itself.
var loads = regexp.MustCompile(`(?:<link rel="(?:stylesheet|manifest|icon|apple-touch-icon)" href|<script type="module" src|<img class="logo" src)="([^"]+)"|(?:from |import |import\()"([^"]+)"`)

// TestACardPageIsLight counts what a browser loads to show a card that has a bit of
// everything, with a code that rotates, and to keep it for offline use.
func TestACardPageIsLight(t *testing.T) {
	w := newWorld(t, func(w *world) { w.program.RedeemCode = loyalty.RedeemRotating })
	card := w.aLivelyCard()
	b := w.browser("Accept-Encoding", "gzip")
	sent, plain := 0, 0
	waiting := []string{w.cardPath(card) + "?lang=ru", "/card/sw.js"}
	seen := map[string]bool{}
	for len(waiting) > 0 {
		path := html.UnescapeString(waiting[0])
		waiting = waiting[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		a := b.get(path)
		a.want(http.StatusOK)
		text := a.Body
		if a.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(a.Body))
			w.must(err)
			whole, err := io.ReadAll(z)
			w.must(err)
			text = string(whole)
		}
		t.Logf("%6d, before compression %6d: %s", len(a.Body), len(text), path)
		sent, plain = sent+len(a.Body), plain+len(text)
		for _, m := range loads.FindAllStringSubmatch(text, -1) {
			waiting = append(waiting, m[1]+m[2])
		}
	}
	t.Logf("%6d, before compression %6d, in %d parts", sent, plain, len(seen))
	for _, part := range []string{"code.js", "qr.js", "reward.js", "print.js", "base.css"} {
		if address, _ := w.web.Asset(part); !seen[address] {
			t.Errorf("%s was not counted", part)
		}
	}
	if sent > maxCardSent || plain > maxCardBytes {
		t.Errorf("%d bytes, %d before compression, want at most %d and %d", sent, plain, maxCardSent, maxCardBytes)
	}
	// The largest card there can be is not ten times that.
	w.program.Goal, w.program.Version = 200, 2
	if _, err := w.store.UpdateProgram(t.Context(), w.program, 1); err != nil {
		t.Fatal(err)
	}
	full := w.trusted("Toini", "", "+358409876543")
	w.give(full, 100)
	w.give(full, 98)
	if large := w.browser().get(w.cardPath(full)); len(large.Body) > maxCardBytes {
		t.Errorf("a card of 200 stamps takes %d bytes", len(large.Body))
	}
}

var textKeys = regexp.MustCompile(`\b[TN]\(?\s?"([a-z_]+\.[a-z_]+)"`)

// TestPagesSayOnlyWhatThereIsTextFor looks for keys in templates and code that no
// catalog has, and for texts that nobody says.
func TestPagesSayOnlyWhatThereIsTextFor(t *testing.T) {
	used := map[string]bool{}
	for _, pattern := range []string{"templates/*.html", "*.go", "../pass/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range textKeys.FindAllStringSubmatch(string(text), -1) {
				used[m[1]] = true
				if !locale.Has(m[1]) {
					t.Errorf("%s says %s, which has no text", file, m[1])
				}
			}
		}
	}
	for _, topic := range loyalty.EntryTopics {
		used["entry."+topic] = true
		if !locale.Has("entry." + topic) {
			t.Errorf("an entry about %s has no text", topic)
		}
	}
	for _, key := range locale.Keys() {
		section, _, _ := strings.Cut(key, ".")
		if others := section == "refusal" || section == "wait" || section == "message" || section == "import_row"; !used[key] && !others {
			t.Errorf("nobody says %s", key)
		}
	}
}

func TestNewWantsAllItNeeds(t *testing.T) {
	w := newWorld(t)
	for _, bad := range []string{"", "cards.example.org", "ftp://cards.example.org", "https://", "https://cards.example.org/leima"} {
		if _, err := web.New(web.Dependencies{BaseURL: bad}); err == nil {
			t.Errorf("%q is taken as an address", bad)
		}
	}
	if _, err := web.New(web.Dependencies{BaseURL: baseURL, Directory: w.store}); err == nil {
		t.Error("most dependencies are missing and nobody says so")
	}
}
