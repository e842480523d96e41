package api

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// ListStore reads lists of a whole organization, newest first. A list goes by the parts of
// the query that are its own.
type ListStore interface {
	ListedCustomers(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.Customer], error)
	ListedCards(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.View], error)
	HeldEntries(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.HeldEntry], error)
	HeldCoupons(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.HeldCoupon], error)
	// Activity returns the latest entries written after the one with the id since, "" for
	// all, at the location, "" for all; at most limit.
	Activity(ctx context.Context, orgID, locationID, since string, limit int) ([]customer.HeldEntry, error)
	// CountListed returns how many rows a list has, at most most.
	CountListed(ctx context.Context, orgID string, kind customer.ListKind, q customer.ListQuery, most int) (int, error)
}

type listHandlers struct {
	store ListStore
	now   func() int64
}

// ListCoupons implements the contract.
func (h listHandlers) ListCoupons(ctx context.Context, r contract.ListCouponsRequestObject) (contract.ListCouponsResponseObject, error) {
	rq := requestOf(ctx)
	from, to, err := span(rq.organization, r.Params.From, r.Params.To)
	if err != nil {
		return nil, err
	}
	q := customer.ListQuery{
		ProgramID: given(r.Params.ProgramID), CustomerID: given(r.Params.CustomerID), LocationID: given(r.Params.LocationID),
		CouponStatus: loyalty.CouponStatus(given(r.Params.Status)), Now: h.now(), From: from, To: to,
	}
	list, err := h.store.HeldCoupons(ctx, rq.principal.OrgID, q, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("list coupons: %w", err)
	}
	now := couponNow(q.Now)
	return contract.ListCoupons200JSONResponse{
		Data: each(list.Items, func(c customer.HeldCoupon) contract.HeldCoupon {
			return contract.HeldCoupon{
				Coupon: now(c.Coupon), CustomerID: c.Customer.ID, DisplayName: c.Customer.DisplayName(), LocationID: optional(c.LocationID),
			}
		}),
		NextCursor: optional(list.NextCursor),
	}, nil
}

// span returns the instants at which the days begin in the organization's time zone, 0
// for one that is not given.
func span(o organization.Organization, from, to *string) (since, until int64, err error) {
	first, last, err := dayParameters(from, to)
	zone := organization.LoadZone(o.Zone, "")
	start := func(s *string, d time.Time) int64 {
		if s == nil || err != nil {
			return 0
		}
		return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, zone).UnixMilli()
	}
	return start(from, first), start(to, last), err
}
