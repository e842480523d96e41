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
	// SetLogo keeps a picture that organization.ReadLogo made; DeleteLogo takes it away.
	SetLogo(ctx context.Context, orgID string, data []byte, mediaType string) (organization.Organization, error)
	DeleteLogo(ctx context.Context, orgID string) (organization.Organization, error)
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
		set(&o.Brand.TextColor, r.Body.Brand.TextColor)
		set(&o.Brand.AccentColor, r.Body.Brand.AccentColor)
		if r.Body.Brand.Texts != nil {
			o.Brand.Texts = brandTexts(*r.Body.Brand.Texts)
		}
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
		Brand:   brandView(o),
		Version: o.Version, CreatedAt: instant(o.CreatedAt),
	}
}

func brandView(o organization.Organization) contract.Brand {
	v := contract.Brand{
		Color: o.Brand.Color, TextColor: optional(o.Brand.TextColor), AccentColor: optional(o.Brand.AccentColor),
		HasLogo: o.Brand.LogoType != "", Texts: map[string]contract.BrandText{},
	}
	if v.HasLogo {
		v.Logo = optional("/brand/" + o.Slug + "/logo?v=" + o.Brand.LogoTag())
	}
	for l, t := range o.Brand.Texts {
		v.Texts[l] = contract.BrandText{
			Welcome: optional(t.Welcome), CardTitle: optional(t.CardTitle), Terms: optional(t.Terms), TermsURL: optional(t.TermsURL),
			PrivacyURL: optional(t.PrivacyURL),
		}
	}
	return v
}

func brandTexts(texts map[string]contract.BrandText) map[string]organization.BrandText {
	all := make(map[string]organization.BrandText, len(texts))
	for l, t := range texts {
		all[l] = organization.BrandText{
			Welcome: given(t.Welcome), CardTitle: given(t.CardTitle), Terms: given(t.Terms), TermsURL: given(t.TermsURL),
			PrivacyURL: given(t.PrivacyURL),
		}
	}
	return all
}
