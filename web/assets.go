package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"
)

//go:embed assets/*.css assets/*.js
var assetFiles embed.FS

// immutable is for addresses that change when what they lead to does.
const immutable = "public, max-age=31536000, immutable"

// asset is a script or style as it is delivered.
type asset struct {
	mediaType     string
	plain, zipped []byte
}

// assets are the scripts and styles by the name in their address, which holds a
// digest of what is inside, so that browsers may keep them for ever.
type assets struct {
	byAddress map[string]asset
	addresses map[string]string // by file name
}

// moduleImport is how our scripts import each other: import {a} from "./b.js", import
// "./b.js" or, where few pages need it, import("./b.js").
var moduleImport = regexp.MustCompile(`(from |import |import\()"\./([a-z_]+\.js)"`)

func loadAssets() (*assets, error) {
	a := &assets{byAddress: map[string]asset{}, addresses: map[string]string{}}
	names, err := fs.Glob(assetFiles, "assets/*")
	if err != nil {
		return nil, fmt.Errorf("list assets: %w", err)
	}
	for _, name := range names {
		if _, err := a.add(path.Base(name), nil); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// add takes a file in and returns its address. What a script imports is taken in
// before it, because its address becomes part of the script; above are the files
// that wait for this one.
func (a *assets) add(name string, above []string) (string, error) {
	if address, ok := a.addresses[name]; ok {
		return address, nil
	}
	for _, waiting := range above {
		if waiting == name {
			return "", fmt.Errorf("asset %s imports itself by way of %v", name, above)
		}
	}
	text, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		return "", fmt.Errorf("read asset: %w", err)
	}
	text = lean(text)
	var wrong error
	text = moduleImport.ReplaceAllFunc(text, func(clause []byte) []byte {
		parts := moduleImport.FindSubmatch(clause)
		address, err := a.add(string(parts[2]), append(above, name))
		if err != nil {
			wrong = err
		}
		return fmt.Appendf(nil, "%s%q", parts[1], address)
	})
	if wrong != nil {
		return "", wrong
	}
	digest := sha256.Sum256(text)
	extension := path.Ext(name)
	file := strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(digest[:6]) + extension
	mediaType := "text/css; charset=utf-8"
	if extension == ".js" {
		mediaType = "text/javascript; charset=utf-8"
	}
	zipped, err := gzipped(text)
	if err != nil {
		return "", err
	}
	a.byAddress[file] = asset{mediaType: mediaType, plain: text, zipped: zipped}
	a.addresses[name] = "/static/" + file
	return a.addresses[name], nil
}

func takesGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get(echo.HeaderAcceptEncoding), "gzip")
}

func gzipped(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	if _, err := z.Write(data); err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return b.Bytes(), nil
}

// address returns where the asset with the file name is found. Templates call it;
// an unknown name is a mistake in one, which the first request of a test finds.
func (a *assets) address(name string) (string, error) {
	address, ok := a.addresses[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return address, nil
}

// static answers with a script or style.
func (w *Web) static(r *request) error {
	found, ok := w.assets.byAddress[r.Param("file")]
	if !ok {
		return errNotHere
	}
	r.Response().Header().Set("Cache-Control", immutable)
	return r.asset(found)
}

// asset answers with the asset, compressed for who takes it.
func (r *request) asset(a asset) error {
	h := r.Response().Header()
	h.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if takesGzip(r.Request()) && len(a.zipped) < len(a.plain) {
		h.Set(echo.HeaderContentEncoding, "gzip")
		return r.blob(a.mediaType, a.zipped)
	}
	return r.blob(a.mediaType, a.plain)
}

// favicon is asked for by browsers whatever the page says.
func (w *Web) favicon(r *request) error {
	data, err := w.icons.get("favicon", func() ([]byte, error) {
		return drawIcon(icon{Size: 48, Color: defaultColor, Letter: "L"})
	})
	if err != nil {
		return err
	}
	r.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return r.blob("image/png", data)
}
