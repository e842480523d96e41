package store

import (
	"context"
	"fmt"
)

// sqliteBatch is a batchStatements on the one connection that writes.
type sqliteBatch struct{ tx *transaction }

func (s *Store) inSQLiteBatch(ctx context.Context, _ string, f func(batchStatements) error) error {
	return s.transact(ctx, s.writes, nil, nil, func(tx *transaction) error { return f(&sqliteBatch{tx}) })
}

func (st *sqliteBatch) rare(context.Context) (*transaction, error) { return st.tx, nil }

func (st *sqliteBatch) lock(ctx context.Context, cards, keys []rowKey) (held []*heldCard, used []usedKey, err error) {
	if len(cards) > 0 {
		var args []any
		held, err = all(ctx, st.tx, scanHeldCard, "SELECT "+prefixed("c", ledgerCardColumns)+", p.version FROM card c "+
			"JOIN program p ON p.org_id = c.org_id AND p.id = c.program_id WHERE (c.org_id, c.id) IN "+inPairs(&args, cards), args...)
		if err != nil {
			return nil, nil, err
		}
	}
	if len(keys) == 0 {
		return held, nil, nil
	}
	var args []any
	used, err = all(ctx, st.tx, scanUsedKey, "SELECT "+entrySelect+", body_hash, outcome FROM entry "+
		"WHERE idempotency_key <> '' AND (org_id, idempotency_key) IN "+inPairs(&args, keys), args...)
	return held, used, err
}

func scanHeldCard(r scanner) (*heldCard, error) {
	h := &heldCard{}
	c := &h.card
	err := r.Scan(&c.OrgID, &c.ID, &c.ProgramID, &c.CustomerID, &c.Status, &c.Version, &c.Balance, &c.Goal, &c.Round, &c.Milestone,
		&c.Lifetime, &c.LastStampAt, &c.Day, &c.DayStamps, &c.WelcomedAt, &c.JoinedAt, &h.version)
	if err != nil {
		return nil, fmt.Errorf("read card: %w", err)
	}
	return h, nil
}

func (st *sqliteBatch) commit(ctx context.Context, w *ledgerWriter, now int64) error {
	if w.news.empty() {
		return nil
	}
	if err := w.flush(ctx, st.tx); err != nil {
		return err
	}
	_, err := exec(ctx, st.tx, committerUpsert, w.news.source, int64(w.news.seq), now) //nolint:gosec // counts from 1
	return err
}
