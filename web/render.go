package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/locale"
	"github.com/leima/leima/organization"
)

//go:embed templates/*.html
var templateFiles embed.FS

// maxPageBytes bounds a page. Far above what any page needs, it is there so that a
// mistake in a loop cannot fill the memory.
const maxPageBytes = 2 << 20

// shared are the templates that every page has at hand: the frame around it and
// the parts that several pages use.
var shared = []string{"templates/layout.html", "templates/parts.html"}

func parseTemplates(a *assets) (map[string]*template.Template, error) {
	base, err := template.New("layout").Funcs(template.FuncMap{"asset": a.address}).ParseFS(templateFiles, shared...)
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	all := map[string]*template.Template{}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		page, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("parse template %s: %w", name, err)
		}
		if all[name], err = page.ParseFS(templateFiles, file); err != nil {
			return nil, fmt.Errorf("parse template %s: %w", name, err)
		}
	}
	return all, nil
}

// page is what every template can use; a page's own data embeds it.
type page struct {
	r *request
	// Title stands in the browser's tab.
	Title string
	// Path is the page's address for the language links, "" where its own will do:
	// answers to forms stand at addresses that cannot be asked for.
	Path string
	// Brand is how the organization looks; Leima's own on pages of none.
	Brand brand
	// Languages are offered at the foot of the page.
	Languages []language
	// Wide pages use the whole screen.
	Wide bool
}

// language is one link of the language switcher.
type language struct {
	Locale, Name string
	Current      bool
}

func (r *request) newPage(title string) *page {
	p := &page{r: r, Title: title, Brand: brandOf(r.org)}
	for _, l := range locale.Locales {
		p.Languages = append(p.Languages, language{Locale: l, Name: locale.Name(l), Current: l == r.texts.Locale()})
	}
	return p
}

// Locale is the language of the page.
func (p *page) Locale() string { return p.r.texts.Locale() }

// T says a text; see request.T.
func (p *page) T(key string, pairs ...string) string { return p.r.T(key, pairs...) }

// N says a text for a number; see request.N.
func (p *page) N(key string, count int, pairs ...string) string { return p.r.N(key, count, pairs...) }

// BrandText is what the organization says to its customers, in the page's language or its
// own.
func (p *page) BrandText() organization.BrandText {
	if p.r.org == nil {
		return organization.BrandText{}
	}
	return p.r.org.Brand.Text(p.r.texts.Locale(), p.r.org.Locale)
}

// Shop is the name of the organization.
func (p *page) Shop() string {
	if p.r.org == nil {
		return "Leima"
	}
	return p.r.org.Name
}

// OwnPage reports whether the page is an organization's and not Leima's own.
func (p *page) OwnPage() bool { return p.r.org != nil }

// limitedBuffer is a buffer that refuses to grow beyond a limit.
type limitedBuffer struct {
	bytes.Buffer
	limit int
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.limit {
		return 0, fmt.Errorf("page is larger than %d bytes", b.limit)
	}
	return b.Buffer.Write(p) //nolint:wrapcheck // bytes.Buffer returns no error
}

// fill returns the named template of a page, filled with data.
func (w *Web) fill(name, part string, data any) ([]byte, error) {
	t, ok := w.templates[name]
	if !ok {
		return nil, fmt.Errorf("no template %q", name)
	}
	b := limitedBuffer{limit: maxPageBytes}
	if err := t.ExecuteTemplate(&b, part, data); err != nil {
		return nil, fmt.Errorf("fill template %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// zip compresses a page. Its writers are used again: one takes most of a megabyte.
func (w *Web) zip(page []byte) ([]byte, error) {
	var b bytes.Buffer
	z, ok := w.zips.Get().(*gzip.Writer)
	if !ok {
		z = gzip.NewWriter(&b)
	}
	defer w.zips.Put(z)
	z.Reset(&b)
	if _, err := z.Write(page); err != nil {
		return nil, fmt.Errorf("compress page: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compress page: %w", err)
	}
	return b.Bytes(), nil
}

// render answers with a page. It is made before the first byte is sent, so that a
// fault becomes an error page and not half of one.
func (r *request) render(status int, name string, data any) error {
	body, err := r.web.fill(name, "layout", data)
	if err != nil {
		return err
	}
	h := r.Response().Header()
	if h.Get("Cache-Control") == "" {
		r.noStore()
	}
	h.Set("Content-Language", r.texts.Locale())
	// Compressing a secret beside something that a stranger can choose would give it away
	// by the length. No page says again what stands in its address, and those that repeat
	// a form hold no secret.
	h.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if takesGzip(r.Request()) {
		if body, err = r.web.zip(body); err != nil {
			return err
		}
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	if err := r.HTMLBlob(status, body); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}
