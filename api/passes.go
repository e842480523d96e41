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
	// State tells of the certificate.
	State() PassesState
	// Counts counts the organization's passes.
	Counts(ctx context.Context, orgID string) (customer.PassCounts, error)
	// Spread tells how far phones were told of the last change that concerns all passes.
	Spread(ctx context.Context, orgID string) (customer.PassSpread, error)
}

// PassesState is what passes are made with.
type PassesState struct {
	PassType string
	// Expires is when the certificate ends.
	Expires time.Time
	// Trusted tells that phones accept the passes, Updated that they can ask for changes.
	Trusted, Updated bool
}

type passHandlers struct {
	store  CardStore
	passes Passes
	now    func() int64
}

// GetCardPass implements the contract.
func (h passHandlers) GetCardPass(ctx context.Context, r contract.GetCardPassRequestObject) (contract.GetCardPassResponseObject, error) {
	if h.passes == nil {
		return nil, &problem{code: codePassesNotOffered, detail: "it was started without a certificate for Apple Wallet"}
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

// GetPassStats implements the contract.
func (h passHandlers) GetPassStats(ctx context.Context, _ contract.GetPassStatsRequestObject) (contract.GetPassStatsResponseObject, error) {
	if h.passes == nil {
		return contract.GetPassStats200JSONResponse{}, nil
	}
	n, err := h.passes.Counts(ctx, requestOf(ctx).principal.OrgID)
	if err != nil {
		return nil, fmt.Errorf("count passes: %w", err)
	}
	spread, err := h.passes.Spread(ctx, requestOf(ctx).principal.OrgID)
	if err != nil {
		return nil, fmt.Errorf("read spread of passes: %w", err)
	}
	state := h.passes.State()
	expires := state.Expires.UTC()
	return contract.GetPassStats200JSONResponse{
		Offered: true, PassType: state.PassType, ExpiresAt: &expires, Trusted: state.Trusted, Updated: state.Updated,
		Issued: n.Issued, Installed: n.Installed, Pushed: n.Pushed, Fetched: n.Fetched, Stale: n.Stale,
		Spread: spreadView(spread, h.now()),
	}, nil
}

// spreadView says how far a spread is, nil if there was none. When it ends is worked out
// from what was done so far.
func spreadView(s customer.PassSpread, now int64) *contract.PassSpread {
	if s.Total == 0 {
		return nil
	}
	view := &contract.PassSpread{Total: s.Total, Told: s.Told, StartedAt: instant(s.StartedAt)}
	switch {
	case s.FinishedAt != 0:
		finished := instant(s.FinishedAt)
		view.FinishedAt = &finished
	case s.Told > 0:
		ends := instant(now + int64(float64(s.Total-s.Told)/float64(s.Told)*float64(now-s.StartedAt)))
		view.EndsAt = &ends
	}
	return view
}
