package projection_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/projection"
	"pgregory.net/rapid"
)

func (w *world) prover() projection.Prover {
	return projection.Prover{
		Views: w.Store, Pages: w.Store, Histories: w.Store, Counter: w.Store, State: w.state, Raise: w.keeper.Raise, Now: w.now,
	}
}

func (w *world) rebuild() projection.Report {
	w.t.Helper()
	report, err := w.prover().Rebuild(w.t.Context(), projection.Plan{OrgIDs: []string{w.org.ID}}, nil)
	w.ok(err)
	return report
}

// clean fails the test if anything drifted.
func clean(t *testing.T, r projection.Report) {
	t.Helper()
	if r.Ledger+r.Projection+r.Totals > 0 || len(r.Drifts) > 0 || r.Raised {
		t.Fatalf("drift where there is none: %+v", r)
	}
}

func TestARebuildBesideAShopAtWorkFindsNothing(t *testing.T) {
	w, _ := newRedisWorld(t, startServer(t))
	h := newHistory(t, w)
	totals, _ := newTotals(w)
	h.live(100)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	// Stamps go on while it runs.
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			h.step()
		}
	}()
	day := loyalty.DayOf(w.now(), w.zone)
	for range 3 {
		if _, err := totals.Totals(t.Context(), w.org.ID, loyalty.TotalsQuery{From: day, To: day + 1}); err != nil {
			t.Error(err)
		}
		report, err := w.prover().Rebuild(t.Context(), projection.Plan{OrgIDs: []string{w.org.ID}}, nil)
		if err != nil {
			t.Error(err)
		}
		if report.Cards == 0 || report.Ledger+report.Projection > 0 {
			t.Errorf("report %+v", report)
		}
	}
	stop()
	<-done
	w.drained()
	report := w.rebuild()
	clean(t, report)
	slices.Sort(h.cards)
	if cards := slices.Compact(h.cards); report.Cards != int64(len(cards)) {
		t.Errorf("%d of %d cards were looked at", report.Cards, len(cards))
	}
}

// read looks a card up, so that the hot state knows it.
func (w *world) read(v customer.View) customer.View {
	w.t.Helper()
	got, err := w.cards.Identify(w.t.Context(), w.org.ID, customer.Handle{Code: v.Code}, "")
	w.ok(err)
	return got
}

func (w *world) sql(text string, args ...any) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.path)
	w.ok(err)
	defer func() { w.ok(db.Close()) }()
	_, err = db.ExecContext(w.t.Context(), text, args...)
	w.ok(err)
}

func TestARebuildFindsWhatDrifted(t *testing.T) {
	ctx := t.Context()
	w := newWorld(t, hot.NewInProcessState())
	views := make([]customer.View, 6)
	for i := range views {
		views[i] = w.join(0, fmt.Sprintf("+35840000000%d", i), true)
		w.stamp(views[i].Card.ID, 2)
		w.drained()
		views[i] = w.read(views[i])
	}
	clean(t, w.rebuild())

	// A balance that no entry explains, and a coupon that comes from nowhere.
	w.sql("UPDATE card SET balance = balance + 1, version = version + 1 WHERE id = $1", views[0].Card.ID)
	w.sql("UPDATE coupon SET status = 'redeemed' WHERE card_id = $1", views[1].Card.ID)
	// The hot state shows a wrong number, and one from a future that was restored away.
	wrong := views[2].Card
	wrong.Balance++
	w.showAs(wrong)
	ahead := views[3].Card
	ahead.Version += 10
	w.showAs(ahead)
	// A total was lost, too.
	totals, _ := newTotals(w)
	day := loyalty.DayOf(w.now(), w.zone)
	q := loyalty.TotalsQuery{From: day, To: day + 1}
	w.totalsAlike(totals, q)
	cell := hot.Cell{Org: w.org.ID, Program: w.programs[0].ID, Location: w.location.ID, Day: fmt.Sprint(int(day))}
	w.ok(w.state.AddTotals(ctx, hot.Push{Source: "nobody", Seq: 1, Increments: []hot.Increment{{Cell: cell, Counts: hot.Counts{Stamps: 5}}}}))

	epoch := w.keeper.Epoch()
	var told []projection.Drift
	report, err := w.prover().Rebuild(ctx, projection.Plan{OrgIDs: []string{w.org.ID}}, func(p projection.Progress) { told = append(told, p.Found...) })
	w.ok(err)
	if report.Cards != int64(len(views)) || report.Ledger != 2 || report.Totals != 1 || !report.Raised || w.keeper.Epoch() <= epoch {
		t.Fatalf("report %+v", report)
	}
	found := map[string]string{}
	for _, d := range report.Drifts {
		found[d.CardID+" "+string(d.Kind)] = d.Detail
	}
	for name, words := range map[string]string{
		views[0].Card.ID + " ledger":     "balance",
		views[0].Card.ID + " projection": "older",
		views[1].Card.ID + " ledger":     "status redeemed instead of issued of its ledger",
		views[1].Card.ID + " projection": "coupon " + views[1].Coupons[0].ID + ", which cannot be used",
		views[2].Card.ID + " projection": fmt.Sprintf("balance %d instead of %d", wrong.Balance, wrong.Balance-1),
		views[3].Card.ID + " projection": "does not have",
		" totals":                        "Stamps:",
	} {
		if !strings.Contains(found[name], words) {
			t.Errorf("%s: %q, want %q", name, found[name], words)
		}
		delete(found, name)
	}
	if len(found) > 0 || len(told) != len(report.Drifts) {
		t.Errorf("found besides: %v; %d of %d were told on the way", found, len(told), len(report.Drifts))
	}

	// What was shown is corrected, and the ledger is left to people.
	w.totalsAlike(totals, q)
	if got := w.read(views[2]); got.Card != views[2].Card {
		t.Errorf("still shown: %+v", got.Card)
	}
	if again := w.rebuild(); again.Ledger != 2 || again.Projection+again.Totals != 0 {
		t.Errorf("afterwards: %+v", again)
	}
}

// showAs makes the hot state show the card, with everything else as it is.
func (w *world) showAs(card loyalty.Card) {
	w.t.Helper()
	since := card.Version - 1
	if got, found, err := w.state.Card(w.t.Context(), hot.CardRef{Org: card.OrgID, Card: card.ID}); err == nil && found {
		since = int64(got.Version)
		if card.Version == since {
			// Only a whole card replaces the same version: what it shows is spoiled.
			got.Payload = append([]byte{}, got.Payload...)
			got.Payload[5]++ // the last byte of the balance
			w.ok(w.state.Project(w.t.Context(), []hot.CardState{got}))
			return
		}
	}
	w.follower.Committed(loyalty.Commit{Source: "nobody", Seq: 2, Cards: []loyalty.ChangedCard{
		{OrgID: card.OrgID, ID: card.ID, Version: card.Version, Since: since, Card: card},
	}})
	w.drained()
}

func TestARebuildCanBeStoppedAndResumed(t *testing.T) {
	w := newWorld(t, hot.NewInProcessState())
	const cards = projection.MaxPage + 20
	for i := range cards {
		w.join(0, fmt.Sprintf("+35840000%04d", i), true)
	}
	plan := projection.Plan{OrgIDs: []string{w.org.ID, "org_empty"}}
	ctx, stop := context.WithCancel(t.Context())
	first, err := w.prover().Rebuild(ctx, plan, func(projection.Progress) { stop() })
	if !errors.Is(err, context.Canceled) || first.Cards != projection.MaxPage || first.LastOrgID != w.org.ID {
		t.Fatalf("stopped with %v: %+v", err, first)
	}
	plan.After = first.LastCardID
	organizations := 0
	second, err := w.prover().Rebuild(t.Context(), plan, func(p projection.Progress) { organizations = p.Organizations })
	w.ok(err)
	clean(t, second)
	if second.Cards != cards-projection.MaxPage || organizations != 2 {
		t.Errorf("resumed: %+v, %d organizations", second, organizations)
	}
}

// proved are histories that count how often each card's ledger was read.
type proved struct {
	projection.Histories
	mu    sync.Mutex
	times map[string]int
}

func (p *proved) HistoriesOf(ctx context.Context, orgID string, cardIDs []string) (map[string]loyalty.History, error) {
	p.mu.Lock()
	for _, id := range cardIDs {
		p.times[id]++
	}
	p.mu.Unlock()
	return p.Histories.HistoriesOf(ctx, orgID, cardIDs)
}

// Whatever the sample and wherever it began, each night proves as many cards as it should,
// and every card had its turn when so many nights are over as it takes. All cards were made
// in one moment, as by an import.
func TestASelfCheckComesThroughAllCards(t *testing.T) {
	w := newWorld(t, hot.NewInProcessState())
	const cards = 37
	ids := []string{"", "card_that_is_gone"}
	for i := range cards {
		ids = append(ids, w.join(0, fmt.Sprintf("+35840000%04d", i), true).Card.ID)
	}
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, cards+3).Draw(r, "sample")
		after := rapid.SampledFrom(ids).Draw(r, "begun after")
		prover := w.prover()
		histories := &proved{Histories: w.Store, times: map[string]int{}}
		prover.Histories = histories
		for range (cards + n - 1) / n {
			report, err := prover.SelfCheck(t.Context(), w.org.ID, after, n)
			w.ok(err)
			if want := int64(min(n, cards)); report.Cards != want || report.Ledger+report.Projection > 0 {
				r.Fatalf("%d cards were to be proved: %+v", want, report)
			}
			after = report.LastCardID
		}
		if len(histories.times) != cards {
			r.Fatalf("%d of %d cards were proved", len(histories.times), cards)
		}
	})
}

func TestASelfCheckFindsDrift(t *testing.T) {
	w := newWorld(t, hot.NewInProcessState())
	empty, err := w.prover().SelfCheck(t.Context(), w.org.ID, "", 10)
	w.ok(err)
	clean(t, empty)
	const cards = 12
	var last customer.View
	for i := range cards {
		last = w.join(0, fmt.Sprintf("+35840000%04d", i), true)
	}
	w.sql("UPDATE card SET balance = balance + 1 WHERE id = $1", last.Card.ID)
	found, after := int64(0), ""
	for range cards / 4 {
		report, err := w.prover().SelfCheck(t.Context(), w.org.ID, after, 4)
		w.ok(err)
		found += report.Ledger
		after = report.LastCardID
	}
	if found != 1 {
		t.Errorf("one card drifted, and %d were found", found)
	}
}

// unseen is what nobody could look at, with the cards and the cells that there are.
func (w *world) unseen(r projection.Report, cards, cells int64) {
	w.t.Helper()
	if r.Cards != cards || r.NotSeen != cards || r.CellsNotSeen != cells || r.Cells != 0 || r.Ledger+r.Projection+r.Totals > 0 {
		w.t.Errorf("want %d cards and %d cells that nobody could see: %+v", cards, cells, r)
	}
}

func TestWhatCannotBeSeenIsNeitherRightNorWrong(t *testing.T) {
	server := startServer(t)
	w, _ := newRedisWorld(t, server)
	const cards = 3
	for i := range cards {
		v := w.join(0, fmt.Sprintf("+35840000000%d", i), true)
		w.stamp(v.Card.ID, 1)
		w.drained()
		w.read(v)
	}
	totals, _ := newTotals(w)
	day := loyalty.DayOf(w.now(), w.zone)
	w.totalsAlike(totals, loyalty.TotalsQuery{From: day, To: day + 1})
	if r := w.rebuild(); r.NotSeen+r.CellsNotSeen+r.NotProved > 0 || r.Cells != 1 {
		t.Errorf("all of it can be seen: %+v", r)
	}

	elsewhere := w.prover()
	elsewhere.State = nil // in the memory of another process
	r, err := elsewhere.Rebuild(t.Context(), projection.Plan{OrgIDs: []string{w.org.ID}}, nil)
	w.ok(err)
	w.unseen(r, cards, 1)

	server.kill()
	w.unseen(w.rebuild(), cards, 1)

	server.start()
	w.healthy()
	if r := w.rebuild(); r.NotSeen+r.CellsNotSeen > 0 {
		t.Errorf("it is back: %+v", r)
	}
}

// longHistories are those of a shop of which one card has too long a ledger.
type longHistories struct {
	projection.Histories
	long string
}

func (h longHistories) HistoriesOf(ctx context.Context, orgID string, cardIDs []string) (map[string]loyalty.History, error) {
	histories, err := h.Histories.HistoriesOf(ctx, orgID, cardIDs)
	delete(histories, h.long)
	return histories, err
}

func (h longHistories) LedgerOf(ctx context.Context, orgID, cardID string) ([]loyalty.Entry, []loyalty.Coupon, error) {
	if cardID == h.long {
		return nil, nil, fmt.Errorf("read ledger: %w", loyalty.ErrHistoryTooLong)
	}
	return h.Histories.LedgerOf(ctx, orgID, cardID)
}

func TestALedgerThatIsTooLongIsNotTakenForProved(t *testing.T) {
	w := newWorld(t, hot.NewInProcessState())
	w.join(0, "+358400000001", true)
	long := w.join(0, "+358400000002", true).Card.ID
	prover := w.prover()
	prover.Histories = longHistories{w.Store, long}
	r, err := prover.Rebuild(t.Context(), projection.Plan{OrgIDs: []string{w.org.ID}}, nil)
	w.ok(err)
	if r.Cards != 2 || r.NotProved != 1 || r.Ledger != 0 || len(r.Drifts) != 1 || r.Drifts[0].CardID != long || r.Drifts[0].Kind != projection.NotProved {
		t.Errorf("have %+v", r)
	}
}
