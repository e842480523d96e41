package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// TillStore keeps tills, their pairing codes and their sessions.
type TillStore interface {
	access.PINStore
	Tills(ctx context.Context, orgID string, p paging.Page) (paging.List[access.Till], error)
	// Till returns organization.ErrNotFound if it is not there.
	Till(ctx context.Context, orgID, id string) (access.Till, error)
	// RevokeTill ends the till and its sessions; organization.ErrNotFound if it is not
	// there.
	RevokeTill(ctx context.Context, orgID, id string, now int64) error
	CreatePairingCode(ctx context.Context, c access.PairingCode) error
	// PairTill uses the code up and keeps the till. It returns
	// access.ErrUnauthenticated for a code that is unknown, used or expired.
	PairTill(ctx context.Context, orgID string, codeHash, tillTokenHash [sha256.Size]byte, now int64) (access.Till, error)
	// TillStaff returns who can sign in at the location, by name; at most 200.
	TillStaff(ctx context.Context, orgID, locationID string) ([]organization.Staff, error)
	EndSession(ctx context.Context, orgID, sessionID string) error
}

type tillHandlers struct {
	store     TillStore
	directory *directory
	guesses   *guesses
	now       func() int64
}

// ListTills implements the contract.
func (h tillHandlers) ListTills(ctx context.Context, r contract.ListTillsRequestObject) (contract.ListTillsResponseObject, error) {
	list, err := h.store.Tills(ctx, requestOf(ctx).principal.OrgID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("list tills: %w", err)
	}
	return contract.ListTills200JSONResponse{Data: each(list.Items, tillView), NextCursor: optional(list.NextCursor)}, nil
}

// UnpairTill implements the contract.
func (h tillHandlers) UnpairTill(ctx context.Context, r contract.UnpairTillRequestObject) (contract.UnpairTillResponseObject, error) {
	p := requestOf(ctx).principal
	if !p.May(access.TillsWrite) && p.TillID != r.TillID {
		return nil, forbidden("the credential may unpair the till that it is of, and no other")
	}
	till, err := h.store.Till(ctx, p.OrgID, r.TillID)
	if err != nil {
		return nil, missing(codeTillNotFound, err)
	}
	if err := mayActAt(p, till.LocationID); err != nil {
		return nil, err
	}
	if err := h.store.RevokeTill(ctx, p.OrgID, r.TillID, h.now()); err != nil {
		return nil, missing(codeTillNotFound, err)
	}
	return contract.UnpairTill204Response{}, nil
}

// CreateTillPairingCode implements the contract.
func (h tillHandlers) CreateTillPairingCode(ctx context.Context, r contract.CreateTillPairingCodeRequestObject) (contract.CreateTillPairingCodeResponseObject, error) {
	rq := requestOf(ctx)
	if err := organization.CheckLine("name", r.Body.Name, access.MaxKeyNameLen, true); err != nil {
		return nil, err
	}
	if _, err := whereabouts(rq.principal, &r.Body.LocationID); err != nil {
		return nil, err
	}
	if _, err := h.directory.zone(ctx, rq.organization, r.Body.LocationID); err != nil {
		return nil, err
	}
	code := access.NewPairingCode(rq.organization.Slug)
	now := h.now()
	c := access.PairingCode{
		OrgID: rq.principal.OrgID, Name: r.Body.Name, LocationID: r.Body.LocationID, CodeHash: access.Hash(code),
		CreatedAt: now, ExpiresAt: now + access.PairingCodeLife.Milliseconds(),
	}
	if err := h.store.CreatePairingCode(ctx, c); err != nil {
		return nil, fmt.Errorf("create pairing code: %w", err)
	}
	return contract.CreateTillPairingCode201JSONResponse{
		Code: code, Name: c.Name, LocationID: c.LocationID, ExpiresAt: instant(c.ExpiresAt),
	}, nil
}

// PairTill implements the contract. It is the only operation without a credential:
// the code is one.
func (h tillHandlers) PairTill(ctx context.Context, r contract.PairTillRequestObject) (contract.PairTillResponseObject, error) {
	refused := &problem{code: codeInvalidPairingCode, field: "code", detail: "the code is unknown, used or expired"}
	slug, code, err := access.ParsePairingCode(r.Body.Code)
	if err != nil {
		return nil, refused
	}
	org, err := h.directory.organization(ctx, slug)
	if errors.Is(err, organization.ErrNotFound) {
		return nil, refused
	} else if err != nil {
		return nil, fmt.Errorf("find the organization of the code: %w", err)
	}
	if err := h.guesses.paired(ctx, org.ID); err != nil {
		return nil, err
	}
	now := h.now()
	token := access.NewToken(access.TokenTill, org.Slug)
	till, err := h.store.PairTill(ctx, org.ID, access.Hash(code), access.Hash(token), now)
	if errors.Is(err, access.ErrUnauthenticated) {
		return nil, refused
	} else if err != nil {
		return nil, fmt.Errorf("pair till: %w", err)
	}
	return contract.PairTill201JSONResponse{Token: token, Till: tillView(till)}, nil
}

func tillView(t access.Till) contract.Till {
	return contract.Till{
		ID: t.ID, Name: t.Name, LocationID: t.LocationID, CreatedAt: instant(t.CreatedAt),
		LastUsedAt: optionalInstant(t.LastUsedAt), RevokedAt: optionalInstant(t.RevokedAt),
	}
}
