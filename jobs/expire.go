package jobs

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// MaxExpireBatches bounds the batches of loyalty.MaxBatch coupons that one run
// closes for one organization; the rest waits for the next run.
const MaxExpireBatches = 40

// ExpireStore is what ExpireCoupons needs.
type ExpireStore interface {
	loyalty.BatchLedger
	Organizations
	// OverdueCoupons returns up to limit issued coupons whose time was over at now.
	OverdueCoupons(ctx context.Context, orgID string, now int64, limit int) ([]loyalty.Coupon, error)
}

// ExpireCoupons closes the coupons whose last day is over, so that the ledger
// says so and statistics of what the shop owes are true. Nobody could use such a
// coupon before either: Apply looks at the clock.
type ExpireCoupons struct {
	Store ExpireStore
	Now   func() int64
	Log   *slog.Logger
}

// Run closes what is overdue in every organization.
func (x ExpireCoupons) Run(ctx context.Context) error {
	return each(ctx, x.Store, "expire coupons", func(ctx context.Context, o organization.Organization) error {
		closed, err := x.expire(ctx, o)
		if closed > 0 {
			x.Log.LogAttrs(ctx, slog.LevelInfo, "coupons expired", slog.String("org", o.ID), slog.Int("coupons", closed))
		}
		return err
	})
}

func (x ExpireCoupons) expire(ctx context.Context, o organization.Organization) (closed int, err error) {
	zone := organization.LoadZone(o.Zone, "")
	for range MaxExpireBatches {
		now := x.Now()
		overdue, err := x.Store.OverdueCoupons(ctx, o.ID, now, loyalty.MaxBatch)
		if err != nil {
			return closed, fmt.Errorf("find overdue coupons: %w", err)
		}
		if len(overdue) == 0 {
			return closed, nil
		}
		commands := make([]loyalty.Command, len(overdue))
		for i, c := range overdue {
			commands[i] = loyalty.Command{
				Kind: loyalty.CommandExpire, OrgID: o.ID, CardID: c.CardID, CouponID: c.ID,
				Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, Zone: zone,
				// One coupon expires once, whoever tries and however often.
				IdempotencyKey: "expire:" + c.ID, BodyHash: c.ID,
				// It ran out at the end of its day, not when this job came round to it.
				At: c.ExpiresAt, Now: now,
			}
		}
		outcomes, err := x.Store.ApplyBatch(ctx, commands)
		if err != nil {
			return closed, fmt.Errorf("close overdue coupons: %w", err)
		}
		before := closed
		for i, outcome := range outcomes {
			switch {
			case outcome.Err != nil:
				return closed, fmt.Errorf("close coupon %s: %w", overdue[i].ID, outcome.Err)
			case outcome.Refusal == nil && !outcome.Replayed:
				closed++
			}
		}
		if closed == before || len(overdue) < loyalty.MaxBatch {
			// Nothing could be closed, so the same coupons would come again.
			return closed, nil
		}
	}
	return closed, nil
}
