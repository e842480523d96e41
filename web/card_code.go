package web

import (
	"encoding/hex"
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/wallet/barcode"
)

// shownCode is what the page shows to be scanned.
type shownCode struct {
	QR qr
	// Alt says what the code is to whoever does not see it.
	Alt string
	// Secret is, in a program that asks for rotating codes, what the page makes them
	// from by itself, in hexadecimal; else "". It is the customer's as much as the link.
	Secret string
	// Card is the card's own code.
	Card string
}

// shownCode returns the card's own code, or the rotating code of this moment. The page
// goes on from there, also without a network; without a script it stands still, and is
// good until the step after it is over.
func (w *Web) shownCode(r *request, view customer.View) (shownCode, error) {
	kind, err := w.codeKind(r, view)
	if err != nil {
		return shownCode{}, err
	}
	shown, text := shownCode{Card: view.Code, Alt: r.T("card.code_alt", "code", groupCode(view.Code))}, view.Code
	if kind == barcode.QR {
		shown.Alt = r.T("card.qr_alt", "code", groupCode(view.Code))
	}
	if view.Program.RedeemCode == loyalty.RedeemRotating {
		key, err := w.Cards.CodeKey(r.ctx(), r.org.ID)
		if err != nil {
			return shownCode{}, fmt.Errorf("make rotating code: %w", err)
		}
		secret := loyalty.CodeSecret(key, view.Code)
		shown.Secret = hex.EncodeToString(secret[:])
		text = loyalty.RotatingCode(secret, view.Code, loyalty.RotatingStep(r.now()))
	}
	shown.QR, err = newCode(kind, text)
	return shown, err
}

// codeKind returns how the code of the card is drawn: as its program asks. A rotating code
// is drawn by the page itself, which draws QR codes.
func (w *Web) codeKind(r *request, view customer.View) (barcode.Kind, error) {
	if w.Barcodes == nil || view.Program.RedeemCode == loyalty.RedeemRotating {
		return barcode.QR, nil
	}
	kind, err := w.Barcodes.Barcode(r.ctx(), r.org.ID, view.Program.ID)
	if err != nil {
		return "", fmt.Errorf("read how the code is drawn: %w", err)
	}
	return barcode.Kind(kind), nil
}
