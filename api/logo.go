package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

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
	file, err := io.ReadAll(r.Body)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return nil, tooLarge(tooBig.Limit)
	case err != nil:
		return nil, invalid("", "the body cannot be read")
	}
	picture, err := h.read(ctx, file)
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

// read makes a logo of the file when it is its turn.
func (h logoHandlers) read(ctx context.Context, file []byte) ([]byte, error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
	return organization.ReadLogo(file)
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
