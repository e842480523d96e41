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
	// dueAfter is the age from which a credential is looked up along with another one, and
	// overdueAfter that from which nobody is expected to show it again.
	dueAfter, overdueAfter = recognizedFor * 7 / 8, 2 * recognizedFor
	// maxIdle is how often in turn a credential is looked up along with others although nobody
	// has shown it: who stamps every other second is still in use.
	maxIdle = 2
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
	byToken    map[recognizedKey]*recognizedAs
	// byAge holds what was remembered, the oldest first. Of a credential that was looked up
	// again, the older one is nothing any more: byToken has the other.
	byAge []*recognizedAs
}

type recognizedKey struct {
	orgID     string
	tokenHash [32]byte
}

type recognizedAs struct {
	key recognizedKey
	access.Principal
	// since is when the database was asked.
	since time.Time
	// idle is how often the credential was looked up along with others since it was shown.
	idle int
}

// find returns who is remembered for the token.
func (r *recognized) find(k recognizedKey, now int64) (p access.Principal, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	as, ok := r.byToken[k]
	if !ok || ended(as.Principal, now) {
		return access.Principal{}, false
	}
	if time.Since(as.since) >= recognizedFor {
		delete(r.byToken, k) // who asks now looks it up; nobody has to take it along
		return access.Principal{}, false
	}
	as.idle = 0
	return as.Principal, true
}

// ended tells whether a session's time is over.
func ended(p access.Principal, now int64) bool { return p.ExpiresAt != 0 && now >= p.ExpiresAt }

// due returns up to n credentials that are worth being looked up along with others: those
// that are in use and will have to be looked up soon. With many tills there are then few
// questions for many, and not one for each till and second. It also returns the generation
// to give to remember, and forgets what is not in use.
func (r *recognized) due(n int) (keys []recognizedKey, generation uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for len(r.byAge) > 0 {
		as := r.byAge[0]
		age, latest := now.Sub(as.since), r.byToken[as.key] == as
		inUse := latest && as.idle < maxIdle && age < overdueAfter
		if age < dueAfter || inUse && len(keys) == n {
			break
		}
		switch {
		case inUse:
			keys = append(keys, as.key)
		case latest:
			delete(r.byToken, as.key)
		}
		r.byAge[0] = nil
		r.byAge = r.byAge[1:]
	}
	return keys, r.generation
}

// remember takes what the database answered about the keys. It was asked at the instant,
// after due had returned the generation.
func (r *recognized) remember(keys []recognizedKey, answers map[recognizedKey]credential, since time.Time, generation uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if generation != r.generation {
		return
	}
	for _, key := range keys {
		c, known := answers[key]
		if !known || c.err != nil {
			delete(r.byToken, key)
			continue
		}
		if r.byToken == nil || len(r.byAge) >= maxRecognized {
			r.byToken, r.byAge = map[recognizedKey]*recognizedAs{}, nil // refilled within a second
		}
		as := &recognizedAs{key: key, Principal: c.Principal, since: since}
		if before := r.byToken[key]; before != nil {
			as.idle = before.idle + 1
		}
		r.byToken[key] = as
		r.byAge = append(r.byAge, as)
	}
}

// drop forgets the keys, of which nobody knows whether they are still good.
func (r *recognized) drop(keys []recognizedKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range keys {
		delete(r.byToken, key)
	}
}

// forget is called after a commit that may have ended a credential or changed what
// its bearer may do.
func (r *recognized) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation++
	r.byToken, r.byAge = nil, nil
}
