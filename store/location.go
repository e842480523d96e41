package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

const locationColumns = "org_id, id, name, address, zone, external_ref, version, created_at"

func scanLocation(r scanner) (l organization.Location, err error) {
	err = r.Scan(&l.OrgID, &l.ID, &l.Name, &l.Address, &l.Zone, &l.ExternalRef, &l.Version, &l.CreatedAt)
	if err != nil {
		err = fmt.Errorf("read location: %w", err)
	}
	return l, err
}

// Locations returns a page of the organization's locations, the oldest first.
func (s *Store) Locations(ctx context.Context, orgID string, p paging.Page) (paging.List[organization.Location], error) {
	return pageByID(ctx, s, orgID, p, scanLocation, func(l organization.Location) string { return l.ID },
		"SELECT "+locationColumns+" FROM location WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3")
}

// pageByID returns one page of a list in the order of ids, which is the order in
// which things were made. The query takes the organization, the id that the page
// begins after and the number of rows.
func pageByID[T any](ctx context.Context, s *Store, orgID string, p paging.Page, scan func(scanner) (T, error),
	id func(T) string, query string,
) (paging.List[T], error) {
	after := ""
	if p.Cursor != "" {
		parts, err := paging.Decode(p.Cursor, 1)
		if err != nil {
			return paging.List[T]{}, err
		}
		after = parts[0]
	}
	list, err := readAll(ctx, s, orgID, scan, query, orgID, after, p.Size()+1)
	return paging.Cut(p, list, func(v T) []string { return []string{id(v)} }), err
}

// Location returns a location, or organization.ErrNotFound.
func (s *Store) Location(ctx context.Context, orgID, id string) (organization.Location, error) {
	return readOne(ctx, s, orgID, organization.ErrNotFound, scanLocation,
		"SELECT "+locationColumns+" FROM location WHERE org_id = $1 AND id = $2", orgID, id)
}

// CreateLocation adds a location. It returns organization.ErrTaken if another has the
// external reference.
func (s *Store) CreateLocation(ctx context.Context, l organization.Location) error {
	return taken(s.write(ctx, l.OrgID, func(tx *transaction) error {
		if err := insert(ctx, tx, "location", locationColumns, locationRow(l)); err != nil {
			return err
		}
		return s.note(ctx, tx, l.OrgID, access.LocationAdded, l.ID, nil, locationFacts(l))
	}))
}

func locationRow(l organization.Location) []any {
	return []any{l.OrgID, l.ID, l.Name, l.Address, l.Zone, l.ExternalRef, max(l.Version, 1), l.CreatedAt}
}

// UpdateLocation changes the location that was read with version ver and returns its
// new state, or organization.ErrVersion, ErrNotFound or ErrTaken.
func (s *Store) UpdateLocation(ctx context.Context, l organization.Location, ver int64) (organization.Location, error) {
	var changed organization.Location
	err := s.write(ctx, l.OrgID, func(tx *transaction) error {
		before, err := one(ctx, tx, organization.ErrNotFound, scanLocation,
			"SELECT "+locationColumns+" FROM location WHERE org_id = $1 AND id = $2", l.OrgID, l.ID)
		if err != nil {
			return err
		}
		changed, err = one(ctx, tx, organization.ErrVersion, scanLocation,
			"UPDATE location SET name = $4, address = $5, zone = $6, external_ref = $7, version = version + 1 "+
				"WHERE org_id = $1 AND id = $2 AND version = $3 RETURNING "+locationColumns,
			l.OrgID, l.ID, ver, l.Name, l.Address, l.Zone, l.ExternalRef)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, l.OrgID, access.LocationChanged, l.ID, locationFacts(before), locationFacts(changed))
	})
	return changed, taken(err)
}
