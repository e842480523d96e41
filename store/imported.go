package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/typeid"
)

// MaxImportRefs is the most references that one call of ImportedCards, ImportedLocations
// or UsedKeys takes.
const MaxImportRefs = 500

func checkRefs(refs []string) error {
	if len(refs) > MaxImportRefs {
		return fmt.Errorf("find %d references: at most %d in a call", len(refs), MaxImportRefs)
	}
	return nil
}

// pair is a reference and the id that it stands for.
type pair struct{ ref, id string }

func scanPair(r scanner) (p pair, err error) {
	if err = r.Scan(&p.ref, &p.id); err != nil {
		err = fmt.Errorf("read reference: %w", err)
	}
	return p, err
}

// ImportedCards returns the usable card in the program of each customer with one of the
// external references, and how many customers were new: who is not there is added,
// active and without contact, and so is a card for who has none. Cards of imports are
// not welcomed. Empty references are left out. It returns loyalty.ErrNotFound if there is
// no such program.
func (s *Store) ImportedCards(ctx context.Context, orgID, programID string, refs []string, now int64) (map[string]string, int, error) {
	if err := checkRefs(refs); err != nil {
		return nil, 0, err
	}
	var wanted set
	for _, ref := range refs {
		wanted.add(ref)
	}
	var cards map[string]string
	var created int
	err := s.writeToldRaced(ctx, orgID, func(tx *transaction, n *news) error {
		program, err := programIn(ctx, tx, orgID, programID)
		if err != nil {
			return err
		}
		org, err := organizationIn(ctx, tx, orgID)
		if err != nil {
			return err
		}
		var customers map[string]string
		if customers, created, err = s.importedCustomers(ctx, tx, orgID, wanted.values, now); err != nil {
			return err
		}
		day := loyalty.DayOf(now, organization.LoadZone(org.Zone, ""))
		cards, err = importedCards(ctx, tx, n, program, customers, wanted.values, now, day)
		return err
	})
	return cards, created, err
}

// maxMergesInARow bounds the steps from a customer who was merged, by way of others, to
// the one who has their cards now.
const maxMergesInARow = 32

// importedCustomers returns the customer of each reference and how many are new. Who was
// merged is the customer that they were merged into.
func (s *Store) importedCustomers(ctx context.Context, tx *transaction, orgID string, refs []string, now int64) (map[string]string, int, error) {
	args := []any{orgID}
	found, err := all(ctx, tx, scanPair, "WITH RECURSIVE found (ref, id, next, steps) AS ("+
		"SELECT external_ref, id, merged_into, 0 FROM customer WHERE org_id = $1 AND external_ref <> '' AND external_ref IN "+in(&args, refs)+
		" UNION ALL SELECT found.ref, c.id, c.merged_into, found.steps + 1 FROM found JOIN customer c ON c.org_id = $1 AND c.id = found.next "+
		fmt.Sprintf("WHERE found.steps < %d) SELECT ref, id FROM found WHERE next IS NULL", maxMergesInARow), args...)
	if err != nil {
		return nil, 0, err
	}
	customers := map[string]string{}
	for _, p := range found {
		customers[p.ref] = p.id
	}
	var rows []any
	var joined []rowKey
	for _, ref := range refs {
		if customers[ref] != "" {
			continue
		}
		number, err := s.freeNumber(ctx, tx, orgID)
		if err != nil {
			return nil, 0, err
		}
		c := customer.Customer{
			OrgID: orgID, ID: typeid.New("cust"), Number: number, Status: customer.StatusActive, ExternalRef: ref, CreatedAt: now,
		}
		customers[ref] = c.ID
		rows = append(rows, customerRow(c)...)
		joined = append(joined, rowKey{orgID, c.ID})
	}
	if err := insert(ctx, tx, "customer", customerColumns, rows); err != nil {
		return nil, 0, err
	}
	return customers, len(joined), insertEvents(ctx, tx, eventsAbout(EventCustomersJoined, joined, now))
}

// importedCards returns the card of each reference, given the customers.
func importedCards(ctx context.Context, tx *transaction, n *news, p loyalty.Program, customers map[string]string, refs []string, now int64, day loyalty.Day) (map[string]string, error) {
	var ids set
	for _, ref := range refs {
		ids.add(customers[ref])
	}
	args := []any{p.OrgID, p.ID}
	found, err := all(ctx, tx, scanPair, "SELECT customer_id, id FROM card WHERE org_id = $1 AND program_id = $2 AND "+usable+
		" AND customer_id IN "+in(&args, ids.values), args...)
	if err != nil {
		return nil, err
	}
	byCustomer := map[string]string{}
	for _, f := range found {
		byCustomer[f.ref] = f.id
	}
	blocked, err := blockedAmong(ctx, tx, p.OrgID, ids.values)
	if err != nil {
		return nil, err
	}
	cards := map[string]string{}
	var rows []any
	for _, ref := range refs {
		owner := customers[ref]
		if byCustomer[owner] == "" {
			card := loyalty.Card{
				OrgID: p.OrgID, ID: typeid.New("card"), ProgramID: p.ID, CustomerID: owner, Status: loyalty.CardActive,
				Version: 1, Goal: p.Goal, JoinedAt: now, BlockedAt: blocked[owner],
			}
			byCustomer[owner] = card.ID
			joined := loyalty.Cell{OrgID: p.OrgID, ProgramID: p.ID, Day: day}
			rows = append(rows, cardRow(card, joined)...)
			n.card(card, true)
			n.count(joined, loyalty.Counts{Cards: 1})
		}
		cards[ref] = byCustomer[owner]
	}
	return cards, insert(ctx, tx, "card", cardColumns, rows)
}

// blockedAmong returns since when those of the customers are blocked who are.
func blockedAmong(ctx context.Context, tx *transaction, orgID string, customerIDs []string) (map[string]int64, error) {
	args := []any{orgID}
	list, err := all(ctx, tx, scanCustomer, "SELECT "+customerSelect("customer")+" FROM customer WHERE org_id = $1 AND blocked_at <> 0 "+
		"AND id IN "+in(&args, customerIDs), args...)
	blocked := make(map[string]int64, len(list))
	for _, c := range list {
		blocked[c.ID] = c.BlockedAt
	}
	return blocked, err
}

// ImportedLocations returns the location with each of the external references, and how
// many were new: what is not there is added, named after its reference. Empty references
// are left out.
func (s *Store) ImportedLocations(ctx context.Context, orgID string, refs []string, now int64) (map[string]organization.Location, int, error) {
	if err := checkRefs(refs); err != nil {
		return nil, 0, err
	}
	var wanted set
	for _, ref := range refs {
		wanted.add(ref)
	}
	var locations map[string]organization.Location
	var created int
	err := s.writeRaced(ctx, orgID, func(tx *transaction) error {
		args := []any{orgID}
		found, err := all(ctx, tx, scanLocation, "SELECT "+locationColumns+" FROM location WHERE org_id = $1 AND external_ref <> '' "+
			"AND external_ref IN "+in(&args, wanted.values), args...)
		if err != nil {
			return err
		}
		locations, created = map[string]organization.Location{}, 0
		for _, l := range found {
			locations[l.ExternalRef] = l
		}
		var rows []any
		for _, ref := range wanted.values {
			if _, known := locations[ref]; !known {
				l := organization.Location{OrgID: orgID, ID: typeid.New("loc"), Name: ref, ExternalRef: ref, Version: 1, CreatedAt: now}
				locations[ref] = l
				rows = append(rows, locationRow(l)...)
				created++
			}
		}
		return insert(ctx, tx, "location", locationColumns, rows)
	})
	return locations, created, err
}

// UsedKeys returns which of the idempotency keys commands used already, each with the hash
// of that command's body. At most MaxImportRefs may be asked about.
func (s *Store) UsedKeys(ctx context.Context, orgID string, keys []string) (map[string]string, error) {
	if err := checkRefs(keys); err != nil {
		return nil, err
	}
	args := []any{orgID}
	found, err := readAll(ctx, s, orgID, scanPair, "SELECT idempotency_key, body_hash FROM entry WHERE org_id = $1 AND idempotency_key <> '' "+
		"AND idempotency_key IN "+in(&args, keys), args...)
	if err != nil {
		return nil, err
	}
	used := make(map[string]string, len(found))
	for _, p := range found {
		used[p.ref] = p.id
	}
	return used, nil
}
