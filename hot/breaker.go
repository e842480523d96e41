package hot

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// When Redis is left alone, so that callers do not wait for one that is away.
const (
	// FailuresToOpen is after how many failures in a row nobody tries any more.
	FailuresToOpen = 5
	// OpenFor is for how long; then one call tries, and the others follow when it
	// succeeds.
	OpenFor = 500 * time.Millisecond
)

// errOpen is the cause of errors while nobody tries.
var errOpen = errors.New("it failed repeatedly and is left alone for a moment")

// breaker counts failures. The zero value is closed: everybody may try.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // open until then; one call probes afterwards
	probing  bool
	last     error // of the last failure
	// changed, if set, is called when the breaker opens (with the last error) and
	// closes (with nil).
	changed func(error)
}

// enter returns nil when the caller may try, and then the caller must report.
func (b *breaker) enter() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < FailuresToOpen {
		return nil
	}
	if b.probing || time.Now().Before(b.until) {
		return fmt.Errorf("%w: %w", errOpen, b.last)
	}
	b.probing = true
	return nil
}

// report says how a try ended: nil is a success.
func (b *breaker) report(err error) {
	b.mu.Lock()
	was := b.failures >= FailuresToOpen
	b.probing = false
	if err == nil {
		b.failures = 0
	} else {
		b.failures++
		b.last = err
		b.until = time.Now().Add(OpenFor)
	}
	is := b.failures >= FailuresToOpen
	b.mu.Unlock()
	if was != is && b.changed != nil {
		b.changed(err)
	}
}

// leave ends a try that says nothing about Redis, such as one that its caller gave
// up.
func (b *breaker) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
}
