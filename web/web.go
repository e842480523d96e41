package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"sync"

	"github.com/labstack/echo/v4"
)

// Web answers requests for pages.
type Web struct {
	Dependencies
	base      *url.URL
	secure    bool // pages are reached by https
	assets    *assets
	apps      *apps
	templates map[string]*template.Template
	limits    limiters
	streams   *streams
	icons     *iconCache
	pace      pace
	zips      sync.Pool // of *gzip.Writer
	closing   context.Context
	close     context.CancelFunc
}

// New returns the pages, or an error for a BaseURL that is not one or for a
// dependency that is missing.
func New(d Dependencies) (*Web, error) {
	base, err := url.Parse(d.BaseURL)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || (base.Path != "" && base.Path != "/") {
		return nil, fmt.Errorf("base URL %q: want one such as https://cards.example.org", d.BaseURL)
	}
	for name, missing := range map[string]bool{
		"Directory": d.Directory == nil, "Programs": d.Programs == nil, "Cards": d.Cards == nil,
		"Consents": d.Consents == nil, "Confirmations": d.Confirmations == nil, "Access": d.Access == nil,
		"Shop": d.Shop == nil, "Live": d.Live == nil, "Now": d.Now == nil,
	} {
		if missing {
			return nil, fmt.Errorf("dependency %s is missing", name)
		}
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	base.Path = ""
	d.BaseURL = base.String()
	w := &Web{Dependencies: d, base: base, secure: base.Scheme == "https", streams: newStreams(), limits: newLimiters(), icons: &iconCache{}, pace: usualPace}
	if w.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if w.apps, err = loadApps(appFiles); err != nil {
		return nil, err
	}
	if w.templates, err = parseTemplates(w.assets); err != nil {
		return nil, err
	}
	w.closing, w.close = context.WithCancel(context.Background())
	return w, nil
}

// Close ends the open streams of card pages, which would otherwise keep a server
// from shutting down. Pages are still answered after it.
func (w *Web) Close() { w.close() }

// Register adds the pages to e. It leaves everything else of e alone; the caller
// sets e.IPExtractor to how clients' addresses are found behind its proxies, which
// the limits count by.
func (w *Web) Register(e *echo.Echo) {
	get := func(path string, h handler) { e.Match([]string{http.MethodGet, http.MethodHead}, path, w.page(h)) }
	post := func(path string, h handler) { e.POST(path, w.page(w.form(h))) }

	get("/", w.start)
	get("/favicon.ico", w.favicon)
	get("/static/:file", w.static)
	get("/static/apps/:file", w.appFile)
	get("/wallet-button/:file", w.walletButton)
	get("/brand/:slug/style.css", w.brandStyle)
	get("/brand/:slug/logo", w.brandLogo)
	get("/brand/:slug/icon-:size", w.brandIcon)

	get("/join/:slug", w.chooseProgram)
	get("/join/:slug/:program", w.joinPage)
	post("/join/:slug/:program", w.join)
	get("/poster/:slug/:program", w.poster)

	get("/card/sw.js", w.serviceWorker)
	get("/card/:slug/:link", w.cardPage)
	e.GET("/card/:slug/:link/events", w.page(w.cardEvents))
	get("/card/:slug/:link/manifest.webmanifest", w.cardManifest)
	get("/card/:slug/:link/pass.pkpass", w.cardPass)
	e.GET("/card/:slug/:link/google-pass", w.page(w.cardGooglePass))
	get("/card/:slug/:link/passes.pkpasses", w.cardPasses)
	get("/card/:slug/:link/samsung", w.cardSamsung)
	get("/card/:slug/:link/qr.svg", w.cardQRSVG)
	get("/card/:slug/:link/qr.png", w.cardQRPNG)
	get("/card/:slug/:link/address.svg", w.cardAddressSVG)
	post("/card/:slug/:link/consents", w.cardConsent)
	post("/card/:slug/:link/confirmation", w.cardSendAgain)
	post("/card/:slug/:link/contact", w.cardContact)

	get("/confirm/:slug/:token", w.confirmPage)
	post("/confirm/:slug/:token", w.confirm)
	get("/signin/:slug/:token", w.signInPage)
	post("/signin/:slug/:token", w.signIn)

	get("/till", w.tillPage)
	get("/till/sw.js", w.tillWorker)
	get("/till/manifest.webmanifest", w.tillManifest)
	get("/till/icon-:size", w.tillIcon)
	get("/console", w.consolePage)
	get("/console/*", w.consolePage)
	get("/staff", w.staff)
	post("/staff/pairing-codes", w.makePairingCode)
	post("/staff/sign-out", w.signOut)
	if w.Demo != nil {
		get("/demo/till", w.demoTill)
		post("/demo/till", w.enterDemoTill)
		get("/demo/staff", w.demoStaff)
	}
}

// ErrorPage answers with the page for an error in the visitor's language: for the
// error handler of the server, when an address is nobody's.
func (w *Web) ErrorPage(c echo.Context, err error) {
	r := w.newRequest(c)
	setSecurityHeaders(c.Response().Header())
	if answered := w.fail(r, err); answered != nil {
		w.Log.ErrorContext(r.ctx(), "error page was not made", "error", answered)
	}
}

// handler answers one request for a page. An error it returns becomes a page too.
type handler func(r *request) error

// page makes a handler of Echo's: headers, language, errors.
func (w *Web) page(h handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		setSecurityHeaders(c.Response().Header())
		r := w.newRequest(c)
		err := h(r)
		nobodyWaits := r.ctx().Err() != nil && errors.Is(err, context.Canceled)
		if err != nil && c.Response().Committed && r.ctx().Err() == nil {
			w.Log.WarnContext(r.ctx(), "answer broke off", "route", c.Path(), "error", err)
		}
		if err == nil || nobodyWaits || c.Response().Committed {
			return nil
		}
		return w.fail(r, err)
	}
}
