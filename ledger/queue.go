package ledger

import (
	"sync"
	"sync/atomic"

	"github.com/leima/leima/loyalty"
)

// ticket is one command that waits for its outcome.
type ticket struct {
	command loyalty.Command
	// outcome is one of those of its batch, where that was returned.
	outcome *loyalty.Outcome
	// done has room for the one who tells, so that nobody waits for a caller that has left.
	done chan struct{}
	// state is taken by whoever comes first: the committer or a caller that gives up.
	state atomic.Int32
}

// card returns the card that the command names. Of commands that name a coupon or an
// entry it is not known here; the database's locks keep those apart.
func (t *ticket) card() cardKey { return cardKey{t.command.OrgID, t.command.CardID} }

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

// maxPassedOver is how many commands of an organization a batch passes over because
// their cards are in another batch, before it leaves the organization alone.
const maxPassedOver = 1024

// queue holds the commands that wait: a queue for each organization, and the order in
// which organizations take turns. All committers take from it.
type queue struct {
	// beside is how many commands must wait before a batch is begun beside another.
	beside int

	mu     sync.Mutex
	filled *sync.Cond
	orgs   map[string]*orgQueue
	// turns holds the organizations that have commands waiting, the next one first.
	turns   []*orgQueue
	waiting int
	// under is how many batches are under way, busy the cards that they are about, and
	// passedOver how many commands were found to wait for those since a batch was done.
	under      int
	busy       map[cardKey]struct{}
	passedOver int
	closed     bool
}

type cardKey struct{ orgID, id string }

type orgQueue struct {
	orgID   string
	tickets []*ticket
}

func newQueue(beside int) *queue {
	q := &queue{beside: beside, orgs: map[string]*orgQueue{}, busy: map[cardKey]struct{}{}}
	q.filled = sync.NewCond(&q.mu)
	return q
}

// push reports false if the queue was closed in the meantime.
func (q *queue) push(t *ticket) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	o := q.orgs[t.command.OrgID]
	if o == nil {
		o = &orgQueue{orgID: t.command.OrgID}
		q.orgs[o.orgID] = o
		q.turns = append(q.turns, o)
	}
	o.tickets = append(o.tickets, t)
	q.waiting++
	if q.mayBegin() {
		q.filled.Signal()
	}
	return true
}

// mayBegin reports whether a batch is worth beginning: at once if none is under way, and
// beside another if it is not small.
func (q *queue) mayBegin() bool {
	return q.waiting > 0 && (q.under == 0 || q.waiting-q.passedOver >= q.beside || q.closed)
}

// take waits until a batch may begin and then takes up to limit commands, organizations
// in turn. It passes over those whose card is in a batch under way: they would only wait
// for its lock, and all others of their batch with them. It returns none only when the
// queue is closed and empty. Who took must call done.
func (q *queue) take(batch []*ticket, limit int) []*ticket {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.mayBegin() {
			if batch = q.pick(batch, limit); len(batch) > 0 {
				q.under++
				for _, t := range batch {
					if key := t.card(); key.id != "" {
						q.busy[key] = struct{}{}
					}
				}
				return batch
			}
		}
		if q.closed && q.waiting == 0 {
			return nil
		}
		q.filled.Wait()
	}
}

// pick takes up to limit commands. Whose turn was cut short by the limit has to wait for
// the others, as if it had not been.
func (q *queue) pick(batch []*ticket, limit int) []*ticket {
	var busy []*orgQueue // of which nothing more can be taken now
	q.passedOver = 0
	for len(q.turns) > 0 && len(batch) < limit {
		o := q.turns[0]
		q.turns[0] = nil
		q.turns = q.turns[1:]
		before, had, most := len(batch), len(o.tickets), limit
		if len(q.turns) > 0 {
			most = min(limit, len(batch)+turn)
		}
		batch = o.take(batch, most, q.busy)
		q.waiting -= had - len(o.tickets)
		switch {
		case len(o.tickets) == 0:
			delete(q.orgs, o.orgID)
		case len(batch) == before:
			busy = append(busy, o)
			q.passedOver += len(o.tickets)
		default:
			q.turns = append(q.turns, o)
		}
	}
	q.turns = append(q.turns, busy...)
	return batch
}

// take fills the batch up to limit. It leaves those where they are whose cards are busy,
// and drops those whose callers have given up.
func (o *orgQueue) take(batch []*ticket, limit int, busy map[cardKey]struct{}) []*ticket {
	kept := 0
	for len(o.tickets) > kept && len(batch) < limit && kept < maxPassedOver {
		t := o.tickets[kept]
		if key := t.card(); key.id != "" {
			if _, is := busy[key]; is {
				kept++
				continue
			}
		}
		// Those passed over move up, so that what was taken can be cut off in front.
		copy(o.tickets[1:], o.tickets[:kept])
		o.tickets[0] = nil
		o.tickets = o.tickets[1:]
		if t.claim() {
			batch = append(batch, t)
		}
	}
	return batch
}

// done says that the batch is no longer under way.
func (q *queue) done(batch []*ticket) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.under--
	q.passedOver = 0
	for _, t := range batch {
		delete(q.busy, t.card())
	}
	q.filled.Broadcast()
}

// close lets no more in. What waits is still to be taken.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.filled.Broadcast()
}
