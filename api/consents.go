package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/typeid"
)

// ConsentStore keeps what customers are asked and what they decided.
type ConsentStore interface {
	// ConsentTexts returns what is asked now, in its order; at most
	// customer.MaxConsentTexts.
	ConsentTexts(ctx context.Context, orgID string) ([]customer.ConsentText, error)
	// CreateConsentText adds a text in the place of one of a lower version for the same
	// purpose and channel; organization.ErrTaken if there is one of that version.
	CreateConsentText(ctx context.Context, t customer.ConsentText) error
	// Consents returns customer.ErrNotFound for somebody who is not there, as
	// RecordConsents does.
	Consents(ctx context.Context, orgID, customerID string) ([]customer.ConsentState, error)
	RecordConsents(ctx context.Context, orgID, customerID string, list []customer.Consent) error
}

type consentHandlers struct {
	store ConsentStore
	now   func() int64
}

// ListConsentTexts implements the contract.
func (h consentHandlers) ListConsentTexts(ctx context.Context, r contract.ListConsentTextsRequestObject) (contract.ListConsentTextsResponseObject, error) {
	texts, err := h.store.ConsentTexts(ctx, requestOf(ctx).principal.OrgID)
	if err != nil {
		return nil, fmt.Errorf("list consent texts: %w", err)
	}
	list, err := cut(texts, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	return contract.ListConsentTexts200JSONResponse{Data: each(list.Items, consentTextView), NextCursor: optional(list.NextCursor)}, nil
}

// CreateConsentText implements the contract.
func (h consentHandlers) CreateConsentText(ctx context.Context, r contract.CreateConsentTextRequestObject) (contract.CreateConsentTextResponseObject, error) {
	orgID := requestOf(ctx).principal.OrgID
	t := customer.ConsentText{
		OrgID: orgID, ID: typeid.New("ctxt"), Purpose: r.Body.Purpose, Channel: given(r.Body.Channel), Version: 1,
		Text: r.Body.Text, Active: true, Position: given(r.Body.Position), CreatedAt: h.now(),
	}
	for _, l := range organization.Locales {
		if words, ok := t.Text[l]; ok && strings.TrimSpace(words) == "" {
			return nil, invalid("text."+l, "must not be empty")
		}
	}
	texts, err := h.store.ConsentTexts(ctx, orgID)
	if err != nil {
		return nil, fmt.Errorf("list consent texts: %w", err)
	}
	for _, old := range texts {
		if old.Purpose == t.Purpose && old.Channel == t.Channel {
			t.Version = max(t.Version, old.Version+1)
		}
	}
	if err := h.store.CreateConsentText(ctx, t); err != nil {
		return nil, fmt.Errorf("create consent text: %w", err)
	}
	return contract.CreateConsentText201JSONResponse(consentTextView(t)), nil
}

// ListCustomerConsents implements the contract.
func (h consentHandlers) ListCustomerConsents(ctx context.Context, r contract.ListCustomerConsentsRequestObject) (contract.ListCustomerConsentsResponseObject, error) {
	states, err := h.store.Consents(ctx, requestOf(ctx).principal.OrgID, r.CustomerID)
	if err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	list, err := cut(states, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	return contract.ListCustomerConsents200JSONResponse{Data: each(list.Items, consentStateView), NextCursor: optional(list.NextCursor)}, nil
}

// RecordCustomerConsents implements the contract.
func (h consentHandlers) RecordCustomerConsents(ctx context.Context, r contract.RecordCustomerConsentsRequestObject) (contract.RecordCustomerConsentsResponseObject, error) {
	p := requestOf(ctx).principal
	states, err := h.store.Consents(ctx, p.OrgID, r.CustomerID)
	if err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	asked := make(map[string]customer.ConsentText, len(states))
	for _, s := range states {
		asked[s.Text.ID] = s.Text
	}
	now := h.now()
	list := make([]customer.Consent, len(r.Body.Decisions))
	decided := map[string]bool{}
	for i, d := range r.Body.Decisions {
		text, ok := asked[d.TextID]
		if !ok || decided[d.TextID] {
			return nil, invalid(fmt.Sprintf("decisions[%d].text_id", i), "must be a text that customers are asked now, once")
		}
		decided[d.TextID] = true
		list[i] = customer.Consent{
			OrgID: p.OrgID, ID: typeid.New("cons"), CustomerID: r.CustomerID, TextID: text.ID, Purpose: text.Purpose,
			Channel: text.Channel, Granted: d.Granted, Source: consentSource(p), Locale: given(r.Body.Locale), Actor: p.Actor(), At: now,
		}
	}
	if err := h.store.RecordConsents(ctx, p.OrgID, r.CustomerID, list); err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	if states, err = h.store.Consents(ctx, p.OrgID, r.CustomerID); err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	return contract.RecordCustomerConsents200JSONResponse{Data: each(states, consentStateView)}, nil
}

func consentTextView(t customer.ConsentText) contract.ConsentText {
	return contract.ConsentText{
		ID: t.ID, Purpose: t.Purpose, Channel: optional(t.Channel), Version: t.Version, Text: t.Text,
		Position: t.Position, CreatedAt: instant(t.CreatedAt),
	}
}

func consentStateView(s customer.ConsentState) contract.ConsentState {
	return contract.ConsentState{
		TextID: s.Text.ID, Purpose: s.Text.Purpose, Channel: optional(s.Text.Channel), Version: s.Text.Version,
		Text: s.Text.Text, Granted: s.Granted, At: optionalInstant(s.At),
	}
}
