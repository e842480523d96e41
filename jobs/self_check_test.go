package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// nightWatch is a Checker that notes where it was sent.
type nightWatch struct {
	organizations []organization.Organization
	sent, after   []string
	found         jobs.CheckReport
	// last is how far it came, and elsewhere are the nights that another server has.
	last      map[string]string
	elsewhere map[loyalty.Day]bool
	broken    string
}

func (w *nightWatch) Organizations(context.Context) ([]organization.Organization, error) {
	return w.organizations, nil
}

var errBroken = errors.New("the database is away")

// BeginSelfCheck implements jobs.Nights: the check went so far on the night before.
func (w *nightWatch) BeginSelfCheck(_ context.Context, orgID string, night loyalty.Day, _ time.Duration) (string, bool, error) {
	return w.last[orgID], !w.elsewhere[night], nil
}

func (w *nightWatch) EndSelfCheck(_ context.Context, orgID string, _ loyalty.Day, after string) error {
	if w.last == nil {
		w.last = map[string]string{}
	}
	w.last[orgID] = after
	return nil
}

func (w *nightWatch) CheckSample(_ context.Context, orgID, after string, sample int) (jobs.CheckReport, error) {
	w.sent = append(w.sent, orgID)
	w.after = append(w.after, after)
	if orgID == w.broken {
		return jobs.CheckReport{}, errBroken
	}
	found := w.found
	found.Cards = int64(sample)
	found.Last = after + "x"
	return found, nil
}

// checking is a SelfCheck with a clock that the test sets.
type checking struct {
	*nightWatch
	job     *jobs.SelfCheck
	now     time.Time
	reports []jobs.CheckReport
	log     strings.Builder
}

func newChecking(zones map[string]string) *checking {
	x := &checking{nightWatch: &nightWatch{}}
	for id, zone := range zones {
		x.organizations = append(x.organizations, organization.Organization{ID: id, Zone: zone})
	}
	x.job = &jobs.SelfCheck{
		Organizations: x.nightWatch, Nights: x.nightWatch, Checker: x.nightWatch,
		Report: func(r jobs.CheckReport) { x.reports = append(x.reports, r) },
		Now:    func() int64 { return x.now.UnixMilli() },
		Log:    slog.New(slog.NewTextHandler(&x.log, nil)),
	}
	return x
}

// between runs the job as often as a server does and returns how often each
// organization was checked.
func (x *checking) between(t *testing.T, from, to string) map[string]int {
	t.Helper()
	at := func(s string) time.Time {
		t.Helper()
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	x.sent = nil
	for x.now = at(from); x.now.Before(at(to)); x.now = x.now.Add(jobs.SelfCheckEvery) {
		if err := x.job.Run(t.Context()); err != nil && !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
	}
	times := map[string]int{}
	for _, id := range x.sent {
		times[id]++
	}
	return times
}

func TestEveryOrganizationIsCheckedOnceInItsNight(t *testing.T) {
	for name, c := range map[string]struct {
		zone, from, to string
		want           int
	}{
		"a day":                        {"Europe/Helsinki", "2026-03-16T00:00:00Z", "2026-03-17T00:00:00Z", 1},
		"a working day":                {"Europe/Helsinki", "2026-03-16T05:00:00Z", "2026-03-16T22:00:00Z", 0},
		"its night":                    {"Europe/Helsinki", "2026-03-16T00:00:00Z", "2026-03-16T03:00:00Z", 1},
		"the night of others":          {"Pacific/Auckland", "2026-03-16T00:00:00Z", "2026-03-16T03:00:00Z", 0},
		"its night, far away":          {"Pacific/Auckland", "2026-03-16T13:00:00Z", "2026-03-16T16:00:00Z", 1},
		"a week":                       {"America/New_York", "2026-03-16T00:00:00Z", "2026-03-23T00:00:00Z", 7},
		"the clocks are put forward":   {"Europe/Helsinki", "2026-03-28T22:00:00Z", "2026-03-29T22:00:00Z", 1},
		"the clocks are put back":      {"Europe/Helsinki", "2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z", 1},
		"a server that starts at four": {"Europe/Helsinki", "2026-03-16T02:00:00Z", "2026-03-16T12:00:00Z", 1},
	} {
		t.Run(name, func(t *testing.T) {
			x := newChecking(map[string]string{"org": c.zone})
			if have := x.between(t, c.from, c.to)["org"]; have != c.want {
				t.Errorf("it was checked %d times, want %d", have, c.want)
			}
			for _, r := range x.reports {
				if r.Cards != jobs.SelfCheckSample {
					t.Errorf("%d cards were asked for", r.Cards)
				}
			}
		})
	}
}

func TestACheckThatFailsIsTriedAgainAndKeepsNobodyFromTheirs(t *testing.T) {
	x := newChecking(map[string]string{"one": "Europe/Helsinki", "other": "Europe/Helsinki"})
	x.broken = "one"
	have := x.between(t, "2026-03-16T00:00:00Z", "2026-03-16T03:00:00Z")
	if want := int(3 * time.Hour / jobs.SelfCheckEvery); have["one"] != want || have["other"] != 1 {
		t.Errorf("have %v, want one %d times", have, want)
	}
	if len(x.reports) != 1 {
		t.Errorf("%d reports", len(x.reports))
	}
}

func TestEachNightGoesOnWhereTheLastOneEnded(t *testing.T) {
	x := newChecking(map[string]string{"org": "Europe/Helsinki"})
	x.elsewhere = map[loyalty.Day]bool{20260318: true}
	if have := x.between(t, "2026-03-16T00:00:00Z", "2026-03-20T00:00:00Z")["org"]; have != 3 {
		t.Errorf("it was checked in %d nights of 4, of which another server had one", have)
	}
	if have, want := strings.Join(x.after, ","), ",x,xx"; have != want {
		t.Errorf("the nights began after %q, want %q", have, want)
	}
}

func TestDriftIsToldInTheLog(t *testing.T) {
	for _, c := range []struct {
		found       jobs.CheckReport
		level, says string
	}{
		{jobs.CheckReport{}, "level=INFO", "not_proved=0 not_compared=0 totals_not_compared=0"},
		{jobs.CheckReport{Projection: 2}, "level=WARN", "projection_drift=2"},
		{jobs.CheckReport{Ledger: 1, Projection: 2}, "level=ERROR", "ledger_drift=1"},
		{jobs.CheckReport{NotProved: 4}, "level=WARN", "not_proved=4"},
		{jobs.CheckReport{NotSeen: 5}, "level=WARN", "not_compared=5"},
		{jobs.CheckReport{CellsNotSeen: 6}, "level=WARN", "totals_not_compared=6"},
	} {
		found := c.found
		x := newChecking(map[string]string{"org": "Europe/Helsinki"})
		x.found = found
		x.between(t, "2026-03-16T00:00:00Z", "2026-03-16T03:00:00Z")
		if !strings.Contains(x.log.String(), c.level) || !strings.Contains(x.log.String(), c.says) {
			t.Errorf("%+v: %s", found, x.log.String())
		}
		if len(x.reports) != 1 || x.reports[0].Ledger != found.Ledger {
			t.Errorf("reports %+v", x.reports)
		}
	}
}
