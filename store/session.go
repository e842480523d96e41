package store

import (
	"context"
	"errors"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/typeid"
)

var _ access.PINStore = (*Store)(nil)

// TakePINAttempt is access.PINStore's. After access.MaxPINFailures attempts it answers
// access.ErrLocked until access.PINLockout after the last of them; attempts made
// while locked are not counted, so that nobody can be kept out for ever.
func (s *Store) TakePINAttempt(ctx context.Context, orgID, staffID, locationID string, now int64) (organization.Staff, string, error) {
	var m organization.Staff
	var hash string
	begun := now - access.PINLockout.Milliseconds()
	err := s.write(ctx, orgID, func(tx *transaction) error {
		const mayTry = "org_id = $1 AND id = $2 AND active AND pin_hash <> '' AND (location_id IS NULL OR location_id = $3)"
		var err error
		hash, err = one(ctx, tx, access.ErrLocked, scan1[string],
			"UPDATE staff SET pin_attempts = CASE WHEN pin_attempt_at <= $5 THEN 1 ELSE pin_attempts + 1 END, pin_attempt_at = $4 "+
				"WHERE "+mayTry+" AND (pin_attempts < $6 OR pin_attempt_at <= $5) RETURNING pin_hash",
			orgID, staffID, locationID, now, begun, access.MaxPINFailures)
		if err != nil && !errors.Is(err, access.ErrLocked) {
			return err
		}
		var missing error
		m, missing = one(ctx, tx, access.ErrUnauthenticated, scanStaff,
			"SELECT "+staffColumns+" FROM staff WHERE "+mayTry, orgID, staffID, locationID)
		return versionOrMissing(err, missing)
	})
	if err != nil {
		return organization.Staff{}, "", err
	}
	return m, hash, nil
}

// OpenTillSession is access.PINStore's. It gives the session its id.
func (s *Store) OpenTillSession(ctx context.Context, x access.Session) error {
	return s.write(ctx, x.OrgID, func(tx *transaction) error {
		if _, err := exec(ctx, tx, "UPDATE staff SET pin_attempts = 0 WHERE org_id = $1 AND id = $2", x.OrgID, x.StaffID); err != nil {
			return err
		}
		if err := openSession(ctx, tx, x, typeid.New("ses")); err != nil {
			return err
		}
		return s.noteSignIn(ctx, tx, x.OrgID, x.StaffID, x.TillID)
	})
}

// noteSignIn notes that somebody signed in, at a till or, where it is "", by a link.
func (s *Store) noteSignIn(ctx context.Context, tx *transaction, orgID, staffID, tillID string) error {
	by := access.Doer{Kind: access.DoerStaff, ID: staffID, RequestID: access.DoerOf(ctx).RequestID}
	return s.noteBy(ctx, tx, orgID, by, access.SignedIn, staffID, changes(nil, []fact{{name: "till_id", value: tillID}}))
}

func openSession(ctx context.Context, tx *transaction, x access.Session, id string) error {
	return insert(ctx, tx, "session", "org_id, id, kind, token_hash, staff_id, till_id, location_id, created_at, expires_at",
		[]any{x.OrgID, id, x.Kind, hashText(x.TokenHash), x.StaffID, orNull(x.TillID), orNull(x.LocationID), x.CreatedAt, x.ExpiresAt})
}

// CreateSignInLink keeps a link by the hash of its token. It returns
// organization.ErrNotFound if there is no such member of staff.
func (s *Store) CreateSignInLink(ctx context.Context, l access.SignInLink) error {
	err := s.write(ctx, l.OrgID, func(tx *transaction) error {
		return insert(ctx, tx, "sign_in_link", "org_id, token_hash, staff_id, created_at, expires_at, used_at",
			[]any{l.OrgID, hashText(l.TokenHash), l.StaffID, l.CreatedAt, l.ExpiresAt, 0})
	})
	return noSuchReference(taken(err))
}

// ConsumeSignInLink uses a link up and opens a session for the member of staff whom it
// was made for. Of x it takes TokenHash, CreatedAt and ExpiresAt. It returns
// access.ErrUnauthenticated for a link that is unknown, used or expired, or whose
// owner is not active.
func (s *Store) ConsumeSignInLink(ctx context.Context, orgID string, tokenHash [32]byte, x access.Session, now int64) (access.Principal, error) {
	var p access.Principal
	err := s.write(ctx, orgID, func(tx *transaction) error {
		staffID, err := one(ctx, tx, access.ErrUnauthenticated, scan1[string],
			"UPDATE sign_in_link SET used_at = $3 WHERE org_id = $1 AND token_hash = $2 AND used_at = 0 AND expires_at > $3 "+
				"RETURNING staff_id", orgID, hashText(tokenHash), now)
		if err != nil {
			return err
		}
		m, err := one(ctx, tx, access.ErrUnauthenticated, scanStaff,
			"SELECT "+staffColumns+" FROM staff WHERE org_id = $1 AND id = $2 AND active", orgID, staffID)
		if err != nil {
			return err
		}
		p = access.Principal{
			OrgID: orgID, Kind: access.KindSession, ID: typeid.New("ses"), StaffID: m.ID, StaffName: m.Name, Role: m.Role,
			Permissions: access.ForRole(m.Role), LocationID: m.LocationID, ExpiresAt: x.ExpiresAt,
		}
		// The session itself names no location: it follows its owner to another branch.
		err = openSession(ctx, tx, access.Session{
			OrgID: orgID, Kind: access.KindSession, TokenHash: x.TokenHash, StaffID: m.ID, CreatedAt: x.CreatedAt, ExpiresAt: x.ExpiresAt,
		}, p.ID)
		if err != nil {
			return err
		}
		return s.noteSignIn(ctx, tx, orgID, m.ID, "")
	})
	if err != nil {
		return access.Principal{}, err
	}
	return p, nil
}

// EndSession signs somebody out. Ending a session that is not there is no error.
func (s *Store) EndSession(ctx context.Context, orgID, sessionID string) error {
	defer s.recognized.forget()
	return s.write(ctx, orgID, func(tx *transaction) error {
		_, err := exec(ctx, tx, "DELETE FROM session WHERE org_id = $1 AND id = $2", orgID, sessionID)
		return err
	})
}
