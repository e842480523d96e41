package web

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// GooglePasses puts cards into Google Wallet.
type GooglePasses interface {
	// SaveLink returns the address at Google at which the card is saved. It returns
	// loyalty.ErrNotFound and customer.ErrWalletAway.
	SaveLink(ctx context.Context, orgID, cardID string) (string, error)
}

// cardGooglePass leads to the page of Google that saves the card. The address is made now:
// whoever opens the card's page does not send the card to Google by that.
func (w *Web) cardGooglePass(r *request) error {
	if w.Google == nil {
		return errNotHere
	}
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	link, err := w.Google.SaveLink(r.ctx(), r.org.ID, view.Card.ID)
	switch {
	case errors.Is(err, loyalty.ErrNotFound):
		return errNotHere
	case errors.Is(err, customer.ErrWalletAway):
		// The card's page is there all the same, and always right.
		w.Log.ErrorContext(r.ctx(), "Google Wallet does not take a card", "error", err)
		return r.seeOther(r.cardPath(view.Link) + "?done=" + doneWalletAway)
	case err != nil:
		return fmt.Errorf("make link for Google Wallet: %w", err)
	}
	return r.seeOther(link)
}
