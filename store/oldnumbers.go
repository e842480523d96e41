package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/leima/leima/customer"
)

// OldNumbers returns what the numbers of cards from before, in the form of
// customer.ParseOldNumber, are in a program: for each that leads to one of its usable cards,
// or that cannot be given to one. Those that are free are missing. At most MaxImportRefs may
// be asked about.
func (s *Store) OldNumbers(ctx context.Context, orgID, programID string, numbers []string) (map[string]customer.OldNumberUse, error) {
	if err := checkRefs(numbers); err != nil {
		return nil, err
	}
	var uses map[string]customer.OldNumberUse
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		uses, err = oldNumberUses(ctx, tx, orgID, programID, numbers)
		return err
	})
	return uses, err
}

// GiveOldNumbers lets numbers of cards from before, in the form of customer.ParseOldNumber,
// lead to the usable cards whose ids stand with them. A number that is not free stays where it
// is, and a card that has one keeps it. At most MaxImportRefs may be given. The audit log has no line for
// each: it is for imports, which have one.
func (s *Store) GiveOldNumbers(ctx context.Context, orgID, programID string, cards map[string]string) error {
	// In the order of the cards, as all that writes to several.
	numbers := slices.SortedFunc(maps.Keys(cards), func(a, b string) int { return cmp.Or(cmp.Compare(cards[a], cards[b]), cmp.Compare(a, b)) })
	if err := checkRefs(numbers); err != nil || len(numbers) == 0 {
		return err
	}
	err := s.writeRaced(ctx, orgID, func(tx *transaction) error {
		if err := takeFromEnded(ctx, tx, orgID, numbers); err != nil {
			return err
		}
		uses, err := oldNumberUses(ctx, tx, orgID, programID, numbers)
		if err != nil {
			return err
		}
		for _, number := range numbers {
			if _, used := uses[number]; used {
				continue
			}
			if _, err := exec(ctx, tx, "UPDATE card SET old_number = $3 WHERE org_id = $1 AND id = $2 AND old_number = '' AND "+usable,
				orgID, cards[number], number); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("give old numbers: %w", err)
	}
	return nil
}

// oldNumberUses is what OldNumbers returns.
func oldNumberUses(ctx context.Context, tx *transaction, orgID, programID string, numbers []string) (map[string]customer.OldNumberUse, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	args := []any{orgID}
	// A card that has ended gives its number up, one whose customer was merged does not.
	taken, err := all(ctx, tx, scan1[string], "SELECT old_number FROM card WHERE org_id = $1 AND old_number <> '' "+
		"AND (leads_to <> '' OR "+usable+") AND old_number IN "+in(&args, numbers), args...)
	if err != nil {
		return nil, err
	}
	uses := map[string]customer.OldNumberUse{}
	args = []any{orgID}
	customers, err := all(ctx, tx, scan1[string], "SELECT number FROM customer WHERE org_id = $1 AND number IN "+in(&args, numbers), args...)
	if err != nil {
		return nil, err
	}
	for _, number := range append(taken, customers...) {
		uses[number] = customer.OldNumberUse{}
	}
	args = []any{orgID, programID}
	leads, err := all(ctx, tx, scanPair, "SELECT f.old_number, c.id FROM card f JOIN card c ON c.org_id = f.org_id AND "+
		"c.id = CASE WHEN f.leads_to = '' THEN f.id ELSE f.leads_to END WHERE f.org_id = $1 AND f.old_number <> '' "+
		"AND c.program_id = $2 AND c."+usable+" AND f.old_number IN "+in(&args, numbers), args...)
	if err != nil {
		return nil, err
	}
	for _, l := range leads {
		uses[l.ref] = customer.OldNumberUse{CardID: l.id}
	}
	return uses, nil
}
