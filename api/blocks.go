package api

import (
	"context"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// BlockStore keeps blocks of customers. Who is not there or is another organization's is
// customer.ErrNotFound.
type BlockStore interface {
	// BlockCustomer returns the block, or the one that lasts already. Who was merged is
	// customer.ErrMerged.
	BlockCustomer(ctx context.Context, orgID, customerID, reason string, by loyalty.Actor, now int64) (customer.Block, error)
	UnblockCustomer(ctx context.Context, orgID, customerID string, by loyalty.Actor, now int64) error
	// Blocks returns at most customer.MaxBlocks, newest first.
	Blocks(ctx context.Context, orgID, customerID string) ([]customer.Block, error)
}

type blockHandlers struct {
	store BlockStore
	now   func() int64
}

// BlockCustomer implements the contract.
func (h blockHandlers) BlockCustomer(ctx context.Context, r contract.BlockCustomerRequestObject) (contract.BlockCustomerResponseObject, error) {
	p := requestOf(ctx).principal
	if err := organization.CheckLine("reason", r.Body.Reason, MaxRefLen, true); err != nil {
		return nil, err
	}
	b, err := h.store.BlockCustomer(ctx, p.OrgID, r.CustomerID, r.Body.Reason, p.Actor(), h.now())
	if err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	return contract.BlockCustomer200JSONResponse(blockView(b)), nil
}

// UnblockCustomer implements the contract.
func (h blockHandlers) UnblockCustomer(ctx context.Context, r contract.UnblockCustomerRequestObject) (contract.UnblockCustomerResponseObject, error) {
	p := requestOf(ctx).principal
	if err := h.store.UnblockCustomer(ctx, p.OrgID, r.CustomerID, p.Actor(), h.now()); err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	return contract.UnblockCustomer204Response{}, nil
}

// ListCustomerBlocks implements the contract.
func (h blockHandlers) ListCustomerBlocks(ctx context.Context, r contract.ListCustomerBlocksRequestObject) (contract.ListCustomerBlocksResponseObject, error) {
	blocks, err := h.store.Blocks(ctx, requestOf(ctx).principal.OrgID, r.CustomerID)
	if err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	list, err := cut(blocks, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	return contract.ListCustomerBlocks200JSONResponse{Data: each(list.Items, blockView), NextCursor: optional(list.NextCursor)}, nil
}

func blockView(b customer.Block) contract.Block {
	v := contract.Block{
		ID: b.ID, Reason: b.Reason, BlockedAt: instant(b.BlockedAt), BlockedBy: actorView(b.BlockedBy), LiftedAt: optionalInstant(b.LiftedAt),
	}
	if b.LiftedAt != 0 {
		by := actorView(b.LiftedBy)
		v.LiftedBy = &by
	}
	return v
}
