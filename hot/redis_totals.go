package hot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// scriptCells bounds the cells that one script changes.
const scriptCells = 64

// AddTotals implements Totals.
func (r *Redis) AddTotals(ctx context.Context, push Push) error {
	return r.Follow(ctx, Round{Pushes: []Push{push}})
}

// addCalls returns the calls that add the pushes, and which increments each holds.
func (r *Redis) addCalls(keys *keyspace, pushes []Push) (groups [][]Increment, calls []*call) {
	for _, push := range pushes {
		some := [][]Increment{push.Increments}
		switch {
		case r.cluster:
			some = byBucket(push.Increments)
		case len(push.Increments) > scriptCells:
			some = slices.Collect(slices.Chunk(push.Increments, scriptCells))
		case len(push.Increments) == 0:
			continue
		}
		for _, group := range some {
			groups, calls = append(groups, group), append(calls, addCall(keys, push, group))
		}
	}
	return groups, calls
}

func addCall(keys *keyspace, push Push, increments []Increment) *call {
	c := &call{
		script: addScript, keys: make([]string, 0, 2*len(increments)), args: make([]any, 0, 4+4*len(increments)),
	}
	c.args = append(c.args, push.Source, push.Seq, MaxCountLog, MaxSources)
	for _, inc := range increments {
		place := inc.place()
		c.keys = append(c.keys, keys.cells+place, keys.logs+place)
		c.args = append(c.args, inc.Stamps, inc.Coupons, inc.Redemptions, inc.Cards)
	}
	return c
}

// ForgetTotals implements Totals.
func (r *Redis) ForgetTotals(ctx context.Context, cells []Cell) error {
	if err := checkCells(cells); err != nil {
		return err
	}
	increments := make([]Increment, len(cells))
	for i, cell := range cells {
		increments[i].Cell = cell
	}
	// What is marked is not believed meanwhile, and if the deletion fails it is repeated.
	marks := r.missed.addCells(increments)
	if err := r.dropCells(ctx, cells, marks); err != nil {
		return fmt.Errorf("hot: forget %d totals: %w", len(cells), err)
	}
	return nil
}

func byBucket(increments []Increment) [][]Increment {
	buckets := map[int][]Increment{}
	for _, inc := range increments {
		b := inc.bucket()
		buckets[b] = append(buckets[b], inc)
	}
	var groups [][]Increment
	for _, group := range buckets {
		groups = append(groups, slices.Collect(slices.Chunk(group, scriptCells))...)
	}
	return groups
}

// ReadTotals implements Totals.
func (r *Redis) ReadTotals(ctx context.Context, cells []Cell) ([]Reading, error) {
	if err := checkCells(cells); err != nil {
		return nil, err
	}
	keys := r.keys.Load()
	calls := make([]*call, len(cells))
	for i, cell := range cells {
		calls[i] = command("HMGET", keys.cells+cell.place(), "s", "c", "r", "n")
	}
	if err := r.run(ctx, r.options.ReadTimeout, calls); err != nil {
		return nil, fmt.Errorf("hot: read %d totals: %w", len(cells), err)
	}
	readings := make([]Reading, len(cells))
	for i, c := range calls {
		fields, err := c.answer.Slice()
		if err == nil {
			readings[i], err = readingOf(fields)
		}
		if err != nil {
			return nil, fmt.Errorf("hot: read the totals of %s: %w", cells[i].Program, unavailable(err))
		}
		if r.missed.hasCell(cells[i]) {
			readings[i] = Reading{}
		}
	}
	return readings, nil
}

var errNotACell = errors.New("the value is not a cell of this release")

// readingOf reads the four fields of a cell, which are nil for one that is not there.
func readingOf(fields []any) (Reading, error) {
	if len(fields) != 4 {
		return Reading{}, errNotACell
	}
	if fields[0] == nil {
		return Reading{}, nil
	}
	reading := Reading{Known: true}
	for i, to := range []*int64{&reading.Stamps, &reading.Coupons, &reading.Redemptions, &reading.Cards} {
		text, ok := fields[i].(string)
		if !ok {
			return Reading{}, errNotACell
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return Reading{}, errNotACell
		}
		*to = n
	}
	return reading, nil
}

// BeginTotals implements Totals.
func (r *Redis) BeginTotals(ctx context.Context, cell Cell) (Ticket, bool, error) {
	if err := checkCell(cell); err != nil {
		return Ticket{}, false, err
	}
	keys, ticket := r.keys.Load(), Ticket{Cell: cell, token: rand.Text()}
	c := &call{
		script: beginScript, keys: []string{keys.logs + cell.place()},
		args: []any{ticket.token, CountTTL.Milliseconds()},
	}
	if err := r.run(ctx, r.options.ReadTimeout, []*call{c}); err != nil {
		return Ticket{}, false, fmt.Errorf("hot: begin to count %s: %w", cell.Program, err)
	}
	begun, err := c.answer.Int()
	if err != nil {
		return Ticket{}, false, fmt.Errorf("hot: begin to count %s: %w", cell.Program, unavailable(err))
	}
	return ticket, begun == 1, nil
}

// FinishTotals implements Totals.
func (r *Redis) FinishTotals(
	ctx context.Context, ticket Ticket, count Counts, seen map[string]uint64,
) (Recount, error) {
	if err := checkSeen(seen); err != nil {
		return Recount{}, err
	}
	keys, place := r.keys.Load(), ticket.Cell.place()
	c := &call{
		script: finishScript, keys: []string{keys.cells + place, keys.logs + place},
		args: []any{ticket.token, TotalsTTL.Milliseconds(), count.Stamps, count.Coupons, count.Redemptions, count.Cards},
	}
	for source, seq := range seen {
		c.args = append(c.args, source, seq)
	}
	if err := r.run(ctx, r.options.ReadTimeout, []*call{c}); err != nil {
		return Recount{}, fmt.Errorf("hot: finish to count %s: %w", ticket.Cell.Program, err)
	}
	fields, err := c.answer.Slice()
	if err != nil || len(fields) != 8 {
		return Recount{}, nil //nolint:nilerr // nil: it came too late
	}
	before, err := readingOf(fields[:4])
	if err != nil {
		return Recount{}, fmt.Errorf("hot: finish to count %s: %w", ticket.Cell.Program, unavailable(err))
	}
	after, err := readingOf(fields[4:])
	if err != nil {
		return Recount{}, fmt.Errorf("hot: finish to count %s: %w", ticket.Cell.Program, unavailable(err))
	}
	return Recount{Taken: true, Before: before, After: after}, nil
}
