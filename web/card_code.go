package web

import (
	"encoding/hex"
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// shownCode is what the page shows to be scanned.
type shownCode struct {
	QR qr
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
	shown, text := shownCode{Card: view.Code}, view.Code
	if view.Program.RedeemCode == loyalty.RedeemRotating {
		key, err := w.Cards.CodeKey(r.ctx(), r.org.ID)
		if err != nil {
			return shownCode{}, fmt.Errorf("make rotating code: %w", err)
		}
		secret := loyalty.CodeSecret(key, view.Code)
		shown.Secret = hex.EncodeToString(secret[:])
		text = loyalty.RotatingCode(secret, view.Code, loyalty.RotatingStep(r.now()))
	}
	var err error
	shown.QR, err = newQR(text)
	return shown, err
}
