package store

import (
	"context"
	"fmt"
	"sync"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

// committer is a name under which this process commits, and the number of the last
// transaction that it began. Table committer keeps the number of the last one that was
// committed. One transaction at a time has a committer, and those who follow the ledger
// are told of it before the next one gets it: they hear the numbers of a source in
// their order.
type committer struct {
	source string
	seq    uint64
}

// rename gives the committer a new name, because the transaction that it was last used
// for may still be committed, even after later ones.
func (c *committer) rename() { c.source, c.seq = typeid.New("cmtr"), 0 }

// committers hands out a fixed number of committers, of those that are free the one used
// last, so that a quiet process uses few.
type committers struct {
	// taken has room for as many as there are.
	taken chan struct{}
	mu    sync.Mutex
	free  []*committer
}

func newCommitters(n int) *committers {
	x := &committers{taken: make(chan struct{}, n)}
	for range n {
		c := &committer{}
		c.rename()
		x.free = append(x.free, c)
	}
	return x
}

// take waits until a committer is free. It must come before the transaction begins:
// whoever waits for one must hold no lock that another needs to finish.
func (x *committers) take(ctx context.Context) (*committer, error) {
	select {
	case x.taken <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a free committer: %w", ctx.Err())
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.free[len(x.free)-1]
	x.free = x.free[:len(x.free)-1]
	return c, nil
}

func (x *committers) giveBack(c *committer) {
	x.mu.Lock()
	x.free = append(x.free, c)
	x.mu.Unlock()
	<-x.taken
}

// committing runs the transactions of try, once more where again says so, and tells those
// who follow the ledger of the one that was committed, or may have been. try writes the row of the
// committer, as note does, if its news are worth telling.
func (s *Store) committing(ctx context.Context, again func(error) bool, try func(n *news) error) error {
	c, err := s.committers.take(ctx)
	if err != nil {
		return err
	}
	defer s.committers.giveBack(c)
	var n *news
	err = s.retry(ctx, again, func() error {
		c.seq++
		n = &news{source: c.source, seq: c.seq}
		return try(n)
	})
	unsure := isUnsure(err)
	if unsure {
		c.rename()
	}
	if (err == nil || unsure) && !n.empty() {
		s.committed(loyalty.Commit{Source: n.source, Seq: n.seq, Unsure: unsure, Cards: n.cards, Counts: n.counts})
	}
	return err
}

// writeTold is write for what those who follow the ledger are told of: f notes that in
// its news.
func (s *Store) writeTold(ctx context.Context, orgID string, f func(tx *transaction, n *news) error) error {
	return s.writeToldIf(ctx, orgID, isConflict, f)
}

// writeToldRaced is writeRaced for what those who follow the ledger are told of.
func (s *Store) writeToldRaced(ctx context.Context, orgID string, f func(tx *transaction, n *news) error) error {
	return s.writeToldIf(ctx, orgID, isRace, f)
}

func (s *Store) writeToldIf(ctx context.Context, orgID string, again func(error) bool, f func(tx *transaction, n *news) error) error {
	return s.committing(ctx, again, func(n *news) error {
		return s.transact(ctx, s.writes, false, []string{orgID}, func(tx *transaction) error {
			if err := f(tx, n); err != nil || n.empty() {
				return err
			}
			_, err := exec(ctx, tx, committerUpsert, n.source, int64(n.seq), s.now()) //nolint:gosec // counts from 1
			return err
		})
	})
}

const committerUpsert = "INSERT INTO committer (source, seq, seen_at) VALUES ($1, $2, $3) " +
	"ON CONFLICT (source) DO UPDATE SET seq = excluded.seq, seen_at = excluded.seen_at"
