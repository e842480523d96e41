package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/barcode"
)

// inKind asks for codes of one kind.
type inKind string

func (k inKind) Barcode(context.Context, string, string) (string, error) { return string(k), nil }

// The page draws the code as the program asks; that scanners read the drawings is tested
// in wallet/barcode.
func TestThePageDrawsTheCodeAsTheProgramAsks(t *testing.T) {
	for _, kind := range organization.PassBarcodes {
		t.Run(string(kind), func(t *testing.T) {
			w := newWorld(t, func(w *world) { w.barcodes = inKind(kind) })
			card := w.trusted("Helmi", "", "+358401234567")
			drawn, err := barcode.Draw(barcode.Kind(kind), card.Code)
			w.must(err)
			page := w.browser("Accept-Language", "en").get(w.cardPath(card))
			page.want(http.StatusOK, drawn.Path())
			wide := strings.Contains(page.Body, `class="code wide"`) && strings.Contains(page.Body, `class="whole wide"`)
			if want := kind == organization.BarcodePDF417 || kind == organization.BarcodeCode128; wide != want {
				t.Errorf("the code is wide: %t", wide)
			}
			alt := "Code to scan with the card code "
			if kind == organization.BarcodeQR {
				alt = "QR code with the card code "
			}
			page.want(http.StatusOK, alt)
		})
	}
}

// The page makes rotating codes by itself, which are QR codes whatever the program's passes
// bear.
func TestARotatingCodeIsAQRCode(t *testing.T) {
	w := newWorld(t, func(w *world) {
		w.barcodes, w.program.RedeemCode = inKind(barcode.Code128), loyalty.RedeemRotating
	})
	page := w.browser("Accept-Language", "en").get(w.cardPath(w.trusted("Helmi", "", "+358401234567")))
	page.want(http.StatusOK, "QR code with the card code ", `class="turns"`)
	page.wantNot(`class="code wide"`)
}
