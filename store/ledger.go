package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/loyalty"
)

// Apply is loyalty.Ledger's: one command in a transaction of its own.
func (s *Store) Apply(ctx context.Context, c loyalty.Command) (loyalty.Outcome, error) {
	outcomes, err := s.ApplyBatch(ctx, []loyalty.Command{c})
	if err != nil {
		return loyalty.Outcome{}, err
	}
	return outcomes[0], outcomes[0].Err
}

// ApplyBatch is loyalty.BatchLedger's: it carries out up to loyalty.MaxBatch commands
// in one transaction, in their order, each seeing what those before it did. It returns
// after the commit.
//
// The cards are locked in the order of their organizations and ids, then the counters of
// staff, and both before anything is decided; two batches over the same cards therefore
// wait for each other and never in a circle. If another replica uses one of the
// idempotency keys or external references in the meantime, the batch is run again
// and finds it. If the database refuses the values of a batch, its commands are run one
// by one, so that only the one at fault fails.
func (s *Store) ApplyBatch(ctx context.Context, commands []loyalty.Command) ([]loyalty.Outcome, error) {
	if len(commands) > loyalty.MaxBatch {
		return nil, fmt.Errorf("apply %d commands: at most %d in a batch", len(commands), loyalty.MaxBatch)
	}
	outcomes, err := s.applyOnce(ctx, commands)
	if err == nil || !isRejected(err) && !errors.Is(err, errOrganization) {
		return outcomes, err
	}
	if len(commands) == 1 {
		if isForeignKey(err) || errors.Is(err, errOrganization) {
			err = loyalty.ErrNotFound
		}
		return []loyalty.Outcome{{Err: err}}, nil
	}
	outcomes = make([]loyalty.Outcome, 0, len(commands))
	for i := range commands {
		o, err := s.ApplyBatch(ctx, commands[i:i+1])
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, o...)
	}
	return outcomes, nil
}

func (s *Store) applyOnce(ctx context.Context, commands []loyalty.Command) ([]loyalty.Outcome, error) {
	if len(commands) == 0 {
		return nil, nil
	}
	var orgs set
	for i := range commands {
		orgs.add(commands[i].OrgID)
	}
	var b *batch
	err := s.committing(ctx, isRace, func(n *news) error {
		return s.transact(ctx, s.writes, nil, orgs.values, func(tx *transaction) error {
			b = newBatch(tx, n, commands)
			return b.run(ctx, s.now())
		})
	})
	if err != nil {
		return nil, fmt.Errorf("apply %d commands: %w", len(commands), err)
	}
	return b.outcomes, nil
}

func (b *batch) run(ctx context.Context, now int64) error {
	if err := b.load(ctx); err != nil {
		return err
	}
	if err := b.decide(); err != nil {
		return err
	}
	if err := b.countEntries(ctx, b.tx, b.originals); err != nil {
		return err
	}
	if err := b.saveStaffDays(ctx); err != nil {
		return err
	}
	if err := b.flush(ctx, b.tx); err != nil || b.news.empty() {
		return err
	}
	_, err := exec(ctx, b.tx, committerUpsert, b.news.source, int64(b.news.seq), now) //nolint:gosec // counts from 1
	return err
}
