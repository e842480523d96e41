package api

import (
	"context"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// cashierReversalWindow is how long a cashier can undo what was entered; later it
// takes somebody who may look into it.
const cashierReversalWindow = 24 * time.Hour

// AdjustCard implements the contract.
func (h ledgerHandlers) AdjustCard(ctx context.Context, r contract.AdjustCardRequestObject) (contract.AdjustCardResponseObject, error) {
	rq := requestOf(ctx)
	if r.Body.Quantity == 0 {
		return nil, invalid("quantity", "must not be 0")
	}
	if err := organization.CheckLine("reason", r.Body.Reason, MaxRefLen, true); err != nil {
		return nil, err
	}
	at, err := whereabouts(rq.principal, r.Body.LocationID)
	if err != nil {
		return nil, err
	}
	c, err := h.command(ctx, rq, r.Params.IdempotencyKey, meaning{
		Kind: loyalty.CommandAdjust, Card: r.CardID, Quantity: r.Body.Quantity, LocationID: at, Reason: r.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	c.CardID = r.CardID
	o, err := h.carryOut(ctx, c, codeCardNotFound)
	if err != nil {
		return nil, err
	}
	return contract.AdjustCard201JSONResponse{
		Body: ledgerView(o), Headers: contract.AdjustCard201ResponseHeaders{IdempotencyReplayed: isReplay(o)},
	}, nil
}

// ReverseEntry implements the contract.
func (h ledgerHandlers) ReverseEntry(ctx context.Context, r contract.ReverseEntryRequestObject) (contract.ReverseEntryResponseObject, error) {
	rq := requestOf(ctx)
	body := given(r.Body)
	if err := organization.CheckLine("reason", given(body.Reason), MaxRefLen, false); err != nil {
		return nil, err
	}
	at, err := whereabouts(rq.principal, body.LocationID)
	if err != nil {
		return nil, err
	}
	original, err := h.store.Entry(ctx, rq.principal.OrgID, r.EntryID)
	if err != nil {
		return nil, missing(codeEntryNotFound, err)
	}
	if err := mayReverse(rq.principal, original, h.now()); err != nil {
		return nil, err
	}
	c, err := h.command(ctx, rq, r.Params.IdempotencyKey, meaning{
		Kind: loyalty.CommandReverse, Entry: r.EntryID, LocationID: at, Reason: given(body.Reason),
	})
	if err != nil {
		return nil, err
	}
	o, err := h.carryOut(ctx, c, codeEntryNotFound)
	if err != nil {
		return nil, err
	}
	return contract.ReverseEntry201JSONResponse{
		Body: ledgerView(o), Headers: contract.ReverseEntry201ResponseHeaders{IdempotencyReplayed: isReplay(o)},
	}, nil
}

// mayReverse returns nil if the principal may undo the entry now: somebody tied to
// a branch only what was entered there, and a cashier only within
// cashierReversalWindow. It goes by when the entry was recorded, which nobody
// chooses, and not by when it is said to have happened.
func mayReverse(p access.Principal, e loyalty.Entry, now int64) error {
	if !p.At(e.LocationID) {
		return forbidden("the entry was made at another location")
	}
	if p.Role == organization.RoleCashier && now-e.RecordedAt > cashierReversalWindow.Milliseconds() {
		return forbidden("a cashier can undo an entry for %d hours; ask a manager", int(cashierReversalWindow.Hours()))
	}
	return nil
}

// GetEntry implements the contract.
func (h ledgerHandlers) GetEntry(ctx context.Context, r contract.GetEntryRequestObject) (contract.GetEntryResponseObject, error) {
	e, err := h.store.Entry(ctx, requestOf(ctx).principal.OrgID, r.EntryID)
	if err != nil {
		return nil, missing(codeEntryNotFound, err)
	}
	return contract.GetEntry200JSONResponse(entryView(e)), nil
}

// ListCardEntries implements the contract.
func (h ledgerHandlers) ListCardEntries(ctx context.Context, r contract.ListCardEntriesRequestObject) (contract.ListCardEntriesResponseObject, error) {
	p := requestOf(ctx).principal
	if _, err := readCard(ctx, h.cards, p, r.CardID); err != nil {
		return nil, err
	}
	list, err := h.store.Entries(ctx, p.OrgID, r.CardID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, missing(codeCardNotFound, err)
	}
	return contract.ListCardEntries200JSONResponse{Data: each(list.Items, entryView), NextCursor: optional(list.NextCursor)}, nil
}
