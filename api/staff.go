package api

import (
	"context"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// StaffStore keeps staff. Who is not there or is another organization's is
// organization.ErrNotFound.
type StaffStore interface {
	StaffList(ctx context.Context, orgID string, p paging.Page) (paging.List[organization.Staff], error)
	StaffMember(ctx context.Context, orgID, id string) (organization.Staff, error)
	CreateStaff(ctx context.Context, s organization.Staff) error
	// UpdateStaff returns organization.ErrVersion unless version is the current one.
	UpdateStaff(ctx context.Context, s organization.Staff, version int64) (organization.Staff, error)
	// SetPIN keeps the hash and forgets failed attempts.
	SetPIN(ctx context.Context, orgID, staffID, pinHash string) error
}

type staffHandlers struct {
	store     StaffStore
	directory *directory
	now       func() int64
}

// mayManage returns nil if the principal may add or change somebody like this: nobody
// can make or take over an account that may do more than their own, or the same at
// another branch than the one that they are tied to.
func mayManage(p access.Principal, s organization.Staff) error {
	if !p.Permissions.Includes(access.ForRole(s.Role)) {
		return &problem{code: codeForbidden, field: "role", detail: "the credential may do less than somebody with this role"}
	}
	return mayActAt(p, s.LocationID)
}

// ListStaff implements the contract.
func (h staffHandlers) ListStaff(ctx context.Context, r contract.ListStaffRequestObject) (contract.ListStaffResponseObject, error) {
	list, err := h.store.StaffList(ctx, requestOf(ctx).principal.OrgID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("list staff: %w", err)
	}
	return contract.ListStaff200JSONResponse{Data: each(list.Items, staffView), NextCursor: optional(list.NextCursor)}, nil
}

// CreateStaff implements the contract.
func (h staffHandlers) CreateStaff(ctx context.Context, r contract.CreateStaffRequestObject) (contract.CreateStaffResponseObject, error) {
	rq := requestOf(ctx)
	at, err := whereabouts(rq.principal, r.Body.LocationID)
	if err != nil {
		return nil, err
	}
	s := organization.Staff{
		OrgID: rq.principal.OrgID, ID: typeid.New("stf"), Name: r.Body.Name, Email: given(r.Body.Email),
		Role: organization.Role(r.Body.Role), Locale: given(r.Body.Locale), LocationID: at,
		Active: true, Version: 1, CreatedAt: h.now(),
	}
	if err := mayManage(rq.principal, s); err != nil {
		return nil, err
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if _, err := h.directory.zone(ctx, rq.organization, s.LocationID); err != nil {
		return nil, err
	}
	if err := h.store.CreateStaff(ctx, s); err != nil {
		return nil, fmt.Errorf("create staff: %w", err)
	}
	return contract.CreateStaff201JSONResponse{
		Body: staffView(s), Headers: contract.CreateStaff201ResponseHeaders{ETag: etag(s.Version)},
	}, nil
}

// GetStaff implements the contract.
func (h staffHandlers) GetStaff(ctx context.Context, r contract.GetStaffRequestObject) (contract.GetStaffResponseObject, error) {
	s, err := h.store.StaffMember(ctx, requestOf(ctx).principal.OrgID, r.StaffID)
	if err != nil {
		return nil, missing(codeStaffNotFound, err)
	}
	return contract.GetStaff200JSONResponse{
		Body: staffView(s), Headers: contract.GetStaff200ResponseHeaders{ETag: etag(s.Version)},
	}, nil
}

// UpdateStaff implements the contract.
func (h staffHandlers) UpdateStaff(ctx context.Context, r contract.UpdateStaffRequestObject) (contract.UpdateStaffResponseObject, error) {
	rq := requestOf(ctx)
	s, err := h.store.StaffMember(ctx, rq.principal.OrgID, r.StaffID)
	if err != nil {
		return nil, missing(codeStaffNotFound, err)
	}
	changed := changeStaff(s, *r.Body)
	if err := mayChange(rq.principal, s, changed); err != nil {
		return nil, err
	}
	if err := changed.Validate(); err != nil {
		return nil, err
	}
	if _, err := h.directory.zone(ctx, rq.organization, changed.LocationID); err != nil {
		return nil, err
	}
	s, err = h.store.UpdateStaff(ctx, changed, versionOf(r.Params.IfMatch))
	if err != nil {
		return nil, missing(codeStaffNotFound, err)
	}
	return contract.UpdateStaff200JSONResponse{
		Body: staffView(s), Headers: contract.UpdateStaff200ResponseHeaders{ETag: etag(s.Version)},
	}, nil
}

func changeStaff(s organization.Staff, c contract.StaffChange) organization.Staff {
	set(&s.Name, c.Name)
	set(&s.Email, c.Email)
	set(&s.Locale, c.Locale)
	set(&s.Active, c.Active)
	if c.Role != nil {
		s.Role = organization.Role(*c.Role)
	}
	if c.LocationID.Given {
		s.LocationID = c.LocationID.Value
	}
	return s
}

// mayChange returns nil if the principal may make the one into the other. Nobody
// changes their own role or branch or shuts themselves out, so that an organization does
// not lose its last owner by a slip.
func mayChange(p access.Principal, from, to organization.Staff) error {
	if p.StaffID == from.ID && (from.Role != to.Role || from.LocationID != to.LocationID || from.Active != to.Active) {
		return forbidden("ask somebody else to change your own role or branch or to end your access")
	}
	if err := mayManage(p, from); err != nil {
		return err
	}
	return mayManage(p, to)
}

// SetStaffPIN implements the contract.
func (h staffHandlers) SetStaffPIN(ctx context.Context, r contract.SetStaffPINRequestObject) (contract.SetStaffPINResponseObject, error) {
	p := requestOf(ctx).principal
	if err := access.CheckPIN(r.Body.PIN); err != nil {
		return nil, err
	}
	s, err := h.store.StaffMember(ctx, p.OrgID, r.StaffID)
	if err != nil {
		return nil, missing(codeStaffNotFound, err)
	}
	if err := mayManage(p, s); err != nil {
		return nil, err
	}
	if err := h.store.SetPIN(ctx, p.OrgID, s.ID, access.HashPIN(r.Body.PIN)); err != nil {
		return nil, missing(codeStaffNotFound, err)
	}
	return contract.SetStaffPIN204Response{}, nil
}

func staffView(s organization.Staff) contract.Staff {
	return contract.Staff{
		ID: s.ID, Name: s.Name, Email: optional(s.Email), Role: contract.Role(s.Role), Locale: optional(s.Locale),
		LocationID: optional(s.LocationID), HasPIN: s.HasPIN, Active: s.Active, Version: s.Version, CreatedAt: instant(s.CreatedAt),
	}
}
