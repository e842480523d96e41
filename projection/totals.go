package projection

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

const (
	// liveBefore and liveAfter bound, around now in UTC, the instants whose days are read
	// from the hot state: yesterday and today, wherever a location is. On others little
	// happens any more.
	liveBefore, liveAfter = 24 * time.Hour, 14 * time.Hour
	// countingAtOnce bounds the cells that are announced or finished at the same time.
	countingAtOnce = 16
)

// Places returns the ids of an organization's programs and locations.
type Places func(ctx context.Context, orgID string) (programIDs, locationIDs []string, err error)

// Totals reads totals by program, location and day: those of yesterday and today from the
// hot state, which is kept current, and older ones from the ledger.
type Totals struct {
	State   hot.Totals
	Counter Counter
	Places  Places
	// Now is the clock, UTC milliseconds.
	Now func() int64
}

// Totals returns the cells of the query that hold anything, by day, program and location.
// Numbers from the hot state may miss what was committed in the last moment; see the
// documentation of package hot for what else. Errors are the database's.
func (t *Totals) Totals(ctx context.Context, orgID string, q loyalty.TotalsQuery) ([]loyalty.CellCounts, error) {
	if q.From >= q.To {
		return nil, nil
	}
	alive := liveDays(t.Now())
	first, last := max(q.From, alive.From), min(q.To, alive.To)
	list, err := t.live(ctx, orgID, q, first, last)
	if err != nil {
		return nil, err
	}
	before, after := q, q
	before.To, after.From = min(q.To, alive.From), max(q.From, alive.To)
	for _, q := range [...]loyalty.TotalsQuery{before, after} {
		if q.From >= q.To {
			continue
		}
		counts, _, err := t.Counter.CountTotals(ctx, orgID, q)
		if err != nil {
			return nil, fmt.Errorf("projection: count totals: %w", err)
		}
		list = append(list, counts...)
	}
	slices.SortFunc(list, func(a, b loyalty.CellCounts) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), strings.Compare(a.ProgramID, b.ProgramID), strings.Compare(a.LocationID, b.LocationID))
	})
	return list, nil
}

// liveDays returns the days that are read from the hot state.
func liveDays(now int64) loyalty.TotalsQuery {
	at := time.UnixMilli(now)
	return loyalty.TotalsQuery{From: dayOf(at.Add(-liveBefore)), To: nextDay(dayOf(at.Add(liveAfter)))}
}

// live returns the cells of the days from first until before last.
func (t *Totals) live(ctx context.Context, orgID string, q loyalty.TotalsQuery, first, last loyalty.Day) ([]loyalty.CellCounts, error) {
	q.From, q.To = first, last
	if first >= last {
		return nil, nil
	}
	cells, err := t.cells(ctx, orgID, q)
	if err != nil {
		return nil, err
	}
	readings, known := t.read(ctx, cells)
	if !known {
		counts, _, err := t.Counter.CountTotals(ctx, orgID, q)
		if err != nil {
			return nil, fmt.Errorf("projection: count totals: %w", err)
		}
		return counts, nil
	}
	var list []loyalty.CellCounts
	var unknown []loyalty.Cell
	for i, r := range readings {
		if r.Known {
			list = appendCounts(list, cells[i], r.Counts)
		} else {
			unknown = append(unknown, cells[i])
		}
	}
	recounts, err := recount(ctx, t.State, t.Counter, q, unknown, 0)
	for i, done := range recounts {
		list = appendCounts(list, unknown[i], done.After.Counts)
	}
	return list, err
}

// appendCounts appends a cell if it holds anything.
func appendCounts(list []loyalty.CellCounts, cell loyalty.Cell, n hot.Counts) []loyalty.CellCounts {
	if n == (hot.Counts{}) {
		return list
	}
	return append(list, loyalty.CellCounts{Cell: cell, Counts: loyalty.Counts(n)})
}

// cells returns all cells that the query may mean.
func (t *Totals) cells(ctx context.Context, orgID string, q loyalty.TotalsQuery) ([]loyalty.Cell, error) {
	programs, locations := []string{q.ProgramID}, []string{q.LocationID}
	if q.ProgramID == "" || q.LocationID == "" {
		allPrograms, allLocations, err := t.Places(ctx, orgID)
		if err != nil {
			return nil, fmt.Errorf("projection: list programs and locations: %w", err)
		}
		if q.ProgramID == "" {
			programs = allPrograms
		}
		if q.LocationID == "" {
			locations = append([]string{""}, allLocations...) // "" is what happened at none
		}
	}
	var cells []loyalty.Cell
	for day := q.From; day < q.To; day = nextDay(day) {
		for _, program := range programs {
			for _, location := range locations {
				cells = append(cells, loyalty.Cell{OrgID: orgID, ProgramID: program, LocationID: location, Day: day})
			}
		}
	}
	return cells, nil
}

// read returns what the hot state knows, and false if it is not worth asking: it is away,
// or the organization is so big that the ledger is counted faster.
func (t *Totals) read(ctx context.Context, cells []loyalty.Cell) ([]hot.Reading, bool) {
	if len(cells) > hot.MaxBatch {
		return nil, false
	}
	names := make([]hot.Cell, len(cells))
	for i, c := range cells {
		names[i] = cellOf(c)
	}
	readings, err := t.State.ReadTotals(ctx, names)
	return readings, err == nil
}

// recount counts cells of one organization, all within the query, in the ledger by one
// reading of it, and makes the counts the live totals. It returns a recount for each, of
// which After always holds the count. With settle, it waits so long between the count and
// the replacement: what was counted and had not been pushed yet is then in Before, too.
func recount(
	ctx context.Context, state hot.Totals, counter Counter, q loyalty.TotalsQuery, cells []loyalty.Cell, settle time.Duration,
) ([]hot.Recount, error) {
	if len(cells) == 0 {
		return nil, nil
	}
	tickets := make([]*hot.Ticket, len(cells))
	eachAtOnce(len(cells), func(i int) {
		// Somebody else may be counting, or nobody can be told: the count is right anyway.
		if ticket, begun, err := state.BeginTotals(ctx, cellOf(cells[i])); err == nil && begun {
			tickets[i] = &ticket
		}
	})
	counts, seen, err := counter.CountTotals(ctx, cells[0].OrgID, q)
	if err == nil {
		err = wait(ctx, settle)
	}
	if err != nil {
		return nil, fmt.Errorf("projection: count totals: %w", err)
	}
	byCell := make(map[loyalty.Cell]loyalty.Counts, len(counts))
	for _, c := range counts {
		byCell[c.Cell] = c.Counts
	}
	recounts := make([]hot.Recount, len(cells))
	eachAtOnce(len(cells), func(i int) {
		count := hot.Counts(byCell[cells[i]])
		recounts[i].After = hot.Reading{Counts: count, Known: true}
		if tickets[i] == nil {
			return
		}
		if done, err := state.FinishTotals(ctx, *tickets[i], count, seen); err == nil && done.Taken {
			recounts[i] = done
		}
	})
	return recounts, nil
}

// recountLive recounts the cells of an organization, of yesterday and today, that hold
// anything in the ledger, and calls f for each.
func recountLive(
	ctx context.Context, state hot.Totals, counter Counter, now int64, orgID string, settle time.Duration, f func(loyalty.Cell, hot.Recount),
) error {
	q := liveDays(now)
	counts, _, err := counter.CountTotals(ctx, orgID, q)
	if err != nil {
		return fmt.Errorf("projection: count totals: %w", err)
	}
	cells := make([]loyalty.Cell, len(counts))
	for i, c := range counts {
		cells[i] = c.Cell
	}
	return recountCells(ctx, state, counter, q, cells, settle, f)
}

// recountCells is recount for any number of cells, and calls f for each.
func recountCells(
	ctx context.Context, state hot.Totals, counter Counter, q loyalty.TotalsQuery, cells []loyalty.Cell, settle time.Duration, f func(loyalty.Cell, hot.Recount),
) error {
	for some := range slices.Chunk(cells, hot.MaxBatch) {
		recounts, err := recount(ctx, state, counter, q, some, settle)
		if err != nil {
			return err
		}
		for i, done := range recounts {
			f(some[i], done)
		}
	}
	return nil
}

// wait returns after d, or when the context ends with its error.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait: %w", ctx.Err())
	}
}

// eachAtOnce calls f for the numbers below n, countingAtOnce at the same time.
func eachAtOnce(n int, f func(i int)) {
	var all sync.WaitGroup
	for worker := range min(n, countingAtOnce) {
		all.Go(func() {
			for i := worker; i < n; i += countingAtOnce {
				f(i)
			}
		})
	}
	all.Wait()
}

func dayOf(t time.Time) loyalty.Day { return loyalty.DayOf(t.UnixMilli(), time.UTC) }

// nextDay returns the day after.
func nextDay(d loyalty.Day) loyalty.Day {
	return dayOf(time.Date(int(d)/10_000, time.Month(int(d)/100%100), int(d)%100+1, 0, 0, 0, 0, time.UTC))
}
