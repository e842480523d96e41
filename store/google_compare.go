package store

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// GoogleClassDigest returns what NoteGoogleClass kept, or loyalty.ErrNotFound.
func (s *Store) GoogleClassDigest(ctx context.Context, orgID, issuerID, programID string) (string, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[string],
		"SELECT digest FROM google_class WHERE org_id = $1 AND issuer_id = $2 AND program_id = $3", orgID, issuerID, programID)
}

// NoteGoogleClass keeps a digest of what Google was told of the program. It returns
// loyalty.ErrNotFound for a program that is not there.
func (s *Store) NoteGoogleClass(ctx context.Context, orgID, issuerID, programID, digest string) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		now := s.now()
		n, err := exec(ctx, tx, "INSERT INTO google_class (org_id, issuer_id, program_id, digest, sent_at, compared_from, leased_until, progress, compared_until) "+
			"SELECT g.org_id, CAST($2 AS TEXT), g.id, CAST($4 AS TEXT), CAST($5 AS BIGINT), 0, 0, '', CAST($5 AS BIGINT) "+
			"FROM program g WHERE g.org_id = $1 AND g.id = $3 "+
			"ON CONFLICT (org_id, issuer_id, program_id) DO UPDATE SET digest = excluded.digest, sent_at = excluded.sent_at",
			orgID, issuerID, programID, digest, now)
		if err == nil && n == 0 {
			err = loyalty.ErrNotFound
		}
		return err
	})
}

// ClaimGoogleComparison returns a program whose passes are to be compared with what Google
// has, or loyalty.ErrNotFound if there is none: one whose comparison was left, or whose
// last one ended before the instant. It is the caller's for the lease.
func (s *Store) ClaimGoogleComparison(ctx context.Context, orgID, issuerID string, before int64, lease time.Duration) (customer.GoogleComparison, error) {
	scan := func(r scanner) (c customer.GoogleComparison, err error) {
		if err = r.Scan(&c.ProgramID, &c.Began, &c.Progress); err != nil {
			err = fmt.Errorf("read comparison: %w", err)
		}
		return c, err
	}
	const due = "org_id = $1 AND issuer_id = $2 AND leased_until <= $3 AND (compared_until = 0 OR compared_until < $4)"
	now := s.now()
	waiting, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[int64], "SELECT COUNT(*) FROM google_class WHERE "+due, orgID, issuerID, now, before)
	if err != nil || waiting == 0 {
		if err == nil {
			err = loyalty.ErrNotFound
		}
		return customer.GoogleComparison{}, err
	}
	var c customer.GoogleComparison
	err = s.write(ctx, orgID, func(tx *transaction) error {
		if err := lockGoogle(ctx, tx, orgID); err != nil {
			return err
		}
		c, err = one(ctx, tx, loyalty.ErrNotFound, scan, "UPDATE google_class SET leased_until = $5, "+
			"compared_from = CASE WHEN compared_until = 0 THEN compared_from ELSE $3 END, "+
			"progress = CASE WHEN compared_until = 0 THEN progress ELSE '' END, compared_until = 0 "+
			"WHERE org_id = $1 AND issuer_id = $2 AND program_id = (SELECT program_id FROM google_class WHERE "+due+
			" ORDER BY compared_until, program_id LIMIT 1) RETURNING program_id, compared_from, progress",
			orgID, issuerID, now, before, now+lease.Milliseconds())
		return err
	})
	return c, err
}

// NoteGoogleComparison keeps how far a comparison is and lets go of it. With done it has
// ended.
func (s *Store) NoteGoogleComparison(ctx context.Context, orgID, issuerID string, c customer.GoogleComparison, done bool) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		until := int64(0)
		if done {
			until = s.now()
		}
		_, err := exec(ctx, tx, "UPDATE google_class SET leased_until = 0, progress = $5, compared_until = $6 "+
			"WHERE org_id = $1 AND issuer_id = $2 AND program_id = $3 AND compared_from = $4",
			orgID, issuerID, c.ProgramID, c.Began, c.Progress, until)
		return err
	})
}

// NoteGooglePassesFound keeps which passes were found at Google at the instant, and which
// of them are in a wallet. At most customer.MaxGooglePassBatch.
func (s *Store) NoteGooglePassesFound(ctx context.Context, orgID, issuerID string, at int64, found []customer.GooglePassFound) error {
	if len(found) > customer.MaxGooglePassBatch {
		return fmt.Errorf("note %d passes at Google: at most %d in a call", len(found), customer.MaxGooglePassBatch)
	}
	bySaved := map[bool][]string{}
	for _, f := range found {
		bySaved[f.Saved] = append(bySaved[f.Saved], f.Serial)
	}
	return s.write(ctx, orgID, func(tx *transaction) error {
		for saved, serials := range bySaved {
			args := []any{orgID, issuerID, at, saved}
			// A callback that came meanwhile knows better than the list that was asked for before.
			if _, err := exec(ctx, tx, "UPDATE google_pass SET found_at = $3, "+
				"saved_at = CASE WHEN saved <> $4 AND saved_at < $3 THEN $3 ELSE saved_at END, "+
				"saved = CASE WHEN saved_at < $3 THEN $4 ELSE saved END "+
				"WHERE org_id = $1 AND issuer_id = $2 AND serial IN "+in(&args, serials), args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// MissingGooglePasses returns up to limit passes of the program, at most
// customer.MaxGooglePassBatch, that Google was sent before the instant and that were not
// found there since, in the order of their serials and after the given one.
func (s *Store) MissingGooglePasses(ctx context.Context, orgID, issuerID, programID string, since int64, after string, limit int) ([]customer.GooglePass, error) {
	return readAll(ctx, s, orgID, scanGooglePass, "SELECT "+googleColumns+googleFrom+
		"WHERE p.org_id = $1 AND p.issuer_id = $2 AND c.program_id = $3 AND p.sent_version > 0 AND p.sent_at < $4 AND p.found_at < $4 AND p.serial > $5 "+
		"ORDER BY p.serial LIMIT $6", orgID, issuerID, programID, since, after, min(max(limit, 1), customer.MaxGooglePassBatch))
}
