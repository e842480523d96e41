package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

const (
	// SelfCheckSample is how many cards of an organization are proved in a night, all if it
	// has fewer. A shop of 10,000 cards is once through in 50 nights; with a drift in one
	// card of a hundred, a night that finds none is one in 7.
	SelfCheckSample = 200
	// SelfCheckEvery is how often SelfCheck should be run: each night of an organization
	// then has several runs in it, of which one does the work.
	SelfCheckEvery = 20 * time.Minute
	// SelfCheckLimit bounds one run; organizations it does not come to have the next.
	SelfCheckLimit = time.Hour
	// SelfCheckLease is for how long one server has an organization's night to itself. It is
	// less than SelfCheckEvery, so that who failed can be the one to try again.
	SelfCheckLease = 15 * time.Minute
	// The night of an organization: the hours of its zone from nightBegins until
	// nightEnds. Of three hours at least two exist when the clocks are put forward.
	nightBegins, nightEnds = 2, 5
)

// The kinds of drift that a check tells of, and of what it could not look at.
const (
	DriftLedger     = "ledger"
	DriftProjection = "projection"
	// LiveTotals are told by themselves only when nobody could look at them.
	LiveTotals = "totals"
)

// CheckReport is what a check found.
type CheckReport struct {
	// Cards is how many were looked at, and Last the last of them. Ledger counts those of them that are not what
	// their ledger says, Projection those that were shown other than they are, which
	// has been corrected.
	Cards, Ledger, Projection int64
	Last                      string
	// NotProved counts those of the cards whose ledger is too long to be read, NotSeen those
	// of which nobody could see what is shown, and CellsNotSeen live totals of that kind, as
	// Redis did not answer. They are neither right nor wrong.
	NotProved, NotSeen, CellsNotSeen int64
}

// notLookedAt is how many things remain to be looked at.
func (r CheckReport) notLookedAt() int64 { return r.NotProved + r.NotSeen + r.CellsNotSeen }

// Checker proves cards.
type Checker interface {
	// CheckSample proves the sample of the organization's cards that comes after the card:
	// each must be what its ledger says, and be shown as it is. It changes no ledger. They
	// come in an order that has nothing to do with when they were made, and begin again
	// after the last; an organization with fewer has all of them proved.
	CheckSample(ctx context.Context, orgID, after string, sample int) (CheckReport, error)
}

// Nights keeps how far the check has come, for all servers.
type Nights interface {
	// BeginSelfCheck gives the night, a day at the organization, to one caller for the
	// lease, and returns the card after which to go on, "" for the first. False: it is done,
	// or another has it.
	BeginSelfCheck(ctx context.Context, orgID string, night loyalty.Day, lease time.Duration) (after string, begun bool, err error)
	// EndSelfCheck tells that the night's work is done up to the card.
	EndSelfCheck(ctx context.Context, orgID string, night loyalty.Day, after string) error
}

// SelfCheck proves a sample of every organization's cards once in its night, so that a
// fault which nobody has noticed is found while it is small, and comes through all cards in
// time. Where several servers run, one of them does it.
type SelfCheck struct {
	Organizations Organizations
	Nights        Nights
	Checker       Checker
	// Report is given what was found in each organization.
	Report func(CheckReport)
	Now    func() int64
	Log    *slog.Logger

	mu sync.Mutex
	// checked is the last day on which an organization was checked.
	checked map[string]loyalty.Day
}

// Run checks the organizations whose night it is and that were not checked in it.
func (x *SelfCheck) Run(ctx context.Context) error {
	return each(ctx, x.Organizations, "self-check", func(ctx context.Context, o organization.Organization) error {
		if !x.isDue(o) {
			return nil
		}
		night, _ := x.local(o)
		after, begun, err := x.Nights.BeginSelfCheck(ctx, o.ID, night, SelfCheckLease)
		if err != nil {
			return fmt.Errorf("begin the night's check: %w", err)
		}
		if !begun {
			return nil
		}
		found, err := x.Checker.CheckSample(ctx, o.ID, after, SelfCheckSample)
		if err != nil {
			return fmt.Errorf("check a sample of cards, of which %d were looked at: %w", found.Cards, err)
		}
		if err := x.Nights.EndSelfCheck(ctx, o.ID, night, found.Last); err != nil {
			return fmt.Errorf("note what was checked: %w", err)
		}
		x.done(o)
		x.Report(found)
		level := slog.LevelInfo
		switch {
		case found.Ledger > 0:
			level = slog.LevelError
		case found.Projection > 0 || found.notLookedAt() > 0:
			level = slog.LevelWarn
		}
		x.Log.LogAttrs(ctx, level, "self-check", slog.String("org", o.ID), slog.Int64("cards", found.Cards),
			slog.Int64("ledger_drift", found.Ledger), slog.Int64("projection_drift", found.Projection),
			slog.Int64("not_proved", found.NotProved), slog.Int64("not_compared", found.NotSeen), slog.Int64("totals_not_compared", found.CellsNotSeen))
		return nil
	})
}

// local returns the day and the hour at the organization.
func (x *SelfCheck) local(o organization.Organization) (day loyalty.Day, hour int) {
	zone, now := organization.LoadZone(o.Zone, ""), x.Now()
	return loyalty.DayOf(now, zone), time.UnixMilli(now).In(zone).Hour()
}

func (x *SelfCheck) isDue(o organization.Organization) bool {
	day, hour := x.local(o)
	x.mu.Lock()
	defer x.mu.Unlock()
	return hour >= nightBegins && hour < nightEnds && x.checked[o.ID] != day
}

func (x *SelfCheck) done(o organization.Organization) {
	day, _ := x.local(o)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.checked == nil {
		x.checked = map[string]loyalty.Day{}
	}
	x.checked[o.ID] = day
}
