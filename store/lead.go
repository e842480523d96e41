package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// foundQuery finds cards c, with their customer u and program p, by way of a card f that
// leads to them: itself, or one whose customer was merged into another one.
var foundQuery = "SELECT " + viewColumns + " FROM card f JOIN card c ON c.org_id = f.org_id AND " +
	"c.id = CASE WHEN f.leads_to = '' THEN f.id ELSE f.leads_to END " +
	"JOIN customer u ON u.org_id = c.org_id AND u.id = c.customer_id " +
	"JOIN program p ON p.org_id = c.org_id AND p.id = c.program_id "

// Identify returns the usable card that was scanned or typed, or loyalty.ErrNotFound.
// An unknown handle, a revoked card and another organization's card take the same one
// query to the same answer. The code and the number of a customer who was merged into
// another one lead to the card that has their stamps now. Without a program it is the card
// used last. The code and the numbers must be in the form of loyalty.ParseCode,
// customer.ParseNumber and customer.ParseOldNumber, the phone number in that of
// customer.ParsePhone; only confirmed phone numbers are looked at.
func (s *Store) Identify(ctx context.Context, orgID string, h customer.Handle, programID string) (customer.View, error) {
	query, value := foundQuery+"WHERE f.org_id = $1 AND f.code = $2", h.Code
	switch {
	case h.Number != "":
		query, value = foundQuery+"JOIN customer w ON w.org_id = f.org_id AND w.id = f.customer_id WHERE w.org_id = $1 AND w.number = $2", h.Number
	case h.OldNumber != "":
		query, value = foundQuery+"WHERE f.org_id = $1 AND f.old_number = $2 AND f.old_number <> ''", h.OldNumber
	case h.Phone != "":
		query, value = viewQuery+"WHERE c.org_id = $1 AND u.phone = $2 AND u.phone <> ''", h.Phone
	}
	var v customer.View
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		v, err = one(ctx, tx, loyalty.ErrNotFound, scanView, query+" AND c."+usable+" AND ($3 = '' OR c.program_id = $3) "+
			"ORDER BY c.last_stamp_at DESC, c.joined_at DESC, c.id DESC LIMIT 1", orgID, value, programID)
		if err != nil {
			return err
		}
		return s.addCoupons(ctx, tx, &v)
	})
	return v, err
}

// MovedCard returns the usable card that has the stamps of the card with the link, whose
// customer was merged into another one, or loyalty.ErrNotFound. The Code and Link of the
// view are still those of the card that was asked for: what they lead to ends when the
// merge is undone, and whoever holds them has no other secret.
func (s *Store) MovedCard(ctx context.Context, orgID, link string) (customer.View, error) {
	var v customer.View
	err := s.read(ctx, orgID, func(tx *transaction) error {
		old, err := one(ctx, tx, loyalty.ErrNotFound, scanPair,
			"SELECT code, leads_to FROM card WHERE org_id = $1 AND link = $2 AND leads_to <> ''", orgID, link)
		if err != nil {
			return err
		}
		v, err = s.view(ctx, tx, orgID, "c.id = $2 AND c."+usable, old.id)
		v.Code, v.Link = old.ref, link
		return err
	})
	if err != nil {
		return customer.View{}, err
	}
	return v, nil
}

// lead lets one card lead to another, and with it all that led to the first. What is
// provisional leads nowhere: whoever typed somebody's contact into the form would hold a
// key to their card, see decision 7.
func lead(ctx context.Context, tx *transaction, from loyalty.Card, toID string) error {
	if from.Status != loyalty.CardActive {
		return nil
	}
	_, err := exec(ctx, tx, "UPDATE card SET leads_to = $3 WHERE org_id = $1 AND (id = $2 OR leads_to <> '' AND leads_to = $2)",
		from.OrgID, from.ID, toID)
	return err
}

// leadBack lets a card lead to itself again, and what led to another card by way of it to
// it. The merge that this takes back must be marked as undone.
func leadBack(ctx context.Context, tx *transaction, orgID, cardID string) error {
	const merged = "SELECT k.from_card_id FROM customer_merge_card k JOIN customer_merge m ON m.org_id = k.org_id AND m.id = k.merge_id"
	_, err := exec(ctx, tx, "WITH RECURSIVE behind (id) AS ("+merged+" WHERE k.org_id = $1 AND m.undone_at = 0 AND k.to_card_id = $2 "+
		"UNION "+merged+" JOIN behind ON k.to_card_id = behind.id WHERE k.org_id = $1 AND m.undone_at = 0) "+
		"UPDATE card SET leads_to = CASE WHEN id = $2 THEN '' ELSE $2 END "+
		"WHERE org_id = $1 AND leads_to <> '' AND (id = $2 OR id IN (SELECT id FROM behind))", orgID, cardID)
	return err
}

// changeSecrets gives a card, and those that lead to it, new codes and links.
func changeSecrets(ctx context.Context, tx *transaction, orgID, cardID string) error {
	ids, err := all(ctx, tx, scan1[string], "SELECT id FROM card WHERE org_id = $1 AND (id = $2 OR leads_to <> '' AND leads_to = $2) LIMIT $3",
		orgID, cardID, maxCardsOfCustomer)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := exec(ctx, tx, "UPDATE card SET code = $3, link = $4 WHERE org_id = $1 AND id = $2", orgID, id, newCode(), newLink()); err != nil {
			return fmt.Errorf("change secrets: %w", err)
		}
	}
	return nil
}
