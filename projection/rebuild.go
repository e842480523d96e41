package projection

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

const (
	// provers is how many handfuls of cards are proved at once, and handful how many cards
	// have their ledgers read by one question.
	provers = 4
	handful = MaxHistories
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
	// State is nil where it cannot be seen, as the memory of another process: nothing that
	// is shown is compared then.
	State hot.State
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
	// NotProved counts those of the Cards whose ledger is too long to be read at once. NotSeen
	// counts those of which nobody could see what is shown, and CellsNotSeen the cells, as
	// the hot state was away or is not to be seen from here. They are neither right nor wrong.
	NotProved, NotSeen, CellsNotSeen int64
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
	r := newRun(p)
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
	// workers remember the programs that they met.
	workers [provers]*proof
}

func newRun(p Prover) *run {
	r := &run{proof: proof{Prover: p, away: new(atomic.Bool)}}
	for i := range r.workers {
		worker := r.proof
		r.workers[i] = &worker
	}
	return r
}

func (r *run) takeFound() []Drift {
	found := r.found
	r.found = nil
	return found
}

// page proves cards, provers handfuls at the same time.
func (r *run) page(ctx context.Context, views []customer.View) error {
	var all sync.WaitGroup
	var next atomic.Int64
	handfuls := slices.Collect(slices.Chunk(views, handful))
	errs := make([]error, provers)
	for worker := range provers {
		all.Go(func() {
			for errs[worker] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(handfuls) {
					return
				}
				errs[worker] = r.handful(ctx, r.workers[worker], handfuls[i])
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

// handful proves cards whose ledgers are read together.
func (r *run) handful(ctx context.Context, p *proof, views []customer.View) error {
	ids := make([]string, len(views))
	for i, v := range views {
		ids[i] = v.Card.ID
	}
	histories, err := p.Histories.HistoriesOf(ctx, views[0].Card.OrgID, ids)
	if err != nil {
		return fmt.Errorf("read ledgers: %w", err)
	}
	// The hot state answers questions that come together in one exchange.
	seen, errs := make([]sight, len(views)), make([]error, len(views))
	eachAtOnce(len(views), func(i int) { seen[i], errs[i] = p.projection(ctx, views[i]) })
	for i, v := range views {
		if errs[i] == nil {
			errs[i] = ctx.Err()
		}
		if errs[i] == nil {
			h, read := histories[v.Card.ID]
			errs[i] = r.card(ctx, p, v, h, read, seen[i])
		}
		if errs[i] != nil {
			return fmt.Errorf("prove card %s: %w", v.Card.ID, errs[i])
		}
	}
	return nil
}

// card notes what was seen of a card, and proves its ledger.
func (r *run) card(ctx context.Context, p *proof, v customer.View, h loyalty.History, read bool, seen sight) error {
	ledger, err := p.ledger(ctx, v, h, read)
	tooLong := errors.Is(err, loyalty.ErrHistoryTooLong)
	if err != nil && !tooLong {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Cards++
	switch {
	case tooLong:
		r.report.NotProved++
		r.drift(ctx, Drift{NotProved, v.Card.OrgID, v.Card.ID, fmt.Sprintf("more than %d entries or coupons", loyalty.MaxHistory)})
	case ledger != "":
		r.report.Ledger++
		r.drift(ctx, Drift{DriftLedger, v.Card.OrgID, v.Card.ID, ledger})
	}
	switch {
	case seen.as == notSeen:
		r.report.NotSeen++
	case seen.as.drifted():
		r.report.Projection++
		r.ahead = r.ahead || seen.as == shownAhead
		r.drift(ctx, Drift{DriftProjection, v.Card.OrgID, v.Card.ID, seen.difference})
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
	q := liveDays(r.Now())
	if r.State == nil {
		counts, _, err := r.Counter.CountTotals(ctx, orgID, q)
		if err != nil {
			return fmt.Errorf("count totals: %w", err)
		}
		r.report.CellsNotSeen += int64(len(counts))
		return nil
	}
	var notTaken []loyalty.Cell
	note := func(cell loyalty.Cell, done hot.Recount) {
		if !done.Taken {
			notTaken = append(notTaken, cell)
			return
		}
		r.cell(ctx, cell, done)
	}
	err := recountLive(ctx, r.State, r.Counter, r.Now(), orgID, lookAgain, note)
	// Somebody else may have been counting, who is soon done.
	for look := 1; err == nil && look < maxLooks && len(notTaken) > 0 && !r.away.Load(); look++ {
		again := notTaken
		notTaken = nil
		err = recountCells(ctx, r.State, r.Counter, q, again, lookAgain, note)
	}
	r.report.CellsNotSeen += int64(len(notTaken))
	return err
}

// cell notes a cell that was counted. What the hot state did not know was not shown.
func (r *run) cell(ctx context.Context, cell loyalty.Cell, done hot.Recount) {
	if !done.Before.Known {
		return
	}
	r.report.Cells++
	if done.Before != done.After {
		r.report.Totals++
		r.drift(ctx, Drift{Kind: DriftTotals, OrgID: cell.OrgID, Detail: fmt.Sprintf(
			"program %s, location %q, day %d: %+v instead of %+v",
			cell.ProgramID, cell.LocationID, cell.Day, done.Before.Counts, done.After.Counts)})
	}
}

// end raises the epoch if that is needed, and returns the report.
func (r *run) end(ctx context.Context) Report {
	if r.ahead && r.Raise != nil {
		err := r.Raise(context.WithoutCancel(ctx))
		r.report.Raised = err == nil
	}
	return r.report
}
