package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// storedDesign is the form in which a design is kept as JSON. Its names are part of the
// schema: fields may be added, not renamed.
type storedDesign struct {
	Background string                   `json:"background,omitempty"`
	Foreground string                   `json:"foreground,omitempty"`
	Label      string                   `json:"label,omitempty"`
	Ink        string                   `json:"ink,omitempty"`
	Icon       string                   `json:"icon"`
	Rows       int                      `json:"rows,omitempty"`
	Barcode    organization.PassBarcode `json:"barcode"`
	Front      []organization.PassField `json:"front"`
	Stamp      string                   `json:"stamp,omitempty"`
	Empty      string                   `json:"empty,omitempty"`
	Backdrop   string                   `json:"backdrop,omitempty"`
}

func writeDesign(d organization.PassDesign) (string, error) {
	b, err := json.Marshal(storedDesign{
		d.Background, d.Foreground, d.Label, d.Ink, d.Icon, d.Rows, d.Barcode, d.Front, d.Stamp, d.Empty, d.Backdrop,
	})
	if err != nil {
		return "", fmt.Errorf("write design of passes: %w", err)
	}
	return string(b), nil
}

func scanDesign(r scanner) (d organization.PassDesign, err error) {
	var text string
	var s storedDesign
	if err = r.Scan(&d.OrgID, &d.ProgramID, &d.Version, &text); err == nil {
		err = json.Unmarshal([]byte(text), &s)
	}
	if err != nil {
		return d, fmt.Errorf("read design of passes: %w", err)
	}
	d.Background, d.Foreground, d.Label, d.Ink = s.Background, s.Foreground, s.Label, s.Ink
	d.Icon, d.Rows, d.Barcode, d.Front = s.Icon, s.Rows, s.Barcode, s.Front
	d.Stamp, d.Empty, d.Backdrop = s.Stamp, s.Empty, s.Backdrop
	return d, nil
}

const (
	designColumns = "org_id, program_id, version, design"
	oneDesign     = "SELECT " + designColumns + " FROM pass_design WHERE org_id = $1 AND program_id = $2 AND version = $3"
)

// PassDesign returns how the passes of the program look now: StandardPassDesign if nobody
// has chosen anything. It does not ask whether there is such a program.
func (s *Store) PassDesign(ctx context.Context, orgID, programID string) (organization.PassDesign, error) {
	d, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scanDesign,
		"SELECT "+designColumns+" FROM pass_design WHERE org_id = $1 AND program_id = $2 ORDER BY version DESC LIMIT 1", orgID, programID)
	if isMissing(err) {
		return organization.StandardPassDesign(orgID, programID), nil
	}
	return d, err
}

// PassDesignVersion returns a design of the program that was chosen earlier, or
// loyalty.ErrNotFound. The last organization.MaxDesigns are kept, and the first stays.
func (s *Store) PassDesignVersion(ctx context.Context, orgID, programID string, version int64) (organization.PassDesign, error) {
	if version == 1 {
		return organization.StandardPassDesign(orgID, programID), nil
	}
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scanDesign, oneDesign, orgID, programID, version)
}

// SetPassDesign keeps a valid design in place of the one with version ver, and returns it
// with its version. It returns organization.ErrVersion, loyalty.ErrNotFound for a program
// that is not there, and an *organization.InvalidFieldError for artwork that is not.
func (s *Store) SetPassDesign(ctx context.Context, d organization.PassDesign, ver int64) (organization.PassDesign, error) {
	text, err := writeDesign(d)
	if err != nil {
		return d, err
	}
	err = s.write(ctx, d.OrgID, func(tx *transaction) error {
		if _, err := programIn(ctx, tx, d.OrgID, d.ProgramID); err != nil {
			return err
		}
		d.Version, err = one(ctx, tx, organization.ErrVersion, scan1[int64], "UPDATE program SET design_version = design_version + 1 "+
			"WHERE org_id = $1 AND id = $2 AND design_version = $3 RETURNING design_version", d.OrgID, d.ProgramID, ver)
		if err != nil {
			return err
		}
		if err := checkArtworks(ctx, tx, d); err != nil {
			return err
		}
		before := organization.StandardPassDesign(d.OrgID, d.ProgramID)
		if ver > 1 {
			if before, err = one(ctx, tx, loyalty.ErrNotFound, scanDesign, oneDesign, d.OrgID, d.ProgramID, ver); err != nil {
				return err
			}
		}
		if err := insert(ctx, tx, "pass_design", designColumns+", created_at", []any{d.OrgID, d.ProgramID, d.Version, text, s.now()}); err != nil {
			return err
		}
		if _, err := exec(ctx, tx, "DELETE FROM pass_design WHERE org_id = $1 AND program_id = $2 AND version <= $3",
			d.OrgID, d.ProgramID, d.Version-organization.MaxDesigns); err != nil {
			return err
		}
		return s.note(ctx, tx, d.OrgID, access.DesignChanged, d.ProgramID, designFacts(before), designFacts(d))
	})
	return d, err
}

// checkArtworks returns an *organization.InvalidFieldError unless all of the design's
// artworks are there.
func checkArtworks(ctx context.Context, tx *transaction, d organization.PassDesign) error {
	tags := d.Artworks()
	if len(tags) == 0 {
		return nil
	}
	args := []any{d.OrgID}
	n, err := one(ctx, tx, nil, scan1[int64], "SELECT COUNT(*) FROM pass_artwork WHERE org_id = $1 AND tag IN "+in(&args, tags), args...)
	if err == nil && int(n) < len(tags) {
		err = &organization.InvalidFieldError{Field: "artwork", Reason: "names a picture that is not there", Code: "one_of"}
	}
	return err
}

// Artwork returns a picture for passes, a PNG, or loyalty.ErrNotFound.
func (s *Store) Artwork(ctx context.Context, orgID, tag string) ([]byte, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[[]byte], "SELECT image FROM pass_artwork WHERE org_id = $1 AND tag = $2", orgID, tag)
}

// AddArtwork keeps a picture that organization.ReadArtwork made and returns its tag; the
// same picture has the same tag. When there are too many, the oldest that no design names
// goes; if all are named, it returns an *organization.InvalidFieldError.
func (s *Store) AddArtwork(ctx context.Context, orgID string, data []byte) (tag string, err error) {
	if len(data) == 0 || len(data) > organization.MaxArtworkBytes {
		return "", &organization.InvalidFieldError{Field: "artwork", Reason: fmt.Sprintf("must have 1 to %d bytes", organization.MaxArtworkBytes)}
	}
	tag = logoHash(data)
	err = s.write(ctx, orgID, func(tx *transaction) error {
		if err := tx.lockName(ctx, "artwork "+orgID); err != nil {
			return err
		}
		// Kept anew, a picture is young again.
		if _, err := exec(ctx, tx, "INSERT INTO pass_artwork (org_id, tag, image, created_at) VALUES ($1, $2, $3, $4) "+
			"ON CONFLICT (org_id, tag) DO UPDATE SET created_at = excluded.created_at", orgID, tag, data, s.now()); err != nil {
			return err
		}
		const others = "FROM pass_artwork a WHERE a.org_id = $1 AND a.tag <> $2"
		kept, err := one(ctx, tx, nil, scan1[int64], "SELECT COUNT(*) "+others, orgID, tag)
		if err != nil {
			return err
		}
		if kept >= organization.MaxArtworks {
			gone, err := exec(ctx, tx, "DELETE FROM pass_artwork WHERE org_id = $1 AND tag IN (SELECT a.tag "+others+
				" AND NOT EXISTS (SELECT 1 FROM pass_design d WHERE d.org_id = a.org_id AND d.design LIKE '%' || a.tag || '%') "+
				"ORDER BY a.created_at, a.tag LIMIT 1)", orgID, tag)
			if err != nil {
				return err
			}
			if gone == 0 {
				return &organization.InvalidFieldError{
					Field: "artwork", Reason: fmt.Sprintf("there are %d pictures in use already", organization.MaxArtworks), Code: "too_many",
					Params: map[string]string{"max": fmt.Sprint(organization.MaxArtworks)},
				}
			}
		}
		return s.note(ctx, tx, orgID, access.ArtworkAdded, orgID, nil, []fact{{name: "artwork", value: tag}})
	})
	return tag, err
}
