package web

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// Passes makes cards for Apple Wallet.
type Passes interface {
	// Package returns the signed pass of a card for Apple Wallet, or loyalty.ErrNotFound.
	Package(ctx context.Context, orgID, cardID string) ([]byte, error)
	// Bundle returns the passes of a customer's cards in use in one file, or
	// loyalty.ErrNotFound if there are none; Bundled tells how many these are.
	Bundle(ctx context.Context, orgID, customerID string) ([]byte, error)
	Bundled(ctx context.Context, orgID, customerID string) (int, error)
}

// Links adds cards to a wallet by addresses of the wallet's maker.
type Links interface {
	// AddLink returns the address that adds a card, which may be good for some seconds
	// only, or loyalty.ErrNotFound.
	AddLink(ctx context.Context, orgID, cardID string) (string, error)
}

// Media types of a pass for Apple Wallet, and of several in one file.
const (
	passMediaType   = "application/vnd.apple.pkpass"
	bundleMediaType = "application/vnd.apple.pkpasses"
)

// walletOffer is how a page offers the card for a wallet. Without any field set it does
// not.
type walletOffer struct {
	// Add is the button, Others are what the device may have instead.
	Add    walletLink
	Others []walletLink
	// All adds all cards of the customer at once, if they have several.
	All walletLink
	// InApp tells to open the page in a browser if the button does nothing.
	InApp bool
	// First tells that the visitor has just got the card: the button stands on top.
	First bool
	// Carry is the address of a QR code of this page, for a device that is no phone: the
	// phone that scans it gets its button.
	Carry string
}

// walletLink leads to a card in a wallet. Without an address it is none.
type walletLink struct {
	Wallet      wallet
	Href, Label string
	// Picture is the maker's, which says what Label does; none if there is none.
	Picture buttonPicture
}

// walletLinks returns what adds the card, by the wallets that this server offers.
func (w *Web) walletLinks(r *request, path string) map[wallet]walletLink {
	links := map[wallet]walletLink{}
	if w.Passes != nil {
		links[walletApple] = walletLink{Wallet: walletApple, Href: path + "/pass.pkpass", Label: r.T("card.wallet_add")}
	}
	if w.Google != nil {
		links[walletGoogle] = walletLink{Wallet: walletGoogle, Href: path + "/google-pass", Label: r.T("card.wallet_add_google")}
	}
	if w.Samsung != nil {
		links[walletSamsung] = walletLink{Wallet: walletSamsung, Href: path + "/samsung", Label: r.T("card.wallet_add_samsung")}
	}
	return links
}

// walletOffer returns what to offer to the device that asks.
func (w *Web) walletOffer(r *request, view customer.View) (walletOffer, error) {
	path := r.cardPath(view.Link)
	links := w.walletLinks(r, path)
	if len(links) == 0 {
		return walletOffer{}, nil
	}
	done := r.QueryParam("done")
	offer := walletOffer{First: done == doneJoined || done == doneConfirmed || done == doneMerged}
	asks := deviceOf(r.Request().UserAgent())
	for _, kind := range asks.wallets {
		link, offered := links[kind]
		switch {
		case !offered:
		case offer.Add.Href == "":
			offer.Add, offer.InApp = link, asks.inApp
			offer.Add.Picture = w.Buttons.of(kind, r.texts.Locale())
		default:
			offer.Others = append(offer.Others, link)
		}
	}
	if asks.carries {
		offer.Carry = path + "/address.svg"
	}
	if !asks.bundles || offer.Add.Wallet != walletApple {
		return offer, nil
	}
	n, err := w.Passes.Bundled(r.ctx(), r.org.ID, view.Customer.ID)
	if err != nil {
		return offer, fmt.Errorf("count passes of customer: %w", err)
	}
	if n > 1 {
		offer.All = walletLink{Wallet: walletApple, Href: path + "/passes.pkpasses", Label: r.T("card.wallet_all", "count", r.texts.Number(int64(n)))}
	}
	return offer, nil
}

// cardPass answers with the card as a pass. It is made anew for every request that finds
// another card, and never kept by anybody in between.
func (w *Web) cardPass(r *request) error {
	return w.passFile(r, "card.pkpass", passMediaType, func(view customer.View) ([]byte, error) {
		return w.Passes.Package(r.ctx(), r.org.ID, view.Card.ID)
	})
}

// cardPasses answers with all cards of the customer as passes. Whoever has the link of one
// card is its customer, and the pass of another card holds its code but not its link.
func (w *Web) cardPasses(r *request) error {
	return w.passFile(r, "cards.pkpasses", bundleMediaType, func(view customer.View) ([]byte, error) {
		return w.Passes.Bundle(r.ctx(), r.org.ID, view.Customer.ID)
	})
}

// cardSamsung leads to where the card is added to Samsung Wallet. The address is good for
// half a minute, so it is made when the button is pressed.
func (w *Web) cardSamsung(r *request) error {
	if w.Samsung == nil {
		return errNotHere
	}
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	link, err := w.Samsung.AddLink(r.ctx(), r.org.ID, view.Card.ID)
	if errors.Is(err, loyalty.ErrNotFound) {
		return errNotHere
	}
	if err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	return r.seeOther(link)
}

// passFile answers with what is made of the card that the address names.
func (w *Web) passFile(r *request, name, mediaType string, made func(customer.View) ([]byte, error)) error {
	if w.Passes == nil {
		return errNotHere
	}
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	packed, err := made(view)
	if errors.Is(err, loyalty.ErrNotFound) {
		return errNotHere
	}
	if err != nil {
		return fmt.Errorf("make pass: %w", err)
	}
	r.noStore()
	r.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return r.blob(mediaType, packed)
}
