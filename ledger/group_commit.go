package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/leima/leima/loyalty"
)

// Limits of a GroupCommit, where Config does not say otherwise.
const (
	// DefaultMaxWaiting is how many commands wait at most, over all organizations.
	DefaultMaxWaiting = 16_384
	// DefaultMaxWaitingPerOrg keeps one organization from filling the queue.
	DefaultMaxWaitingPerOrg = 8_192
	// DefaultCommitTimeout bounds one transaction; past it, its outcome is unknown.
	DefaultCommitTimeout = 20 * time.Second
	// MaxCommitters bounds the transactions under way at once.
	MaxCommitters = 16
	// DefaultBeside is how many commands must wait before a batch is begun beside another.
	// A transaction costs the database as much as ten commands, so two small ones are
	// dearer than one of both.
	DefaultBeside = 24
)

// Config sets a GroupCommit. Zero fields take the defaults.
type Config struct {
	// Committers is how many transactions may be under way at once. 1 for SQLite, which
	// has one writer. While one is under way the next begins when Beside commands wait.
	Committers       int
	Beside           int
	MaxBatch         int
	MaxWaiting       int
	MaxWaitingPerOrg int
	CommitTimeout    time.Duration
}

// GroupCommit is a loyalty.Ledger that carries out many commands in one
// transaction of a loyalty.BatchLedger.
//
// A batch is of all organizations that have commands waiting, which take turns in it, so
// that a busy one does not hold up a quiet one. Commands that name one card keep their
// order of arrival, and are never in two batches at once.
type GroupCommit struct {
	batches loyalty.BatchLedger
	config  Config
	queue   *queue
	workers sync.WaitGroup
	// spare are tickets that nobody knows any more. A ticket is most of what a command costs
	// here.
	spare sync.Pool

	mu       sync.Mutex
	waiting  int
	perOrg   map[string]int
	inFlight map[flightKey]struct{}
	closed   bool
}

type flightKey struct{ orgID, key string }

var _ loyalty.Ledger = (*GroupCommit)(nil)

// NewGroupCommit starts the committers. Close stops them.
func NewGroupCommit(batches loyalty.BatchLedger, config Config) *GroupCommit {
	config = config.withDefaults()
	g := &GroupCommit{
		batches: batches, config: config, queue: newQueue(config.Beside),
		perOrg: map[string]int{}, inFlight: map[flightKey]struct{}{},
	}
	for range config.Committers {
		g.workers.Go(g.commitAll)
	}
	return g
}

func (c Config) withDefaults() Config {
	set := func(v *int, fallback, most int) {
		if *v <= 0 {
			*v = fallback
		}
		*v = min(*v, most)
	}
	set(&c.Committers, 1, MaxCommitters)
	set(&c.Beside, DefaultBeside, 1<<20)
	set(&c.MaxBatch, loyalty.MaxBatch, loyalty.MaxBatch)
	set(&c.MaxWaiting, DefaultMaxWaiting, 1<<20)
	set(&c.MaxWaitingPerOrg, min(DefaultMaxWaitingPerOrg, c.MaxWaiting), c.MaxWaiting)
	if c.CommitTimeout <= 0 {
		c.CommitTimeout = DefaultCommitTimeout
	}
	return c
}

// Apply carries out the command. It returns when the command is durable, refused
// or known to have failed, or when the context ends: then with the context's error
// if the command had not been begun and never will be, else with loyalty.ErrUnknown.
//
// Cost beyond the batch's: two locks, two map entries, some 2 µs in all with 64 callers.
func (g *GroupCommit) Apply(ctx context.Context, c loyalty.Command) (loyalty.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return loyalty.Outcome{}, fmt.Errorf("not begun: %w", err)
	}
	t := g.newTicket(c)
	if err := g.admit(&t.command); err != nil {
		g.reuse(t)
		return loyalty.Outcome{}, err
	}
	if !g.queue.push(t) {
		g.release(c)
		return loyalty.Outcome{}, loyalty.ErrClosed
	}
	select {
	case <-t.done:
	case <-ctx.Done():
		if t.withdraw() {
			g.release(c)
			return loyalty.Outcome{}, fmt.Errorf("not begun: %w", ctx.Err())
		}
		// It may have been finished in the same instant.
		select {
		case <-t.done:
		default:
			return loyalty.Outcome{}, fmt.Errorf("%w: %w", loyalty.ErrUnknown, ctx.Err())
		}
	}
	o := *t.outcome
	g.reuse(t)
	return o, o.Err
}

func (g *GroupCommit) newTicket(c loyalty.Command) *ticket {
	t, ok := g.spare.Get().(*ticket)
	if !ok {
		t = &ticket{done: make(chan struct{}, 1)}
	}
	t.command = c
	return t
}

// reuse takes a ticket back whose caller was told that it is done. That of a caller who
// gave up is left to the garbage collector: it may be in the queue or in a batch.
func (g *GroupCommit) reuse(t *ticket) {
	t.command, t.outcome = loyalty.Command{}, nil
	t.state.Store(ticketWaiting)
	g.spare.Put(t)
}

func (g *GroupCommit) admit(c *loyalty.Command) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := flightKey{c.OrgID, c.IdempotencyKey}
	switch {
	case g.closed:
		return loyalty.ErrClosed
	case g.waiting >= g.config.MaxWaiting || g.perOrg[c.OrgID] >= g.config.MaxWaitingPerOrg:
		return loyalty.ErrBusy
	}
	if c.IdempotencyKey != "" {
		if _, under := g.inFlight[key]; under {
			return loyalty.ErrInFlight
		}
		g.inFlight[key] = struct{}{}
	}
	g.waiting++
	g.perOrg[c.OrgID]++
	return nil
}

func (g *GroupCommit) release(commands ...loyalty.Command) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range commands {
		c := &commands[i]
		delete(g.inFlight, flightKey{c.OrgID, c.IdempotencyKey})
		g.waiting--
		if g.perOrg[c.OrgID]--; g.perOrg[c.OrgID] == 0 {
			delete(g.perOrg, c.OrgID)
		}
	}
}

func (g *GroupCommit) commitAll() {
	batch := make([]*ticket, 0, g.config.MaxBatch)
	commands := make([]loyalty.Command, 0, g.config.MaxBatch)
	for {
		batch = g.queue.take(batch[:0], g.config.MaxBatch)
		if len(batch) == 0 {
			return // closed and drained
		}
		commands = commands[:0]
		for _, t := range batch {
			commands = append(commands, t.command)
		}
		outcomes, err := g.commit(commands)
		g.queue.done(batch)
		g.release(commands...)
		for i, t := range batch {
			if err != nil {
				t.outcome = &loyalty.Outcome{Err: err}
			} else {
				t.outcome = &outcomes[i]
			}
			t.done <- struct{}{} // from here on it is the caller's
		}
	}
}

func (g *GroupCommit) commit(commands []loyalty.Command) (outcomes []loyalty.Outcome, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), g.config.CommitTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			outcomes, err = nil, fmt.Errorf("%w: panic while committing: %v", loyalty.ErrUnknown, p)
		}
	}()
	outcomes, err = g.batches.ApplyBatch(ctx, commands)
	if errors.Is(err, loyalty.ErrAway) {
		return nil, err // nothing was done
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", loyalty.ErrUnknown, err)
	}
	return outcomes, nil
}

// Waiting returns how many commands wait or are being committed.
func (g *GroupCommit) Waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting
}

// Close lets no more commands in, carries out those that wait, and stops the
// committers. It returns the context's error if that takes longer than the context.
func (g *GroupCommit) Close(ctx context.Context) error {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.queue.close()
	drained := make(chan struct{})
	go func() {
		g.workers.Wait()
		close(drained)
	}()
	select {
	case <-drained:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("draining the ledger: %w", ctx.Err())
	}
}
