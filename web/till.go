package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// The till is an app (web/app/src/till) that talks to the API by credentials of its
// own. Here are the addresses that make it installable: its page, its service worker
// and its manifest.

// tillPolicy is that of all pages and lets the scanner's program run, which is
// WebAssembly.
var tillPolicy = strings.Replace(contentSecurityPolicy, "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", 1)

// tillPermissions gives the till's page the camera.
var tillPermissions = strings.Replace(permissionsPolicy, "camera=()", "camera=(self)", 1)

// tillPage answers with the till. The page is the same for everybody: a service
// worker keeps it.
func (w *Web) tillPage(r *request) error {
	r.Response().Header().Set("Permissions-Policy", tillPermissions)
	return w.appPage(r, "till.html", tillPolicy, func(page []byte) []byte { return page })
}

// tillWorker answers with the till's service worker, which may answer for the page
// above its own address.
func (w *Web) tillWorker(r *request) error {
	worker, ok := w.apps.files["till-worker.js"]
	if !ok {
		return errNotHere
	}
	h := r.Response().Header()
	h.Set("Service-Worker-Allowed", "/till")
	h.Set("Cache-Control", "no-cache")
	return r.asset(worker())
}

// tillManifest lets the till be installed.
func (w *Web) tillManifest(r *request) error {
	m := manifest{
		ID: "/till", Name: r.T("till.title") + " · Leima", ShortName: r.T("till.title"), Lang: r.texts.Locale(),
		StartURL: "/till", Scope: "/till", Display: "standalone", Background: lightPaper.String(), Theme: defaultColor,
	}
	for _, size := range []string{"192", "512"} {
		m.Icons = append(m.Icons, manifestIcon{
			Src: "/till/icon-" + size + ".png", Sizes: size + "x" + size, Type: "image/png", Purpose: "any maskable",
		})
	}
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	r.Response().Header().Set("Cache-Control", "no-cache")
	return r.blob("application/manifest+json", data)
}

// tillIcon is Leima's own: which shop the till is of, the browser knows only later.
func (w *Web) tillIcon(r *request) error {
	size, ok := iconSizes[r.Param("size")]
	if !ok {
		return errNotHere
	}
	data, err := w.icons.get("till"+r.Param("size"), func() ([]byte, error) {
		return drawIcon(icon{Size: size, Color: defaultColor, Letter: "L"})
	})
	if err != nil {
		return err
	}
	r.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return r.blob("image/png", data)
}

// demoCredentials are what the till's app asks a demo for, in place of a pairing code
// and a PIN.
type demoCredentials struct {
	TillToken    string `json:"till_token"`
	SessionToken string `json:"session_token"`
}

// demoTill leads the visitor of a demo to its till.
func (w *Web) demoTill(r *request) error { return r.seeOther("/till#demo") }

// enterDemoTill gives the app the credentials of the demo's till.
func (w *Web) enterDemoTill(r *request) error {
	till, session, err := w.Demo.EnterTill(r.ctx())
	if err != nil {
		return fmt.Errorf("enter the demo's till: %w", err)
	}
	r.noStore()
	if err := r.JSON(http.StatusOK, demoCredentials{TillToken: till, SessionToken: session}); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}
