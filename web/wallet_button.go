package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/leima/leima/locale"
)

// Limits of the makers' pictures for buttons. They are shown buttonHeight pixels high, and
// the widest still has room on a phone of 320 pixels.
const (
	// MaxWalletButtonBytes bounds the file of one picture.
	MaxWalletButtonBytes = 128 << 10
	// maxWalletButtonPixels bounds both sides of a PNG; a phone draws a pixel of the page with
	// at most three or four of its own.
	maxWalletButtonPixels = 2000
	// maxWalletButtonFiles is one for each wallet and language, and a few that are no pictures.
	maxWalletButtonFiles = 64
	// leastButtonAspect and mostButtonAspect are how many times as wide as high a button may be.
	leastButtonAspect, mostButtonAspect = 2.0, 6.0
	// buttonHeight is what Google asks for, in CSS pixels; the others ask for no more.
	buttonHeight = 48
)

// standardButton is the language whose picture stands in for one that is missing.
const standardButton = "en"

// WalletButtons are pictures of the buttons of wallets that their makers drew and whoever
// runs the server brought. None is what nil has.
type WalletButtons struct{ pictures map[string]buttonPicture }

// buttonPicture is one of them. Its zero value is none.
type buttonPicture struct {
	data      []byte
	mediaType string
	// Address names what is in it; Width and Height are what it is shown with, in CSS pixels.
	Address       string
	Width, Height int
}

// buttonTypes are the media types by the ends of names.
var buttonTypes = map[string]string{".svg": "image/svg+xml", ".png": "image/png"}

// ReadWalletButtons reads the pictures in a folder: WALLET-LANGUAGE.svg or .png, with apple,
// google or samsung and a language of the pages, such as apple-fi.svg. Names that begin with
// a dot are passed over. It returns an error that names the first file that cannot be used
// and says why.
func ReadWalletButtons(folder fs.FS) (*WalletButtons, error) {
	files, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	if len(files) > maxWalletButtonFiles {
		return nil, fmt.Errorf("there are %d files, want at most %d", len(files), maxWalletButtonFiles)
	}
	b := &WalletButtons{map[string]buttonPicture{}}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), ".") {
			continue
		}
		name, picture, err := readWalletButton(folder, f.Name())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		if _, twice := b.pictures[name]; twice {
			return nil, fmt.Errorf("%s: there is another picture for the same wallet and language", f.Name())
		}
		b.pictures[name] = picture
	}
	return b, nil
}

// readWalletButton reads one picture; its name has no end.
func readWalletButton(folder fs.FS, file string) (name string, p buttonPicture, err error) {
	end := path.Ext(file)
	name = strings.TrimSuffix(file, end)
	kind, language, _ := strings.Cut(name, "-")
	if buttonTypes[end] == "" || !slices.Contains(allWallets, wallet(kind)) || !locale.Known(language) {
		return "", p, fmt.Errorf("want a name such as apple-fi.svg: apple, google or samsung, one of %s, and .svg or .png", strings.Join(locale.Locales, ", "))
	}
	f, err := folder.Open(file)
	if err != nil {
		return "", p, fmt.Errorf("open: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	p.data, err = io.ReadAll(io.LimitReader(f, MaxWalletButtonBytes+1))
	switch {
	case err != nil:
		return "", p, fmt.Errorf("read: %w", err)
	case len(p.data) > MaxWalletButtonBytes:
		return "", p, fmt.Errorf("it has more than %d bytes", MaxWalletButtonBytes)
	}
	p.mediaType = buttonTypes[end]
	measure := svgAspect
	if p.mediaType == "image/png" {
		measure = pngAspect
	}
	aspect, err := measure(p.data)
	if err != nil {
		return "", p, err
	}
	if !(aspect >= leastButtonAspect && aspect <= mostButtonAspect) { // so that NaN is refused
		return "", p, fmt.Errorf("it is %.3g times as wide as high, want from %g to %g: is it a button?", aspect, leastButtonAspect, mostButtonAspect)
	}
	digest := sha256.Sum256(p.data)
	p.Address = "/wallet-button/" + file + "?v=" + hex.EncodeToString(digest[:5])
	p.Width, p.Height = int(math.Round(buttonHeight*aspect)), buttonHeight
	return name, p, nil
}

func pngAspect(data []byte) (float64, error) {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, fmt.Errorf("it is no PNG: %w", err)
	}
	if c.Width > maxWalletButtonPixels || c.Height > maxWalletButtonPixels || c.Height < buttonHeight {
		return 0, fmt.Errorf("it has %d × %d pixels, want at least %d in height and at most %d", c.Width, c.Height, buttonHeight, maxWalletButtonPixels)
	}
	if _, err := png.Decode(bytes.NewReader(data)); err != nil {
		return 0, fmt.Errorf("it is no whole PNG: %w", err)
	}
	return float64(c.Width) / float64(c.Height), nil
}

// svgAspect reads how large a drawing is: its viewBox, or its width and height. What else
// is in it the browser judges, which runs nothing of a drawing that is a picture.
func svgAspect(data []byte) (aspect float64, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	seen := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && seen {
			return aspect, nil
		}
		if err != nil {
			return 0, fmt.Errorf("it is no SVG: %w", err)
		}
		root, begins := token.(xml.StartElement)
		if !begins || seen {
			continue
		}
		if seen = root.Name.Local == "svg"; !seen {
			return 0, fmt.Errorf("it is no SVG but <%s>", root.Name.Local)
		}
		if aspect, err = aspectOf(root); err != nil {
			return 0, err
		}
	}
}

func aspectOf(svg xml.StartElement) (float64, error) {
	has := map[string]string{}
	for _, a := range svg.Attr {
		has[a.Name.Local] = a.Value
	}
	width, height := strings.TrimSuffix(has["width"], "px"), strings.TrimSuffix(has["height"], "px")
	if box := strings.Fields(strings.ReplaceAll(has["viewBox"], ",", " ")); len(box) == 4 {
		width, height = box[2], box[3]
	}
	w, wrongWidth := strconv.ParseFloat(width, 64)
	h, wrongHeight := strconv.ParseFloat(height, 64)
	if wrongWidth != nil || wrongHeight != nil || h <= 0 {
		return 0, errors.New("the SVG does not say how large it is: want a viewBox")
	}
	return w / h, nil
}

// of returns the picture of the wallet's button in the language or else in English, and
// none if there is neither: a drawing of our own stands there then.
func (b *WalletButtons) of(kind wallet, language string) (p buttonPicture) {
	if b == nil {
		return p
	}
	p, ok := b.pictures[string(kind)+"-"+language]
	if !ok {
		p = b.pictures[string(kind)+"-"+standardButton]
	}
	return p
}

// Missing returns the languages of the pages for which the wallet's button has no picture of
// their own, in the order of locale.Locales. The wallet is apple, google or samsung.
func (b *WalletButtons) Missing(kind string) (languages []string) {
	for _, l := range locale.Locales {
		if _, there := b.pictures[kind+"-"+l]; !there {
			languages = append(languages, l)
		}
	}
	return languages
}

// walletButton answers with a picture. As the logo of an organization, it must not run
// anything, also where somebody opens it by its address.
func (w *Web) walletButton(r *request) error {
	file := r.Param("file")
	if w.Buttons == nil {
		return errNotHere
	}
	p, ok := w.Buttons.pictures[strings.TrimSuffix(file, path.Ext(file))]
	address, version, _ := strings.Cut(p.Address, "?v=")
	if !ok || path.Base(address) != file {
		return errNotHere
	}
	r.cacheAs(version)
	r.Response().Header().Set("Content-Security-Policy", logoSecurityPolicy)
	return r.blob(p.mediaType, p.data)
}
