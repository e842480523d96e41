package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

const locationColumns = "org_id, id, name, address, zone, external_ref, latitude, longitude, version, created_at"

func scanLocation(r scanner) (l organization.Location, err error) {
	var latitude, longitude *float64
	err = r.Scan(&l.OrgID, &l.ID, &l.Name, &l.Address, &l.Zone, &l.ExternalRef, &latitude, &longitude, &l.Version, &l.CreatedAt)
	if latitude != nil && longitude != nil {
		l.Coordinates = &organization.Coordinates{Latitude: *latitude, Longitude: *longitude}
	}
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
		if err := notePlace(ctx, tx, l); err != nil {
			return err
		}
		return s.note(ctx, tx, l.OrgID, access.LocationAdded, l.ID, nil, locationFacts(l))
	}))
}

func locationRow(l organization.Location) []any {
	latitude, longitude := degrees(l.Coordinates)
	return []any{l.OrgID, l.ID, l.Name, l.Address, l.Zone, l.ExternalRef, latitude, longitude, max(l.Version, 1), l.CreatedAt}
}

// degrees returns nil for a place that nobody knows.
func degrees(c *organization.Coordinates) (latitude, longitude *float64) {
	if c == nil {
		return nil, nil
	}
	return &c.Latitude, &c.Longitude
}

// notePlace tells passes of a change of locations that they name, if one of them has
// coordinates: passes are made anew where PlacesVersion rises.
func notePlace(ctx context.Context, tx *transaction, states ...organization.Location) error {
	if !slices.ContainsFunc(states, func(l organization.Location) bool { return l.Coordinates != nil }) {
		return nil
	}
	_, err := exec(ctx, tx, "UPDATE organization SET places_version = places_version + 1 WHERE org_id = $1", states[0].OrgID)
	return err
}

// Places returns the locations that have coordinates, the oldest first, at most
// organization.MaxPlaces.
func (s *Store) Places(ctx context.Context, orgID string) ([]organization.Location, error) {
	return readAll(ctx, s, orgID, scanLocation, "SELECT "+locationColumns+
		" FROM location WHERE org_id = $1 AND latitude IS NOT NULL AND longitude IS NOT NULL ORDER BY id LIMIT $2", orgID, organization.MaxPlaces)
}

// CardPlace returns where the card was opened, nil if that was at no location or at one
// without coordinates.
func (s *Store) CardPlace(ctx context.Context, orgID, cardID string) (*organization.Coordinates, error) {
	list, err := readAll(ctx, s, orgID, scanLocation, "SELECT "+locationColumns+" FROM location WHERE org_id = $1 "+
		"AND id = (SELECT c.joined_location FROM card c WHERE c.org_id = $1 AND c.id = $2)", orgID, cardID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0].Coordinates, nil
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
		latitude, longitude := degrees(l.Coordinates)
		changed, err = one(ctx, tx, organization.ErrVersion, scanLocation,
			"UPDATE location SET name = $4, address = $5, zone = $6, external_ref = $7, latitude = $8, longitude = $9, version = version + 1 "+
				"WHERE org_id = $1 AND id = $2 AND version = $3 RETURNING "+locationColumns,
			l.OrgID, l.ID, ver, l.Name, l.Address, l.Zone, l.ExternalRef, latitude, longitude)
		if err != nil {
			return err
		}
		if err := notePlace(ctx, tx, before, changed); err != nil {
			return err
		}
		return s.note(ctx, tx, l.OrgID, access.LocationChanged, l.ID, locationFacts(before), locationFacts(changed))
	})
	return changed, taken(err)
}
