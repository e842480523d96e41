package pass

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/strip"
)

// ArtworkStore keeps the pictures that designs name.
type ArtworkStore interface {
	// Artwork returns loyalty.ErrNotFound for a tag that names no picture.
	Artwork(ctx context.Context, orgID, tag string) ([]byte, error)
}

// readPictures reads what stands on the strip. What has gone is left out.
func readPictures(ctx context.Context, s ArtworkStore, d organization.PassDesign) (pictures, error) {
	var p pictures
	for _, picture := range []struct {
		tag  string
		into *[]byte
	}{{d.Stamp, &p.stamp}, {d.Empty, &p.empty}, {d.Backdrop, &p.backdrop}} {
		if picture.tag == "" {
			continue
		}
		data, err := s.Artwork(ctx, d.OrgID, picture.tag)
		if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
			return p, fmt.Errorf("read artwork: %w", err)
		}
		*picture.into = data
	}
	return p, nil
}

// drawsAtOnce bounds the previews that are drawn at the same time: one may take tens of
// milliseconds and megabytes.
const drawsAtOnce = 2

// Previewer draws the strip of a design that need not be kept, as passes will have it. It
// needs no certificate and may be used by many goroutines.
type Previewer struct {
	artworks ArtworkStore
	turns    chan struct{}
}

// NewPreviewer returns a previewer.
func NewPreviewer(artworks ArtworkStore) *Previewer {
	return &Previewer{artworks, make(chan struct{}, drawsAtOnce)}
}

// Strip returns the strip with so many stamps, a PNG at two pixels for a point. The design
// must be valid.
func (x *Previewer) Strip(ctx context.Context, brand organization.Brand, d organization.PassDesign, size, count int) ([]byte, error) {
	p, err := readPictures(ctx, x.artworks, d)
	if err != nil {
		return nil, err
	}
	select {
	case x.turns <- struct{}{}:
		defer func() { <-x.turns }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
	l, err := newLook(brand, d, size, "preview", p)
	if err != nil {
		return nil, err
	}
	press, err := strip.NewPress(l.strip)
	if err != nil {
		return nil, fmt.Errorf("draw strip: %w", err)
	}
	drawn, err := press.Draw(count)
	if err != nil {
		return nil, fmt.Errorf("draw strip: %w", err)
	}
	const twice = 1 // of strip.Scales
	return drawn.PNG[twice], nil
}
