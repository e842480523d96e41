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

// LocationStore keeps locations. What is not there or is another organization's is
// organization.ErrNotFound.
type LocationStore interface {
	Locations(ctx context.Context, orgID string, p paging.Page) (paging.List[organization.Location], error)
	Location(ctx context.Context, orgID, id string) (organization.Location, error)
	// CreateLocation returns organization.ErrTaken for an external_ref in use, as
	// UpdateLocation does.
	CreateLocation(ctx context.Context, l organization.Location) error
	// UpdateLocation returns organization.ErrVersion unless version is the current one.
	UpdateLocation(ctx context.Context, l organization.Location, version int64) (organization.Location, error)
}

type locationHandlers struct {
	store     LocationStore
	directory *directory
	now       func() int64
}

// ListLocations implements the contract.
func (h locationHandlers) ListLocations(ctx context.Context, r contract.ListLocationsRequestObject) (contract.ListLocationsResponseObject, error) {
	list, err := h.store.Locations(ctx, requestOf(ctx).principal.OrgID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("list locations: %w", err)
	}
	return contract.ListLocations200JSONResponse{Data: each(list.Items, locationView), NextCursor: optional(list.NextCursor)}, nil
}

// CreateLocation implements the contract.
func (h locationHandlers) CreateLocation(ctx context.Context, r contract.CreateLocationRequestObject) (contract.CreateLocationResponseObject, error) {
	p := requestOf(ctx).principal
	l := organization.Location{
		OrgID: p.OrgID, ID: typeid.New("loc"), Name: r.Body.Name, Address: given(r.Body.Address),
		Zone: given(r.Body.Zone), ExternalRef: given(r.Body.ExternalRef), Version: 1, CreatedAt: h.now(),
	}
	if err := mayActAt(p, l.ID); err != nil {
		return nil, err
	}
	if c := r.Body.Coordinates; c != nil {
		var err error
		if l.Coordinates, err = organization.ParseCoordinates(c.Latitude, c.Longitude); err != nil {
			return nil, err
		}
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	if err := h.store.CreateLocation(ctx, l); err != nil {
		return nil, fmt.Errorf("create location: %w", err)
	}
	return contract.CreateLocation201JSONResponse{
		Body: locationView(l), Headers: contract.CreateLocation201ResponseHeaders{ETag: etag(l.Version)},
	}, nil
}

// GetLocation implements the contract.
func (h locationHandlers) GetLocation(ctx context.Context, r contract.GetLocationRequestObject) (contract.GetLocationResponseObject, error) {
	l, err := h.store.Location(ctx, requestOf(ctx).principal.OrgID, r.LocationID)
	if err != nil {
		return nil, missing(codeLocationNotFound, err)
	}
	return contract.GetLocation200JSONResponse{
		Body: locationView(l), Headers: contract.GetLocation200ResponseHeaders{ETag: etag(l.Version)},
	}, nil
}

// UpdateLocation implements the contract.
func (h locationHandlers) UpdateLocation(ctx context.Context, r contract.UpdateLocationRequestObject) (contract.UpdateLocationResponseObject, error) {
	p := requestOf(ctx).principal
	l, err := h.store.Location(ctx, p.OrgID, r.LocationID)
	if err != nil {
		return nil, missing(codeLocationNotFound, err)
	}
	if err := mayActAt(p, l.ID); err != nil {
		return nil, err
	}
	set(&l.Name, r.Body.Name)
	set(&l.Address, r.Body.Address)
	set(&l.Zone, r.Body.Zone)
	set(&l.ExternalRef, r.Body.ExternalRef)
	if c := r.Body.Coordinates; c.Null {
		l.Coordinates = nil
	} else if c.Given {
		if l.Coordinates, err = organization.ParseCoordinates(c.Value.Latitude, c.Value.Longitude); err != nil {
			return nil, err
		}
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	l, err = h.store.UpdateLocation(ctx, l, versionOf(r.Params.IfMatch))
	if err != nil {
		return nil, missing(codeLocationNotFound, err)
	}
	h.directory.forget()
	return contract.UpdateLocation200JSONResponse{
		Body: locationView(l), Headers: contract.UpdateLocation200ResponseHeaders{ETag: etag(l.Version)},
	}, nil
}

func locationView(l organization.Location) contract.Location {
	v := contract.Location{
		ID: l.ID, Name: l.Name, Address: optional(l.Address), Zone: optional(l.Zone), ExternalRef: optional(l.ExternalRef),
		Version: l.Version, CreatedAt: instant(l.CreatedAt),
	}
	if l.Coordinates != nil {
		v.Coordinates = &contract.Coordinates{Latitude: organization.Degrees(l.Coordinates.Latitude), Longitude: organization.Degrees(l.Coordinates.Longitude)}
	}
	return v
}

// whereabouts returns the location that a request is about: the one it names, else
// the principal's own, else "". Who is tied to a branch acts for no other.
func whereabouts(p access.Principal, named *string) (string, error) {
	if named == nil {
		return p.LocationID, nil
	}
	if err := mayActAt(p, *named); err != nil {
		return "", err
	}
	return *named, nil
}

// mayActAt returns nil if the principal may act for the location; "" is all of them.
func mayActAt(p access.Principal, locationID string) error {
	if !p.At(locationID) {
		return &problem{code: codeForbidden, field: "location_id", detail: "the credential is for another location"}
	}
	return nil
}
