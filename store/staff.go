package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// maxTillStaff bounds the names that a till offers.
const maxTillStaff = 200

const staffColumns = "org_id, id, name, email, role, locale, COALESCE(location_id, ''), pin_hash <> '', active, version, created_at"

func scanStaff(r scanner) (m organization.Staff, err error) {
	err = r.Scan(&m.OrgID, &m.ID, &m.Name, &m.Email, &m.Role, &m.Locale, &m.LocationID, &m.HasPIN, &m.Active, &m.Version, &m.CreatedAt)
	if err != nil {
		err = fmt.Errorf("read staff: %w", err)
	}
	return m, err
}

// StaffList returns a page of the organization's staff, those added first first.
func (s *Store) StaffList(ctx context.Context, orgID string, p paging.Page) (paging.List[organization.Staff], error) {
	return pageByID(ctx, s, orgID, p, scanStaff, func(m organization.Staff) string { return m.ID },
		"SELECT "+staffColumns+" FROM staff WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3")
}

// StaffMember returns a member of staff, or organization.ErrNotFound.
func (s *Store) StaffMember(ctx context.Context, orgID, id string) (organization.Staff, error) {
	return readOne(ctx, s, orgID, organization.ErrNotFound, scanStaff,
		"SELECT "+staffColumns+" FROM staff WHERE org_id = $1 AND id = $2", orgID, id)
}

// CreateStaff adds a member of staff, without a PIN. It returns
// organization.ErrNotFound if there is no such location.
func (s *Store) CreateStaff(ctx context.Context, m organization.Staff) error {
	err := s.write(ctx, m.OrgID, func(tx *transaction) error {
		err := insert(ctx, tx, "staff",
			"org_id, id, name, email, role, locale, location_id, active, pin_hash, pin_attempts, pin_attempt_at, version, created_at",
			[]any{m.OrgID, m.ID, m.Name, m.Email, m.Role, m.Locale, orNull(m.LocationID), m.Active, "", 0, 0, max(m.Version, 1), m.CreatedAt})
		if err != nil {
			return err
		}
		return s.note(ctx, tx, m.OrgID, access.StaffAdded, m.ID, nil, staffFacts(m))
	})
	return noSuchReference(taken(err))
}

// noSuchReference turns the violation of a foreign key into organization.ErrNotFound:
// what was to be referred to is not there, or is another organization's.
func noSuchReference(err error) error {
	if isForeignKey(err) {
		return organization.ErrNotFound
	}
	return err
}

// UpdateStaff changes the member of staff who was read with version ver, all but the
// PIN, and returns the new state, or organization.ErrVersion or ErrNotFound. Sessions
// of somebody who is no longer active are dead at once.
func (s *Store) UpdateStaff(ctx context.Context, m organization.Staff, ver int64) (organization.Staff, error) {
	defer s.recognized.forget()
	var changed organization.Staff
	err := s.write(ctx, m.OrgID, func(tx *transaction) error {
		before, err := one(ctx, tx, organization.ErrNotFound, scanStaff,
			"SELECT "+staffColumns+" FROM staff WHERE org_id = $1 AND id = $2", m.OrgID, m.ID)
		if err != nil {
			return err
		}
		changed, err = one(ctx, tx, organization.ErrVersion, scanStaff,
			"UPDATE staff SET name = $4, email = $5, role = $6, locale = $7, location_id = $8, active = $9, version = version + 1 "+
				"WHERE org_id = $1 AND id = $2 AND version = $3 RETURNING "+staffColumns,
			m.OrgID, m.ID, ver, m.Name, m.Email, m.Role, m.Locale, orNull(m.LocationID), m.Active)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, m.OrgID, access.StaffChanged, m.ID, staffFacts(before), staffFacts(changed))
	})
	return changed, noSuchReference(err)
}

// SetPIN keeps the hash of a new PIN and forgets wrong attempts at the old one. It
// returns organization.ErrNotFound for somebody who is not there.
func (s *Store) SetPIN(ctx context.Context, orgID, staffID, pinHash string) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		n, err := exec(ctx, tx, "UPDATE staff SET pin_hash = $3, pin_attempts = 0, version = version + 1 WHERE org_id = $1 AND id = $2",
			orgID, staffID, pinHash)
		if err := foundOne(n, err, organization.ErrNotFound); err != nil {
			return err
		}
		return s.note(ctx, tx, orgID, access.PINSet, staffID, nil, nil)
	})
}

// foundOne returns missing if a statement that should have changed a row did not.
func foundOne(n int64, err, missing error) error {
	if err == nil && n == 0 {
		return missing
	}
	return err
}

// TillStaff returns who may sign in by PIN at the location, by name; at most 200.
func (s *Store) TillStaff(ctx context.Context, orgID, locationID string) ([]organization.Staff, error) {
	return readAll(ctx, s, orgID, scanStaff,
		"SELECT "+staffColumns+" FROM staff WHERE org_id = $1 AND active AND pin_hash <> '' "+
			"AND (location_id IS NULL OR location_id = $2) ORDER BY name, id LIMIT $3", orgID, locationID, maxTillStaff)
}
