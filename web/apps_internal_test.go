package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/labstack/echo/v4"
)

func TestWhatWasBuiltIsDelivered(t *testing.T) {
	page := `<meta property="csp-nonce" nonce="LEIMA_NONCE">`
	a, err := loadApps(fstest.MapFS{
		"dist/.keep":               {Data: []byte("here")},
		"dist/apps/console.html":   {Data: []byte(page)},
		"dist/apps/till-1.js":      {Data: []byte(strings.Repeat("stamp();", 100))},
		"dist/apps/scanner-1.wasm": {Data: []byte("\x00asm")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(a.pages["console.html"]); got != page {
		t.Errorf("the page is %q", got)
	}
	script := a.files["till-1.js"]()
	if script.mediaType != "text/javascript; charset=utf-8" || len(script.zipped) >= len(script.plain) {
		t.Errorf("the script is %s, %d bytes of %d", script.mediaType, len(script.zipped), len(script.plain))
	}
	if got := a.files["scanner-1.wasm"]().mediaType; got != "application/wasm" {
		t.Errorf("the scanner is %s; browsers take application/wasm only", got)
	}
}

func TestAFileOfAnUnknownKindIsAMistakeInTheBuild(t *testing.T) {
	_, err := loadApps(fstest.MapFS{"dist/apps/till.map": {Data: []byte("{}")}})
	if err == nil || !strings.Contains(err.Error(), "till.map") {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

// TestGoBuildsWithoutTheApps is about a checkout where nobody has run Node.js.
func TestGoBuildsWithoutTheApps(t *testing.T) {
	a, err := loadApps(fstest.MapFS{"dist/.keep": {Data: []byte("here")}})
	if err != nil || len(a.pages)+len(a.files) != 0 {
		t.Errorf("got %v, %v", a, err)
	}
}

func TestEachConsoleHasANonceOfItsOwn(t *testing.T) {
	w := &Web{apps: &apps{pages: map[string][]byte{"console.html": []byte("<p nonce=\"LEIMA_NONCE\">")}}}
	seen := map[string]bool{}
	for range 2 {
		answer := httptest.NewRecorder()
		if err := w.page(w.consolePage)(echoContext(t, answer, http.MethodGet, "/console/customers")); err != nil {
			t.Fatal(err)
		}
		policy := answer.Header().Get("Content-Security-Policy")
		_, rest, _ := strings.Cut(policy, "style-src 'self' 'nonce-")
		nonce, _, found := strings.Cut(rest, "'")
		if !found || seen[nonce] || !strings.Contains(answer.Body.String(), `nonce="`+nonce+`"`) {
			t.Errorf("the page %q has the policy %q", answer.Body, policy)
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("the policy %q lets in too much", policy)
		}
		seen[nonce] = true
	}
}

// TestTheTillMayDoWhatItNeeds: its scanner is WebAssembly and reads the camera's
// picture. No other page may do either.
func TestTheTillMayDoWhatItNeeds(t *testing.T) {
	w := &Web{apps: &apps{
		pages: map[string][]byte{"till.html": []byte("<p>"), "console.html": []byte("<p>")},
		files: map[string]func() asset{"till-worker.js": func() asset { return pack(appTypes[".js"], []byte("//")) }},
	}}
	headers := func(h handler, path string) http.Header {
		answer := httptest.NewRecorder()
		if err := w.page(h)(echoContext(t, answer, http.MethodGet, path)); err != nil || answer.Code != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, answer.Code, err)
		}
		return answer.Header()
	}
	for path, c := range map[string]struct {
		answer handler
		may    bool
	}{"/till": {w.tillPage, true}, "/console": {w.consolePage, false}} {
		h := headers(c.answer, path)
		if got := strings.Contains(h.Get("Content-Security-Policy"), "'wasm-unsafe-eval'"); got != c.may {
			t.Errorf("%s may run WebAssembly: %t", path, got)
		}
		if got := strings.Contains(h.Get("Permissions-Policy"), "camera=(self)"); got != c.may {
			t.Errorf("%s may use the camera: %t", path, got)
		}
		if got := strings.Contains(h.Get("Permissions-Policy"), "geolocation=(self)"); got == c.may {
			t.Errorf("%s may ask where the device is: %t", path, got)
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "'unsafe-") {
			t.Errorf("%s lets in too much: %s", path, h.Get("Content-Security-Policy"))
		}
	}
	if got := headers(w.tillWorker, "/till/sw.js").Get("Service-Worker-Allowed"); got != "/till" {
		t.Errorf("the worker may answer for %q", got)
	}
}

func TestWithoutTheAppsTheirAddressesSayWhatToDo(t *testing.T) {
	w := &Web{apps: &apps{}}
	var err error
	if w.assets, err = loadAssets(); err != nil {
		t.Fatal(err)
	}
	if w.templates, err = parseTemplates(w.assets); err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	if err := w.page(w.consolePage)(echoContext(t, answer, http.MethodGet, "/console")); err != nil {
		t.Fatal(err)
	}
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "make build") {
		t.Errorf("the answer is %d %s", answer.Code, answer.Body)
	}
}

func echoContext(t *testing.T, answer http.ResponseWriter, method, path string) echo.Context {
	t.Helper()
	return echo.New().NewContext(httptest.NewRequestWithContext(t.Context(), method, path, nil), answer)
}
