package store

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/loyalty"
)

const (
	// maxCells bounds the cells that one call of CountTotals returns: five programs at a
	// hundred locations for three months.
	maxCells = 50_000
	// maxSeen bounds the committers that CountTotals tells of, those seen last.
	maxSeen = 64
	// seenFor is for how long a committer that commits no more is told of. What it
	// committed before that has long been pushed.
	seenFor = 2 * time.Minute
)

// CountTotals counts, in the ledger, what happened by program, location and day, in no
// order; cells of nothing are left out. In a cell stand
//
//   - Stamps: the quantity of its stamp entries, without those that were reversed since;
//     welcome stamps and corrections are not counted,
//   - Coupons: its reward entries, without those of coupons that were taken back since,
//   - Redemptions: its redeem entries, without those that were reversed since,
//   - Cards: the cards that were opened there and then, whatever became of them.
//
// So a reversal changes the cell of what it takes back, not that of its own day.
//
// The map seen holds the last number of every committer of the last two minutes that
// the same snapshot saw, at most 64; see loyalty.Commit.
//
// It reads all entries of the days asked for and looks up each whether it was reversed,
// about 2 µs an entry. More than 50,000 cells are an error.
func (s *Store) CountTotals(ctx context.Context, orgID string, q loyalty.TotalsQuery) (counts []loyalty.CellCounts, seen map[string]uint64, err error) {
	err = s.read(ctx, orgID, func(tx *transaction) error {
		cells := map[loyalty.Cell]loyalty.Counts{}
		if err := countEntries(ctx, tx, orgID, q, cells); err != nil {
			return err
		}
		if err := countCards(ctx, tx, orgID, q, cells); err != nil {
			return err
		}
		counts = make([]loyalty.CellCounts, 0, len(cells))
		for cell, n := range cells {
			if n != (loyalty.Counts{}) {
				counts = append(counts, loyalty.CellCounts{Cell: cell, Counts: n})
			}
		}
		var err error
		seen, err = seenCommitters(ctx, tx, s.now())
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("count totals: %w", err)
	}
	return counts, seen, nil
}

// inPrograms is the condition on a table's program_id for the program $2. For all
// programs it names each, because the indexes begin with the program.
const inPrograms = "program_id IN (SELECT id FROM program WHERE org_id = $1 AND ($2 = '' OR id = $2)) "

func countEntries(ctx context.Context, tx *transaction, orgID string, q loyalty.TotalsQuery, cells map[loyalty.Cell]loyalty.Counts) error {
	list, err := all(ctx, tx, func(r scanner) (c loyalty.CellCounts, err error) {
		if err = r.Scan(&c.ProgramID, &c.LocationID, &c.Day, &c.Stamps, &c.Coupons, &c.Redemptions); err != nil {
			err = fmt.Errorf("read totals: %w", err)
		}
		return c, err
	}, "SELECT e.program_id, COALESCE(e.location_id, ''), e.day, "+
		"COALESCE(CAST(SUM(e.quantity) FILTER (WHERE e.kind = 'stamp') AS BIGINT), 0), "+
		"COUNT(*) FILTER (WHERE e.kind = 'reward'), COUNT(*) FILTER (WHERE e.kind = 'redeem') "+
		"FROM entry e WHERE e.org_id = $1 AND e."+inPrograms+"AND e.day >= $3 AND e.day < $4 AND ($5 = '' OR e.location_id = $5) "+
		"AND e.kind IN ('stamp', 'reward', 'redeem') "+
		"AND NOT EXISTS (SELECT 1 FROM entry r WHERE r.org_id = e.org_id AND r.reverses = e.id) "+
		"GROUP BY e.program_id, COALESCE(e.location_id, ''), e.day LIMIT $6",
		orgID, q.ProgramID, int64(q.From), int64(q.To), q.LocationID, maxCells+1)
	if err != nil {
		return err
	}
	for _, c := range list {
		c.OrgID = orgID
		cells[c.Cell] = c.Counts
	}
	return checkCells(len(list))
}

// countCards finds cards by the instant of their joining, by which they are indexed. A
// day at a location begins and ends within a day of the same one in UTC.
func countCards(ctx context.Context, tx *transaction, orgID string, q loyalty.TotalsQuery, cells map[loyalty.Cell]loyalty.Counts) error {
	const day = 24 * time.Hour
	from, to := startInUTC(q.From).Add(-day).UnixMilli(), startInUTC(q.To).Add(day).UnixMilli()
	list, err := all(ctx, tx, func(r scanner) (c loyalty.CellCounts, err error) {
		if err = r.Scan(&c.ProgramID, &c.LocationID, &c.Day, &c.Cards); err != nil {
			err = fmt.Errorf("read totals: %w", err)
		}
		return c, err
	}, "SELECT program_id, joined_location, joined_day, COUNT(*) FROM card WHERE org_id = $1 AND "+inPrograms+
		"AND joined_at >= $3 AND joined_at < $4 AND joined_day >= $5 AND joined_day < $6 AND ($7 = '' OR joined_location = $7) "+
		"GROUP BY program_id, joined_location, joined_day LIMIT $8",
		orgID, q.ProgramID, from, to, int64(q.From), int64(q.To), q.LocationID, maxCells+1)
	if err != nil {
		return err
	}
	for _, c := range list {
		c.OrgID = orgID
		n := cells[c.Cell]
		n.Cards = c.Cards
		cells[c.Cell] = n
	}
	return checkCells(len(cells))
}

func checkCells(n int) error {
	if n > maxCells {
		return fmt.Errorf("more than %d cells: ask for fewer days", maxCells)
	}
	return nil
}

// startInUTC returns the first instant of the day in UTC.
func startInUTC(d loyalty.Day) time.Time {
	return time.Date(int(d)/10_000, time.Month(int(d)/100%100), int(d)%100, 0, 0, 0, 0, time.UTC)
}

// seenCommitters returns the last number of every committer that was at work lately, as
// the transaction sees them.
func seenCommitters(ctx context.Context, tx *transaction, now int64) (map[string]uint64, error) {
	type committer struct {
		source string
		seq    int64
	}
	list, err := all(ctx, tx, func(r scanner) (c committer, err error) {
		if err = r.Scan(&c.source, &c.seq); err != nil {
			err = fmt.Errorf("read committer: %w", err)
		}
		return c, err
	}, "SELECT source, seq FROM committer WHERE seen_at >= $1 ORDER BY seen_at DESC, source LIMIT $2", now-seenFor.Milliseconds(), maxSeen)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]uint64, len(list))
	for _, c := range list {
		seen[c.source] = uint64(max(c.seq, 0))
	}
	return seen, nil
}
