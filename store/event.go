package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/typeid"
)

// Kinds of events. An event is written in the transaction of what it tells.
const (
	// The plural ones tell of all that a transaction did in an organization at once: a row
	// for each card would cost every stamp as much as the card does.
	EventCardsChanged      = "cards_changed"
	EventCouponsIssued     = "coupons_issued"
	EventCustomersJoined   = "customers_joined"
	EventCustomerConfirmed = "customer_confirmed"
	EventCustomerMerged    = "customer_merged"
	EventCustomerUnmerged  = "customer_unmerged"
)

// subjectsInEvent is the most subjects of one event. With more the row would not fit into
// a page any more as it is, and PostgreSQL would compress it.
const subjectsInEvent = 48

// event tells others that something happened to a subject: a customer, or cards or coupons,
// whose ids stand side by side with commas between.
type event struct {
	orgID, kind, subject string
	at                   int64
}

const eventColumns = "org_id, id, kind, subject, created_at"

// eventsAbout returns events of the kind about all subjects, by organization in the order
// in which they first come.
func eventsAbout(kind string, subjects []rowKey, at int64) []event {
	byOrg := map[string][]string{}
	var orgs []string
	for _, s := range subjects {
		if byOrg[s.orgID] == nil {
			orgs = append(orgs, s.orgID)
		}
		byOrg[s.orgID] = append(byOrg[s.orgID], s.id)
	}
	events := make([]event, 0, len(orgs))
	for _, org := range orgs {
		for ids := range slices.Chunk(byOrg[org], subjectsInEvent) {
			events = append(events, event{org, kind, strings.Join(ids, ","), at})
		}
	}
	return events
}

func cardChanged(orgID, cardID string, at int64) event {
	return event{orgID, EventCardsChanged, cardID, at}
}

func newEventID() string { return typeid.New("evt") }

func insertEvents(ctx context.Context, tx *transaction, events []event) error {
	args := make([]any, 0, 5*len(events))
	for _, e := range events {
		args = append(args, e.orgID, newEventID(), e.kind, e.subject, e.at)
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
			{"google_nonce", "nonce", "expires_at"},
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
