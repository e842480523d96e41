package api

import (
	"bytes"
	"context"

	"github.com/leima/leima/api/contract"
)

// Passes makes cards for the wallets of phones.
type Passes interface {
	// Package returns the signed pass of a card, or loyalty.ErrNotFound.
	Package(ctx context.Context, orgID, cardID string) ([]byte, error)
}

type passHandlers struct {
	store  CardStore
	passes Passes
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
