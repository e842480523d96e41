package appletest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/wallet/apple"
)

// sequence gives tags as a sequence of a database does: whoever asks first has the smaller
// one, whenever the change becomes visible.
type sequence struct{ *Memory }

// Change implements World.
func (s sequence) Change(ctx context.Context, key apple.Key) error {
	return s.ChangeSlowly(ctx, key, func() {})
}

// ChangeSlowly implements World.
func (s sequence) ChangeSlowly(_ context.Context, key apple.Key, meanwhile func()) error {
	tag := s.nextTag()
	meanwhile()
	return s.commit(key, tag)
}

// The suite finds an implementation whose tags come in another order than its changes, and
// does not suspect a right one.
func TestTagsOfASequenceAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		open  func(*Memory) World
		found bool
	}{
		"a sequence":   {func(m *Memory) World { return sequence{m} }, true},
		"under a lock": {func(m *Memory) World { return m }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := c.open(NewMemory(time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC)))
			for n := range 2 {
				if err := w.Add(t.Context(), key(n), token); err != nil {
					t.Fatal(err)
				}
			}
			err := slowIsNotMissed(t.Context(), w)
			if found := err != nil && strings.Contains(err.Error(), "never hears"); found != c.found || (err != nil) != c.found {
				t.Errorf("it says %v", err)
			}
		})
	}
}
