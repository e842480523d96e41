package api

import (
	"context"
	"fmt"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/organization"
)

// OrganizationStore keeps organizations.
type OrganizationStore interface {
	Organization(ctx context.Context, orgID string) (organization.Organization, error)
	// UpdateOrganization returns organization.ErrVersion unless version is the current
	// one.
	UpdateOrganization(ctx context.Context, o organization.Organization, version int64) (organization.Organization, error)
}

type organizationHandlers struct {
	store     OrganizationStore
	directory *directory
}

// GetOrganization implements the contract.
func (h organizationHandlers) GetOrganization(ctx context.Context, _ contract.GetOrganizationRequestObject) (contract.GetOrganizationResponseObject, error) {
	o, err := h.store.Organization(ctx, requestOf(ctx).principal.OrgID)
	if err != nil {
		return nil, fmt.Errorf("read organization: %w", err)
	}
	return contract.GetOrganization200JSONResponse{
		Body: organizationView(o), Headers: contract.GetOrganization200ResponseHeaders{ETag: etag(o.Version)},
	}, nil
}

// UpdateOrganization implements the contract.
func (h organizationHandlers) UpdateOrganization(ctx context.Context, r contract.UpdateOrganizationRequestObject) (contract.UpdateOrganizationResponseObject, error) {
	o, err := h.store.Organization(ctx, requestOf(ctx).principal.OrgID)
	if err != nil {
		return nil, fmt.Errorf("read organization: %w", err)
	}
	set(&o.Name, r.Body.Name)
	set(&o.Country, r.Body.Country)
	set(&o.Locale, r.Body.Locale)
	set(&o.Zone, r.Body.Zone)
	if r.Body.Brand != nil {
		set(&o.Brand.Color, r.Body.Brand.Color)
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o, err = h.store.UpdateOrganization(ctx, o, versionOf(r.Params.IfMatch))
	if err != nil {
		return nil, fmt.Errorf("update organization: %w", err)
	}
	h.directory.forget()
	return contract.UpdateOrganization200JSONResponse{
		Body: organizationView(o), Headers: contract.UpdateOrganization200ResponseHeaders{ETag: etag(o.Version)},
	}, nil
}

func organizationView(o organization.Organization) contract.Organization {
	return contract.Organization{
		ID: o.ID, Slug: o.Slug, Name: o.Name, Country: o.Country, Locale: o.Locale, Zone: o.Zone,
		Brand:   contract.Brand{Color: o.Brand.Color, HasLogo: o.Brand.LogoType != ""},
		Version: o.Version, CreatedAt: instant(o.CreatedAt),
	}
}
