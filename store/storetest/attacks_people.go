package storetest

import (
	"context"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// attacksOnPeople try to block, merge and part another organization's customers.
func attacksOnPeople(v *victim) map[string]attack {
	merging := func(org, kept, other string) customer.MergeRequest {
		r := v.mergeOf(kept, other)
		r.OrgID = org
		return r
	}
	return map[string]attack{
		"BlockCustomer": func(ctx context.Context, org string) error {
			_, err := v.BlockCustomer(ctx, org, v.view.Customer.ID, "why", v.manager(), v.clock())
			return refusedWith(customer.ErrNotFound, err)
		},
		"UnblockCustomer": func(ctx context.Context, org string) error {
			return refusedWith(customer.ErrNotFound, v.UnblockCustomer(ctx, org, v.merge.KeptID, v.manager(), v.clock()))
		},
		"Blocks": func(ctx context.Context, org string) error {
			_, err := v.Blocks(ctx, org, v.merge.KeptID)
			return refusedWith(customer.ErrNotFound, err)
		},
		"ReissueCard": func(ctx context.Context, org string) error {
			_, err := v.ReissueCard(ctx, org, v.view.Card.ID, v.clock())
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"PreviewMerge": func(ctx context.Context, org string) error {
			_, err := v.PreviewMerge(ctx, merging(org, v.view.Customer.ID, v.provisional.Customer.ID))
			return refusedWith(customer.ErrNotFound, err)
		},
		"MergeCustomers": func(ctx context.Context, org string) error {
			_, _, err := v.MergeCustomers(ctx, merging(org, v.view.Customer.ID, v.provisional.Customer.ID))
			return refusedWith(customer.ErrNotFound, err)
		},
		"Merges": func(ctx context.Context, org string) error {
			_, err := v.Merges(ctx, org, v.merge.KeptID)
			return refusedWith(customer.ErrNotFound, err)
		},
		"UndoMerge": func(ctx context.Context, org string) error {
			_, _, err := v.UndoMerge(ctx, org, v.merge.ID, v.shop.key(), v.manager(), v.clock())
			return refusedWith(customer.ErrNotFound, err)
		},
	}
}
