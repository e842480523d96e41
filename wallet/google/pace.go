package google

import (
	"sync"
	"time"
)

// paceWindow is the time in which at most RequestsPerSecond requests go out.
const paceWindow = time.Second

// pace keeps requests apart: never more than RequestsPerSecond in any paceWindow,
// and no fewer when there is more to do.
type pace struct {
	mu   sync.Mutex
	sent [RequestsPerSecond]time.Time // when the last ones go out, next the oldest of them
	next int
}

// reserve returns how long to wait before sending something that counts as cost
// requests (RequestsPerSecond at most). Who then does not send has wasted its turn.
func (p *pace) reserve(cost int, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := now
	for i := range cost {
		if free := p.sent[(p.next+i)%len(p.sent)].Add(paceWindow); free.After(at) {
			at = free
		}
	}
	for range cost {
		p.sent[p.next] = at
		p.next = (p.next + 1) % len(p.sent)
	}
	return at.Sub(now)
}
