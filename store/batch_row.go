package store

import "github.com/leima/leima/loyalty"

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
