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
	// Spread tells how far phones were told of the last change that concerns all passes.
	Spread(ctx context.Context, orgID string) (customer.PassSpread, error)
}

// PassCounter counts the organization's passes for one wallet.
type PassCounter interface {
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
	samsung   PassCounter
	now       func() int64
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

// ListCardPasses implements the contract.
func (h passHandlers) ListCardPasses(ctx context.Context, r contract.ListCardPassesRequestObject) (contract.ListCardPassesResponseObject, error) {
	v, err := readCard(ctx, h.store, requestOf(ctx).principal, r.CardID)
	if err != nil {
		return nil, err
	}
	passes, err := h.store.CardWalletPasses(ctx, v.Card.OrgID, v.Card.ID)
	if err != nil {
		return nil, fmt.Errorf("list passes of card: %w", err)
	}
	return contract.ListCardPasses200JSONResponse{Data: each(passes, cardPassView)}, nil
}

// ListStalePasses implements the contract.
func (h passHandlers) ListStalePasses(ctx context.Context, r contract.ListStalePassesRequestObject) (contract.ListStalePassesResponseObject, error) {
	list, err := h.store.StalePasses(ctx, requestOf(ctx).principal.OrgID, customer.Wallet(r.Params.Wallet))
	if err != nil {
		return nil, fmt.Errorf("list stale passes: %w", err)
	}
	return contract.ListStalePasses200JSONResponse{Data: each(list, func(p customer.HeldPass) contract.HeldPass {
		return contract.HeldPass{Pass: cardPassView(p.Pass), CardID: p.CardID, CustomerID: p.Customer.ID, DisplayName: p.Customer.DisplayName()}
	})}, nil
}

func cardPassView(p customer.WalletPass) contract.CardPass {
	version := func(v customer.PassVersion) contract.PassVersion {
		return contract.PassVersion{Version: v.Version, At: optionalInstant(v.At)}
	}
	view := contract.CardPass{
		Wallet: contract.Wallet(p.Wallet), Serial: p.Serial, State: contract.CardPassState(p.State()), Problem: string(p.Problem),
		Desired: version(p.Desired), Pushed: version(p.Pushed), Fetched: version(p.Fetched),
		CreatedAt: instant(p.CreatedAt), RemovedAt: optionalInstant(p.RemovedAt),
	}
	if p.Devices >= 0 {
		view.Devices = &p.Devices
	}
	return view
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
	var stats contract.PassStats
	if h.passes != nil {
		n, err := h.passes.Counts(ctx, orgID)
		if err != nil {
			return nil, fmt.Errorf("count passes: %w", err)
		}
		spread, err := h.passes.Spread(ctx, orgID)
		if err != nil {
			return nil, fmt.Errorf("read spread of passes: %w", err)
		}
		state := h.passes.State()
		expires := state.Expires.UTC()
		stats = contract.PassStats{
			Offered: true, PassType: state.PassType, ExpiresAt: &expires, Trusted: state.Trusted, Updated: state.Updated,
			Issued: n.Issued, Installed: n.Installed, Pushed: n.Pushed, Fetched: n.Fetched, Stale: n.Stale,
			Spread: spreadView(spread, h.now()),
		}
	}
	var err error
	if stats.Google, err = h.googleStats(ctx, orgID); err != nil {
		return nil, err
	}
	if h.samsung != nil {
		n, err := h.samsung.Counts(ctx, orgID)
		if err != nil {
			return nil, fmt.Errorf("count passes for Samsung: %w", err)
		}
		stats.Samsung = &contract.WalletStats{Issued: n.Issued, Installed: n.Installed, Told: n.Pushed, Fetched: n.Fetched, Stale: n.Stale}
	}
	return contract.GetPassStats200JSONResponse(stats), nil
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
