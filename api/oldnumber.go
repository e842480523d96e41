package api

import (
	"context"
	"errors"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// SetOldNumber implements the contract.
func (h cardHandlers) SetOldNumber(ctx context.Context, r contract.SetOldNumberRequestObject) (contract.SetOldNumberResponseObject, error) {
	number := ""
	if typed := r.Body.OldNumber; typed != "" {
		plain, ok := customer.ParseOldNumber(typed)
		if _, err := loyalty.ParseCode(plain); !ok || err == nil {
			return nil, because(contract.ProblemReasonPattern, nil, "old_number", "must have %d to %d letters and digits, and be no card code",
				customer.MinOldNumberLen, customer.MaxOldNumberLen)
		}
		number = plain
	}
	err := h.store.SetOldNumber(ctx, requestOf(ctx).principal.OrgID, r.CardID, number)
	if errors.Is(err, customer.ErrOldNumberTaken) {
		return nil, &problem{code: codeAlreadyInUse, field: "old_number", detail: "leads to another card, or is a customer's number"}
	}
	if err != nil {
		return nil, missing(codeCardNotFound, err)
	}
	return contract.SetOldNumber204Response{}, nil
}

// seek finds the card that was scanned or typed by all that it may be but a phone
// number. A customer number may be the number of a card from before as well, by chance.
func seek(ctx context.Context, store CardStore, orgID, input, programID string) (customer.View, error) {
	h := handleOf(input)
	v, err := store.Identify(ctx, orgID, h, programID)
	if h.Number == "" || !errors.Is(err, loyalty.ErrNotFound) {
		return v, err
	}
	return store.Identify(ctx, orgID, customer.Handle{OldNumber: h.Number}, programID)
}
