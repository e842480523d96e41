package jobs

import (
	"context"
	"time"

	"github.com/leima/leima/organization"
)

const (
	// KeepServed is how long events, and sessions, links and codes that ended, are
	// kept: long enough to look into what went wrong last week.
	KeepServed = 30 * 24 * time.Hour
	// maxCleanUps bounds the bounded deletions of one run for one organization; the
	// rest waits for the next run.
	maxCleanUps = 100
)

// CleanUpStore is what CleanUp needs.
type CleanUpStore interface {
	Organizations
	// CleanUp deletes a bounded number of rows that have served their time before the
	// instant, and returns how many.
	CleanUp(ctx context.Context, orgID string, before int64) (int64, error)
}

// CleanUp deletes what has served its time. It never touches the ledger.
type CleanUp struct {
	Store CleanUpStore
	Now   func() int64
}

// Run cleans up in every organization.
func (x CleanUp) Run(ctx context.Context) error {
	before := x.Now() - KeepServed.Milliseconds()
	return each(ctx, x.Store, "clean up", func(ctx context.Context, o organization.Organization) error {
		for range maxCleanUps {
			if n, err := x.Store.CleanUp(ctx, o.ID, before); n == 0 || err != nil {
				return err
			}
		}
		return nil
	})
}
