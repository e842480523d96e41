package google

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// Nonces remembers which events were taken in, so that each counts once however
// often it is delivered. Keep it where all servers see it.
type Nonces interface {
	// Claim notes a nonce until an instant and returns true, or returns false when it
	// is noted already.
	Claim(ctx context.Context, nonce string, until time.Time) (bool, error)
	// Release forgets a nonce whose event could not be taken in, so that the next
	// delivery is tried again.
	Release(ctx context.Context, nonce string) error
}

// Receiver takes in a verified event. An error makes Google deliver it again.
type Receiver func(context.Context, Event) error

// CallbackHandler answers Google's callbacks: 200 for an event that was taken in, now
// or before, and for one that is not ours to take in; 400 for what cannot be read, 401 for what is not from Google, 413 for
// what is too large, 503 when keys, nonces or the receiver failed and Google should
// come again. Report, which may be nil, is told of everything that was not taken in.
// Nonces may be nil when the receiver itself takes each event in once: one that notes the
// nonce in the transaction of what follows from the event loses none when it is killed.
func CallbackHandler(v *Verifier, nonces Nonces, receive Receiver, report func(context.Context, error)) http.Handler {
	if report == nil {
		report = func(context.Context, error) {}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxCallback))
		if err != nil {
			report(r.Context(), err)
			w.WriteHeader(statusOfRead(err))
			return
		}
		if err := take(r.Context(), v, nonces, receive, body); err != nil {
			report(r.Context(), err)
			w.WriteHeader(statusOf(err))
			return
		}
		w.WriteHeader(http.StatusOK)
	})
}

// take verifies a callback and hands its event on, once.
func take(ctx context.Context, v *Verifier, nonces Nonces, receive Receiver, body []byte) error {
	event, err := v.Verify(ctx, body)
	if err != nil {
		return err
	}
	if nonces == nil {
		return receive(ctx, event)
	}
	first, err := nonces.Claim(ctx, event.Nonce, event.Expires)
	if err != nil || !first {
		return err
	}
	if err := receive(ctx, event); err != nil {
		// The next delivery has to find the nonce free, also when this request is over.
		return errors.Join(err, nonces.Release(context.WithoutCancel(ctx), event.Nonce))
	}
	return nil
}

func statusOfRead(err error) int {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, ErrOtherEvent):
		return http.StatusOK
	case errors.Is(err, ErrMalformed):
		return http.StatusBadRequest
	case errors.Is(err, ErrForged):
		return http.StatusUnauthorized
	}
	return http.StatusServiceUnavailable
}

// maxNonces bounds MemoryNonces.
const maxNonces = 100_000

// errManyNonces is returned when MemoryNonces is full: taking an event in without
// noting it would let it be played again.
var errManyNonces = errors.New("google wallet: too many events are remembered")

// MemoryNonces is Nonces for one process. It remembers up to 100,000 events until
// they expire, and none over a restart.
type MemoryNonces struct {
	now  func() time.Time
	mu   sync.Mutex
	seen map[string]time.Time
}

// NewMemoryNonces returns one that has seen nothing. The clock may be nil.
func NewMemoryNonces(now func() time.Time) *MemoryNonces {
	if now == nil {
		now = time.Now
	}
	return &MemoryNonces{now: now, seen: map[string]time.Time{}}
}

// Claim implements Nonces. It fails when too many are remembered.
func (n *MemoryNonces) Claim(_ context.Context, nonce string, until time.Time) (bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, there := n.seen[nonce]; there {
		return false, nil
	}
	if len(n.seen) >= maxNonces {
		for old, end := range n.seen {
			if !n.now().Before(end) {
				delete(n.seen, old)
			}
		}
	}
	if len(n.seen) >= maxNonces {
		return false, errManyNonces
	}
	n.seen[nonce] = until
	return true, nil
}

// Release implements Nonces; it never fails.
func (n *MemoryNonces) Release(_ context.Context, nonce string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.seen, nonce)
	return nil
}
