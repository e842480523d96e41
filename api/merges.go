package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// MergeStore merges customers. Who, or what, is not there or is another organization's is
// customer.ErrNotFound.
type MergeStore interface {
	// PreviewMerge changes nothing and returns the errors that MergeCustomers would.
	PreviewMerge(ctx context.Context, r customer.MergeRequest) (customer.MergePreview, error)
	// MergeCustomers returns the merge, and whether it was made before under the key. It
	// returns the errors of customer.PlanMerge, and loyalty.ErrKeyReused.
	MergeCustomers(ctx context.Context, r customer.MergeRequest) (customer.Merge, bool, error)
	// Merges returns at most customer.MaxMerges, newest first.
	Merges(ctx context.Context, orgID, customerID string) ([]customer.Merge, error)
	// UndoMerge returns the merge, and whether it was undone before under the key. It
	// returns customer.ErrMergeUndone, ErrMergeTooOld, ErrMerged, ErrContactTaken, a
	// *loyalty.Refusal, and loyalty.ErrKeyReused.
	UndoMerge(ctx context.Context, orgID, mergeID, key string, actor loyalty.Actor, now int64) (customer.Merge, bool, error)
}

type mergeHandlers struct {
	store MergeStore
	now   func() int64
}

// PreviewMerge implements the contract.
func (h mergeHandlers) PreviewMerge(ctx context.Context, r contract.PreviewMergeRequestObject) (contract.PreviewMergeResponseObject, error) {
	p, err := h.store.PreviewMerge(ctx, h.request(ctx, r.CustomerID, r.Body.OtherCustomerID, ""))
	if err != nil {
		return nil, mergeProblem(err)
	}
	return contract.PreviewMerge200JSONResponse(mergePreviewView(p)), nil
}

// MergeCustomers implements the contract.
func (h mergeHandlers) MergeCustomers(ctx context.Context, r contract.MergeCustomersRequestObject) (contract.MergeCustomersResponseObject, error) {
	if err := checkKey(r.Params.IdempotencyKey); err != nil {
		return nil, err
	}
	m, replayed, err := h.store.MergeCustomers(ctx, h.request(ctx, r.CustomerID, r.Body.OtherCustomerID, r.Params.IdempotencyKey))
	if err != nil {
		return nil, mergeProblem(err)
	}
	return contract.MergeCustomers201JSONResponse{
		Body: mergeView(m), Headers: contract.MergeCustomers201ResponseHeaders{IdempotencyReplayed: replayMark(replayed)},
	}, nil
}

func (h mergeHandlers) request(ctx context.Context, kept, other, key string) customer.MergeRequest {
	p := requestOf(ctx).principal
	sum := sha256.Sum256([]byte("merge " + kept + " " + other))
	return customer.MergeRequest{
		OrgID: p.OrgID, KeptID: kept, OtherID: other, IdempotencyKey: key, BodyHash: hex.EncodeToString(sum[:]), Actor: p.Actor(), Now: h.now(),
	}
}

// mergeProblem gives the errors of a merge their names.
func mergeProblem(err error) error {
	if errors.Is(err, customer.ErrSameCustomer) {
		return invalid("other_customer_id", "must be another customer")
	}
	return missing(codeCustomerNotFound, err)
}

// ListCustomerMerges implements the contract.
func (h mergeHandlers) ListCustomerMerges(ctx context.Context, r contract.ListCustomerMergesRequestObject) (contract.ListCustomerMergesResponseObject, error) {
	merges, err := h.store.Merges(ctx, requestOf(ctx).principal.OrgID, r.CustomerID)
	if err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	list, err := cut(merges, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	return contract.ListCustomerMerges200JSONResponse{Data: each(list.Items, mergeView), NextCursor: optional(list.NextCursor)}, nil
}

// UndoMerge implements the contract.
func (h mergeHandlers) UndoMerge(ctx context.Context, r contract.UndoMergeRequestObject) (contract.UndoMergeResponseObject, error) {
	p := requestOf(ctx).principal
	if err := checkKey(r.Params.IdempotencyKey); err != nil {
		return nil, err
	}
	m, replayed, err := h.store.UndoMerge(ctx, p.OrgID, r.MergeID, r.Params.IdempotencyKey, p.Actor(), h.now())
	if errors.Is(err, customer.ErrMerged) {
		return nil, &problem{code: codeCustomerMerged, detail: "the customer who stayed was merged into another one since; undo that merge first"}
	}
	if err != nil {
		return nil, missing(codeMergeNotFound, err)
	}
	return contract.UndoMerge200JSONResponse{
		Body: mergeView(m), Headers: contract.UndoMerge200ResponseHeaders{IdempotencyReplayed: replayMark(replayed)},
	}, nil
}

func mergeView(m customer.Merge) contract.Merge {
	v := contract.Merge{
		ID: m.ID, KeptCustomerID: m.KeptID, MergedCustomerID: m.MergedID, MergedAt: instant(m.MergedAt), MergedBy: actorView(m.MergedBy),
		UndoUntil: instant(m.UndoUntil()), UndoneAt: optionalInstant(m.UndoneAt), Taken: takenView(m.Taken),
		Cards: each(m.Cards, func(c customer.MergedCard) contract.MergedCard {
			return contract.MergedCard{
				ProgramID: c.ProgramID, FromCardID: c.FromCardID, ToCardID: c.ToCardID, Moved: c.Moved, Opened: c.Opened,
			}
		}),
	}
	if m.UndoneAt != 0 {
		by := actorView(m.UndoneBy)
		v.UndoneBy = &by
	}
	return v
}

func takenView(taken []customer.Taken) contract.MergeTaken {
	return each(taken, func(t customer.Taken) string { return string(t) })
}

func mergePreviewView(p customer.MergePreview) contract.MergePreview {
	return contract.MergePreview{
		Kept: customerView(p.Kept), Other: customerView(p.Other), After: customerView(p.After), Taken: takenView(p.Taken),
		Cards: each(p.Cards, func(c customer.MergePreviewCard) contract.MergePreviewCard {
			v := contract.MergePreviewCard{
				ProgramID: c.Program.ID, ProgramName: c.Program.Name, Moved: c.Moved,
				From: previewedCard(c.Program, c.From, c.FromCoupons), After: previewedCard(c.Program, c.After, c.AfterCoupons),
			}
			if c.To.ID != "" {
				to := previewedCard(c.Program, c.To, c.ToCoupons)
				v.To = &to
			}
			return v
		}),
		Consents: each(p.Consents, func(c customer.MergedConsent) contract.MergedConsent {
			return contract.MergedConsent{
				TextID: c.Text.ID, Purpose: c.Text.Purpose, Channel: optional(c.Text.Channel), Text: c.Text.Text,
				Kept: consentAnswer(c.Kept), Other: consentAnswer(c.Other), After: c.After,
			}
		}),
	}
}

func previewedCard(p loyalty.Program, c loyalty.Card, coupons []loyalty.Coupon) contract.PreviewedCard {
	return contract.PreviewedCard{
		Balance: c.Balance, Goal: loyalty.CardGoal(p, c), Coupons: each(coupons, func(k loyalty.Coupon) contract.PreviewedCoupon {
			return contract.PreviewedCoupon{Name: k.Name, ExpiresAt: optionalInstant(k.ExpiresAt)}
		}),
	}
}

func consentAnswer(s customer.ConsentState) contract.ConsentAnswer {
	switch {
	case s.At == 0:
		return contract.ConsentAnswerNever
	case s.Granted:
		return contract.ConsentAnswerYes
	}
	return contract.ConsentAnswerNo
}
