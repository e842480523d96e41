package hot

import "testing"

func states(card string, version uint64) []*CardState {
	return []*CardState{{CardRef: CardRef{"org", card}, Version: version}}
}

func TestWhatWasMissed(t *testing.T) {
	m := newMissed()
	card, other := CardRef{"org", "card"}, CardRef{"org", "other"}
	want := func(what string, ref CardRef, version uint64, newer bool) {
		t.Helper()
		if m.newer(ref, version) != newer {
			t.Errorf("%s: is more than version %d of %s missed? want %v", what, version, ref.Card, newer)
		}
	}
	m.addCards(states("card", 5))
	m.addCards(states("card", 3)) // a retry that failed, too
	want("missed", card, 4, true)
	want("missed", card, 5, false)
	want("never missed", other, 0, false)
	m.doneCards(states("card", 4)) // a late write of an older version
	want("after an older write", card, 4, true)
	m.doneCards(states("card", 5))
	want("after the write", card, 4, false)
	if n, _ := m.size(); n != 0 || m.any.Load() {
		t.Errorf("%d are missed still", n)
	}

	// What is missed again while it is repaired stays missed.
	cell := Cell{"org", "program", "shop", "2026-03-01"}
	increments := []Increment{{Cell: cell}}
	m.addCells(increments)
	m.addCards(states("card", 1))
	cards, cells := m.all()
	m.addCells(increments)
	m.addCards(states("card", 2))
	m.doneCell(cell, cells[cell])
	m.doneCard(card, cards[card])
	if !m.hasCell(cell) {
		t.Error("the cell that was missed again counts as repaired")
	}
	want("missed again", card, 1, true)
	cards, cells = m.all()
	m.doneCell(cell, cells[cell])
	m.doneCard(card, cards[card])
	if m.hasCell(cell) || m.any.Load() {
		t.Error("what was repaired counts as missed")
	}
	want("repaired", card, 1, false)
}
