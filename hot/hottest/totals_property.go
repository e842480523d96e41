package hottest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/hot"
)

// totalsProperty lets committers commit and push, counts begin, read and finish, and
// everything be forgotten, in random orders. A cell that is known must at every moment
// hold exactly the batches that the last count saw or that were pushed.
func totalsProperty(t *testing.T, s hot.State) {
	t.Helper()
	epoch, world := int64(1), 0
	rapid.Check(t, func(rt *rapid.T) {
		world++
		m := &totalsMachine{
			state: s, epoch: &epoch, cell: today,
			committers: []*committer{{name: fmt.Sprint("a-", world)}, {name: fmt.Sprint("b-", world)}},
		}
		m.cell.Location = fmt.Sprint("shop-", world)
		rt.Repeat(rapid.StateMachineActions(m))
	})
}

// committer is what a test knows of one: the stamps of its batches, and how many of
// them it pushed.
type committer struct {
	name    string
	batches []int64
	pushed  int
}

// count is one under way, and what it saw of the ledger once it has read.
type count struct {
	ticket hot.Ticket
	sum    int64
	seen   map[string]uint64
}

// totalsMachine is the ledger, and those who work with it.
type totalsMachine struct {
	state      hot.State
	epoch      *int64
	cell       hot.Cell
	committers []*committer
	under      *count
	// taken is what the count saw that made the cell; nil while the cell is unknown.
	taken map[string]uint64
}

func (m *totalsMachine) committer(t *rapid.T) *committer {
	return rapid.SampledFrom(m.committers).Draw(t, "committer")
}

// Commit is a batch in the ledger.
func (m *totalsMachine) Commit(t *rapid.T) {
	c := m.committer(t)
	c.batches = append(c.batches, rapid.Int64Range(-3, 9).Draw(t, "stamps"))
}

// Push tells the live totals of the next batch.
func (m *totalsMachine) Push(t *rapid.T) {
	if c := m.committer(t); c.pushed < len(c.batches) {
		c.pushed++
		m.push(t, c)
	}
}

// PushAgain is for an answer that was lost.
func (m *totalsMachine) PushAgain(t *rapid.T) {
	if c := m.committer(t); c.pushed > 0 {
		m.push(t, c)
	}
}

func (m *totalsMachine) push(t *rapid.T, c *committer) {
	seq := uint64(c.pushed) //nolint:gosec // counts up from zero
	add(t, m.state, push(c.name, seq, m.cell, stamps(c.batches[c.pushed-1])))
}

// Begin announces a count.
func (m *totalsMachine) Begin(t *rapid.T) {
	if m.under == nil {
		m.under = &count{ticket: begin(t, m.state, m.cell)}
	}
}

// ReadLedger is the snapshot of the count.
func (m *totalsMachine) ReadLedger(*rapid.T) {
	if m.under == nil || m.under.seen != nil {
		return
	}
	m.under.seen = map[string]uint64{}
	for _, c := range m.committers {
		for _, n := range c.batches {
			m.under.sum += n
			m.under.seen[c.name]++
		}
	}
}

// Finish ends the count.
func (m *totalsMachine) Finish(t *rapid.T) {
	if m.under == nil || m.under.seen == nil {
		return
	}
	if !finish(t, m.state, m.under.ticket, stamps(m.under.sum), m.under.seen).Taken {
		t.Fatalf("a count that nothing disturbed was not taken")
	}
	m.taken, m.under = m.under.seen, nil
}

// Forget is a flush, now and then.
func (m *totalsMachine) Forget(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "rarely") == 0 {
		*m.epoch++
		m.state.SetEpoch(*m.epoch)
		m.taken, m.under = nil, nil
	}
}

// ForgetCell is for somebody who cannot say any more what was pushed.
func (m *totalsMachine) ForgetCell(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "rarely") == 0 {
		if err := m.state.ForgetTotals(t.Context(), []hot.Cell{m.cell}); err != nil {
			t.Fatalf("forget: %v", err)
		}
		m.taken, m.under = nil, nil
	}
}

// Check compares the cell with the ledger, after every step.
func (m *totalsMachine) Check(t *rapid.T) {
	want := hot.Reading{Known: m.taken != nil}
	for _, c := range m.committers {
		for i, n := range c.batches {
			if want.Known && (uint64(i) < m.taken[c.name] || i < c.pushed) {
				want.Stamps += n
			}
		}
	}
	wantTotals(t, m.state, m.cell, want)
}
