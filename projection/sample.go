package projection

import (
	"context"
	"fmt"

	"github.com/leima/leima/customer"
)

// MaxSample bounds the cards of one SelfCheck.
const MaxSample = 10_000

// SelfCheck proves n cards of an organization, all if it has fewer, and its live totals, as
// Rebuild does. It takes them in the order of Pages.ViewsByCode from the one after the card
// on, and after the last from the first. Whoever begins each time after the LastCardID of
// the report before comes through all N cards in N/n times, rounded up; a card whose code
// is replaced on the way may wait for the next round.
func (p Prover) SelfCheck(ctx context.Context, orgID, after string, n int) (Report, error) {
	r := newRun(p)
	err := r.sample(ctx, orgID, after, min(n, MaxSample))
	if err == nil {
		err = r.totals(ctx, orgID)
	}
	if err != nil {
		return r.end(ctx), fmt.Errorf("projection: check %s: %w", orgID, err)
	}
	return r.end(ctx), nil
}

func (r *run) sample(ctx context.Context, orgID, after string, n int) error {
	looked := make(map[string]bool, n)
	for again := after != ""; len(looked) < n; {
		limit := min(n-len(looked), MaxPage)
		views, err := r.Pages.ViewsByCode(ctx, orgID, after, limit)
		if err != nil {
			return fmt.Errorf("read cards: %w", err)
		}
		fresh := make([]customer.View, 0, len(views))
		for _, v := range views {
			if !looked[v.Card.ID] {
				looked[v.Card.ID] = true
				fresh = append(fresh, v)
			}
		}
		if err := r.page(ctx, fresh); err != nil {
			return err
		}
		if len(fresh) > 0 {
			after = fresh[len(fresh)-1].Card.ID
			r.report.LastOrgID, r.report.LastCardID = orgID, after
		}
		switch {
		case len(fresh) < len(views), len(views) < limit && !again:
			return nil // once around
		case len(views) < limit:
			again, after = false, ""
		}
	}
	return nil
}
