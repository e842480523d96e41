package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
)

// maxOrganizations bounds the directory that Organizations returns.
const maxOrganizations = 10_000

const organizationColumns = "org_id, slug, name, country, locale, zone, color, brand_texts, logo_type, logo_hash, logo_version, version, created_at, places_version, text_color, accent_color"

func scanOrganization(r scanner) (o organization.Organization, err error) {
	var texts string
	err = r.Scan(&o.ID, &o.Slug, &o.Name, &o.Country, &o.Locale, &o.Zone, &o.Brand.Color, &texts, &o.Brand.LogoType,
		&o.Brand.LogoHash, &o.Brand.LogoVersion, &o.Version, &o.CreatedAt, &o.PlacesVersion,
		&o.Brand.TextColor, &o.Brand.AccentColor)
	if err == nil {
		o.Brand.Texts, err = readTexts(texts)
	}
	if err != nil {
		err = fmt.Errorf("read organization: %w", err)
	}
	return o, err
}

// storedText is the form in which the brand's texts are kept as JSON, by locale. Its
// names are part of the schema: fields may be added, not renamed.
type storedText struct {
	Welcome   string `json:"welcome,omitempty"`
	CardTitle string `json:"card_title,omitempty"`
	Terms     string `json:"terms,omitempty"`
	TermsURL  string `json:"terms_url,omitempty"`

	PrivacyURL string `json:"privacy_url,omitempty"`
}

func writeTexts(texts map[string]organization.BrandText) (string, error) {
	stored := make(map[string]storedText, len(texts))
	for l, t := range texts {
		if t != (organization.BrandText{}) {
			stored[l] = storedText(t)
		}
	}
	b, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("write texts of the brand: %w", err)
	}
	return string(b), nil
}

// readTexts returns nil where nothing is said.
func readTexts(s string) (map[string]organization.BrandText, error) {
	if s == "{}" {
		return nil, nil
	}
	var stored map[string]storedText
	if err := json.Unmarshal([]byte(s), &stored); err != nil {
		return nil, fmt.Errorf("texts of the brand: %w", err)
	}
	texts := make(map[string]organization.BrandText, len(stored))
	for l, t := range stored {
		texts[l] = organization.BrandText(t)
	}
	return texts, nil
}

// Organizations returns all organizations by slug, for commands and jobs of the
// system. At most 10,000.
func (s *Store) Organizations(ctx context.Context) ([]organization.Organization, error) {
	return readAll(ctx, s, "", scanOrganization,
		"SELECT "+organizationColumns+" FROM organization ORDER BY slug LIMIT $1", maxOrganizations)
}

// OrganizationBySlug returns an organization from the public directory, or
// organization.ErrNotFound.
func (s *Store) OrganizationBySlug(ctx context.Context, slug string) (organization.Organization, error) {
	return readOne(ctx, s, "", organization.ErrNotFound, scanOrganization,
		"SELECT "+organizationColumns+" FROM organization WHERE slug = $1", slug)
}

// Organization returns an organization, or organization.ErrNotFound.
func (s *Store) Organization(ctx context.Context, orgID string) (organization.Organization, error) {
	var o organization.Organization
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		o, err = organizationIn(ctx, tx, orgID)
		return err
	})
	return o, err
}

func organizationIn(ctx context.Context, tx *transaction, orgID string) (organization.Organization, error) {
	return one(ctx, tx, organization.ErrNotFound, scanOrganization,
		"SELECT "+organizationColumns+" FROM organization WHERE org_id = $1", orgID)
}

// CreateOrganization adds an organization. It returns organization.ErrTaken if the
// slug is in use.
func (s *Store) CreateOrganization(ctx context.Context, o organization.Organization) error {
	return s.createOrganization(ctx, o, false)
}

func (s *Store) createOrganization(ctx context.Context, o organization.Organization, demo bool) error {
	texts, err := writeTexts(o.Brand.Texts)
	if err != nil {
		return err
	}
	err = s.write(ctx, o.ID, func(tx *transaction) error {
		return insert(ctx, tx, "organization", organizationColumns+", demo", []any{
			o.ID, o.Slug, o.Name, o.Country, o.Locale, o.Zone, o.Brand.Color, texts, "", "", 0, max(o.Version, 1), o.CreatedAt, o.PlacesVersion,
			o.Brand.TextColor, o.Brand.AccentColor, demo,
		})
	})
	return taken(err)
}

// taken turns the violation of a unique index into organization.ErrTaken.
func taken(err error) error {
	if isUnique(err) {
		return organization.ErrTaken
	}
	return err
}

// UpdateOrganization changes all but the id, slug, logo and day of creation of the
// organization that was read with version ver. It returns the new state, or
// organization.ErrVersion or ErrNotFound.
func (s *Store) UpdateOrganization(ctx context.Context, o organization.Organization, ver int64) (organization.Organization, error) {
	var changed organization.Organization
	texts, err := writeTexts(o.Brand.Texts)
	if err != nil {
		return changed, err
	}
	err = s.write(ctx, o.ID, func(tx *transaction) error {
		before, err := organizationIn(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		changed, err = one(ctx, tx, organization.ErrVersion, scanOrganization,
			"UPDATE organization SET name = $3, country = $4, locale = $5, zone = $6, color = $7, brand_texts = $8, text_color = $9, accent_color = $10, version = version + 1 "+
				"WHERE org_id = $1 AND version = $2 RETURNING "+organizationColumns,
			o.ID, ver, o.Name, o.Country, o.Locale, o.Zone, o.Brand.Color, texts, o.Brand.TextColor, o.Brand.AccentColor)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, o.ID, access.OrganizationChanged, o.ID, organizationFacts(before), organizationFacts(changed))
	})
	return changed, err
}

// versionOrMissing tells which it was when an update of one version found no row:
// missing is what looking for the row without its version came to.
func versionOrMissing(version, missing error) error {
	if missing != nil {
		return missing
	}
	return version
}

// Logo returns the organization's logo and its media type, or
// organization.ErrNotFound if it has none.
func (s *Store) Logo(ctx context.Context, orgID string) (data []byte, mediaType string, err error) {
	type logo struct {
		data      []byte
		mediaType string
	}
	l, err := readOne(ctx, s, orgID, organization.ErrNotFound, func(r scanner) (l logo, err error) {
		if err = r.Scan(&l.data, &l.mediaType); err != nil {
			err = fmt.Errorf("read logo: %w", err)
		}
		return l, err
	}, "SELECT l.image, o.logo_type FROM organization_logo l JOIN organization o ON o.org_id = l.org_id WHERE l.org_id = $1", orgID)
	return l.data, l.mediaType, err
}

// SetLogo keeps a logo of at most organization.MaxLogoBytes and returns the
// organization with its next version and that of the logo.
func (s *Store) SetLogo(ctx context.Context, orgID string, data []byte, mediaType string) (organization.Organization, error) {
	if len(data) == 0 || len(data) > organization.MaxLogoBytes {
		return organization.Organization{}, &organization.InvalidFieldError{
			Field: "logo", Reason: fmt.Sprintf("must have 1 to %d bytes", organization.MaxLogoBytes),
		}
	}
	var changed organization.Organization
	err := s.write(ctx, orgID, func(tx *transaction) (err error) {
		changed, err = one(ctx, tx, organization.ErrNotFound, scanOrganization,
			"UPDATE organization SET logo_type = $2, logo_hash = $3, logo_version = logo_version + 1, version = version + 1 WHERE org_id = $1 RETURNING "+organizationColumns,
			orgID, mediaType, logoHash(data))
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, "INSERT INTO organization_logo (org_id, image) VALUES ($1, $2) "+
			"ON CONFLICT (org_id) DO UPDATE SET image = excluded.image", orgID, data)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, orgID, access.LogoChanged, orgID, nil, nil)
	})
	return changed, err
}

// DeleteLogo takes the logo away, if there is one, and returns the organization with
// its next version. LogoVersion is not used again for another logo.
func (s *Store) DeleteLogo(ctx context.Context, orgID string) (organization.Organization, error) {
	var changed organization.Organization
	err := s.write(ctx, orgID, func(tx *transaction) (err error) {
		changed, err = one(ctx, tx, organization.ErrNotFound, scanOrganization,
			"UPDATE organization SET logo_type = '', logo_hash = '', version = version + 1 WHERE org_id = $1 RETURNING "+organizationColumns, orgID)
		if err != nil {
			return err
		}
		gone, err := exec(ctx, tx, "DELETE FROM organization_logo WHERE org_id = $1", orgID)
		if err != nil || gone == 0 {
			return err
		}
		return s.note(ctx, tx, orgID, access.LogoChanged, orgID, nil, nil)
	})
	return changed, err
}

// logoHashBytes of a SHA-256 tell the logos of one organization apart.
const logoHashBytes = 8

func logoHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:logoHashBytes])
}
