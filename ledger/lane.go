package ledger

import (
	"sync"
	"sync/atomic"

	"github.com/leima/leima/loyalty"
)

// ticket is one command that waits for its outcome.
type ticket struct {
	command loyalty.Command
	outcome loyalty.Outcome
	done    chan struct{}
	// state is taken by whoever comes first: the committer or a caller that gives up.
	state atomic.Int32
}

const (
	ticketWaiting int32 = iota
	ticketTaken
	ticketWithdrawn
)

// withdraw reports whether the ticket had not been taken and now never will be.
func (t *ticket) withdraw() bool { return t.state.CompareAndSwap(ticketWaiting, ticketWithdrawn) }
func (t *ticket) claim() bool    { return t.state.CompareAndSwap(ticketWaiting, ticketTaken) }

// turn is how many commands an organization may put into a batch before the next
// organization has its turn. More than one, so that picking costs little; few, so that
// many organizations fit into a batch.
const turn = 8

// lane is the queue of one committer: a queue for each organization, and the order
// in which organizations take turns.
type lane struct {
	mu     sync.Mutex
	filled *sync.Cond
	queues map[string]*orgQueue
	// turns holds the organizations that have commands waiting, the next one first.
	turns  []*orgQueue
	closed bool
}

type orgQueue struct {
	orgID   string
	tickets []*ticket
}

func newLane() *lane {
	l := &lane{queues: map[string]*orgQueue{}}
	l.filled = sync.NewCond(&l.mu)
	return l
}

// push reports false if the lane was closed in the meantime.
func (l *lane) push(t *ticket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	q := l.queues[t.command.OrgID]
	if q == nil {
		q = &orgQueue{orgID: t.command.OrgID}
		l.queues[q.orgID] = q
		l.turns = append(l.turns, q)
	}
	q.tickets = append(q.tickets, t)
	l.filled.Signal()
	return true
}

// take waits for a ticket and then takes up to limit, organizations in turn. Whose turn
// was cut short by the limit has to wait for the others, as if it had not been. It
// returns none only when the lane is closed and empty.
func (l *lane) take(batch []*ticket, limit int) []*ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for len(l.turns) > 0 && len(batch) < limit {
			q := l.turns[0]
			l.turns[0] = nil
			l.turns = l.turns[1:]
			batch = q.take(batch, min(limit, len(batch)+turn))
			if len(q.tickets) > 0 {
				l.turns = append(l.turns, q)
			} else {
				delete(l.queues, q.orgID)
			}
		}
		if len(batch) > 0 || l.closed {
			return batch
		}
		l.filled.Wait()
	}
}

// take fills the batch up to limit and leaves out the tickets whose callers have given up.
func (q *orgQueue) take(batch []*ticket, limit int) []*ticket {
	for len(q.tickets) > 0 && len(batch) < limit {
		t := q.tickets[0]
		q.tickets[0] = nil
		q.tickets = q.tickets[1:]
		if t.claim() {
			batch = append(batch, t)
		}
	}
	return batch
}

func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.filled.Broadcast()
}
