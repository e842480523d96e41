package projection_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/projection"
)

// counting counts how often the ledger is counted.
type counting struct {
	projection.Counter
	counts int
	err    error
}

func (c *counting) CountTotals(ctx context.Context, orgID string, q loyalty.TotalsQuery) ([]loyalty.CellCounts, map[string]uint64, error) {
	c.counts++
	if c.err != nil {
		return nil, nil, c.err
	}
	return c.Counter.CountTotals(ctx, orgID, q)
}

func newTotals(w *world) (*projection.Totals, *counting) {
	c := &counting{Counter: w.Store}
	return &projection.Totals{State: w.state, Counter: c, Now: w.now, Places: func(context.Context, string) (programs, locations []string, err error) {
		return []string{w.programs[0].ID, w.programs[1].ID}, []string{w.location.ID}, nil
	}}, c
}

// totalsAlike compares the totals with the ledger's.
func (w *world) totalsAlike(totals *projection.Totals, q loyalty.TotalsQuery) {
	w.t.Helper()
	have, err := totals.Totals(w.t.Context(), w.org.ID, q)
	w.ok(err)
	want, _, err := w.CountTotals(w.t.Context(), w.org.ID, q)
	w.ok(err)
	slices.SortFunc(want, func(a, b loyalty.CellCounts) int {
		return strings.Compare(sortKey(a), sortKey(b))
	})
	if diff := cmp.Diff(want, have); diff != "" && len(want)+len(have) > 0 {
		w.t.Fatalf("%+v (-ledger +have):\n%s", q, diff)
	}
}

func sortKey(c loyalty.CellCounts) string {
	return time.UnixMilli(int64(c.Day)).UTC().Format("2006-01-02T15:04:05.000") + c.ProgramID + c.LocationID
}

// A random history goes on for days; the totals are always those of the ledger, and
// seldom counted there.
func TestTotalsAreTheLedgers(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) *world{
		"in process": func(t *testing.T) *world { t.Helper(); return newWorld(t, hot.NewInProcessState()) },
		"Redis": func(t *testing.T) *world {
			t.Helper()
			w, _ := newRedisWorld(t, startServer(t))
			return w
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			h := newHistory(t, w)
			totals, counter := newTotals(w)
			day := func(offset int) loyalty.Day {
				return loyalty.DayOf(w.now()+int64(offset)*24*time.Hour.Milliseconds(), w.zone)
			}
			queries := 0
			for range 50 {
				h.step()
				h.drained()
				for range 3 {
					queries++
					from := h.random.IntN(6) - 4
					w.totalsAlike(totals, loyalty.TotalsQuery{
						ProgramID: pick(h, []string{"", w.programs[0].ID}), LocationID: pick(h, []string{"", w.location.ID}),
						From: day(from), To: day(from + h.random.IntN(5)),
					})
				}
			}
			w.totalsAlike(totals, loyalty.TotalsQuery{From: 20260101, To: 20270101})
			counter.counts = 0
			for range 10 {
				w.stamp(h.cards[0], 1)
				h.drained()
				w.totalsAlike(totals, loyalty.TotalsQuery{From: day(-1), To: day(1)})
			}
			if counter.counts > 1 {
				t.Errorf("today's totals were counted %d times in the ledger", counter.counts)
			}
		})
	}
}

// A commit that the hot state hears of only after the ledger was counted is not counted
// twice.
func TestACommitOnItsWayDuringACount(t *testing.T) {
	g := newGated()
	w := newWorld(t, g)
	totals, _ := newTotals(w)
	day := loyalty.DayOf(w.now(), w.zone)
	q := loyalty.TotalsQuery{From: day, To: day + 1}
	card := w.join(0, "+358400000001", true).Card
	w.stamp(card.ID, 3)
	w.totalsAlike(totals, q)
	w.stamp(card.ID, 1) // after the count
	close(g.gate)
	w.drained()
	w.totalsAlike(totals, q)
}

func TestTotalsWithoutTheHotState(t *testing.T) {
	server := startServer(t)
	w, _ := newRedisWorld(t, server)
	totals, counter := newTotals(w)
	card := w.join(0, "+358400000001", true).Card
	w.stamp(card.ID, 3)
	day := loyalty.DayOf(w.now(), w.zone)
	q := loyalty.TotalsQuery{From: day, To: day + 1}
	server.kill()
	w.totalsAlike(totals, q)
	counter.err = errors.New("the database is away")
	if _, err := totals.Totals(t.Context(), w.org.ID, q); !errors.Is(err, counter.err) {
		t.Errorf("have %v", err)
	}
	if list, err := totals.Totals(t.Context(), w.org.ID, loyalty.TotalsQuery{From: 20260316, To: 20260316}); err != nil || len(list) != 0 {
		t.Errorf("no days: %v, %v", list, err)
	}
	counter.err = nil
	server.start()
	w.healthy()
	w.drained()
	w.totalsAlike(totals, q)
	w.stamp(card.ID, 1)
	w.drained()
	w.totalsAlike(totals, q)
}
