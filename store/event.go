package store

import (
	"context"

	"github.com/leima/leima/typeid"
)

// Kinds of events. An event is written in the transaction of what it tells.
const (
	EventCardChanged       = "card_changed"
	EventCouponIssued      = "coupon_issued"
	EventCustomerJoined    = "customer_joined"
	EventCustomerConfirmed = "customer_confirmed"
	EventCustomerMerged    = "customer_merged"
)

// event tells others that something happened: to a card ("" if to none) and to a
// subject, such as a coupon or customer ("" if it is the card itself).
type event struct {
	orgID, kind, cardID, subjectID string
	at                             int64
}

const eventColumns = "org_id, id, kind, card_id, subject_id, created_at"

func newEventID() string { return typeid.New("evt") }

func insertEvents(ctx context.Context, tx *transaction, events []event) error {
	args := make([]any, 0, 6*len(events))
	for _, e := range events {
		args = append(args, e.orgID, newEventID(), e.kind, e.cardID, e.subjectID, e.at)
	}
	return insert(ctx, tx, "event", eventColumns, args)
}

// cleanUpLimit bounds the rows that one CleanUp deletes from each table.
const cleanUpLimit = 1000

// CleanUp deletes what has served its time: events, and sessions, links and codes that
// ended, before the instant. It takes at most 1,000 rows of each and returns how many
// there were in all; call it again until that is 0.
func (s *Store) CleanUp(ctx context.Context, orgID string, before int64) (int64, error) {
	var total int64
	err := s.write(ctx, orgID, func(tx *transaction) error {
		total = 0
		for _, t := range []struct{ table, key, end string }{
			{"event", "id", "created_at"},
			{"session", "id", "expires_at"},
			{"sign_in_link", "token_hash", "expires_at"},
			{"pairing_code", "code_hash", "expires_at"},
		} {
			n, err := exec(ctx, tx, "DELETE FROM "+t.table+" WHERE org_id = $1 AND "+t.key+" IN (SELECT "+t.key+" FROM "+t.table+
				" WHERE org_id = $1 AND "+t.end+" < $2 ORDER BY "+t.key+" LIMIT $3)", orgID, before, cleanUpLimit)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}
