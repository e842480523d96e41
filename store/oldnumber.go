package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// maxNumberTries bounds how often another customer number is made because the one before
// is an old number of somebody's.
const maxNumberTries = 8

// SetOldNumber lets the number of a card from before lead to a usable card, in place of
// the one that did; "" takes it off. The number must be in the form of
// customer.ParseOldNumber. A card that has ended gives its old number up. It returns
// loyalty.ErrNotFound for a card that is not there or not in use, and
// customer.ErrOldNumberTaken.
func (s *Store) SetOldNumber(ctx context.Context, orgID, cardID, number string) error {
	err := s.write(ctx, orgID, func(tx *transaction) error {
		had, err := one(ctx, tx, loyalty.ErrNotFound, scan1[string],
			"SELECT old_number FROM card WHERE org_id = $1 AND id = $2 AND "+usable+tx.forUpdate, orgID, cardID)
		if err != nil || had == number {
			return err
		}
		if err := oldNumberIsFree(ctx, tx, orgID, number); err != nil {
			return err
		}
		if _, err := exec(ctx, tx, "UPDATE card SET old_number = $3 WHERE org_id = $1 AND id = $2", orgID, cardID, number); err != nil {
			return err
		}
		return s.note(ctx, tx, orgID, access.CardOldNumberSet, cardID,
			[]fact{{name: "old_number", value: had, personal: true}}, []fact{{name: "old_number", value: number, personal: true}})
	})
	if isUnique(err) {
		err = customer.ErrOldNumberTaken
	}
	if err != nil {
		return fmt.Errorf("set old number: %w", err)
	}
	return nil
}

// oldNumberIsFree takes the number off cards that have ended, and refuses one that is a
// customer's number: a till could not tell the two.
func oldNumberIsFree(ctx context.Context, tx *transaction, orgID, number string) error {
	if number == "" {
		return nil
	}
	if err := takeFromEnded(ctx, tx, orgID, []string{number}); err != nil {
		return err
	}
	_, err := one(ctx, tx, loyalty.ErrNotFound, scan1[string], "SELECT id FROM customer WHERE org_id = $1 AND number = $2", orgID, number)
	if errors.Is(err, loyalty.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = customer.ErrOldNumberTaken
	}
	return err
}

// takeFromEnded takes the numbers off cards that have ended.
func takeFromEnded(ctx context.Context, tx *transaction, orgID string, numbers []string) error {
	args := []any{orgID}
	_, err := exec(ctx, tx, "UPDATE card SET old_number = '' WHERE org_id = $1 AND old_number <> '' "+
		"AND leads_to = '' AND NOT ("+usable+") AND old_number IN "+in(&args, numbers), args...)
	return err
}

// freeNumber returns a new customer number that is no old number of the organization.
func (s *Store) freeNumber(ctx context.Context, tx *transaction, orgID string) (string, error) {
	for try := 1; ; try++ {
		number := s.newNumber()
		_, err := one(ctx, tx, loyalty.ErrNotFound, scan1[string],
			"SELECT id FROM card WHERE org_id = $1 AND old_number = $2 AND old_number <> ''", orgID, number)
		if errors.Is(err, loyalty.ErrNotFound) {
			return number, nil
		}
		if err == nil && try == maxNumberTries {
			err = customer.ErrOldNumberTaken
		}
		if err != nil {
			return "", fmt.Errorf("make customer number: %w", err)
		}
	}
}
