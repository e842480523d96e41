package web

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// Passes makes cards for the wallets of phones.
type Passes interface {
	// Package returns the signed pass of a card for Apple Wallet, or loyalty.ErrNotFound.
	Package(ctx context.Context, orgID, cardID string) ([]byte, error)
}

// passMediaType is that of a pass for Apple Wallet.
const passMediaType = "application/vnd.apple.pkpass"

// walletOffer is how a page offers the card for a wallet. Without any field set it does
// not.
type walletOffer struct {
	// Add is the address of the pass, for a device that takes it.
	Add string
	// First tells that the visitor has just got the card: the button stands on top.
	First bool
	// Carry is the address of a QR code of this page, for a computer that takes no pass:
	// the phone that scans it gets the button.
	Carry string
}

// walletOffer returns what to offer to the device that asks. Devices are known by what
// they say of themselves only, so one that is mistaken for another still has the page.
func (w *Web) walletOffer(r *request, view customer.View) walletOffer {
	if w.Passes == nil {
		return walletOffer{}
	}
	path := r.cardPath(view.Link)
	done := r.QueryParam("done")
	offer := walletOffer{First: done == doneJoined || done == doneConfirmed || done == doneMerged}
	agent := r.Request().UserAgent()
	has := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(agent, word) {
				return true
			}
		}
		return false
	}
	switch {
	case has("iPhone", "iPad", "Macintosh"):
		offer.Add = path + "/pass.pkpass"
	case has("Windows NT", "X11; Linux", "X11; CrOS"):
		offer.Carry = path + "/address.svg"
	}
	return offer
}

// cardPass answers with the card as a pass. It is made anew for every request that finds
// another card, and never kept by anybody in between.
func (w *Web) cardPass(r *request) error {
	if w.Passes == nil {
		return errNotHere
	}
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	packed, err := w.Passes.Package(r.ctx(), r.org.ID, view.Card.ID)
	if errors.Is(err, loyalty.ErrNotFound) {
		return errNotHere
	}
	if err != nil {
		return fmt.Errorf("make pass: %w", err)
	}
	r.noStore()
	r.Response().Header().Set("Content-Disposition", `attachment; filename="card.pkpass"`)
	return r.blob(passMediaType, packed)
}
