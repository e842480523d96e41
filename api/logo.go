package api

import (
	"context"
	"fmt"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/organization"
)

// maxLogosAtOnce bounds how many pictures are unpacked at the same time: one may take
// 128 MiB.
const maxLogosAtOnce = 1

// logoHandlers take pictures.
type logoHandlers struct {
	store     OrganizationStore
	directory *directory
	// turns holds a place for everyone who may unpack a picture.
	turns chan struct{}
}

// SetLogo implements the contract.
func (h logoHandlers) SetLogo(ctx context.Context, r contract.SetLogoRequestObject) (contract.SetLogoResponseObject, error) {
	picture, err := takePicture(ctx, r.Body, h.turns, organization.ReadLogo)
	if err != nil {
		return nil, err
	}
	o, err := h.store.SetLogo(ctx, requestOf(ctx).principal.OrgID, picture, "image/png")
	if err != nil {
		return nil, fmt.Errorf("set logo: %w", err)
	}
	h.directory.forget()
	return contract.SetLogo200JSONResponse{
		Body: organizationView(o), Headers: contract.SetLogo200ResponseHeaders{ETag: etag(o.Version)},
	}, nil
}

// DeleteLogo implements the contract.
func (h logoHandlers) DeleteLogo(ctx context.Context, _ contract.DeleteLogoRequestObject) (contract.DeleteLogoResponseObject, error) {
	o, err := h.store.DeleteLogo(ctx, requestOf(ctx).principal.OrgID)
	if err != nil {
		return nil, fmt.Errorf("take the logo away: %w", err)
	}
	h.directory.forget()
	return contract.DeleteLogo200JSONResponse{
		Body: organizationView(o), Headers: contract.DeleteLogo200ResponseHeaders{ETag: etag(o.Version)},
	}, nil
}
