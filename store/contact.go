package store

import (
	"context"
	"errors"

	"github.com/leima/leima/customer"
)

// AddContact keeps the contact that a customer without one typed on the card's page, and
// asks for a link to confirm it. Phone and email must be in the form of
// customer.ParsePhone and ParseEmail, and not both empty. It is for a customer whom
// somebody at a till joined by name alone; for anybody else, and where a contact waits to
// be confirmed already, it returns customer.ErrNotFound. Nothing tells whether the contact
// is known: confirming it decides.
func (s *Store) AddContact(ctx context.Context, orgID, customerID, programID, phone, email string, now int64) error {
	err := s.writeTold(ctx, orgID, func(tx *transaction, n *news) error {
		c, err := one(ctx, tx, customer.ErrNotFound, scanCustomer, "UPDATE customer SET pending_phone = $3, pending_email = $4, version = version + 1 "+
			"WHERE org_id = $1 AND id = $2 AND status = 'provisional' AND phone = '' AND email = '' AND pending_phone = '' AND pending_email = '' "+
			"RETURNING "+customerSelect("customer"), orgID, customerID, phone, email)
		if err != nil {
			return err
		}
		cards, err := lockCardsOf(ctx, tx, orgID, customerID)
		if err != nil {
			return err
		}
		if err := raiseVersions(ctx, tx, n, cards, now); err != nil {
			return err
		}
		// Too often is not told, as with the public form.
		if err := requestConfirmation(ctx, tx, c, programID, now); err != nil && !errors.Is(err, customer.ErrTooOften) {
			return err
		}
		return nil
	})
	if isForeignKey(err) {
		return customer.ErrNotFound
	}
	return err
}
