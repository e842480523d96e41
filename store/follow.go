package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

// MaxViews is the most cards that one call of Views, ViewsAfter or ChangedSince
// returns.
const MaxViews = 512

// CountCards returns how many cards the organization has, whatever their status.
func (s *Store) CountCards(ctx context.Context, orgID string) (int64, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[int64], "SELECT COUNT(*) FROM card WHERE org_id = $1", orgID)
}

// Views returns the cards with these ids, whatever their status, with their usable
// coupons, in no order. Those that are not there are left out. At most MaxViews ids.
func (s *Store) Views(ctx context.Context, orgID string, cardIDs []string) ([]customer.View, error) {
	if len(cardIDs) > MaxViews {
		return nil, fmt.Errorf("read %d cards: at most %d in a call", len(cardIDs), MaxViews)
	}
	if len(cardIDs) == 0 {
		return nil, nil
	}
	args := []any{orgID}
	condition := "c.id IN " + in(&args, cardIDs)
	return s.readViews(ctx, orgID, condition, args...)
}

// ViewsAfter returns up to limit cards, at most MaxViews, with an id greater than
// afterCardID, in the order of ids, whatever their status, with their usable coupons.
// "" is before all; fewer than the limit are the last ones. A card that is added
// meanwhile has a greater id than those that were there, but for the clocks of the
// processes that make ids.
func (s *Store) ViewsAfter(ctx context.Context, orgID, afterCardID string, limit int) ([]customer.View, error) {
	return s.readViews(ctx, orgID, "c.id > $2 ORDER BY c.id LIMIT $3", orgID, afterCardID, boundedViews(limit))
}

// ChangedSince returns up to limit cards, at most MaxViews, with an id greater than
// after that an event since the instant tells of, in the order of ids, as ViewsAfter
// does. The instant (UTC milliseconds) is compared with the clocks of the processes that
// wrote the events, which may differ, and an event is there only when its transaction is
// committed: ask for some seconds more than you need. Events are kept for a month.
//
// Events are found by their ids, which begin with the instant, so that stamps need not
// write into another index. Each call reads all events since the instant: it is made for minutes, not for months.
func (s *Store) ChangedSince(ctx context.Context, orgID string, since int64, after string, limit int) ([]customer.View, error) {
	return s.readViews(ctx, orgID, "c.id IN (SELECT DISTINCT s.value FROM event e CROSS JOIN "+s.dialect.partsOf("e.subject")+
		" WHERE e.org_id = $1 AND e.id >= $2 AND e.kind = '"+EventCardsChanged+"' AND s.value > $3 ORDER BY s.value LIMIT $4) ORDER BY c.id", orgID, firstEvent(since), after, boundedViews(limit))
}

func boundedViews(limit int) int { return min(max(limit, 1), MaxViews) }

// firstEvent returns the least id of an event that can be made in the millisecond; see
// package typeid.
func firstEvent(at int64) string {
	var u uuid.UUID
	for i := range 6 {
		u[i] = byte(max(at, 0) >> (40 - 8*i)) //nolint:gosec // six bytes of an instant, one by one
	}
	return typeid.From("evt", u)
}

// readViews returns the cards that the condition, on c, u and p, finds, with all their
// usable coupons. The first of args is the organization.
func (s *Store) readViews(ctx context.Context, orgID, condition string, args ...any) ([]customer.View, error) {
	var views []customer.View
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		if views, err = all(ctx, tx, scanView, viewQuery+"WHERE c.org_id = $1 AND "+condition, args...); err != nil || len(views) == 0 {
			return err
		}
		ids := make([]string, len(views))
		for i, v := range views {
			ids[i] = v.Card.ID
		}
		coupons, err := s.openCouponsOfEach(ctx, tx, orgID, ids)
		for i := range views {
			views[i].Coupons = coupons[views[i].Card.ID]
		}
		return err
	})
	return views, err
}

// openCouponsOfEach is openCoupons with the bound of customer.MaxOpenCoupons for each
// card and not for all together.
func (s *Store) openCouponsOfEach(ctx context.Context, tx *transaction, orgID string, cardIDs []string) (map[string][]loyalty.Coupon, error) {
	args := []any{orgID, s.now(), customer.MaxOpenCoupons}
	query := "SELECT " + couponColumns + " FROM (SELECT " + couponColumns + ", " +
		"ROW_NUMBER() OVER (PARTITION BY card_id ORDER BY issued_at, id) AS place FROM coupon WHERE org_id = $1 AND status = 'issued' " +
		"AND (expires_at = 0 OR expires_at > $2) AND card_id IN " + in(&args, cardIDs) + ") AS k WHERE place <= $3 ORDER BY card_id, place"
	list, err := all(ctx, tx, scanCoupon, query, args...)
	return byCard(list), err
}

// ProgramVersion returns the program as its rules and status were in the version, which
// ledger entries name, or loyalty.ErrNotFound.
func (s *Store) ProgramVersion(ctx context.Context, orgID, programID string, version int64) (loyalty.Program, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scanProgram, "SELECT v.org_id, v.program_id, v.status, v.version, v.rules, p.created_at "+
		"FROM program_version v JOIN program p ON p.org_id = v.org_id AND p.id = v.program_id "+
		"WHERE v.org_id = $1 AND v.program_id = $2 AND v.version = $3", orgID, programID, version)
}
