package api

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/leima/leima/organization"
)

// Limits of what the directory remembers. A change made by another process is seen
// after directoryLife at the latest.
const (
	directoryLife    = 30 * time.Second
	maxDirectorySize = 4096
)

// DirectoryStore finds organizations and places.
type DirectoryStore interface {
	// OrganizationBySlug returns organization.ErrNotFound for a slug that nobody has.
	OrganizationBySlug(ctx context.Context, slug string) (organization.Organization, error)
	// Location returns organization.ErrNotFound for one that is not there or is
	// another organization's.
	Location(ctx context.Context, orgID, id string) (organization.Location, error)
}

// directory remembers for a short time what every request asks for and hardly ever
// changes: which organization a slug is of, and what time zone a location is in.
// Credentials are not among it: how long one counts, the store decides.
type directory struct {
	store DirectoryStore
	now   func() int64

	mu            sync.RWMutex
	organizations map[string]remembered[organization.Organization] // by slug
	zones         map[place]remembered[*time.Location]
}

// place is an organization's location, "" for none.
type place struct{ orgID, locationID string }

type remembered[T any] struct {
	value T
	until int64
}

func newDirectory(store DirectoryStore, now func() int64) *directory {
	return &directory{
		store: store, now: now,
		organizations: map[string]remembered[organization.Organization]{},
		zones:         map[place]remembered[*time.Location]{},
	}
}

// organization returns the organization with the slug, or organization.ErrNotFound.
func (d *directory) organization(ctx context.Context, slug string) (organization.Organization, error) {
	if o, ok := recall(d, d.organizations, slug); ok {
		return o, nil
	}
	o, err := d.store.OrganizationBySlug(ctx, slug)
	if err != nil {
		return organization.Organization{}, fmt.Errorf("organization by slug: %w", err)
	}
	remember(d, d.organizations, slug, o)
	return o, nil
}

// zone returns the time zone of the organization's location, or a problem for a
// location that it does not have. "" is no location: the organization's zone.
func (d *directory) zone(ctx context.Context, o organization.Organization, locationID string) (*time.Location, error) {
	key := place{o.ID, locationID}
	if z, ok := recall(d, d.zones, key); ok {
		return z, nil
	}
	own := ""
	if locationID != "" {
		l, err := d.store.Location(ctx, o.ID, locationID)
		if err != nil {
			return nil, missing(codeLocationNotFound, err)
		}
		own = l.Zone
	}
	z := organization.LoadZone(own, o.Zone)
	remember(d, d.zones, key, z)
	return z, nil
}

// forget drops everything: something of it was changed here.
func (d *directory) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.organizations)
	clear(d.zones)
}

func recall[K comparable, T any](d *directory, m map[K]remembered[T], key K) (T, bool) {
	d.mu.RLock()
	r, ok := m[key]
	d.mu.RUnlock()
	if !ok || d.now() >= r.until {
		var none T
		return none, false
	}
	return r.value, true
}

// remember makes room by dropping everything: what is asked for often is back at
// once.
func remember[K comparable, T any](d *directory, m map[K]remembered[T], key K, value T) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(m) >= maxDirectorySize {
		clear(m)
	}
	m[key] = remembered[T]{value: value, until: d.now() + directoryLife.Milliseconds()}
}
