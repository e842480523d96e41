package api

import (
	"math"
	"sync"
	"time"
)

// Limits of guessing pairing codes at one organization. A code has 39 random bits
// and lives ten minutes, so at this rate one guess in two thousand million hits.
const (
	maxPairingAttempts = 30
	pairingWindow      = time.Minute
	maxCounted         = 4096
)

// attempts counts what was tried lately, by name. Who fails too often waits for
// the window to end.
type attempts struct {
	mu      sync.Mutex
	windows map[string]window
}

type window struct {
	ends  int64
	count int
}

func newAttempts() *attempts { return &attempts{windows: map[string]window{}} }

// take counts one attempt and returns the seconds to wait if there were too many,
// else 0. Names beyond the bound push out all others: a guesser gains nothing by
// that, because only organizations that exist are counted.
func (a *attempts) take(name string, now int64) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	w, ok := a.windows[name]
	if !ok || now >= w.ends {
		if len(a.windows) >= maxCounted {
			clear(a.windows)
		}
		w = window{ends: now + pairingWindow.Milliseconds()}
	}
	w.count++
	a.windows[name] = w
	if w.count <= maxPairingAttempts {
		return 0
	}
	return int(math.Ceil(float64(w.ends-now) / 1000))
}
