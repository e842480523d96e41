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
	MaxTotalsDays = 92
	MaxTotalsRows = 10_000
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
	cells, err := h.totals.Totals(ctx, rq.principal.OrgID, q)
	if err != nil {
		return nil, fmt.Errorf("read totals: %w", err)
	}
	if len(cells) > MaxTotalsRows {
		return nil, invalid("to", "asks for more than %d rows; take fewer days, one program or one location", MaxTotalsRows)
	}
	return contract.GetTotals200JSONResponse(totalsView(cells)), nil
}

func totalsQuery(p contract.GetTotalsParams) (loyalty.TotalsQuery, error) {
	q := loyalty.TotalsQuery{ProgramID: given(p.ProgramID)}
	from, err := dayParameter("from", p.From)
	if err != nil {
		return q, err
	}
	to, err := dayParameter("to", p.To)
	if err != nil {
		return q, err
	}
	switch {
	case !from.Before(to):
		return q, invalid("to", "must be after from")
	case to.Sub(from) > MaxTotalsDays*24*time.Hour:
		return q, invalid("to", "must be at most %d days after from", MaxTotalsDays)
	}
	q.From, q.To = loyalty.DayOf(from.UnixMilli(), time.UTC), loyalty.DayOf(to.UnixMilli(), time.UTC)
	return q, nil
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
