package web

import (
	"encoding/json"
	"fmt"

	"github.com/leima/leima/customer"
)

// manifest is a web app manifest (W3C), which lets the card be put on a home screen.
type manifest struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	ShortName  string         `json:"short_name"`
	Lang       string         `json:"lang"`
	StartURL   string         `json:"start_url"`
	Scope      string         `json:"scope"`
	Display    string         `json:"display"`
	Background string         `json:"background_color"`
	Theme      string         `json:"theme_color"`
	Icons      []manifestIcon `json:"icons"`
}

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

// shortNameLen is how many characters fit under an icon.
const shortNameLen = 12

func (w *Web) cardManifest(r *request) error {
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	b := brandOf(r.org)
	short := []rune(r.org.Name)
	path := r.cardPath(view.Link)
	m := manifest{
		ID: path, Name: r.T("card.title", "shop", r.org.Name), ShortName: string(short[:min(len(short), shortNameLen)]),
		Lang: r.texts.Locale(), StartURL: path, Scope: path, Display: "standalone",
		Background: lightPaper.String(), Theme: b.Color,
	}
	for _, size := range []string{"192", "512"} {
		m.Icons = append(m.Icons, manifestIcon{
			Src: b.IconAddress(size), Sizes: size + "x" + size, Type: "image/png", Purpose: "any maskable",
		})
	}
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	r.noStore()
	return r.blob("application/manifest+json", data)
}

// serviceWorker answers with the script that keeps card pages for offline use. One
// address serves all cards; each page registers it for its own address only.
func (w *Web) serviceWorker(r *request) error {
	r.Response().Header().Set("Cache-Control", "no-cache")
	return r.asset(w.assets.byAddress[w.assets.addresses["worker.js"][len("/static/"):]])
}

func (w *Web) cardQRSVG(r *request) error {
	return w.qrAnswer(r, func(v customer.View) string { return v.Code })
}

// cardAddressSVG is a QR code of the page's own address, for handing a card over
// from the till to the customer's phone.
func (w *Web) cardAddressSVG(r *request) error {
	return w.qrAnswer(r, func(v customer.View) string { return w.BaseURL + r.cardPath(v.Link) })
}

func (w *Web) qrAnswer(r *request, content func(customer.View) string) error {
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	code, err := newQR(content(view))
	if err != nil {
		return err
	}
	r.noStore()
	return r.blob("image/svg+xml", code.svg())
}

func (w *Web) cardQRPNG(r *request) error {
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	data, err := qrPNG(view.Code)
	if err != nil {
		return err
	}
	r.noStore()
	return r.blob("image/png", data)
}
