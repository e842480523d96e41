package till

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/leima/leima/chaos/record"
)

// Load is a number of tills that share a record and what they know. Run and Ask are
// called one at a time.
type Load struct {
	// Shops are where the tills stand, Replicas the addresses that they know.
	Shops    []Shop
	Replicas []string
	Record   *record.File
	Client   *Client
	Seed     uint64
	// Tills work side by side, Rate is how many commands they begin in a second together.
	Tills, Rate int

	memories []*memory
	numbers  []atomic.Int64 // of keys, by till
	// acknowledged is, by replica, when the last request that was acknowledged was sent,
	// in Unix nanoseconds.
	acknowledged []atomic.Int64
	// unknown counts attempts that nobody answered.
	unknown  atomic.Int64
	commands sync.Map // of record.Name to *command, for Ask
}

// Prepare makes the load ready. It comes before all else.
func (l *Load) Prepare() {
	for range l.Shops {
		l.memories = append(l.memories, &memory{})
	}
	l.numbers = make([]atomic.Int64, l.Tills)
	l.acknowledged = make([]atomic.Int64, len(l.Replicas))
}

// AcknowledgedSince tells whether the replica acknowledged something that was sent after
// the instant.
func (l *Load) AcknowledgedSince(replica int, since time.Time) bool {
	return l.acknowledged[replica].Load() > since.UnixNano()
}

// Unanswered returns how many attempts so far came to nothing that anybody knows.
func (l *Load) Unanswered() int64 { return l.unknown.Load() }

// Run lets the tills work until the context ends, and returns when each has the answer
// of its last request or has given it up. The error is one of the record: then nothing
// is known any more.
func (l *Load) Run(ctx context.Context, round int) error {
	errs := make([]error, l.Tills)
	var working sync.WaitGroup
	for i := range l.Tills {
		working.Go(func() { errs[i] = l.work(ctx, i, round) })
	}
	working.Wait()
	return errors.Join(errs...)
}

// work is one till.
func (l *Load) work(ctx context.Context, till, round int) error {
	// The till draws the same in every run of the seed; what it meets differs.
	r := rand.New(rand.NewPCG(l.Seed, uint64(round)<<32|uint64(till))) //nolint:gosec // the same again from the same seed; small numbers
	pause := time.NewTicker(max(time.Second*time.Duration(l.Tills)/time.Duration(max(l.Rate, 1)), time.Microsecond))
	defer pause.Stop()
	for {
		before := l.Unanswered()
		if err := l.step(ctx, r, till, round); err != nil {
			return err
		}
		if l.Unanswered() > before {
			// Who meets a server that does not answer takes a breath.
			select {
			case <-ctx.Done():
				return nil
			case <-pause.C:
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-pause.C:
		}
	}
}

// step is one command of a till, or one that was sent before.
func (l *Load) step(ctx context.Context, r *rand.Rand, till, round int) error {
	const againShare, twiceShare, rewrittenShare = 12, 5, 20 // in hundredths
	// What is under way when the load ends is still waited for.
	ctx = context.WithoutCancel(ctx)
	org := r.IntN(len(l.Shops))
	m, replica := l.memories[org], r.IntN(len(l.Replicas))
	if r.IntN(100) < againShare {
		if c, ok := m.again(r); ok {
			q := c.request
			if r.IntN(100) < rewrittenShare {
				q.Body = rewritten(q.Body)
			}
			return l.attempt(ctx, c, q, replica, round)
		}
	}
	number := int(l.numbers[till].Add(1))
	c := &command{
		// Both shops use the same keys.
		Name:    record.Name{Org: org, Key: keyOf(till, number)},
		request: m.draw(r, l.Shops[org], org == 0, time.Now()),
	}
	l.commands.Store(c.Name, c)
	if len(l.Replicas) < 2 || r.IntN(100) >= twiceShare {
		err := l.attempt(ctx, c, c.request, replica, round)
		m.sent(c)
		return err
	}
	// Two sides ask at once.
	var other sync.WaitGroup
	var otherErr error
	first, err := l.begin(c, replica, round)
	if err != nil {
		return err
	}
	other.Go(func() { otherErr = l.attempt(ctx, c, c.request, (replica+1)%len(l.Replicas), round) })
	err = l.finish(ctx, c, c.request, first)
	other.Wait()
	m.sent(c)
	return errors.Join(err, otherErr)
}

func (l *Load) attempt(ctx context.Context, c *command, q record.Request, replica, round int) error {
	sent, err := l.begin(c, replica, round)
	if err != nil {
		return err
	}
	return l.finish(ctx, c, q, sent)
}

// begin writes down that an attempt leaves.
func (l *Load) begin(c *command, replica, round int) (record.Event, error) {
	e := record.Event{
		Org: c.Org, Key: c.Key, Attempt: int(c.attempts.Add(1)), State: record.Sent, Round: round, Replica: replica,
	}
	if e.Attempt == 1 {
		e.Request = &c.request
	}
	return e, l.Record.Add(e)
}

// finish sends the attempt and writes down what came of it.
func (l *Load) finish(ctx context.Context, c *command, q record.Request, sent record.Event) error {
	e, err := l.send(ctx, c, q, sent)
	if err != nil {
		return err
	}
	if e.State == record.Acknowledged {
		l.memories[c.Org].learn(e.Body)
	}
	return nil
}

// send returns the event that follows the one of the attempt's leaving.
func (l *Load) send(ctx context.Context, c *command, q record.Request, e record.Event) (record.Event, error) {
	began := time.Now()
	answer, err := l.Client.Send(ctx, l.Replicas[e.Replica], l.Shops[c.Org].Token, c.Key, q)
	e.Request = nil
	if err != nil {
		e.State, e.Why = record.Unknown, err.Error()
	} else {
		e.State, e.Why = answer.State()
		e.Status = answer.Status
	}
	if e.State == record.Unknown {
		l.unknown.Add(1)
	}
	if e.State == record.Acknowledged {
		e.Body, e.Replayed = answer.Body, answer.Replayed
	}
	if err := l.Record.Add(e); err != nil {
		return e, err
	}
	if e.State == record.Acknowledged {
		l.acknowledged[e.Replica].Store(began.UnixNano())
	}
	return e, nil
}

const (
	// learnTries is how often a key is asked about, learnPause the wait between two
	// tries: together longer than any replica carries a command with it.
	learnTries = 60
	learnPause = 500 * time.Millisecond
	// learners ask side by side.
	learners = 32
)

// Ask asks again under each key until the answer says whether the command was carried
// out, at the replicas in turn, and returns the acknowledgements by key. It writes all
// of it down. Keys that were never sent are an error.
func (l *Load) Ask(ctx context.Context, names []record.Name, round int) (map[record.Name]Answer, error) {
	var (
		mu      sync.Mutex
		answers = map[record.Name]Answer{}
		errs    []error
		asking  sync.WaitGroup
		next    atomic.Int64
	)
	for range min(learners, len(names)) {
		asking.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(names)); i = next.Add(1) - 1 {
				answer, err := l.ask(ctx, names[i], int(i), round)
				mu.Lock()
				if err != nil {
					errs = append(errs, err)
				} else if answer.Status != 0 {
					answers[names[i]] = answer
				}
				mu.Unlock()
			}
		})
	}
	asking.Wait()
	return answers, errors.Join(errs...)
}

// ask returns the acknowledgement of one key, or the zero Answer if it is refused.
func (l *Load) ask(ctx context.Context, n record.Name, turn, round int) (Answer, error) {
	stored, found := l.commands.Load(n)
	if !found {
		return Answer{}, fmt.Errorf("%s was never sent", n)
	}
	c := stored.(*command) //nolint:errcheck,forcetypeassert // nothing else is stored
	why := ""
	for try := range learnTries {
		sent, err := l.begin(c, (turn+try)%len(l.Replicas), round)
		if err != nil {
			return Answer{}, err
		}
		e, err := l.send(ctx, c, c.request, sent)
		if err != nil {
			return Answer{}, err
		}
		switch e.State {
		case record.Acknowledged:
			return Answer{Status: e.Status, Body: e.Body, Replayed: e.Replayed}, nil
		case record.Refused:
			return Answer{}, nil
		case record.Sent, record.Unknown:
		}
		why = e.Why
		select {
		case <-ctx.Done():
			return Answer{}, fmt.Errorf("%s: %w", n, context.Cause(ctx))
		case <-time.After(learnPause):
		}
	}
	return Answer{}, fmt.Errorf("%s is still unknown after %d tries: %s", n, learnTries, why)
}
