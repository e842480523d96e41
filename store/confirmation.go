package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/typeid"
)

// The channels of a confirmation.
const (
	channelSMS   = "sms"
	channelEmail = "email"
)

const confirmationSelect = "org_id, id, customer_id, program_id, channel, recipient, locale, requested_at"

func scanConfirmation(r scanner) (q customer.ConfirmationRequest, err error) {
	err = r.Scan(&q.OrgID, &q.ID, &q.CustomerID, &q.ProgramID, &q.Channel, &q.To, &q.Locale, &q.RequestedAt)
	if err != nil {
		err = fmt.Errorf("read confirmation: %w", err)
	}
	return q, err
}

// RequestConfirmation asks for another link for a provisional customer. It returns
// customer.ErrNotFound for anybody else, and customer.ErrTooOften if the owner of the
// contact was sent customer.MaxConfirmationsPerHour within the hour, whoever asked.
func (s *Store) RequestConfirmation(ctx context.Context, orgID, customerID, programID string, now int64) error {
	err := s.write(ctx, orgID, func(tx *transaction) error {
		c, err := customerBy(ctx, tx, orgID, "id", customerID)
		if err != nil {
			return err
		}
		return requestConfirmation(ctx, tx, c, programID, now)
	})
	if isForeignKey(err) {
		return customer.ErrNotFound
	}
	return err
}

// requestConfirmation adds a request for the phone number that was typed or, without
// one, for the address.
func requestConfirmation(ctx context.Context, tx *transaction, c customer.Customer, programID string, now int64) error {
	channel, to := channelSMS, c.PendingPhone
	if to == "" {
		channel, to = channelEmail, c.PendingEmail
	}
	if c.Status != customer.StatusProvisional || to == "" {
		return customer.ErrNotFound
	}
	// Without it, many who ask at once would each count before the others have added.
	if err := tx.lockName(ctx, c.OrgID+" "+channel+" "+to); err != nil {
		return err
	}
	recent, err := one(ctx, tx, nil, scan1[int],
		"SELECT COUNT(*) FROM confirmation WHERE org_id = $1 AND channel = $2 AND recipient = $3 AND requested_at > $4",
		c.OrgID, channel, to, now-time.Hour.Milliseconds())
	if err != nil {
		return err
	}
	if recent >= customer.MaxConfirmationsPerHour {
		return customer.ErrTooOften
	}
	return insert(ctx, tx, "confirmation", confirmationSelect+", sent_at, token_hash, expires_at, used_at",
		[]any{c.OrgID, typeid.New("conf"), c.ID, programID, channel, to, c.Locale, now, 0, "", 0, 0})
}

// stillProvisional is the condition that there is something left to confirm for the
// request q.
const stillProvisional = "EXISTS (SELECT 1 FROM customer c WHERE c.org_id = q.org_id AND c.id = q.customer_id AND c.status = 'provisional')"

// PendingConfirmations returns up to limit requests for which no link was made yet, the
// oldest first.
func (s *Store) PendingConfirmations(ctx context.Context, orgID string, limit int) ([]customer.ConfirmationRequest, error) {
	return readAll(ctx, s, orgID, scanConfirmation, "SELECT "+confirmationSelect+" FROM confirmation "+
		"q WHERE org_id = $1 AND sent_at = 0 AND "+stillProvisional+" ORDER BY requested_at, id LIMIT $2", orgID, bounded(limit))
}

// SentConfirmation notes the link of a request. Call it before the link is sent: of
// several senders one succeeds and the others get customer.ErrNotFound, and a request
// whose sender dies before this call is handed out again.
func (s *Store) SentConfirmation(ctx context.Context, orgID, requestID string, tokenHash [32]byte, now, expiresAt int64) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		n, err := exec(ctx, tx, "UPDATE confirmation SET sent_at = $3, token_hash = $4, expires_at = $5 "+
			"WHERE org_id = $1 AND id = $2 AND sent_at = 0", orgID, requestID, now, hashText(tokenHash), expiresAt)
		return foundOne(n, err, customer.ErrNotFound)
	})
}

// ConfirmationByToken returns the request whose link can still be used, without using it,
// or customer.ErrNotFound.
func (s *Store) ConfirmationByToken(ctx context.Context, orgID string, tokenHash [32]byte, now int64) (customer.ConfirmationRequest, error) {
	return readOne(ctx, s, orgID, customer.ErrNotFound, scanConfirmation, "SELECT "+confirmationSelect+" FROM confirmation q "+
		"WHERE org_id = $1 AND token_hash = $2 AND token_hash <> '' AND used_at = 0 AND expires_at > $3 AND "+stillProvisional,
		orgID, hashText(tokenHash), now)
}

// useConfirmation uses the link up and returns its request, or customer.ErrNotFound.
func useConfirmation(ctx context.Context, tx *transaction, orgID string, tokenHash [32]byte, now int64) (customer.ConfirmationRequest, error) {
	return one(ctx, tx, customer.ErrNotFound, scanConfirmation, "UPDATE confirmation SET used_at = $3 "+
		"WHERE org_id = $1 AND token_hash = $2 AND token_hash <> '' AND used_at = 0 AND expires_at > $3 RETURNING "+confirmationSelect,
		orgID, hashText(tokenHash), now)
}

// errNothingToConfirm is never seen outside: planConfirm answers it for a customer who is
// not, or no longer, waiting for this contact to be confirmed.
var errNothingToConfirm = errors.New("nothing to confirm")

// confirmPlan is what a confirmed link makes of the customers.
type confirmPlan struct {
	// provisional is the customer who typed the contact: made real, or merged.
	provisional customer.Customer
	// existing is the customer who had the contact before, nil if none had.
	existing *customer.Customer
}

// survivor returns the customer who holds the cards from now on.
func (p confirmPlan) survivor() customer.Customer {
	if p.existing != nil {
		return *p.existing
	}
	return p.provisional
}

// planConfirm decides what a used link means: the owner of the contact that the request
// was sent to has confirmed it at the instant now. existing is the customer with that
// contact, nil if there is none. Only the confirmed channel counts: another contact that
// was typed stays pending on a customer made real, and is dropped in a merge, where it
// would be a stranger's word about somebody the shop knows.
func planConfirm(q customer.ConfirmationRequest, provisional customer.Customer, existing *customer.Customer, now int64) (confirmPlan, error) {
	pending, confirmed := &provisional.PendingPhone, &provisional.Phone
	if q.Channel == channelEmail {
		pending, confirmed = &provisional.PendingEmail, &provisional.Email
	}
	if provisional.Status != customer.StatusProvisional || *pending != q.To || q.To == "" {
		return confirmPlan{}, errNothingToConfirm
	}
	provisional.Version++
	if existing == nil {
		*confirmed, *pending = q.To, ""
		provisional.Status, provisional.ConfirmedAt = customer.StatusActive, now
		return confirmPlan{provisional: provisional}, nil
	}
	known := *existing
	known.Version++
	known.ConfirmedAt = now
	provisional.Status, provisional.MergedInto = customer.StatusMerged, known.ID
	provisional.PendingPhone, provisional.PendingEmail = "", ""
	return confirmPlan{provisional: provisional, existing: &known}, nil
}
