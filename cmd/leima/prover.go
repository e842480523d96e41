package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/projection"
	"github.com/leima/leima/store"
)

// prover proves the cards of a database, for the command that goes through all of them
// and for the nightly job that takes a sample.
type prover struct {
	projection.Prover
	store *store.Store
}

func newProver(st *store.Store, h *hotState, now func() int64, log *slog.Logger) prover {
	return prover{projection.Prover{
		Views: st, Pages: st, Histories: st, Counter: st, State: h.State, Raise: h.lost, Now: now, Log: log,
	}, st}
}

// openProver is shell.newRebuilder. What servers keep in Redis is proved, too, if the
// settings name it; what they keep in their own memory cannot be seen from here.
func (sh *shell) openProver(ctx context.Context, st *store.Store) (rebuilder, func() error, error) {
	quiet := slog.New(slog.DiscardHandler) // what was found stands in the report
	h, err := sh.openHot(quiet)
	if err != nil {
		return nil, nil, err
	}
	if err := h.keepBehind(ctx, st, sh.clock); err != nil {
		_ = h.Close()
		return nil, nil, err
	}
	p := newProver(st, h, sh.clock, quiet)
	if h.kind == hotInProcess {
		p.State = nil // what is in the memory of this process, no server shows
	}
	return p, h.Close, nil
}

// Rebuild implements rebuilder.
func (p prover) Rebuild(ctx context.Context, orgID, after string, progress func(done, total int64)) (rebuildReport, error) {
	total, err := p.store.CountCards(ctx, orgID)
	if err != nil {
		return rebuildReport{}, fmt.Errorf("count cards: %w", err)
	}
	r, err := p.Prover.Rebuild(ctx, projection.Plan{OrgIDs: []string{orgID}, After: after}, func(now projection.Progress) {
		progress(now.Cards, total)
	})
	report := rebuildReport{
		Cards: r.Cards, Last: r.LastCardID, Ledger: r.Ledger, Projection: r.Projection, Totals: r.Totals,
		NotProved: r.NotProved, NotSeen: r.NotSeen, CellsNotSeen: r.CellsNotSeen,
	}
	for _, d := range r.Drifts {
		report.Found = append(report.Found, drift{Kind: string(d.Kind), CardID: d.CardID, Detail: d.Detail})
	}
	return report, err
}

// CheckSample implements jobs.Checker.
func (p prover) CheckSample(ctx context.Context, orgID, after string, sample int) (jobs.CheckReport, error) {
	r, err := p.SelfCheck(ctx, orgID, after, sample)
	return jobs.CheckReport{
		Cards: r.Cards, Last: r.LastCardID, Ledger: r.Ledger, Projection: r.Projection + r.Totals,
		NotProved: r.NotProved, NotSeen: r.NotSeen, CellsNotSeen: r.CellsNotSeen,
	}, err
}

// maxPlaces bounds the programs and the locations whose live totals are read one by one;
// an organization with more has its ledger counted.
const maxPlaces = 2000

// liveTotals answers with totals from the hot state where it knows them.
func liveTotals(st *store.Store, h *hotState, now func() int64) *projection.Totals {
	places := func(ctx context.Context, orgID string) (programIDs, locationIDs []string, err error) {
		programIDs, err = idsOf(ctx, orgID, st.Programs, func(p loyalty.Program) string { return p.ID })
		if err != nil {
			return nil, nil, fmt.Errorf("list programs: %w", err)
		}
		locationIDs, err = idsOf(ctx, orgID, st.Locations, func(l organization.Location) string { return l.ID })
		if err != nil {
			return nil, nil, fmt.Errorf("list locations: %w", err)
		}
		return programIDs, locationIDs, nil
	}
	return &projection.Totals{State: h.State, Counter: st, Places: places, Now: now}
}

// idsOf goes through the pages of a list.
func idsOf[T any](
	ctx context.Context, orgID string, list func(context.Context, string, paging.Page) (paging.List[T], error), id func(T) string,
) ([]string, error) {
	var ids []string
	for page := (paging.Page{Limit: paging.MaxLimit}); len(ids) < maxPlaces; {
		some, err := list(ctx, orgID, page)
		if err != nil {
			return nil, err
		}
		for _, item := range some.Items {
			ids = append(ids, id(item))
		}
		if page.Cursor = some.NextCursor; page.Cursor == "" {
			break
		}
	}
	return ids, nil
}
