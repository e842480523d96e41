package api

import (
	"context"

	"github.com/leima/leima/api/contract"
)

type meHandlers struct{}

// GetMe implements the contract.
func (meHandlers) GetMe(ctx context.Context, _ contract.GetMeRequestObject) (contract.GetMeResponseObject, error) {
	rq := requestOf(ctx)
	p := rq.principal
	return contract.GetMe200JSONResponse{
		Kind: contract.MeKind(p.Kind), ID: p.ID, StaffID: optional(p.StaffID), StaffName: optional(p.StaffName),
		Role: optional(contract.Role(p.Role)), Permissions: p.Permissions.Names(),
		LocationID: optional(p.LocationID), ExpiresAt: optionalInstant(p.ExpiresAt),
		Organization: organizationView(rq.organization),
	}, nil
}
