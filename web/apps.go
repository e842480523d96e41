package web

import (
	"bytes"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

// The apps are built by web/app, which needs Node.js, into dist/apps. Go builds
// without them: then only .keep is there, and the apps' addresses say what to do.
//
//go:embed all:dist
var appFiles embed.FS

const appFolder = "dist/apps"

// apps are the till and the console as they were built.
type apps struct {
	pages map[string][]byte
	files map[string]func() asset
}

// appTypes are the kinds of files that a build consists of.
var appTypes = map[string]string{
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".wasm": "application/wasm",
	".svg":  "image/svg+xml",
	".png":  "image/png",
}

// loadApps reads what was built, which may be nothing.
func loadApps(files fs.FS) (*apps, error) {
	a := &apps{pages: map[string][]byte{}, files: map[string]func() asset{}}
	entries, err := fs.ReadDir(files, appFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the apps' files: %w", err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(files, path.Join(appFolder, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read a file of the apps: %w", err)
		}
		if path.Ext(e.Name()) == ".html" {
			a.pages[e.Name()] = data
			continue
		}
		mediaType, ok := appTypes[path.Ext(e.Name())]
		if !ok {
			return nil, fmt.Errorf("the apps were built with %s, a kind of file that is not delivered", e.Name())
		}
		a.files[e.Name()] = sync.OnceValue(func() asset { return pack(mediaType, data) })
	}
	return a, nil
}

// pack compresses what gets smaller by it; the scanner's program is large, so this
// is put off until somebody asks.
func pack(mediaType string, data []byte) asset {
	packed := asset{mediaType: mediaType, plain: data, zipped: data}
	if zipped, err := gzipped(data); err == nil {
		packed.zipped = zipped
	}
	return packed
}

// appFile answers with a script, style or program of the apps. Their names hold
// digests, so that they are kept for ever.
func (w *Web) appFile(r *request) error {
	file, ok := w.apps.files[r.Param("file")]
	if !ok {
		return errNotHere
	}
	r.Response().Header().Set("Cache-Control", immutable)
	return r.asset(file())
}

// noncePlace stands in a page where the nonce belongs.
const noncePlace = "LEIMA_NONCE"

// consolePermissions lets the console ask the device where it is, for the coordinates of a
// branch.
var consolePermissions = strings.Replace(permissionsPolicy, "geolocation=()", "geolocation=(self)", 1)

// consolePage answers with the console, whatever of its addresses was asked for: the
// script shows the right screen. Mantine writes style elements of its own, so this
// page, and no other, lets styles in by a nonce.
func (w *Web) consolePage(r *request) error {
	nonce := rand.Text()
	r.Response().Header().Set("Permissions-Policy", consolePermissions)
	policy := strings.Replace(contentSecurityPolicy, "style-src 'self'", "style-src 'self' 'nonce-"+nonce+"'", 1)
	return w.appPage(r, "console.html", policy, func(page []byte) []byte {
		return bytes.ReplaceAll(page, []byte(noncePlace), []byte(nonce))
	})
}

// appPage answers with the page of an app under a policy.
func (w *Web) appPage(r *request, name, policy string, change func([]byte) []byte) error {
	page, ok := w.apps.pages[name]
	if !ok {
		return r.render(http.StatusServiceUnavailable, "message", messagePage{
			page: r.newPage(r.T("error.apps_title")), Heading: r.T("error.apps_title"),
			Paragraphs: []string{r.T("error.apps_text"), r.T("error.apps_how")}, Link: "/", LinkText: r.T("error.home"),
		})
	}
	h := r.Response().Header()
	h.Set("Content-Security-Policy", policy)
	// Asked for anew each time: it is small, and names the files of the newest build.
	h.Set("Cache-Control", "no-cache")
	return r.blob(echo.MIMETextHTMLCharsetUTF8, change(page))
}
