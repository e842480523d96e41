package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// maxOpenCounted is how far OpenReviews counts.
const maxOpenCounted = 1000

const reviewColumns = "org_id, id, idempotency_key, body_hash, kind, card_id, code, coupon_id, reverses, quantity, happened_at, recorded_at, " +
	"day, location_id, till_id, staff_id, device_count, words, refusal, status, decided_at, decided_by_kind, decided_by, reason, entry_id"

// reviewQuery selects reviews with the names of what they are about.
var reviewQuery = "SELECT " + prefixed("r", reviewColumns) + ", COALESCE(u.id, ''), COALESCE(u.number, ''), COALESCE(u.first_name, ''), " +
	"COALESCE(u.last_name, ''), COALESCE(m.name, ''), COALESCE(t.name, ''), COALESCE(k.name, ''), COALESCE(k.cost, 0) FROM review r " +
	"LEFT JOIN card c ON c.org_id = r.org_id AND c.id = r.card_id " +
	"LEFT JOIN customer u ON u.org_id = c.org_id AND u.id = c.customer_id " +
	"LEFT JOIN staff m ON m.org_id = r.org_id AND m.id = r.staff_id " +
	"LEFT JOIN till t ON t.org_id = r.org_id AND t.id = r.till_id " +
	"LEFT JOIN coupon k ON k.org_id = r.org_id AND k.id = r.coupon_id "

func scanReviewLine(r scanner) (l customer.ReviewLine, err error) {
	var card, coupon, reverses, location, till, entry sql.NullString
	var who customer.Customer
	var reward string
	v := &l.Review
	err = r.Scan(&v.OrgID, &v.ID, &v.Key, &v.BodyHash, &v.Kind, &card, &v.Code, &coupon, &reverses, &v.Quantity, &v.At, &v.RecordedAt,
		&v.Day, &location, &till, &v.StaffID, &v.DeviceCount, &v.Words, &v.Refusal, &v.Status, &v.DecidedAt, &v.DecidedBy.Kind, &v.DecidedBy.ID,
		&v.Reason, &entry, &who.ID, &who.Number, &who.FirstName, &who.LastName, &l.StaffName, &l.TillName, &reward, &l.RewardCost)
	if err == nil && reward != "" {
		err = json.Unmarshal([]byte(reward), &l.Reward)
	}
	if err != nil {
		return l, fmt.Errorf("read review: %w", err)
	}
	v.CardID, v.CouponID, v.EntryID = card.String, coupon.String, reverses.String
	v.LocationID, v.TillID, v.LedgerEntryID = location.String, till.String, entry.String
	if who.ID != "" {
		l.CustomerID, l.DisplayName = who.ID, who.DisplayName()
	}
	return l, nil
}

// CreateReview keeps a review and returns it, and whether it was there before under its
// key. One whose key the ledger holds is kept as entered. It finds the card of a coupon
// or entry itself. It returns loyalty.ErrKeyReused if another review has the key, and
// loyalty.ErrNotFound for a card, coupon, entry or till that is not there.
func (s *Store) CreateReview(ctx context.Context, r loyalty.Review) (customer.ReviewLine, bool, error) {
	var line customer.ReviewLine
	var replayed bool
	err := s.writeRaced(ctx, r.OrgID, func(tx *transaction) error {
		var err error
		line, err = one(ctx, tx, loyalty.ErrNotFound, scanReviewLine, reviewQuery+"WHERE r.org_id = $1 AND r.idempotency_key = $2", r.OrgID, r.Key)
		if replayed = err == nil; replayed {
			if line.BodyHash != r.BodyHash {
				return loyalty.ErrKeyReused
			}
			return nil
		}
		if !errors.Is(err, loyalty.ErrNotFound) {
			return err
		}
		if err := addReview(ctx, tx, r); err != nil {
			return err
		}
		line, err = one(ctx, tx, loyalty.ErrNotFound, scanReviewLine, reviewQuery+"WHERE r.org_id = $1 AND r.id = $2", r.OrgID, r.ID)
		return err
	})
	if isForeignKey(err) {
		err = loyalty.ErrNotFound
	}
	return line, replayed, err
}

func addReview(ctx context.Context, tx *transaction, r loyalty.Review) error {
	var err error
	switch r.Kind {
	case loyalty.CommandRedeem:
		r.CardID, err = one(ctx, tx, loyalty.ErrNotFound, scan1[string], "SELECT card_id FROM coupon WHERE org_id = $1 AND id = $2", r.OrgID, r.CouponID)
	case loyalty.CommandReverse:
		r.CardID, err = one(ctx, tx, loyalty.ErrNotFound, scan1[string], "SELECT card_id FROM entry WHERE org_id = $1 AND id = $2", r.OrgID, r.EntryID)
	default:
	}
	if err != nil {
		return err
	}
	r.Status = loyalty.ReviewOpen
	if r.LedgerEntryID, err = entryUnderKey(ctx, tx, r.OrgID, r.Key); err != nil {
		return err
	}
	if r.LedgerEntryID != "" {
		r.Status = loyalty.ReviewEntered
	}
	return insert(ctx, tx, "review", reviewColumns, []any{
		r.OrgID, r.ID, r.Key, r.BodyHash, string(r.Kind), orNull(r.CardID), r.Code, orNull(r.CouponID), orNull(r.EntryID), r.Quantity, r.At, r.RecordedAt,
		int64(r.Day), orNull(r.LocationID), orNull(r.TillID), r.StaffID, r.DeviceCount, r.Words, r.Refusal, string(r.Status), r.DecidedAt,
		string(r.DecidedBy.Kind), r.DecidedBy.ID, r.Reason, orNull(r.LedgerEntryID),
	})
}

// entryUnderKey returns the ledger entry that has the key, "" if none has.
func entryUnderKey(ctx context.Context, tx *transaction, orgID, key string) (string, error) {
	// The last condition is that of the index.
	id, err := one(ctx, tx, loyalty.ErrNotFound, scan1[string],
		"SELECT id FROM entry WHERE org_id = $1 AND idempotency_key = $2 AND idempotency_key <> ''", orgID, key)
	if errors.Is(err, loyalty.ErrNotFound) {
		return "", nil
	}
	return id, err
}

// Review returns a review, or loyalty.ErrNotFound.
func (s *Store) Review(ctx context.Context, orgID, id string) (customer.ReviewLine, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scanReviewLine, reviewQuery+"WHERE r.org_id = $1 AND r.id = $2", orgID, id)
}

// Reviews returns a page of the organization's reviews, the latest first by when it
// happened.
func (s *Store) Reviews(ctx context.Context, orgID string, q loyalty.ReviewQuery, p paging.Page) (paging.List[customer.ReviewLine], error) {
	at, id, err := beforeCursor(p.Cursor)
	if err != nil {
		return paging.List[customer.ReviewLine]{}, err
	}
	f := filter{args: []any{orgID, at, id}}
	switch q.State {
	case "open":
		and(&f, "r.status = ?", string(loyalty.ReviewOpen))
	case "decided":
		and(&f, "r.status <> ?", string(loyalty.ReviewOpen))
	}
	and(&f, "r.location_id = ?", q.LocationID)
	and(&f, "r.till_id = ?", q.TillID)
	and(&f, "r.day >= ?", int64(q.From))
	and(&f, "r.day < ?", int64(q.To))
	list, err := readAll(ctx, s, orgID, scanReviewLine, reviewQuery+"WHERE r.org_id = $1 AND (r.happened_at, r.id) < ($2, $3)"+f.text.String()+
		" ORDER BY r.happened_at DESC, r.id DESC LIMIT "+f.value(p.Size()+1), f.args...)
	return paging.Cut(p, list, func(l customer.ReviewLine) []string { return []string{strconv.FormatInt(l.At, 10), l.ID} }), err
}

// OpenReviews counts the open reviews of a location, or of all if it is "", up to 1000;
// with a till only what that till handed in.
func (s *Store) OpenReviews(ctx context.Context, orgID, locationID, tillID string) (int, error) {
	return readOne(ctx, s, orgID, nil, scan1[int], "SELECT COUNT(*) FROM (SELECT 1 FROM review WHERE org_id = $1 AND status = 'open' "+
		"AND ($2 = '' OR location_id = $2) AND ($3 = '' OR till_id = $3) LIMIT $4) AS counted", orgID, locationID, tillID, maxOpenCounted)
}

// NoteReview looks whether the ledger holds the review's command, by whatever way, marks
// it as entered if so, and returns the review as it is then. It returns
// loyalty.ErrNotFound.
func (s *Store) NoteReview(ctx context.Context, orgID, id string, by loyalty.Actor, reason string, now int64) (customer.ReviewLine, error) {
	return s.changeReview(ctx, orgID, id, func(tx *transaction, r loyalty.Review) error {
		if r.Status == loyalty.ReviewEntered {
			return nil
		}
		entry, err := entryUnderKey(ctx, tx, orgID, r.Key)
		if err != nil || entry == "" {
			return err
		}
		r.Status, r.LedgerEntryID, r.DecidedAt, r.DecidedBy, r.Reason = loyalty.ReviewEntered, entry, now, by, reason
		return s.saveDecision(ctx, tx, r)
	})
}

// DismissReview ends an open review with nothing entered, or opens a dismissed one
// again. It returns loyalty.ErrReviewDecided if the review is not of that status, and
// loyalty.ErrNotFound.
func (s *Store) DismissReview(ctx context.Context, orgID, id string, dismiss bool, by loyalty.Actor, reason string, now int64) (customer.ReviewLine, error) {
	from, to := loyalty.ReviewOpen, loyalty.ReviewDismissed
	if !dismiss {
		from, to = to, from
	}
	return s.changeReview(ctx, orgID, id, func(tx *transaction, r loyalty.Review) error {
		if r.Status != from {
			return loyalty.ErrReviewDecided
		}
		r.Status, r.DecidedAt, r.DecidedBy, r.Reason = to, now, by, reason
		return s.saveDecision(ctx, tx, r)
	})
}

func (s *Store) changeReview(ctx context.Context, orgID, id string, change func(*transaction, loyalty.Review) error) (customer.ReviewLine, error) {
	var line customer.ReviewLine
	err := s.write(ctx, orgID, func(tx *transaction) error {
		if tx.forUpdate != "" {
			if _, err := one(ctx, tx, loyalty.ErrNotFound, scan1[string],
				"SELECT id FROM review WHERE org_id = $1 AND id = $2"+tx.forUpdate, orgID, id); err != nil {
				return err
			}
		}
		const query = "WHERE r.org_id = $1 AND r.id = $2"
		found, err := one(ctx, tx, loyalty.ErrNotFound, scanReviewLine, reviewQuery+query, orgID, id)
		if err != nil {
			return err
		}
		if err := change(tx, found.Review); err != nil {
			return err
		}
		line, err = one(ctx, tx, loyalty.ErrNotFound, scanReviewLine, reviewQuery+query, orgID, id)
		return err
	})
	return line, err
}

// saveDecision writes what became of the review, in the audit log, too.
func (s *Store) saveDecision(ctx context.Context, tx *transaction, r loyalty.Review) error {
	n, err := exec(ctx, tx, "UPDATE review SET status = $3, decided_at = $4, decided_by_kind = $5, decided_by = $6, reason = $7, entry_id = $8 "+
		"WHERE org_id = $1 AND id = $2", r.OrgID, r.ID, string(r.Status), r.DecidedAt, string(r.DecidedBy.Kind), r.DecidedBy.ID, r.Reason, orNull(r.LedgerEntryID))
	if err := foundOne(n, err, loyalty.ErrNotFound); err != nil {
		return err
	}
	return s.note(ctx, tx, r.OrgID, access.ReviewDecided, r.ID, nil, []fact{{name: "status", value: string(r.Status)}})
}
