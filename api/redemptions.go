package api

import (
	"context"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
)

// RedeemCoupon implements the contract.
func (h ledgerHandlers) RedeemCoupon(ctx context.Context, r contract.RedeemCouponRequestObject) (contract.RedeemCouponResponseObject, error) {
	rq := requestOf(ctx)
	body := given(r.Body)
	at, err := whereabouts(rq.principal, body.LocationID)
	if err != nil {
		return nil, err
	}
	m := meaning{Kind: loyalty.CommandRedeem, Coupon: r.CouponID, LocationID: at, Shown: given(body.Code)}
	c, err := h.command(ctx, rq, r.Params.IdempotencyKey, m)
	if err != nil {
		return nil, err
	}
	o, err := h.redeemShowing(ctx, rq, c, m.Shown)
	if err != nil {
		return nil, err
	}
	return contract.RedeemCoupon201JSONResponse{
		Body: ledgerView(o), Headers: contract.RedeemCoupon201ResponseHeaders{IdempotencyReplayed: isReplay(o)},
	}, nil
}

// GetCoupon implements the contract.
func (h ledgerHandlers) GetCoupon(ctx context.Context, r contract.GetCouponRequestObject) (contract.GetCouponResponseObject, error) {
	c, err := h.store.Coupon(ctx, requestOf(ctx).principal.OrgID, r.CouponID)
	if err != nil {
		return nil, missing(codeCouponNotFound, err)
	}
	return contract.GetCoupon200JSONResponse(couponNow(h.now())(c)), nil
}

// ListCardCoupons implements the contract.
func (h ledgerHandlers) ListCardCoupons(ctx context.Context, r contract.ListCardCouponsRequestObject) (contract.ListCardCouponsResponseObject, error) {
	p := requestOf(ctx).principal
	if _, err := readCard(ctx, h.cards, p, r.CardID); err != nil {
		return nil, err
	}
	list, err := h.store.Coupons(ctx, p.OrgID, r.CardID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, missing(codeCardNotFound, err)
	}
	return contract.ListCardCoupons200JSONResponse{Data: each(list.Items, couponNow(h.now())), NextCursor: optional(list.NextCursor)}, nil
}
