package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// PassDesignStore keeps how passes look. What is not there is loyalty.ErrNotFound.
type PassDesignStore interface {
	PassDesign(ctx context.Context, orgID, programID string) (organization.PassDesign, error)
	PassDesignVersion(ctx context.Context, orgID, programID string, version int64) (organization.PassDesign, error)
	// SetPassDesign returns organization.ErrVersion unless version is the current one.
	SetPassDesign(ctx context.Context, d organization.PassDesign, version int64) (organization.PassDesign, error)
	// AddArtwork keeps a picture that organization.ReadArtwork made and returns its tag.
	AddArtwork(ctx context.Context, orgID string, data []byte) (tag string, err error)
}

// Previews draws designs that need not be kept.
type Previews interface {
	// Strip returns a PNG of the strip with count stamps on a card of the size.
	Strip(ctx context.Context, brand organization.Brand, d organization.PassDesign, size, count int) ([]byte, error)
}

type passDesignHandlers struct {
	store    PassDesignStore
	programs ProgramStore
	previews Previews
	// turns holds a place for everyone who may unpack a picture.
	turns chan struct{}
}

// GetPassDesign implements the contract.
func (h passDesignHandlers) GetPassDesign(ctx context.Context, r contract.GetPassDesignRequestObject) (contract.GetPassDesignResponseObject, error) {
	orgID := requestOf(ctx).principal.OrgID
	if _, err := h.programs.Program(ctx, orgID, r.ProgramID); err != nil {
		return nil, missing(codeProgramNotFound, err)
	}
	d, err := h.store.PassDesign(ctx, orgID, r.ProgramID)
	if err == nil && r.Params.Version != nil && *r.Params.Version != d.Version {
		d, err = h.store.PassDesignVersion(ctx, orgID, r.ProgramID, *r.Params.Version)
	}
	switch {
	case errors.Is(err, loyalty.ErrNotFound):
		return nil, invalid("version", "names no design that is kept")
	case err != nil:
		return nil, fmt.Errorf("read design of passes: %w", err)
	}
	return contract.GetPassDesign200JSONResponse{
		Body: passDesignView(d), Headers: contract.GetPassDesign200ResponseHeaders{ETag: etag(d.Version)},
	}, nil
}

// SetPassDesign implements the contract.
func (h passDesignHandlers) SetPassDesign(ctx context.Context, r contract.SetPassDesignRequestObject) (contract.SetPassDesignResponseObject, error) {
	d := passDesign(requestOf(ctx).principal.OrgID, *r.Body)
	d.ProgramID = r.ProgramID
	if err := d.Validate(); err != nil {
		return nil, err
	}
	d, err := h.store.SetPassDesign(ctx, d, versionOf(r.Params.IfMatch))
	if err != nil {
		return nil, missing(codeProgramNotFound, err)
	}
	return contract.SetPassDesign200JSONResponse{
		Body: passDesignView(d), Headers: contract.SetPassDesign200ResponseHeaders{ETag: etag(d.Version)},
	}, nil
}

// AddArtwork implements the contract.
func (h passDesignHandlers) AddArtwork(ctx context.Context, r contract.AddArtworkRequestObject) (contract.AddArtworkResponseObject, error) {
	picture, err := takePicture(ctx, r.Body, h.turns, organization.ReadArtwork)
	if err != nil {
		return nil, err
	}
	tag, err := h.store.AddArtwork(ctx, requestOf(ctx).principal.OrgID, picture)
	if err != nil {
		return nil, fmt.Errorf("add artwork: %w", err)
	}
	return contract.AddArtwork201JSONResponse{Tag: tag}, nil
}

// DrawStrip implements the contract.
func (h passDesignHandlers) DrawStrip(ctx context.Context, r contract.DrawStripRequestObject) (contract.DrawStripResponseObject, error) {
	rq := requestOf(ctx)
	d := passDesign(rq.principal.OrgID, r.Body.Design)
	if err := d.Validate(); err != nil {
		return nil, within("design", err)
	}
	drawn, err := h.previews.Strip(ctx, rq.organization.Brand, d, r.Body.Size, r.Body.Count)
	if err != nil {
		return nil, fmt.Errorf("draw strip: %w", err)
	}
	return contract.DrawStrip200ImagePngResponse{Body: bytes.NewReader(drawn), ContentLength: int64(len(drawn))}, nil
}

// takePicture reads a file and makes a picture of it when it is its turn.
func takePicture(ctx context.Context, body io.Reader, turns chan struct{}, read func([]byte) ([]byte, error)) ([]byte, error) {
	file, err := io.ReadAll(body)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return nil, tooLarge(tooBig.Limit)
	case err != nil:
		return nil, invalid("", "the body cannot be read")
	}
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
	return read(file)
}

func passDesign(orgID string, s contract.PassDesignSetting) organization.PassDesign {
	d := organization.PassDesign{
		OrgID: orgID, Icon: string(s.Icon), Rows: s.Rows, Barcode: organization.PassBarcode(s.Barcode), Front: []organization.PassField{},
		Background: given(s.Colors.Background), Foreground: given(s.Colors.Foreground), Label: given(s.Colors.Label), Ink: given(s.Colors.Ink),
		Stamp: given(s.Artwork.Stamp), Empty: given(s.Artwork.Empty), Backdrop: given(s.Artwork.Backdrop),
	}
	for _, f := range s.Front {
		d.Front = append(d.Front, organization.PassField(f))
	}
	return d
}

func passDesignView(d organization.PassDesign) contract.PassDesign {
	v := contract.PassDesign{
		ProgramID: d.ProgramID, Version: d.Version, Icon: contract.PassIcon(d.Icon), Rows: d.Rows,
		Barcode: contract.PassBarcode(d.Barcode), Front: []contract.PassField{},
		Colors: contract.PassColors{
			Background: optional(d.Background), Foreground: optional(d.Foreground), Label: optional(d.Label), Ink: optional(d.Ink),
		},
		Artwork: contract.PassArtwork{Stamp: optional(d.Stamp), Empty: optional(d.Empty), Backdrop: optional(d.Backdrop)},
	}
	for _, f := range d.Front {
		v.Front = append(v.Front, contract.PassField(f))
	}
	return v
}
