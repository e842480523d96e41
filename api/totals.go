package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
)

// Limits of live totals.
const (
	MaxTotalsDays = 400
	MaxTotalsRows = 10_000
	// totalsPartDays is how many days are asked of the store at once, which bounds what it
	// gathers.
	totalsPartDays = 92
)

// TotalsStore reads live totals.
type TotalsStore interface {
	// Totals returns the organization's cells of the query in which something was
	// counted, each once, in any order.
	Totals(ctx context.Context, orgID string, q loyalty.TotalsQuery) ([]loyalty.CellCounts, error)
}

type totalsHandlers struct {
	totals    TotalsStore
	programs  ProgramStore
	directory *directory
}

// GetTotals implements the contract.
func (h totalsHandlers) GetTotals(ctx context.Context, r contract.GetTotalsRequestObject) (contract.GetTotalsResponseObject, error) {
	rq := requestOf(ctx)
	q, err := totalsQuery(r.Params)
	if err != nil {
		return nil, err
	}
	if q.LocationID, err = whereabouts(rq.principal, r.Params.LocationID); err != nil {
		return nil, err
	}
	if _, err := h.directory.zone(ctx, rq.organization, q.LocationID); err != nil {
		return nil, err
	}
	if q.ProgramID != "" {
		if _, err := h.programs.Program(ctx, rq.principal.OrgID, q.ProgramID); err != nil {
			return nil, missing(codeProgramNotFound, err)
		}
	}
	if h.totals == nil {
		return nil, &problem{code: codeUnavailable, detail: "this server keeps no live totals"}
	}
	cells, err := h.read(ctx, rq.principal.OrgID, q, stepOf(r.Params.Step, q.From))
	if err != nil {
		return nil, err
	}
	return contract.GetTotals200JSONResponse(totalsView(cells)), nil
}

// read returns the cells, those of one step added up.
func (h totalsHandlers) read(ctx context.Context, orgID string, q loyalty.TotalsQuery, step func(loyalty.Day) loyalty.Day) ([]loyalty.CellCounts, error) {
	steps := map[loyalty.Cell]loyalty.Counts{}
	for from := q.From; from < q.To; {
		part := q
		part.From, part.To = from, min(dayAfter(from, totalsPartDays), q.To)
		cells, err := h.totals.Totals(ctx, orgID, part)
		if err != nil {
			return nil, fmt.Errorf("read totals: %w", err)
		}
		for _, c := range cells {
			c.Day = step(c.Day)
			n := steps[c.Cell]
			n.Stamps += c.Stamps
			n.Coupons += c.Coupons
			n.Redemptions += c.Redemptions
			n.Cards += c.Cards
			steps[c.Cell] = n
		}
		if len(steps) > MaxTotalsRows {
			return nil, invalid("to", "asks for more than %d rows; take fewer days, longer steps, one program or one location", MaxTotalsRows)
		}
		from = part.To
	}
	cells := make([]loyalty.CellCounts, 0, len(steps))
	for cell, n := range steps {
		cells = append(cells, loyalty.CellCounts{Cell: cell, Counts: n})
	}
	return cells, nil
}

// stepOf returns what maps a day to the first day of its step that is not before from.
func stepOf(step *contract.GetTotalsParamsStep, from loyalty.Day) func(loyalty.Day) loyalty.Day {
	switch given(step) {
	case contract.GetTotalsParamsStepWeek:
		return func(d loyalty.Day) loyalty.Day {
			sinceMonday := (int(midnight(d).Weekday()) + 6) % 7
			return max(dayAfter(d, -sinceMonday), from)
		}
	case contract.GetTotalsParamsStepMonth:
		return func(d loyalty.Day) loyalty.Day { return max(d-d%100+1, from) }
	default:
		return func(d loyalty.Day) loyalty.Day { return d }
	}
}

// midnight is the instant with which the day begins in UTC.
func midnight(d loyalty.Day) time.Time {
	return time.Date(int(d)/10_000, time.Month(int(d)/100%100), int(d)%100, 0, 0, 0, 0, time.UTC)
}

// dayAfter returns the day so many days later.
func dayAfter(d loyalty.Day, days int) loyalty.Day {
	return loyalty.DayOf(midnight(d).AddDate(0, 0, days).UnixMilli(), time.UTC)
}

func totalsQuery(p contract.GetTotalsParams) (loyalty.TotalsQuery, error) {
	q := loyalty.TotalsQuery{ProgramID: given(p.ProgramID)}
	from, to, err := dayParameters(&p.From, &p.To)
	if err != nil {
		return q, err
	}
	if to.Sub(from) > MaxTotalsDays*24*time.Hour {
		return q, invalid("to", "must be at most %d days after from", MaxTotalsDays)
	}
	q.From, q.To = loyalty.DayOf(from.UnixMilli(), time.UTC), loyalty.DayOf(to.UnixMilli(), time.UTC)
	return q, nil
}

// dayParameters returns the midnights with which the days from and to begin in UTC, as far
// as they are given. The second must come after the first.
func dayParameters(from, to *string) (first, last time.Time, err error) {
	if from != nil {
		if first, err = dayParameter("from", *from); err != nil {
			return first, last, err
		}
	}
	if to != nil {
		if last, err = dayParameter("to", *to); err != nil {
			return first, last, err
		}
	}
	if from != nil && to != nil && !first.Before(last) {
		return first, last, invalid("to", "must be after from")
	}
	return first, last, nil
}

// dayParameter returns the midnight with which the day begins in UTC.
func dayParameter(field, s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, invalid(field, "is not a day of the calendar")
	}
	return t, nil
}

func totalsView(cells []loyalty.CellCounts) contract.Totals {
	cells = slices.SortedFunc(slices.Values(cells), func(a, b loyalty.CellCounts) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), strings.Compare(a.ProgramID, b.ProgramID), strings.Compare(a.LocationID, b.LocationID))
	})
	v := contract.Totals{Rows: each(cells, func(c loyalty.CellCounts) contract.TotalsRow {
		return contract.TotalsRow{
			ProgramID: c.ProgramID, LocationID: optional(c.LocationID), Day: day(c.Day),
			Stamps: c.Stamps, Coupons: c.Coupons, Redemptions: c.Redemptions, Cards: c.Cards,
		}
	})}
	for _, c := range cells {
		v.Sums.Stamps += c.Stamps
		v.Sums.Coupons += c.Coupons
		v.Sums.Redemptions += c.Redemptions
		v.Sums.Cards += c.Cards
	}
	return v
}
