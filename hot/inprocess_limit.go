package hot

import (
	"context"
	"slices"
	"sync"
	"time"
)

// inProcessLimits implements Limits as scripts/allow.lua does: the times of the
// calls that were allowed are remembered, at most limit of them.
type inProcessLimits struct {
	// start has the monotonic clock, which takes no step back. Times are since then.
	start time.Time
	mu    sync.Mutex
	calls *lru[string, []time.Duration]
}

func newInProcessLimits() *inProcessLimits {
	l := &inProcessLimits{start: time.Now()}
	l.forget()
	return l
}

func (l *inProcessLimits) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = newLRU[string, []time.Duration](MaxInProcessCalls, nil)
}

// Allow implements Limits.
func (l *inProcessLimits) Allow(
	_ context.Context, key string, limit int, window time.Duration,
) (ok bool, retryAfter time.Duration, err error) {
	if err := checkLimit(key, limit, window); err != nil {
		return false, 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Since(l.start)
	calls, _ := l.calls.get(key)
	if len(calls) >= limit {
		// The limit-th last call frees a place when it leaves the window.
		if wait := calls[len(calls)-limit] + window - now; wait > 0 {
			return false, wait, nil
		}
		calls = slices.Delete(calls, 0, len(calls)-limit+1)
	}
	calls = append(calls, now)
	l.calls.put(key, calls, inProcessKeyCalls+cap(calls))
	return true, 0, nil
}
