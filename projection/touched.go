package projection

import (
	"sync"
	"time"

	"github.com/leima/leima/hot"
)

// maxTouched bounds the cells that are remembered as touched. With more, the oldest turn
// is forgotten early.
const maxTouched = 20_000

// touched remembers the cells that this process pushed to lately, in two turns: those of
// the present one and those of the one before.
type touched struct {
	mu        sync.Mutex
	now, then map[hot.Cell]struct{}
	turnedAt  time.Time
}

// note remembers the cells of a push.
func (t *touched) note(push hot.Push) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if since := time.Since(t.turnedAt); t.now == nil || since > changedLately || len(t.now) >= maxTouched {
		t.now, t.then, t.turnedAt = map[hot.Cell]struct{}{}, t.now, time.Now()
	}
	for _, inc := range push.Increments {
		t.now[inc.Cell] = struct{}{}
	}
}

// cells returns those of the last turn and more.
func (t *touched) cells() []hot.Cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	cells := make([]hot.Cell, 0, len(t.now)+len(t.then))
	for cell := range t.now {
		cells = append(cells, cell)
	}
	for cell := range t.then {
		if _, twice := t.now[cell]; !twice {
			cells = append(cells, cell)
		}
	}
	return cells
}
