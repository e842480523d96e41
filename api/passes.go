package api

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
)

// Passes makes cards for the wallets of phones.
type Passes interface {
	// Package returns the signed pass of a card, or loyalty.ErrNotFound.
	Package(ctx context.Context, orgID, cardID string) ([]byte, error)
	// Bundle returns the passes of a customer's cards in use in one file, or
	// loyalty.ErrNotFound if there are none.
	Bundle(ctx context.Context, orgID, customerID string) ([]byte, error)
	// State tells of the certificate.
	State() PassesState
	// Counts counts the organization's passes.
	Counts(ctx context.Context, orgID string) (customer.PassCounts, error)
}

// PassesState is what passes are made with.
type PassesState struct {
	PassType string
	// Expires is when the certificate ends.
	Expires time.Time
	// Trusted tells that phones accept the passes, Updated that they can ask for changes.
	Trusted, Updated bool
}

// errNoPasses is the answer of a server that makes none.
var errNoPasses = &problem{code: codePassesNotOffered, detail: "it was started without a certificate for Apple Wallet"}

type passHandlers struct {
	store     CardStore
	customers CustomerStore
	passes    Passes
	google    GooglePasses
}

// GetCardPass implements the contract.
func (h passHandlers) GetCardPass(ctx context.Context, r contract.GetCardPassRequestObject) (contract.GetCardPassResponseObject, error) {
	if h.passes == nil {
		return nil, errNoPasses
	}
	v, err := readCard(ctx, h.store, requestOf(ctx).principal, r.CardID)
	if err != nil {
		return nil, err
	}
	packed, err := h.passes.Package(ctx, v.Card.OrgID, v.Card.ID)
	if err != nil {
		return nil, missing(codeCardNotFound, err)
	}
	return contract.GetCardPass200ApplicationVndApplePkpassResponse{Body: bytes.NewReader(packed), ContentLength: int64(len(packed))}, nil
}

// GetCustomerPasses implements the contract.
func (h passHandlers) GetCustomerPasses(ctx context.Context, r contract.GetCustomerPassesRequestObject) (contract.GetCustomerPassesResponseObject, error) {
	if h.passes == nil {
		return nil, errNoPasses
	}
	who := requestOf(ctx).principal
	if _, err := h.customers.Customer(ctx, who.OrgID, r.CustomerID); err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	packed, err := h.passes.Bundle(ctx, who.OrgID, r.CustomerID)
	if err != nil {
		return nil, missing(codeCardNotFound, err)
	}
	return contract.GetCustomerPasses200ApplicationVndApplePkpassesResponse{Body: bytes.NewReader(packed), ContentLength: int64(len(packed))}, nil
}

// GetPassStats implements the contract.
func (h passHandlers) GetPassStats(ctx context.Context, _ contract.GetPassStatsRequestObject) (contract.GetPassStatsResponseObject, error) {
	orgID := requestOf(ctx).principal.OrgID
	google, err := h.googleStats(ctx, orgID)
	if err != nil || h.passes == nil {
		return contract.GetPassStats200JSONResponse{Google: google}, err
	}
	n, err := h.passes.Counts(ctx, orgID)
	if err != nil {
		return nil, fmt.Errorf("count passes: %w", err)
	}
	state := h.passes.State()
	expires := state.Expires.UTC()
	return contract.GetPassStats200JSONResponse{
		Offered: true, PassType: state.PassType, ExpiresAt: &expires, Trusted: state.Trusted, Updated: state.Updated,
		Issued: n.Issued, Installed: n.Installed, Pushed: n.Pushed, Fetched: n.Fetched, Stale: n.Stale, Google: google,
	}, nil
}
