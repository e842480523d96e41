package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/organization"
)

type tillSessionHandlers struct {
	store TillStore
	now   func() int64
}

// ListTillStaff implements the contract.
func (h tillSessionHandlers) ListTillStaff(ctx context.Context, r contract.ListTillStaffRequestObject) (contract.ListTillStaffResponseObject, error) {
	p := requestOf(ctx).principal
	staff, err := h.store.TillStaff(ctx, p.OrgID, p.LocationID)
	if err != nil {
		return nil, fmt.Errorf("list staff of a till: %w", err)
	}
	list, err := cut(staff, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	return contract.ListTillStaff200JSONResponse{Data: each(list.Items, func(s organization.Staff) contract.TillStaff {
		return contract.TillStaff{ID: s.ID, Name: s.Name}
	}), NextCursor: optional(list.NextCursor)}, nil
}

// CreateTillSession implements the contract. Somebody who is not there is answered
// like a wrong PIN.
func (h tillSessionHandlers) CreateTillSession(ctx context.Context, r contract.CreateTillSessionRequestObject) (contract.CreateTillSessionResponseObject, error) {
	rq := requestOf(ctx)
	s, token, err := access.SignInAtTill(ctx, h.store, rq.principal, rq.organization.Slug, r.Body.StaffID, r.Body.PIN, h.now())
	if errors.Is(err, access.ErrUnauthenticated) {
		return nil, access.ErrWrongPIN
	} else if err != nil {
		return nil, err
	}
	return contract.CreateTillSession201JSONResponse{
		Token: token, StaffID: s.StaffID, StaffName: s.StaffName, LocationID: s.LocationID, ExpiresAt: instant(s.ExpiresAt),
	}, nil
}

// EndTillSession implements the contract.
func (h tillSessionHandlers) EndTillSession(ctx context.Context, _ contract.EndTillSessionRequestObject) (contract.EndTillSessionResponseObject, error) {
	p := requestOf(ctx).principal
	if p.Kind != access.KindTillSession {
		return nil, &problem{code: codeTillSessionNotFound, detail: "the credential is not a till session"}
	}
	if err := h.store.EndSession(ctx, p.OrgID, p.ID); err != nil {
		return nil, missing(codeTillSessionNotFound, err)
	}
	return contract.EndTillSession204Response{}, nil
}
