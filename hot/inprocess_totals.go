package hot

import (
	"context"
	"crypto/rand"
	"maps"
	"sync"
	"time"
)

// inProcessTotals implements Totals as scripts/add.lua and its neighbours do.
type inProcessTotals struct {
	mu       sync.Mutex
	cells    *lru[Cell, *inProcessCell]
	counting map[Cell]*inProcessCount
}

// inProcessCell is a cell that was counted.
type inProcessCell struct {
	counts Counts
	// applied is the last Seq of every source that is in counts.
	applied map[string]uint64
	until   time.Time
}

// inProcessCount is a count under way, with what arrived since it began.
type inProcessCount struct {
	token string
	until time.Time
	log   []inProcessEntry
}

type inProcessEntry struct {
	source string
	seq    uint64
	counts Counts
}

func newInProcessTotals() *inProcessTotals {
	t := &inProcessTotals{}
	t.forget()
	return t
}

func (t *inProcessTotals) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cells = newLRU[Cell, *inProcessCell](MaxInProcessCells, nil)
	t.counting = map[Cell]*inProcessCount{}
}

// AddTotals implements Totals.
func (t *inProcessTotals) AddTotals(_ context.Context, push Push) error {
	if err := checkPush(push); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, inc := range push.Increments {
		entry := inProcessEntry{push.Source, push.Seq, inc.Counts}
		if count, ok := t.counting[inc.Cell]; ok {
			if len(count.log) == MaxCountLog {
				delete(t.counting, inc.Cell)
			} else {
				count.log = append(count.log, entry)
			}
		}
		if cell := t.cell(inc.Cell); cell != nil {
			cell.add(entry)
			if len(cell.applied) > MaxSources {
				t.cells.remove(inc.Cell)
			}
		}
	}
	return nil
}

// ForgetTotals implements Totals.
func (t *inProcessTotals) ForgetTotals(_ context.Context, cells []Cell) error {
	if err := checkCells(cells); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, cell := range cells {
		t.cells.remove(cell)
		delete(t.counting, cell)
	}
	return nil
}

// add counts what was not counted yet.
func (c *inProcessCell) add(e inProcessEntry) {
	if e.seq <= c.applied[e.source] {
		return
	}
	c.applied[e.source] = e.seq
	c.counts = c.counts.Plus(e.counts)
}

// cell returns a cell that is known and not too old, or nil.
func (t *inProcessTotals) cell(name Cell) *inProcessCell {
	cell, ok := t.cells.get(name)
	if !ok {
		return nil
	}
	if !time.Now().Before(cell.until) {
		t.cells.remove(name)
		return nil
	}
	return cell
}

// ReadTotals implements Totals.
func (t *inProcessTotals) ReadTotals(_ context.Context, cells []Cell) ([]Reading, error) {
	if err := checkCells(cells); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	readings := make([]Reading, len(cells))
	for i, name := range cells {
		readings[i] = t.cell(name).reading()
	}
	return readings, nil
}

func (c *inProcessCell) reading() Reading {
	if c == nil {
		return Reading{}
	}
	return Reading{Counts: c.counts, Known: true}
}

// BeginTotals implements Totals.
func (t *inProcessTotals) BeginTotals(_ context.Context, cell Cell) (Ticket, bool, error) {
	if err := checkCell(cell); err != nil {
		return Ticket{}, false, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if len(t.counting) >= MaxInProcessCells {
		maps.DeleteFunc(t.counting, func(_ Cell, c *inProcessCount) bool { return !now.Before(c.until) })
	}
	other, busy := t.counting[cell]
	if busy && now.Before(other.until) || len(t.counting) >= MaxInProcessCells {
		return Ticket{}, false, nil
	}
	ticket := Ticket{Cell: cell, token: rand.Text()}
	t.counting[cell] = &inProcessCount{token: ticket.token, until: now.Add(CountTTL)}
	return ticket, true, nil
}

// FinishTotals implements Totals.
func (t *inProcessTotals) FinishTotals(
	_ context.Context, ticket Ticket, base Counts, seen map[string]uint64,
) (Recount, error) {
	if err := checkSeen(seen); err != nil {
		return Recount{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	count, ok := t.counting[ticket.Cell]
	if !ok || count.token != ticket.token {
		return Recount{}, nil
	}
	delete(t.counting, ticket.Cell)
	if !now.Before(count.until) {
		return Recount{}, nil
	}
	cell := &inProcessCell{counts: base, applied: map[string]uint64{}, until: now.Add(TotalsTTL)}
	maps.Copy(cell.applied, seen)
	for _, entry := range count.log {
		cell.add(entry)
	}
	recount := Recount{Taken: true, Before: t.cell(ticket.Cell).reading(), After: cell.reading()}
	t.cells.put(ticket.Cell, cell, 1)
	return recount, nil
}
