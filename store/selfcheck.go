package store

import (
	"context"
	"errors"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// ViewsByCode returns up to limit cards, at most MaxViews, whose codes come after that of
// the card ("" is before all), in the order of their codes, as ViewsAfter does in that of
// their ids. Codes are drawn at random, so a page is a sample of all cards, whenever they
// were made, and the pages one after the other are all of them, each once. It is read by
// the index of codes. A card that is gone is before all.
func (s *Store) ViewsByCode(ctx context.Context, orgID, afterCardID string, limit int) ([]customer.View, error) {
	return s.readViews(ctx, orgID, viewsByCode, orgID, afterCardID, boundedViews(limit))
}

const viewsByCode = "c.code > COALESCE((SELECT code FROM card WHERE org_id = $1 AND id = $2), '') ORDER BY c.code LIMIT $3"

// BeginSelfCheck gives the night, a day at the organization, to one process for the lease,
// and returns the card after which to go on with ViewsByCode. It returns false if the
// night's work is done, or another process has it.
func (s *Store) BeginSelfCheck(ctx context.Context, orgID string, night loyalty.Day, lease time.Duration) (after string, begun bool, err error) {
	now := s.now()
	err = s.write(ctx, orgID, func(tx *transaction) (err error) {
		after, err = one(ctx, tx, loyalty.ErrNotFound, scan1[string], "INSERT INTO self_check (org_id, night, held_until, after_card) VALUES ($1, $2, $3, '') "+
			"ON CONFLICT (org_id) DO UPDATE SET night = excluded.night, held_until = excluded.held_until "+
			"WHERE self_check.night < excluded.night OR self_check.night = excluded.night AND self_check.held_until BETWEEN 1 AND $4 "+
			"RETURNING after_card", orgID, night, now+lease.Milliseconds(), now)
		return err
	})
	if errors.Is(err, loyalty.ErrNotFound) {
		return "", false, nil
	}
	return after, err == nil, err
}

// EndSelfCheck tells that the night's work is done up to the card.
func (s *Store) EndSelfCheck(ctx context.Context, orgID string, night loyalty.Day, after string) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		_, err := exec(ctx, tx, "UPDATE self_check SET held_until = 0, after_card = $3 WHERE org_id = $1 AND night = $2", orgID, night, after)
		return err
	})
}
