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
//
// Cost of a batch of plain stamps, whatever its size: two round trips to PostgreSQL. One
// more for each of these: commands that name an entry, or a coupon; coupons that commands
// use or take back, or what they take stamps from; programs and locations that were not
// seen lately; limits per card and day; two for external references and for limits per
// staff and day; up to two for each stamp recorded late where there is a cool-down.
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
	named, err := listOf(orgs.values)
	if err != nil {
		return nil, err
	}
	var outcomes []loyalty.Outcome
	err = s.committing(ctx, mayRunAgain, func(n *news) error {
		return s.inBatch(ctx, named, func(st batchStatements) error {
			b := newBatch(st, n, commands)
			outcomes = b.outcomes
			return b.run(ctx, s)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("apply %d commands: %w", len(commands), err)
	}
	return outcomes, nil
}

// mayRunAgain reports whether a batch that failed with err may be run again: nothing of it
// was committed, and others got in its way or the connection was an old one, from before
// a restart of the database.
func mayRunAgain(err error) bool {
	return isRace(err) || errors.Is(err, errLost) && !errors.Is(err, errCommit)
}

// batchStatements is an open transaction of a batch: what nearly every batch asks of the
// database, said in the way that is quickest for each database. It ends with commit or,
// without it, with nothing done.
type batchStatements interface {
	// lock locks the cards, which come in the order of compareKeys and each once, and
	// returns those that are there, and then the commands that used the keys before.
	lock(ctx context.Context, cards, keys []rowKey) ([]*heldCard, []usedKey, error)
	// rare returns the transaction for questions that few batches ask.
	rare(ctx context.Context) (*transaction, error)
	// commit writes what was collected, with the row of the committer seen at the instant,
	// and commits. Its error wraps errCommit if the COMMIT was sent.
	commit(ctx context.Context, w *ledgerWriter, now int64) error
}
