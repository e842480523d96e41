package api

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// KeyStore keeps API keys.
type KeyStore interface {
	APIKeys(ctx context.Context, orgID string, p paging.Page) (paging.List[access.APIKey], error)
	// CreateAPIKey returns an *organization.InvalidFieldError if access.MaxKeys are in
	// use.
	CreateAPIKey(ctx context.Context, k access.APIKey, tokenHash [sha256.Size]byte) error
	// RevokeAPIKey returns organization.ErrNotFound for a key that is not there.
	RevokeAPIKey(ctx context.Context, orgID, id string, now int64) error
}

type keyHandlers struct {
	store     KeyStore
	directory *directory
	now       func() int64
}

// ListAPIKeys implements the contract.
func (h keyHandlers) ListAPIKeys(ctx context.Context, r contract.ListAPIKeysRequestObject) (contract.ListAPIKeysResponseObject, error) {
	list, err := h.store.APIKeys(ctx, requestOf(ctx).principal.OrgID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	return contract.ListAPIKeys200JSONResponse{Data: each(list.Items, keyView), NextCursor: optional(list.NextCursor)}, nil
}

// CreateAPIKey implements the contract.
func (h keyHandlers) CreateAPIKey(ctx context.Context, r contract.CreateAPIKeyRequestObject) (contract.CreateAPIKeyResponseObject, error) {
	rq := requestOf(ctx)
	scopes, err := keyScopes(r.Body.Scopes)
	if err != nil {
		return nil, err
	}
	if err := organization.CheckLine("name", r.Body.Name, access.MaxKeyNameLen, true); err != nil {
		return nil, err
	}
	at, err := whereabouts(rq.principal, r.Body.LocationID)
	if err != nil {
		return nil, err
	}
	if _, err := h.directory.zone(ctx, rq.organization, at); err != nil {
		return nil, err
	}
	token := access.NewToken(access.TokenAPIKey, rq.organization.Slug)
	k := access.APIKey{
		OrgID: rq.principal.OrgID, ID: typeid.New("key"), Name: r.Body.Name, Scopes: scopes, LocationID: at,
		Hint: access.HintOf(token), CreatedAt: h.now(),
	}
	if err := h.store.CreateAPIKey(ctx, k, access.Hash(token)); err != nil {
		return nil, fmt.Errorf("create API key: %w", err)
	}
	return contract.CreateAPIKey201JSONResponse{Token: token, APIKey: keyView(k)}, nil
}

// keyScopes parses the scopes of a key, which must be among those that a key can
// have.
func keyScopes(names []string) (access.Set, error) {
	most := access.ForRole(organization.RoleIntegration)
	for i, name := range names {
		field := fmt.Sprintf("scopes[%d]", i)
		switch {
		case !slices.Contains(access.Permissions, access.Permission(name)):
			return 0, invalid(field, "is not a scope")
		case !most.Has(access.Permission(name)):
			return 0, invalid(field, "cannot be given to a key")
		}
	}
	return access.ParseSet("scopes", names)
}

// RevokeAPIKey implements the contract.
func (h keyHandlers) RevokeAPIKey(ctx context.Context, r contract.RevokeAPIKeyRequestObject) (contract.RevokeAPIKeyResponseObject, error) {
	if err := h.store.RevokeAPIKey(ctx, requestOf(ctx).principal.OrgID, r.APIKeyID, h.now()); err != nil {
		return nil, missing(codeAPIKeyNotFound, err)
	}
	return contract.RevokeAPIKey204Response{}, nil
}

func keyView(k access.APIKey) contract.APIKey {
	return contract.APIKey{
		ID: k.ID, Name: k.Name, Scopes: k.Scopes.Names(), LocationID: optional(k.LocationID), Hint: k.Hint,
		CreatedAt: instant(k.CreatedAt), LastUsedAt: optionalInstant(k.LastUsedAt), RevokedAt: optionalInstant(k.RevokedAt),
	}
}
