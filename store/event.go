package store

import (
	"context"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/typeid"
)

// Kinds of events. An event is written in the transaction of what it tells.
const (
	EventCardChanged       = "card_changed"
	EventCouponIssued      = "coupon_issued"
	EventCustomerJoined    = "customer_joined"
	EventCustomerConfirmed = "customer_confirmed"
	EventCustomerMerged    = "customer_merged"
	EventCustomerUnmerged  = "customer_unmerged"
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

// committerLife is how long a committer is kept that does not commit: longer than anybody
// who counts the ledger goes back.
const committerLife = 24 * time.Hour

// CleanUp deletes what has served its time: events, and sessions, links and codes that
// ended, before the instant, at most 1,000 rows of each. It returns how many there were in
// all; call it again until that is 0. Merges that can no longer be undone forget the contact of
// the customer who was merged. Committers that did not commit for a day go, too, and
// are not counted: they are nobody's.
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
		// Of a merge that stays, the contact that it released is nobody's business any more.
		if _, err := exec(ctx, tx, "UPDATE customer_merge SET merged_phone = '', merged_email = '' WHERE org_id = $1 AND merged_at < $2 "+
			"AND (merged_phone <> '' OR merged_email <> '')", orgID, s.now()-customer.UndoMergeFor.Milliseconds()); err != nil {
			return err
		}
		_, err := exec(ctx, tx, "DELETE FROM committer WHERE source IN (SELECT source FROM committer WHERE seen_at < $1 LIMIT $2)",
			s.now()-committerLife.Milliseconds(), cleanUpLimit)
		return err
	})
	return total, err
}
