package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

const (
	mergeColumns = "org_id, id, kept_id, merged_id, merged_at, merged_by_kind, merged_by_id, undone_at, undone_by_kind, undone_by_id, " +
		"taken, merged_status, merged_phone, merged_email"
	mergeCardColumns = "org_id, merge_id, from_card_id, to_card_id, program_id, moved, opened, out_entry_id, in_entry_id, " +
		"from_status, from_goal, from_round, from_milestone, to_balance"
)

// keptMerge is a merged card with what it takes to take the merge back.
type keptMerge struct {
	customer.MergedCard
	mergeID, outEntryID, inEntryID string
	// from and to are the two cards before the merge, as far as it matters.
	from, to loyalty.Card
}

func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

func scanMerge(r scanner) (m customer.Merge, err error) {
	var taken string
	err = r.Scan(&m.OrgID, &m.ID, &m.KeptID, &m.MergedID, &m.MergedAt, &m.MergedBy.Kind, &m.MergedBy.ID,
		&m.UndoneAt, &m.UndoneBy.Kind, &m.UndoneBy.ID, &taken, &m.MergedStatus, &m.MergedPhone, &m.MergedEmail)
	if err != nil {
		return m, fmt.Errorf("read merge: %w", err)
	}
	for _, what := range strings.Fields(taken) {
		m.Taken = append(m.Taken, customer.Taken(what))
	}
	return m, nil
}

func scanKeptMerge(r scanner) (k keptMerge, err error) {
	err = r.Scan(&k.from.OrgID, &k.mergeID, &k.FromCardID, &k.ToCardID, &k.ProgramID, &k.Moved, &k.Opened, &k.outEntryID, &k.inEntryID,
		&k.from.Status, &k.from.Goal, &k.from.Round, &k.from.Milestone, &k.to.Balance)
	if err != nil {
		err = fmt.Errorf("read merged card: %w", err)
	}
	return k, err
}

// saveMerge remembers the merge.
func (m *merging) saveMerge(ctx context.Context) (customer.Merge, error) {
	id := typeid.New("mrg")
	taken := make([]string, len(m.taken))
	for i, what := range m.taken {
		taken[i] = string(what)
	}
	err := insert(ctx, m.tx, "customer_merge", mergeColumns+", idempotency_key, body_hash, undo_key", []any{
		m.orgID, id, m.kept.ID, m.other.ID, m.now, string(m.actor.Kind), m.actor.ID, 0, "", "",
		strings.Join(taken, " "), string(m.other.Status), m.other.Phone, m.other.Email,
		m.request.IdempotencyKey, m.request.BodyHash, "",
	})
	if err != nil {
		return customer.Merge{}, err
	}
	var args []any
	for _, x := range m.cards {
		args = append(args, m.orgID, id, x.from.ID, x.to.ID, x.program.ID, x.arrived.Entries[0].Quantity, x.opened,
			x.left.Entries[0].ID, x.arrived.Entries[0].ID,
			string(x.from.Status), x.from.Goal, x.from.Round, x.from.Milestone, x.to.Balance)
	}
	if err := insert(ctx, m.tx, "customer_merge_card", mergeCardColumns, args); err != nil {
		return customer.Merge{}, err
	}
	return mergeIn(ctx, m.tx, m.orgID, id)
}

// mergeIn returns a merge with its cards, or customer.ErrNotFound.
func mergeIn(ctx context.Context, tx *transaction, orgID, id string) (customer.Merge, error) {
	m, err := one(ctx, tx, customer.ErrNotFound, scanMerge, "SELECT "+mergeColumns+" FROM customer_merge WHERE org_id = $1 AND id = $2", orgID, id)
	if err != nil {
		return m, err
	}
	cards, err := mergedCards(ctx, tx, orgID, []string{id})
	for _, k := range cards {
		m.Cards = append(m.Cards, k.MergedCard)
	}
	return m, err
}

// mergedCards returns the cards of the merges, at most maxCardsOfCustomer for each.
func mergedCards(ctx context.Context, tx *transaction, orgID string, mergeIDs []string) ([]keptMerge, error) {
	args := []any{orgID, maxCardsOfCustomer * len(mergeIDs)}
	return all(ctx, tx, scanKeptMerge, "SELECT "+mergeCardColumns+" FROM customer_merge_card WHERE org_id = $1 AND merge_id IN "+
		in(&args, mergeIDs)+" ORDER BY merge_id, from_card_id LIMIT $2", args...)
}

// Merges returns the merges that the customer was part of, on either side, newest first,
// at most customer.MaxMerges. It returns customer.ErrNotFound for somebody who is not
// there.
func (s *Store) Merges(ctx context.Context, orgID, customerID string) ([]customer.Merge, error) {
	var merges []customer.Merge
	err := s.read(ctx, orgID, func(tx *transaction) error {
		if _, err := customerBy(ctx, tx, orgID, "id", customerID); err != nil {
			return err
		}
		var err error
		merges, err = all(ctx, tx, scanMerge, "SELECT "+mergeColumns+" FROM customer_merge WHERE org_id = $1 AND (kept_id = $2 OR merged_id = $2) "+
			"ORDER BY merged_at DESC, id DESC LIMIT $3", orgID, customerID, customer.MaxMerges)
		if err != nil || len(merges) == 0 {
			return err
		}
		ids := make([]string, len(merges))
		at := map[string]int{}
		for i, m := range merges {
			ids[i], at[m.ID] = m.ID, i
		}
		cards, err := mergedCards(ctx, tx, orgID, ids)
		for _, k := range cards {
			m := &merges[at[k.mergeID]]
			m.Cards = append(m.Cards, k.MergedCard)
		}
		return err
	})
	return merges, err
}
