package api

import (
	"context"
	"errors"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// MaxRefLen bounds external references and reasons, in bytes.
const MaxRefLen = 200

// CreateStamp implements the contract.
func (h ledgerHandlers) CreateStamp(ctx context.Context, r contract.CreateStampRequestObject) (contract.CreateStampResponseObject, error) {
	o, err := h.stamp(ctx, requestOf(ctx), r.Params.IdempotencyKey, r.Body)
	if err != nil {
		return nil, err
	}
	return contract.CreateStamp201JSONResponse{
		Body: ledgerView(o), Headers: contract.CreateStamp201ResponseHeaders{IdempotencyReplayed: isReplay(o)},
	}, nil
}

func (h ledgerHandlers) stamp(ctx context.Context, rq *request, key string, body *contract.StampCreation) (loyalty.Outcome, error) {
	m, err := stampMeaning(body)
	if err != nil {
		return loyalty.Outcome{}, err
	}
	if _, err := whereabouts(rq.principal, &body.LocationID); err != nil {
		return loyalty.Outcome{}, err
	}
	c, err := h.command(ctx, rq, key, m)
	if err != nil {
		return loyalty.Outcome{}, err
	}
	if body.CardID != nil {
		c.CardID = *body.CardID
		return h.carryOut(ctx, c, codeCardNotFound)
	}
	return h.stampByCode(ctx, rq, c, *body.Code)
}

// stampByCode stamps the card that the code or number leads to.
func (h ledgerHandlers) stampByCode(ctx context.Context, rq *request, c loyalty.Command, code string) (loyalty.Outcome, error) {
	err := h.guesses.allowed(&rq.principal)
	if err != nil {
		return loyalty.Outcome{}, err
	}
	// A code that leads nowhere still goes to the ledger: the card may have been
	// revoked since, and then the key is answered as it was before.
	c.CardID, c.Past, err = identify(ctx, h.cards, rq.principal.OrgID, code)
	if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
		return loyalty.Outcome{}, err
	}
	o, err := h.carryOut(ctx, c, codeCardNotFound)
	if p := (*problem)(nil); c.CardID == "" && errors.As(err, &p) && p.code == codeCardNotFound {
		err = h.guesses.missed(ctx, &rq.principal, err)
	}
	return o, err
}

// stampMeaning parses the body. The card is named as the caller named it: where a
// number leads may change between two attempts, what was asked for does not.
func stampMeaning(b *contract.StampCreation) (meaning, error) {
	m := meaning{
		Kind: loyalty.CommandStamp, Quantity: b.Quantity, LocationID: b.LocationID,
		Reference: given(b.ExternalRef), At: optionalMillis(b.At),
	}
	switch {
	case b.CardID == nil && b.Code == nil:
		return m, invalid("card_id", "give card_id or code")
	case b.CardID != nil && b.Code != nil:
		return m, invalid("code", "give card_id or code, not both")
	case b.CardID != nil:
		m.Card = *b.CardID
	default:
		m.Card = namedBy(*b.Code)
	}
	return m, organization.CheckLine("external_ref", m.Reference, MaxRefLen, false)
}
