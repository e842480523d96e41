package store

import (
	"sync"
	"time"

	"github.com/leima/leima/access"
)

const (
	// recognizedFor is how long a credential is let in without asking the database
	// again. What this process revokes it forgets at once; what another one revoked
	// (a second replica, the command line) goes on for so long.
	recognizedFor = time.Second
	// maxRecognized bounds the credentials that are remembered.
	maxRecognized = 10_000
)

// recognized remembers who a token belongs to, so that a till which stamps twice in a
// second costs one look-up. The zero value is ready.
type recognized struct {
	mu sync.Mutex
	// generation rises with every forgetting. What was read from the database before
	// one must not be remembered after it.
	generation uint64
	byToken    map[recognizedKey]recognizedAs
}

type recognizedKey struct {
	orgID     string
	tokenHash [32]byte
}

type recognizedAs struct {
	access.Principal
	until time.Time
}

// find returns who is remembered for the token and, if nobody is, the generation to
// give to remember.
func (r *recognized) find(k recognizedKey, now int64) (p access.Principal, generation uint64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	as, ok := r.byToken[k]
	if ok && time.Now().Before(as.until) && (as.ExpiresAt == 0 || now < as.ExpiresAt) {
		return as.Principal, 0, true
	}
	return access.Principal{}, r.generation, false
}

func (r *recognized) remember(k recognizedKey, p access.Principal, generation uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if generation != r.generation {
		return
	}
	if r.byToken == nil || len(r.byToken) >= maxRecognized {
		r.byToken = map[recognizedKey]recognizedAs{} // refilled within a second
	}
	r.byToken[k] = recognizedAs{p, time.Now().Add(recognizedFor)}
}

// forget is called after a commit that may have ended a credential or changed what
// its bearer may do.
func (r *recognized) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation++
	r.byToken = nil
}
