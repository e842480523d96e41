package web

import (
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

// consentState is one permission on the card page. Giving and withdrawing it are
// the same press of a button.
type consentState struct {
	ID, Text string
	Granted  bool
	// Said is what the customer decided, and when.
	Said string
}

func (w *Web) consentStates(r *request, view customer.View) ([]consentState, error) {
	states, err := w.Consents.Consents(r.ctx(), r.org.ID, view.Customer.ID)
	if err != nil {
		return nil, fmt.Errorf("read consents: %w", err)
	}
	out := make([]consentState, 0, len(states))
	for _, s := range states {
		out = append(out, consentState{ID: s.Text.ID, Text: r.words(s.Text.Text), Granted: s.Granted, Said: r.consentSaid(s)})
	}
	return out, nil
}

func (r *request) consentSaid(s customer.ConsentState) string {
	date := r.texts.Date(s.At, r.zone())
	switch {
	case s.At == 0:
		return r.T("card.consent_never")
	case s.Granted:
		return r.T("card.consent_given", "date", date)
	}
	// A box that was left alone and a permission that was withdrawn are the same no.
	return r.T("card.consent_refused", "date", date)
}

// cardConsent takes one decision.
func (w *Web) cardConsent(r *request) error {
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	states, err := w.Consents.Consents(r.ctx(), r.org.ID, view.Customer.ID)
	if err != nil {
		return fmt.Errorf("read consents: %w", err)
	}
	decision, err := r.decision(states)
	if err != nil {
		return err
	}
	decision.OrgID, decision.CustomerID = r.org.ID, view.Customer.ID
	if err := w.Consents.RecordConsents(r.ctx(), r.org.ID, view.Customer.ID, []customer.Consent{decision}); err != nil {
		return fmt.Errorf("record consent: %w", err)
	}
	return r.seeOther(r.cardPath(view.Link) + "?done=" + doneSaved + "#consents")
}

// decision reads the form: one of the texts on the page, and yes or no.
func (r *request) decision(states []customer.ConsentState) (customer.Consent, error) {
	granted := r.field("granted")
	if granted != "yes" && granted != "no" {
		return customer.Consent{}, errBadForm
	}
	for _, s := range states {
		if s.Text.ID == r.field("text") {
			return customer.Consent{
				ID: typeid.New("cons"), TextID: s.Text.ID, Purpose: s.Text.Purpose, Channel: s.Text.Channel,
				Granted: granted == "yes", Source: customer.SourceCardPage, Locale: r.texts.Locale(),
				Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, At: r.now(),
			}, nil
		}
	}
	return customer.Consent{}, errBadForm
}
