package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// The columns of entries and coupons as they are written. What is optional is read
// by the columns in the select variants.
const (
	entryColumns = "org_id, id, card_id, program_id, kind, quantity, balance_after, card_version, rule_version, " +
		"happened_at, recorded_at, day, location_id, actor_kind, actor_id, coupon_id, reverses, head_id, " +
		"idempotency_key, external_ref, reason, other_card_id"
	keptEntryColumns = entryColumns + ", body_hash, outcome"
	entrySelect      = "org_id, id, card_id, program_id, kind, quantity, balance_after, card_version, rule_version, " +
		"happened_at, recorded_at, day, COALESCE(location_id, ''), actor_kind, actor_id, COALESCE(coupon_id, ''), " +
		"COALESCE(reverses, ''), head_id, idempotency_key, external_ref, reason, COALESCE(other_card_id, '')"
	couponColumns = "org_id, id, card_id, program_id, reward_id, kind, name, status, cost, stamp_no, round, milestone, " +
		"issued_at, expires_at, closed_at, earned_by, entry_id, closed_by"
)

func scanEntry(r scanner) (e loyalty.Entry, err error) {
	if err = r.Scan(entryTargets(&e)...); err != nil {
		err = fmt.Errorf("read entry: %w", err)
	}
	return e, err
}

// entryTargets are where the columns of entrySelect go.
func entryTargets(e *loyalty.Entry) []any {
	return []any{
		&e.OrgID, &e.ID, &e.CardID, &e.ProgramID, &e.Kind, &e.Quantity, &e.BalanceAfter, &e.CardVersion, &e.RuleVersion,
		&e.At, &e.RecordedAt, &e.Day, &e.LocationID, &e.Actor.Kind, &e.Actor.ID, &e.CouponID,
		&e.Reverses, &e.HeadID, &e.IdempotencyKey, &e.ExternalRef, &e.Reason, &e.OtherCardID,
	}
}

func scanCoupon(r scanner) (c loyalty.Coupon, err error) {
	var name string
	err = r.Scan(&c.OrgID, &c.ID, &c.CardID, &c.ProgramID, &c.RewardID, &c.Kind, &name, &c.Status, &c.Cost, &c.At, &c.Round,
		&c.Milestone, &c.IssuedAt, &c.ExpiresAt, &c.ClosedAt, &c.EarnedBy, &c.EntryID, &c.ClosedBy)
	if err == nil {
		err = json.Unmarshal([]byte(name), &c.Name)
	}
	if err != nil {
		err = fmt.Errorf("read coupon: %w", err)
	}
	return c, err
}

// Entry returns a ledger entry, or loyalty.ErrNotFound.
func (s *Store) Entry(ctx context.Context, orgID, id string) (loyalty.Entry, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scanEntry,
		"SELECT "+entrySelect+" FROM entry WHERE org_id = $1 AND id = $2", orgID, id)
}

// Entries returns a page of a card's ledger, newest first. A card that is not there
// has none.
func (s *Store) Entries(ctx context.Context, orgID, cardID string, p paging.Page) (paging.List[loyalty.Entry], error) {
	// All entries of one command carry the same card version.
	version, id, err := beforeCursor(p.Cursor)
	if err != nil {
		return paging.List[loyalty.Entry]{}, err
	}
	list, err := readAll(ctx, s, orgID, scanEntry, "SELECT "+entrySelect+" FROM entry "+
		"WHERE org_id = $1 AND card_id = $2 AND (card_version, id) < ($3, $4) ORDER BY card_version DESC, id DESC LIMIT $5",
		orgID, cardID, version, id, p.Size()+1)
	return paging.Cut(p, list, func(e loyalty.Entry) []string { return []string{strconv.FormatInt(e.CardVersion, 10), e.ID} }), err
}

// afterAll is greater than every number that is stored; a list that is shown from its
// end begins there.
const afterAll = int64(1)<<62 - 1

// beforeCursor reads the cursor of a list that is shown newest first: a number and an
// id. No cursor is before all.
func beforeCursor(cursor string) (int64, string, error) {
	if cursor == "" {
		return afterAll, "", nil
	}
	parts, err := paging.Decode(cursor, 2)
	if err != nil {
		return 0, "", err
	}
	n, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0, "", paging.ErrBadCursor
	}
	return n, parts[1], nil
}

// Coupon returns a coupon, or loyalty.ErrNotFound.
func (s *Store) Coupon(ctx context.Context, orgID, id string) (loyalty.Coupon, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scanCoupon,
		"SELECT "+couponColumns+" FROM coupon WHERE org_id = $1 AND id = $2", orgID, id)
}

// Coupons returns a page of a card's coupons, whatever became of them, newest first. A
// card that is not there has none.
func (s *Store) Coupons(ctx context.Context, orgID, cardID string, p paging.Page) (paging.List[loyalty.Coupon], error) {
	at, id, err := beforeCursor(p.Cursor)
	if err != nil {
		return paging.List[loyalty.Coupon]{}, err
	}
	list, err := readAll(ctx, s, orgID, scanCoupon, "SELECT "+couponColumns+" FROM coupon "+
		"WHERE org_id = $1 AND card_id = $2 AND (issued_at, id) < ($3, $4) ORDER BY issued_at DESC, id DESC LIMIT $5",
		orgID, cardID, at, id, p.Size()+1)
	return paging.Cut(p, list, func(c loyalty.Coupon) []string { return []string{strconv.FormatInt(c.IssuedAt, 10), c.ID} }), err
}

// OverdueCoupons returns up to limit coupons that are still issued although their last
// day is over, those overdue longest first.
func (s *Store) OverdueCoupons(ctx context.Context, orgID string, now int64, limit int) ([]loyalty.Coupon, error) {
	return readAll(ctx, s, orgID, scanCoupon, "SELECT "+couponColumns+" FROM coupon "+
		"WHERE org_id = $1 AND status = 'issued' AND expires_at <> 0 AND expires_at <= $2 ORDER BY expires_at, id LIMIT $3",
		orgID, now, bounded(limit))
}

// maxListed bounds lists whose callers say how much they want.
const maxListed = 1000

func bounded(limit int) int { return min(max(limit, 1), maxListed) }
