package projection

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

const (
	// provers is how many cards are proved at once.
	provers = 4
	// maxDrifts bounds the differences that a report names; it counts all.
	maxDrifts = 1000
)

// Prover proves cards: that each is what its ledger makes of it, and is shown as it is.
// It works beside servers and changes nothing but the hot state.
type Prover struct {
	Views     Views
	Pages     Pages
	Histories Histories
	Counter   Counter
	State     hot.State
	// Raise raises the epoch: it is called when the hot state knows a version of a card
	// that the database does not have, as after a restored backup. Nil is left out.
	Raise func(ctx context.Context) error
	// Now is the clock, UTC milliseconds.
	Now func() int64
	// Log hears of every drift. Nil is silence.
	Log *slog.Logger
}

// Report is what was found.
type Report struct {
	// Cards were looked at, and Cells of the live totals counted.
	Cards, Cells int64
	// Ledger, Projection and Totals count drift by its kind.
	Ledger, Projection, Totals int64
	// Raised tells that the epoch was raised.
	Raised bool
	// Drifts names the first of them.
	Drifts []Drift
	// Last is the id of the last card such that it and all before were looked at, "" for
	// none: from there a rebuild of the organization can be resumed.
	LastOrgID, LastCardID string
}

// Plan says what a rebuild looks at.
type Plan struct {
	// OrgIDs are proved one after the other.
	OrgIDs []string
	// After is a card of the first organization, after which to begin; "" is all.
	After string
}

// Progress is how far a rebuild has come.
type Progress struct {
	// OrgID is under way, Organizations of them are done of all, and Cards were looked at.
	OrgID         string
	Organizations int
	Cards         int64
	// Found are the drifts since the last call.
	Found []Drift
}

// Rebuild proves all cards of the plan, page by page, and then the live totals of
// yesterday and today. What the hot state shows wrongly is corrected. progress, if it is
// not nil, is called after every page. When the context ends, so does the rebuild, between
// two cards: it returns what was found so far with the error.
func (p Prover) Rebuild(ctx context.Context, plan Plan, progress func(Progress)) (Report, error) {
	r := &run{proof: proof{Prover: p}}
	for i, orgID := range plan.OrgIDs {
		after := plan.After
		if i > 0 {
			after = ""
		}
		for {
			views, err := p.Pages.ViewsAfter(ctx, orgID, after, MaxPage)
			if err != nil {
				return r.end(ctx), fmt.Errorf("projection: rebuild %s: %w", orgID, err)
			}
			if err := r.page(ctx, views); err != nil {
				return r.end(ctx), fmt.Errorf("projection: rebuild %s: %w", orgID, err)
			}
			if len(views) > 0 {
				after = views[len(views)-1].Card.ID
				r.report.LastOrgID, r.report.LastCardID = orgID, after
			}
			if progress != nil {
				progress(Progress{OrgID: orgID, Organizations: i, Cards: r.report.Cards, Found: r.takeFound()})
			}
			if len(views) < MaxPage {
				break
			}
		}
		if err := r.totals(ctx, orgID); err != nil {
			return r.end(ctx), fmt.Errorf("projection: rebuild %s: %w", orgID, err)
		}
		if progress != nil {
			progress(Progress{OrgID: orgID, Organizations: i + 1, Cards: r.report.Cards, Found: r.takeFound()})
		}
	}
	return r.end(ctx), nil
}

// run is a rebuild or a check under way.
type run struct {
	proof
	mu     sync.Mutex
	report Report
	found  []Drift
	ahead  bool
}

func (r *run) takeFound() []Drift {
	found := r.found
	r.found = nil
	return found
}

// page proves cards, some at the same time.
func (r *run) page(ctx context.Context, views []customer.View) error {
	var all sync.WaitGroup
	errs := make([]error, provers)
	for worker := range provers {
		all.Go(func() {
			mine := proof{Prover: r.Prover}
			for i := worker; i < len(views) && errs[worker] == nil; i += provers {
				if errs[worker] = ctx.Err(); errs[worker] == nil {
					errs[worker] = r.card(ctx, &mine, views[i])
				}
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) card(ctx context.Context, p *proof, v customer.View) error {
	ledger, err := p.ledger(ctx, v)
	if err != nil {
		return fmt.Errorf("prove card %s: %w", v.Card.ID, err)
	}
	projection, ahead, err := p.projection(ctx, v)
	if err != nil {
		return fmt.Errorf("prove card %s: %w", v.Card.ID, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Cards++
	if ledger != "" {
		r.report.Ledger++
		r.drift(ctx, Drift{DriftLedger, v.Card.OrgID, v.Card.ID, ledger})
	}
	if projection != "" {
		r.report.Projection++
		r.ahead = r.ahead || ahead
		r.drift(ctx, Drift{DriftProjection, v.Card.OrgID, v.Card.ID, projection})
	}
	return nil
}

// drift notes a difference.
func (r *run) drift(ctx context.Context, d Drift) {
	if len(r.report.Drifts) < maxDrifts {
		r.report.Drifts = append(r.report.Drifts, d)
	}
	if len(r.found) < maxDrifts {
		r.found = append(r.found, d)
	}
	if r.Log != nil {
		level := slog.LevelWarn
		if d.Kind == DriftLedger {
			level = slog.LevelError
		}
		r.Log.LogAttrs(ctx, level, "drift", slog.String("kind", string(d.Kind)), slog.String("org", d.OrgID),
			slog.String("card", d.CardID), slog.String("detail", d.Detail))
	}
}

// totals counts the cells of yesterday and today that hold anything, and compares them
// with what the hot state knew.
func (r *run) totals(ctx context.Context, orgID string) error {
	return recountLive(ctx, r.State, r.Counter, r.Now(), orgID, lookAgain, func(cell loyalty.Cell, done hot.Recount) {
		if !done.Taken || !done.Before.Known {
			return
		}
		r.report.Cells++
		if done.Before != done.After {
			r.report.Totals++
			r.drift(ctx, Drift{Kind: DriftTotals, OrgID: orgID, Detail: fmt.Sprintf(
				"program %s, location %q, day %d: %+v instead of %+v",
				cell.ProgramID, cell.LocationID, cell.Day, done.Before.Counts, done.After.Counts)})
		}
	})
}

// end raises the epoch if that is needed, and returns the report.
func (r *run) end(ctx context.Context) Report {
	if r.ahead && r.Raise != nil {
		err := r.Raise(context.WithoutCancel(ctx))
		r.report.Raised = err == nil
	}
	return r.report
}
