package hot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Limits of repairing what could not be written.
const (
	// MaxMissed bounds the cards and cells that are remembered for repair. When there
	// are more, everything counts as missed and Options.Lost is called.
	MaxMissed = 100_000
	// RepairBatch bounds the cards that are read from the truth at once.
	RepairBatch = 256
	// RepairEvery is how often a repair is tried while there is something to repair.
	RepairEvery = time.Second
)

// missed remembers writes that failed.
type missed struct {
	// any is false when there is nothing, so that a read costs no lock.
	any atomic.Bool
	mu  sync.Mutex
	// cards holds the highest version that could not be written.
	cards map[CardRef]uint64
	// cells holds when, counted in marks, the last increment could not be written.
	cells map[Cell]uint64
	marks uint64
	// lost is set when there was more than could be remembered.
	lost  bool
	awake chan struct{}
}

func newMissed() *missed {
	m := &missed{awake: make(chan struct{}, 1)}
	m.clear()
	return m
}

func (m *missed) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cards, m.cells, m.lost = map[CardRef]uint64{}, map[Cell]uint64{}, false
	m.any.Store(false)
}

// wake lets the repair begin now instead of at the next turn.
func (m *missed) wake() {
	select {
	case m.awake <- struct{}{}:
	default:
	}
}

func (m *missed) addCards(states []*CardState) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range states {
		m.cards[s.CardRef] = max(m.cards[s.CardRef], s.Version)
	}
	m.added()
}

// addCells returns the mark of each cell, for doneCell.
func (m *missed) addCells(increments []Increment) map[Cell]uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.marks++
	marks := make(map[Cell]uint64, len(increments))
	for _, inc := range increments {
		m.cells[inc.Cell], marks[inc.Cell] = m.marks, m.marks
	}
	m.added()
	return marks
}

func (m *missed) added() {
	m.any.Store(true)
	if len(m.cards)+len(m.cells) > MaxMissed {
		m.lost = true
		clear(m.cards)
		clear(m.cells)
	}
}

// doneCards forgets the cards that were written now in the version missed or a newer
// one.
func (m *missed) doneCards(states []*CardState) {
	if !m.any.Load() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range states {
		if m.cards[s.CardRef] <= s.Version {
			delete(m.cards, s.CardRef)
		}
	}
	m.removed()
}

// doneCard forgets a card that is no more, unless it was missed again meanwhile.
func (m *missed) doneCard(ref CardRef, version uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cards[ref] == version {
		delete(m.cards, ref)
	}
	m.removed()
}

// doneCell forgets a cell that was deleted, unless it was missed again meanwhile.
func (m *missed) doneCell(cell Cell, mark uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cells[cell] == mark {
		delete(m.cells, cell)
	}
	m.removed()
}

func (m *missed) removed() { m.any.Store(m.lost || len(m.cards)+len(m.cells) > 0) }

// newer tells whether a newer version than this one could not be written.
func (m *missed) newer(ref CardRef, version uint64) bool {
	if !m.any.Load() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	failed, ok := m.cards[ref]
	return m.lost || ok && failed > version
}

func (m *missed) hasCell(cell Cell) bool {
	if !m.any.Load() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.cells[cell]
	return m.lost || ok
}

// size returns how much is to be repaired, and whether it is too much.
func (m *missed) size() (n int, lost bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.cards) + len(m.cells), m.lost
}

// all returns copies of what is to be repaired.
func (m *missed) all() (map[CardRef]uint64, map[Cell]uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.cards), maps.Clone(m.cells)
}

// repairLoop repairs until the context ends.
func (r *Redis) repairLoop(ctx context.Context) {
	tick := time.NewTicker(RepairEvery)
	defer tick.Stop()
	var said string // why it fails, which is said once and not with every try
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.missed.awake:
		}
		n, err := r.repair(ctx)
		if err == nil && n > 0 {
			said = ""
		}
		if err != nil {
			if reason := reasonOf(err); reason == said {
				continue
			}
			said = reasonOf(err)
			r.options.Log.Warn("what Redis missed is not repaired yet", "repaired", n, "error", err)
		} else if n > 0 {
			r.options.Log.Info("what Redis missed is repaired", "repaired", n)
		}
	}
}

// repair returns how many cards and cells it repaired. While Redis is away it does
// nothing and that is no error.
func (r *Redis) repair(ctx context.Context) (int, error) {
	n, lost := r.missed.size()
	if n == 0 && !lost {
		return 0, nil
	}
	if err := r.try(ctx, r.options.ReadTimeout, r.ping); err != nil {
		return 0, nil // later
	}
	if lost {
		ctx, cancel := context.WithTimeout(ctx, LoadTimeout)
		defer cancel()
		if err := r.options.Lost(ctx); err != nil {
			return 0, fmt.Errorf("hot: raise the epoch: %w", err)
		}
		return 0, nil
	}
	cards, cells := r.missed.all()
	repaired := 0
	for some := range slices.Chunk(slices.Collect(maps.Keys(cells)), RepairBatch) {
		if err := r.dropCells(ctx, some, cells); err != nil {
			return repaired, err
		}
		repaired += len(some)
	}
	for some := range slices.Chunk(slices.Collect(maps.Keys(cards)), RepairBatch) {
		if err := r.repairCards(ctx, some, cards); err != nil {
			return repaired, err
		}
		repaired += len(some)
	}
	return repaired, nil
}

// dropCells deletes cells that missed increments, with counts that did.
func (r *Redis) dropCells(ctx context.Context, cells []Cell, marks map[Cell]uint64) error {
	keys := r.keys.Load()
	calls := make([]*call, len(cells))
	for i, cell := range cells {
		place := cell.place()
		calls[i] = command("DEL", keys.cells+place, keys.logs+place)
	}
	if err := r.run(ctx, r.options.WriteTimeout, calls); err != nil {
		return err
	}
	for _, cell := range cells {
		r.missed.doneCell(cell, marks[cell])
	}
	return nil
}

// repairCards projects cards as they are in the truth, and deletes those that are no
// more.
func (r *Redis) repairCards(ctx context.Context, refs []CardRef, versions map[CardRef]uint64) error {
	limited, cancel := context.WithTimeout(ctx, LoadTimeout)
	defer cancel()
	states, err := r.options.Repair(limited, refs)
	if err != nil {
		return fmt.Errorf("hot: read %d cards from the truth: %w", len(refs), err)
	}
	if err := r.Project(ctx, states); err != nil { // forgets those that it wrote
		return err
	}
	gone := make(map[CardRef]*call, len(refs))
	for _, ref := range refs {
		gone[ref] = command("DEL", r.keys.Load().card(ref))
	}
	for _, s := range states {
		delete(gone, s.CardRef)
	}
	if err := r.run(ctx, r.options.WriteTimeout, slices.Collect(maps.Values(gone))); err != nil {
		return err
	}
	for ref := range gone {
		r.missed.doneCard(ref, versions[ref])
	}
	return nil
}
