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
// A batch of plain stamps is tried without locks and without looking for its keys first:
// its cards are changed only if they still have the versions that were read, and keys are
// looked for only of commands that were refused. If others were quicker or a key was used
// before, nothing of it is done, and it is run again, as all other batches are: the cards
// are locked in the order of their organizations and ids, then the counters of staff, and
// both before anything is decided, so that two batches over the same cards wait for each
// other and never in a circle. If another replica uses one of the idempotency keys or
// external references in the meantime, the batch is run once more and finds it. If the database refuses the values of a batch, its commands are run one
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
		switch { // those before it are committed, so it is not the batch that failed
		case err == nil:
		case errors.Is(err, loyalty.ErrAway):
			o = []loyalty.Outcome{{Err: err}}
		default:
			o = []loyalty.Outcome{{Err: fmt.Errorf("%w: %w", loyalty.ErrUnknown, err)}}
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
			b.careful = s.careful.Load() > 0 || !hopeful(commands)
			outcomes = b.outcomes
			err := b.run(ctx, s)
			s.noteRace(err)
			return err
		})
	})
	if err = s.outageOf(false).note(ctx, len(commands), err); err != nil {
		return nil, fmt.Errorf("apply %d commands: %w", len(commands), err)
	}
	return outcomes, nil
}

// mayRunAgain reports whether a batch that failed with err may be run again: nothing of it
// was committed, and others got in its way or the connection was an old one, from before
// a restart of the database.
func mayRunAgain(err error) bool {
	return isRace(err) || isOvertaken(err) || errors.Is(err, errLost) && !errors.Is(err, errCommit)
}

// carefulBatches is how many batches take care after one that would have needed it: who
// sends a request again often sends the next one again, too.
const carefulBatches = 16

// hopeful reports whether the commands are plain stamps, which hardly ever meet others.
func hopeful(commands []loyalty.Command) bool {
	for i := range commands {
		if commands[i].Kind != loyalty.CommandStamp || commands[i].ExternalRef != "" {
			return false
		}
	}
	return true
}

// noteRace makes the next batches careful after one that others got in the way of.
func (s *Store) noteRace(err error) {
	switch {
	case err == nil:
		if n := s.careful.Load(); n > 0 {
			s.careful.CompareAndSwap(n, n-1)
		}
	case isRace(err) || isOvertaken(err):
		s.careful.Store(carefulBatches)
	}
}

// batchStatements is an open transaction of a batch: what nearly every batch asks of the
// database, said in the way that is quickest for each database. It ends with commit or,
// without it, with nothing done.
type batchStatements interface {
	// read returns those of the cards, which come in the order of compareKeys and each once,
	// that are there, and then the commands that used the keys before. Unless the cards are
	// locked, commit fails with an error of isOvertaken if others change one in the meantime.
	read(ctx context.Context, cards, keys []rowKey, locked bool) ([]*heldCard, []usedKey, error)
	// rare returns the transaction for questions that few batches ask.
	rare(ctx context.Context) (*transaction, error)
	// commit writes what was collected, with the row of the committer seen at the instant,
	// and commits. Its error wraps errCommit if the COMMIT was sent.
	commit(ctx context.Context, w *ledgerWriter, now int64) error
}
