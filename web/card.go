package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// maxLinkLen bounds what is looked up as a card's link, in bytes.
const maxLinkLen = 128

// cardPage is what card.html shows.
type cardPage struct {
	*page
	cardFace
	// Link is the page's address without a query.
	Link string
	// Code and Number are grouped, as people read them out.
	Code, Number string
	Shown        shownCode
	Notice       notice
	Consents     []consentState
	// Complete asks for a contact, nil where there is one.
	Complete *contactForm
	Private  bool
	Wallet   walletOffer
}

// notice is one sentence about what was just done.
type notice struct {
	Text string
	// Bad notices say that something was not done.
	Bad bool
}

// What a redirect to the card page can say was done.
const (
	doneJoined    = "joined"
	doneConfirmed = "confirmed"
	doneMerged    = "merged"
	// doneWalletAway is for a wallet whose servers did not take the card.
	doneWalletAway = "wallet-away"
	doneSaved      = "saved"
	doneSent       = "sent"
	doneTooOften   = "too-often"
)

// findCard finds the card that the address names and speaks its customer's
// language. Whatever is not the link of a card in use is errNotHere.
func (w *Web) findCard(r *request) (customer.View, error) {
	if err := r.of(r.Param("slug")); err != nil {
		return customer.View{}, err
	}
	link := r.Param("link")
	if link == "" || len(link) > maxLinkLen {
		return customer.View{}, errNotHere
	}
	view, err := w.Cards.CardByLink(r.ctx(), r.org.ID, link)
	if errors.Is(err, loyalty.ErrNotFound) || (err == nil && !view.Card.Status.Usable()) {
		return customer.View{}, errNotHere
	}
	if err != nil {
		return customer.View{}, fmt.Errorf("read card: %w", err)
	}
	r.speak(view.Customer.Locale)
	return view, nil
}

func (w *Web) cardPage(r *request) error {
	view, err := w.findCard(r)
	if errors.Is(err, errNotHere) {
		return w.movedPage(r)
	}
	if err != nil {
		return err
	}
	return w.showCard(r, http.StatusOK, view, r.contactFormOf(view))
}

// showCard shows the page, with the form for a contact if there is one.
func (w *Web) showCard(r *request, status int, view customer.View, form *contactForm) error {
	code, err := w.shownCode(r, view)
	if err != nil {
		return err
	}
	face, err := w.face(r, view, paging.Page{Limit: historyPage, Cursor: r.QueryParam("before")})
	if err != nil {
		return err
	}
	data := cardPage{
		page: r.newPage(r.T("card.title", "shop", r.org.Name)), cardFace: face,
		Link: r.cardPath(view.Link), Code: groupCode(view.Code), Number: customer.FormatNumber(view.Customer.Number),
		Shown: code, Notice: r.notice(view), Complete: form, Private: true,
	}
	if data.Wallet, err = w.walletOffer(r, view); err != nil {
		return err
	}
	if data.Consents, err = w.consentStates(r, view); err != nil {
		return err
	}
	return r.render(status, "card", data)
}

// notice says what was just done. The address of the page carries only which of the
// sentences, never words.
func (r *request) notice(view customer.View) notice {
	switch r.QueryParam("done") {
	case doneJoined:
		return notice{Text: r.T("card.welcome_new")}
	case doneConfirmed:
		return notice{Text: r.T("card.confirmed")}
	case doneMerged:
		return notice{Text: r.T("card.merged")}
	case doneSaved:
		return notice{Text: r.T("card.saved")}
	case doneSent:
		return notice{Text: r.T("card.sent_again", "contact", pendingContact(view.Customer))}
	case doneTooOften:
		return notice{Text: r.T("card.too_often"), Bad: true}
	case doneWalletAway:
		return notice{Text: r.T("card.wallet_away"), Bad: true}
	}
	return notice{}
}

// cardSendAgain asks for another confirmation link.
func (w *Web) cardSendAgain(r *request) error {
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	if view.Card.Status != loyalty.CardProvisional {
		return r.seeOther(r.cardPath(view.Link))
	}
	err = w.Confirmations.RequestConfirmation(r.ctx(), r.org.ID, view.Customer.ID, view.Card.ProgramID, r.now())
	switch {
	case errors.Is(err, customer.ErrTooOften):
		return r.seeOther(r.cardPath(view.Link) + "?done=" + doneTooOften)
	case err != nil:
		return fmt.Errorf("ask for a confirmation: %w", err)
	}
	return r.seeOther(r.cardPath(view.Link) + "?done=" + doneSent)
}
