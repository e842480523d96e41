package web_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/web"
)

// visit is one page and who looks at it.
type visit struct {
	name, path string
	who        *browser
	status     int
}

// everyPage returns a way to each page there is, by signed-in people where needed.
func (w *world) everyPage() []visit {
	w.t.Helper()
	card := w.aLivelyCard() // first, because days go by
	anyone, owner := w.browser(), w.browser()
	owner.post(w.signInLink(ownerID))
	provisional := w.joinAs(customer.Join{FirstName: "Toini", Email: "toini@example.org", Source: customer.SourceForm})
	return []visit{
		{"start", "/", anyone, http.StatusOK},
		{"join", w.joinPath(), anyone, http.StatusOK},
		{"card", w.cardPath(card), anyone, http.StatusOK},
		{"provisional card", w.cardPath(provisional), anyone, http.StatusOK},
		{"poster", "/poster/leimala/" + w.program.ID, anyone, http.StatusOK},
		{"confirm", w.confirmationLink(), anyone, http.StatusOK},
		{"confirm, over", "/confirm/leimala/lc_leimala_NOBODY", anyone, http.StatusGone},
		{"sign in", w.signInLink(ownerID), anyone, http.StatusOK},
		{"staff, signed out", "/staff", anyone, http.StatusUnauthorized},
		{"staff", "/staff", owner, http.StatusOK},
		{"nothing", "/nothing", anyone, http.StatusNotFound},
	}
}

var (
	inlineScript  = regexp.MustCompile(`<script(?:\s[^>]*)?>`)
	styleOrAttr   = regexp.MustCompile(`(?i)<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:`)
	missingText   = regexp.MustCompile(`\[[a-z_]+\.[a-z_]+\]`)
	foreignSource = regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//[^"]*"`)
	idAttribute   = regexp.MustCompile(`\sid="([^"]*)"`)
	reference     = regexp.MustCompile(`(?:for|aria-labelledby|aria-describedby|href="#)="?([^"]*)"`)
	control       = regexp.MustCompile(`<(?:input|select)\s[^>]*>`)
	picture       = regexp.MustCompile(`<img\s[^>]*>`)
	templateHole  = regexp.MustCompile(`ZgotmplZ|&lt;no value&gt;|%!`)
)

// TestEveryPageInEveryLanguage looks at each page as a proof-reader would.
func TestEveryPageInEveryLanguage(t *testing.T) {
	w := newWorld(t)
	for _, v := range w.everyPage() {
		for _, lang := range locale.Locales {
			t.Run(v.name+" "+lang, func(t *testing.T) {
				join := "?"
				if strings.Contains(v.path, "?") {
					join = "&"
				}
				a := v.who.get(v.path + join + "lang=" + lang)
				a.t = t
				a.want(v.status, `<html lang="`+lang+`" dir="ltr">`, "<title>", `<meta name="viewport"`, `id="main"`)
				proofread(t, a.Body)
			})
		}
	}
}

func proofread(t *testing.T, body string) {
	t.Helper()
	for _, script := range inlineScript.FindAllString(body, -1) {
		if !strings.Contains(script, ` src="/static/`) {
			t.Errorf("a script that is not a file: %s", script)
		}
	}
	for what, pattern := range map[string]*regexp.Regexp{
		"inline style or handler": styleOrAttr, "missing text": missingText, "another host": foreignSource, "hole in a template": templateHole,
	} {
		if found := pattern.FindString(body); found != "" {
			t.Errorf("%s: %s", what, found)
		}
	}
	ids := map[string]bool{}
	for _, m := range idAttribute.FindAllStringSubmatch(body, -1) {
		if ids[m[1]] {
			t.Errorf("two things have the id %q", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range reference.FindAllStringSubmatch(body, -1) {
		for _, to := range strings.Fields(m[1]) {
			if !ids[to] {
				t.Errorf("nothing has the id %q", to)
			}
		}
	}
	for _, c := range control.FindAllString(body, -1) {
		id := idAttribute.FindStringSubmatch(c)
		if !strings.Contains(c, `type="hidden"`) && (id == nil || !strings.Contains(body, `for="`+id[1]+`"`)) {
			t.Errorf("a field without a label: %s", c)
		}
	}
	for _, p := range picture.FindAllString(body, -1) {
		if !strings.Contains(p, " alt=") {
			t.Errorf("a picture without words: %s", p)
		}
	}
}

func TestEveryAnswerProtectsItself(t *testing.T) {
	w := newWorld(t)
	for _, v := range w.everyPage() {
		a := v.who.get(v.path)
		for header, want := range map[string]string{
			"Content-Security-Policy":    web.PagePolicy,
			"Referrer-Policy":            "no-referrer",
			"X-Content-Type-Options":     "nosniff",
			"Cross-Origin-Opener-Policy": "same-origin",
			"Cache-Control":              "no-store",
		} {
			if got := a.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q", v.name, header, got)
			}
		}
		if a.Header.Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", v.name)
		}
	}
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(web.PagePolicy, part) {
			t.Errorf("the policy lacks %s", part)
		}
	}
	for _, part := range []string{"unsafe", "*", "http:"} {
		if strings.Contains(web.PagePolicy, part) {
			t.Errorf("the policy has %s", part)
		}
	}
}

// payloads are names that somebody could give to attack who reads them.
var payloads = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title><svg onload=alert(1)>`,
	`javascript:alert(1)`, `{{.Org}}`, `<!--`, "`${alert(1)}`", `&lt;script&gt;`, `</textarea><iframe srcdoc=x>`, `\u003cscript\u003e`,
	`<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `]]><script>`, `%3Cscript%3E`,
}

// TestNamesStayNames puts attacks wherever an organization or a customer can write.
func TestNamesStayNames(t *testing.T) {
	plain := newWorld(t)
	tame := plain.trusted("Helmi", "Korhonen", "+358401234567")
	plain.give(tame, 10)
	tamer := plain.browser("Accept-Language", "en")
	tamer.post(plain.signInLink(ownerID))
	for _, payload := range payloads {
		w := newWorld(t, func(w *world) {
			w.org.Name = payload
			w.branch.Name = payload
			w.program.Name = loyalty.Text{"en": payload}
			for i := range w.program.Rewards {
				w.program.Rewards[i].Name = loyalty.Text{"en": payload}
			}
			for i := range w.texts {
				w.texts[i].Text = loyalty.Text{"en": payload}
			}
		})
		card := w.trusted(payload, payload, "+358401234567")
		w.give(card, 10)
		owner := w.browser("Accept-Language", "en")
		owner.post(w.signInLink(ownerID))
		for _, pages := range [][2]string{
			{w.joinPath(), plain.joinPath()},
			{w.cardPath(card), plain.cardPath(tame)},
			{"/poster/leimala/" + w.program.ID, "/poster/leimala/" + w.program.ID},
			{"/staff", "/staff"},
		} {
			a, b := owner.get(pages[0]), tamer.get(pages[1])
			a.want(http.StatusOK)
			if got, want := tags(a.Body), tags(b.Body); got != want {
				t.Errorf("%q changes the tags of %s:\n%s\nwant:\n%s", payload, pages[0], got, want)
			}
			proofreadAttributes(t, payload, a.Body)
		}
		typed := owner.post(w.joinPath(), "first_name", payload, "phone", payload, "email", payload)
		typed.want(http.StatusUnprocessableEntity)
		proofreadAttributes(t, payload, typed.Body)
	}
}

// tags returns the elements of a page in order, by name.
func tags(body string) string {
	var names []string
	for _, m := range regexp.MustCompile(`</?([a-zA-Z][a-zA-Z0-9]*)`).FindAllStringSubmatch(body, -1) {
		names = append(names, m[1])
	}
	return strings.Join(names, " ")
}

// proofreadAttributes looks for handlers inside real tags only: a name may hold
// any words.
func proofreadAttributes(t *testing.T, payload, body string) {
	t.Helper()
	quoted := regexp.MustCompile(`"[^"]*"`)
	for _, tag := range regexp.MustCompile(`<[a-zA-Z][^>]*>`).FindAllString(body, -1) {
		if bare := quoted.ReplaceAllString(tag, `""`); regexp.MustCompile(`(?i)\s(on[a-z]+|style|srcdoc)\s*=`).MatchString(bare) {
			t.Errorf("%q gets into a tag: %s", payload, tag)
		}
		for _, value := range regexp.MustCompile(`(?:href|src|action)="([^"]*)"`).FindAllStringSubmatch(tag, -1) {
			if strings.Contains(strings.ToLower(value[1]), "javascript:") {
				t.Errorf("%q gets into an address: %s", payload, tag)
			}
		}
	}
}

// TestFormsOfOtherSitesAreRefused tries every form as other sites' pages would.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	w := newWorld(t)
	card := w.trusted("Helmi", "", "+358401234567")
	paths := []string{
		w.joinPath(), w.cardPath(card) + "/consents", w.cardPath(card) + "/confirmation", "/confirm/leimala/x", "/signin/leimala/x",
		"/staff/pairing-codes", "/staff/sign-out",
	}
	for name, headers := range map[string][]string{
		"another site":                 {"Sec-Fetch-Site", "cross-site"},
		"another host of ours":         {"Sec-Fetch-Site", "same-site"},
		"an old browser, another site": {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
		"an old browser, hidden":       {"Sec-Fetch-Site", "", "Origin", "null"},
		"a look-alike":                 {"Sec-Fetch-Site", "", "Origin", "https://cards.example.org.evil.example"},
		"nonsense":                     {"Sec-Fetch-Site", "", "Origin", "://"},
	} {
		for _, path := range paths {
			if a := w.browser(headers...).post(path, "phone", "+358401234567"); a.Status != http.StatusForbidden {
				t.Errorf("%s to %s: status %d", name, path, a.Status)
			}
		}
	}
	for name, headers := range map[string][]string{
		"our own page":                 {"Sec-Fetch-Site", "same-origin"},
		"an old browser, our own page": {"Sec-Fetch-Site", "", "Origin", baseURL},
		"no browser":                   {"Sec-Fetch-Site", ""},
	} {
		if a := w.browser(headers...).post(w.joinPath(), "phone", "x"); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", name, a.Status)
		}
	}
}

// TestFormsWorkInALocalNetwork: over plain http browsers send no Fetch Metadata, and
// our own pages ask them not to name their origin.
func TestFormsWorkInALocalNetwork(t *testing.T) {
	w := newWorld(t)
	pages := newEcho(w.build(web.Dependencies{BaseURL: "http://192.168.1.10:8080"}))
	for name, c := range map[string]struct {
		headers []string
		status  int
	}{
		"our own page":   {[]string{"Sec-Fetch-Site", "", "Origin", "null"}, http.StatusUnprocessableEntity},
		"by its name":    {[]string{"Sec-Fetch-Site", "", "Origin", "http://192.168.1.10:8080"}, http.StatusUnprocessableEntity},
		"another device": {[]string{"Sec-Fetch-Site", "", "Origin", "http://192.168.1.11:8080"}, http.StatusForbidden},
	} {
		b := w.browser(c.headers...)
		b.echo = pages
		if a := b.post(w.joinPath(), "phone", "x"); a.Status != c.status {
			t.Errorf("%s: status %d, want %d", name, a.Status, c.status)
		}
	}
}

func TestFormsAreBounded(t *testing.T) {
	w := newWorld(t)
	b := w.browser("Accept-Language", "en")
	huge := b.do(http.MethodPost, w.joinPath(), io.MultiReader(strings.NewReader("first_name="), bytes.NewReader(bytes.Repeat([]byte("a"), 10<<20))))
	huge.want(http.StatusRequestEntityTooLarge, "That is too much")
	b.do(http.MethodPost, w.joinPath(), strings.NewReader("phone=%zz")).want(http.StatusBadRequest, "That could not be read")
	b.do(http.MethodPut, w.joinPath(), strings.NewReader("")).want(http.StatusMethodNotAllowed, "There is nothing here")
}

// TestALogoCannotRun: an SVG that somebody opens by its address is a document.
func TestALogoCannotRun(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.get("/brand/leimala/logo").want(http.StatusNotFound)
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	org, err := w.store.SetLogo(t.Context(), w.org.ID, []byte(svg), "image/svg+xml")
	w.must(err)
	a := b.get("/brand/leimala/logo")
	a.want(http.StatusOK, "<svg")
	if a.Header.Get("Content-Security-Policy") != web.LogoPolicy || !strings.Contains(web.LogoPolicy, "sandbox") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers: %v", a.Header)
	}
	if org.Brand.LogoType == "" {
		t.Error("the logo is not noted")
	}
	b.get(w.joinPath()).want(http.StatusOK, `<img class="logo" src="/brand/leimala/logo?v=`)
	if _, err := w.store.SetLogo(t.Context(), w.org.ID, []byte("<html>"), "text/html"); err == nil {
		b.get("/brand/leimala/logo").want(http.StatusNotFound)
	}
}

func TestCookiesAreHardToSteal(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	a := b.post(w.signInLink(ownerID))
	if len(a.Cookies) != 1 {
		t.Fatalf("cookies: %v", a.Cookies)
	}
	if c := a.Cookies[0]; c.Name != "leima_session" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || !strings.HasPrefix(c.Value, "ls_leimala_") {
		t.Errorf("cookie: %s", c)
	}
	local := w.browser()
	local.echo = newEcho(w.build(web.Dependencies{BaseURL: "http://localhost:8080"}))
	if c := local.post(w.signInLink(ownerID)).Cookies[0]; c.Secure {
		t.Error("a secure cookie over plain http would never come back")
	}
}
