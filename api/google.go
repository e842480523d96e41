package api

import (
	"context"
	"fmt"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
)

// GooglePasses puts cards into Google Wallet.
type GooglePasses interface {
	// SaveLink returns the address at Google at which the card is saved. It returns
	// loyalty.ErrNotFound and customer.ErrWalletAway.
	SaveLink(ctx context.Context, orgID, cardID string) (string, error)
	// Issuer returns the number of the issuer.
	Issuer() string
	// Counts counts the organization's passes.
	Counts(ctx context.Context, orgID string) (customer.GooglePassCounts, error)
}

// GetCardGooglePass implements the contract.
func (h passHandlers) GetCardGooglePass(ctx context.Context, r contract.GetCardGooglePassRequestObject) (contract.GetCardGooglePassResponseObject, error) {
	if h.google == nil {
		return nil, &problem{code: codePassesNotOffered, detail: "it was started without an account for Google Wallet"}
	}
	v, err := readCard(ctx, h.store, requestOf(ctx).principal, r.CardID)
	if err != nil {
		return nil, err
	}
	link, err := h.google.SaveLink(ctx, v.Card.OrgID, v.Card.ID)
	if err != nil {
		return nil, missing(codeCardNotFound, err)
	}
	return contract.GetCardGooglePass200JSONResponse{SaveURL: link}, nil
}

// googleStats are nil for a server that offers nothing for Google Wallet.
func (h passHandlers) googleStats(ctx context.Context, orgID string) (*contract.GooglePassStats, error) {
	if h.google == nil {
		return nil, nil //nolint:nilnil // nothing is offered, nothing is counted
	}
	n, err := h.google.Counts(ctx, orgID)
	if err != nil {
		return nil, fmt.Errorf("count passes for Google: %w", err)
	}
	return &contract.GooglePassStats{IssuerID: h.google.Issuer(), Issued: n.Issued, Saved: n.Saved, Sent: n.Sent, Stale: n.Stale, Failed: n.Failed}, nil
}
