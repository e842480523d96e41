//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leima/leima/chaos/proof"
	"github.com/leima/leima/chaos/till"
	"github.com/leima/leima/chaos/world"
	"github.com/leima/leima/loyalty"
)

// totalsLimit is how long a replica may show other live totals than the ledger has, once
// it has healed. What a process did not tell before it was killed is counted again by others within
// three looks of two seconds; the rest is for a machine that others use, too.
const totalsLimit = 20 * time.Second

// totals are cells of live totals and what they hold.
type totals map[loyalty.Cell]loyalty.Counts

// differ says how the totals differ from those of the ledger, "" if they do not.
func (got totals) differ(want totals) string {
	var found []string
	tell := func(cell loyalty.Cell) {
		if got[cell] != want[cell] {
			found = append(found, fmt.Sprintf("program %s, location %q, day %d: shows %+v, the ledger sums up to %+v",
				cell.ProgramID, cell.LocationID, cell.Day, got[cell], want[cell]))
		}
	}
	for cell := range want {
		tell(cell)
	}
	for cell := range got {
		if _, both := want[cell]; !both {
			tell(cell)
		}
	}
	slices.Sort(found)
	return strings.Join(found, "; ")
}

// live returns the live totals of an organization that a replica shows.
func (s *stage) live(ctx context.Context, org, replica int) (totals, error) {
	shop := s.world.Shops[org]
	today := time.Now()
	// In every zone all of the run is in them, and the joining of the cards.
	const days = int(world.OpenedAgo/(24*time.Hour)) + 1
	path := "/v1/totals?from=" + today.AddDate(0, 0, -days).Format(time.DateOnly) + "&to=" + today.AddDate(0, 0, days).Format(time.DateOnly)
	a, err := s.load.Client.Get(ctx, s.load.Replicas[replica], shop.Token, path)
	if err != nil {
		return nil, err
	}
	return totalsIn(a, shop.OrgID)
}

func totalsIn(a till.Answer, orgID string) (totals, error) {
	if a.Status != http.StatusOK {
		return nil, fmt.Errorf("answered %d %s", a.Status, a.Body)
	}
	var view struct {
		Rows []struct {
			ProgramID  string `json:"program_id"`
			LocationID string `json:"location_id"`
			Day        string
			Stamps, Coupons, Redemptions,
			Cards int64
		}
	}
	if err := json.Unmarshal([]byte(a.Body), &view); err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	shown := totals{}
	for _, r := range view.Rows {
		day, err := strconv.ParseInt(strings.ReplaceAll(r.Day, "-", ""), 10, 32)
		if err != nil {
			return nil, fmt.Errorf("day %q cannot be read: %w", r.Day, err)
		}
		shown[loyalty.Cell{OrgID: orgID, ProgramID: r.ProgramID, LocationID: r.LocationID, Day: loyalty.Day(day)}] = loyalty.Counts{
			Stamps: r.Stamps, Coupons: r.Coupons, Redemptions: r.Redemptions, Cards: r.Cards,
		}
	}
	return shown, nil
}

// watchTotals asks each replica for its live totals, so that from now on the hot state has
// to keep them right.
func (s *stage) watchTotals(ctx context.Context) error {
	for org := range s.world.Shops {
		for replica := range s.load.Replicas {
			if _, err := s.live(ctx, org, replica); err != nil {
				return fmt.Errorf("live totals of replica %d: %w", replica, err)
			}
		}
	}
	return nil
}

// wrongTotals returns the live totals that a replica shows otherwise than the ledger sums
// up, by organization, program, location and day. They may be late, not wrong.
func (s *stage) wrongTotals(ctx context.Context, l *proof.Ledger) ([]proof.Violation, error) {
	var wrong []proof.Violation
	limit := time.Now().Add(totalsLimit)
	for org, shop := range s.world.Shops {
		want := totals{}
		for cell, n := range proof.Totals(l) {
			if cell.OrgID == shop.OrgID {
				want[cell] = n
			}
		}
		for replica := range s.load.Replicas {
			what := s.lookAtTotals(ctx, limit, want, org, replica)
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("look at live totals: %w", err)
			}
			if what != "" {
				wrong = append(wrong, proof.Violation{
					Fault: proof.Stale, Subject: fmt.Sprintf("live totals of org %d on replica %d", org, replica), What: what,
				})
			}
		}
	}
	return wrong, nil
}

func (s *stage) lookAtTotals(ctx context.Context, limit time.Time, want totals, org, replica int) string {
	for {
		what := ""
		if got, err := s.live(ctx, org, replica); err != nil {
			what = err.Error()
		} else {
			what = got.differ(want)
		}
		if what == "" || time.Now().After(limit) || wait(ctx, pollEvery) != nil {
			return what
		}
	}
}
