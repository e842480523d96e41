package store

import (
	"encoding/json"
	"fmt"

	"github.com/leima/leima/loyalty"
)

// batchRow is a row as the statements of a batch give it: columns by their place.
type batchRow interface {
	// text returns "" for NULL.
	text(column int) string
	int(column int) int64
}

// readHeldCard reads ledgerCardColumns.
func readHeldCard[R batchRow](r R) *heldCard {
	return &heldCard{
		card: loyalty.Card{
			OrgID: r.text(0), ID: r.text(1), ProgramID: r.text(2), CustomerID: r.text(3), Status: loyalty.CardStatus(r.text(4)),
			Version: r.int(5), Balance: int(r.int(6)), Goal: int(r.int(7)), Round: int(r.int(8)), Milestone: int(r.int(9)),
			Lifetime: r.int(10), LastStampAt: r.int(11), Day: readDay(r, 12), DayStamps: int(r.int(13)),
			WelcomedAt: r.int(14), JoinedAt: r.int(15),
			BlockedAt: r.int(16),
		},
	}
}

// readUsedKey reads keptEntryColumns.
func readUsedKey[R batchRow](r R) usedKey {
	return usedKey{
		entry: loyalty.Entry{
			OrgID: r.text(0), ID: r.text(1), CardID: r.text(2), ProgramID: r.text(3), Kind: loyalty.EntryKind(r.text(4)),
			Quantity: int(r.int(5)), BalanceAfter: int(r.int(6)), CardVersion: r.int(7), RuleVersion: r.int(8),
			At: r.int(9), RecordedAt: r.int(10), Day: readDay(r, 11), LocationID: r.text(12),
			Actor: loyalty.Actor{Kind: loyalty.ActorKind(r.text(13)), ID: r.text(14)}, CouponID: r.text(15),
			Reverses: r.text(16), HeadID: r.text(17), IdempotencyKey: r.text(18), ExternalRef: r.text(19), Reason: r.text(20),
			OtherCardID: r.text(21),
		},
		bodyHash: r.text(22), snapshot: r.text(23),
	}
}

func readDay[R batchRow](r R, column int) loyalty.Day {
	return loyalty.Day(r.int(column)) //nolint:gosec // was one when it was written
}

// rowWriter takes a row's columns one after another, in the order of the statement. W is the
// writer itself, so that calls can be strung together.
type rowWriter[W any] interface {
	text(v string) W
	// optional writes "" as NULL.
	optional(v string) W
	int(v int64) W
}

// writeEntry writes keptEntryColumns.
func writeEntry[W rowWriter[W]](to W, e keptEntry) {
	to.text(e.OrgID).text(e.ID).text(e.CardID).text(e.ProgramID).text(string(e.Kind)).int(int64(e.Quantity)).
		int(int64(e.BalanceAfter)).int(e.CardVersion).int(e.RuleVersion).int(e.At).int(e.RecordedAt).int(int64(e.Day)).
		optional(e.LocationID).text(string(e.Actor.Kind)).text(e.Actor.ID).optional(e.CouponID).optional(e.Reverses).
		text(e.HeadID).text(e.IdempotencyKey).text(e.ExternalRef).text(e.Reason).optional(e.OtherCardID).
		text(e.bodyHash).text(e.snapshot)
}

// writeCoupon writes couponColumns. name is one of couponNames.
func writeCoupon[W rowWriter[W]](to W, k *loyalty.Coupon, name string) {
	to.text(k.OrgID).text(k.ID).text(k.CardID).text(k.ProgramID).text(k.RewardID).text(string(k.Kind)).text(name).
		text(string(k.Status)).int(int64(k.Cost)).int(int64(k.At)).int(int64(k.Round)).int(int64(k.Milestone)).
		int(k.IssuedAt).int(k.ExpiresAt).int(k.ClosedAt).text(k.EarnedBy).text(k.EntryID).text(k.ClosedBy)
}

// couponNames returns the names of the coupons as they are kept, as JSON.
func couponNames(list []loyalty.Coupon) ([]string, error) {
	names := make([]string, len(list))
	for i := range list {
		name, err := json.Marshal(list[i].Name)
		if err != nil {
			return nil, fmt.Errorf("write coupon: %w", err)
		}
		names[i] = string(name)
	}
	return names, nil
}

// writeCounters writes ledgerCardCounters.
func writeCounters[W rowWriter[W]](to W, c *loyalty.Card) W {
	return to.int(c.Version).int(int64(c.Balance)).int(int64(c.Goal)).int(int64(c.Round)).int(int64(c.Milestone)).int(c.Lifetime).
		int(c.LastStampAt).int(int64(c.Day)).int(int64(c.DayStamps)).int(c.WelcomedAt)
}
