package store

import (
	"encoding/json"
	"fmt"

	"github.com/leima/leima/loyalty"
)

// snapshotVersion is the form in which outcomes are kept under their idempotency keys.
// A replay years later must still read it, so a change of the form gets a new number
// and readSnapshot learns to read both.
const snapshotVersion = 1

// snapshot is what an outcome said beyond its entry, which is never changed and is
// read from the ledger. Names are short because there is one for every stamp.
type snapshot struct {
	Version int              `json:"v"`
	Card    snapshotCard     `json:"c"`
	Coupons []snapshotCoupon `json:"k,omitempty"`
}

type snapshotCard struct {
	CustomerID  string             `json:"u"`
	Status      loyalty.CardStatus `json:"s"`
	Goal        int                `json:"g"`
	Round       int                `json:"r,omitempty"`
	Milestone   int                `json:"m,omitempty"`
	Lifetime    int64              `json:"l,omitempty"`
	LastStampAt int64              `json:"t,omitempty"`
	Day         loyalty.Day        `json:"d,omitempty"`
	DayStamps   int                `json:"n,omitempty"`
	WelcomedAt  int64              `json:"w,omitempty"`
	JoinedAt    int64              `json:"j,omitempty"`
	BlockedAt   int64              `json:"b,omitempty"`
}

type snapshotCoupon struct {
	ID        string               `json:"i"`
	RewardID  string               `json:"r"`
	Kind      loyalty.RewardKind   `json:"k"`
	Name      loyalty.Text         `json:"n"`
	Status    loyalty.CouponStatus `json:"s"`
	Cost      int                  `json:"p,omitempty"`
	At        int                  `json:"a,omitempty"`
	Round     int                  `json:"o,omitempty"`
	Milestone int                  `json:"m,omitempty"`
	IssuedAt  int64                `json:"t"`
	ExpiresAt int64                `json:"x,omitempty"`
	ClosedAt  int64                `json:"c,omitempty"`
	EarnedBy  string               `json:"e,omitempty"`
	EntryID   string               `json:"f,omitempty"`
	ClosedBy  string               `json:"b,omitempty"`
}

// writeSnapshot returns the text that, with the outcome's entry, holds the outcome.
func writeSnapshot(o loyalty.Outcome) (string, error) {
	c := o.Card
	x := snapshot{Version: snapshotVersion, Card: snapshotCard{
		c.CustomerID, c.Status, c.Goal, c.Round, c.Milestone, c.Lifetime, c.LastStampAt, c.Day, c.DayStamps, c.WelcomedAt, c.JoinedAt, c.BlockedAt,
	}}
	for _, k := range o.Coupons {
		x.Coupons = append(x.Coupons, snapshotCoupon{
			k.ID, k.RewardID, k.Kind, k.Name, k.Status, k.Cost, k.At, k.Round, k.Milestone,
			k.IssuedAt, k.ExpiresAt, k.ClosedAt, k.EarnedBy, k.EntryID, k.ClosedBy,
		})
	}
	b, err := json.Marshal(x)
	if err != nil {
		return "", fmt.Errorf("write outcome: %w", err)
	}
	return string(b), nil
}

// readSnapshot returns the outcome that was written with the entry.
func readSnapshot(text string, e loyalty.Entry) (loyalty.Outcome, error) {
	var x snapshot
	if err := json.Unmarshal([]byte(text), &x); err != nil {
		return loyalty.Outcome{}, fmt.Errorf("read outcome of entry %s: %w", e.ID, err)
	}
	if x.Version != snapshotVersion {
		return loyalty.Outcome{}, fmt.Errorf("read outcome of entry %s: it has form %d, this release reads %d", e.ID, x.Version, snapshotVersion)
	}
	c := x.Card
	o := loyalty.Outcome{Entry: e, Card: loyalty.Card{
		OrgID: e.OrgID, ID: e.CardID, ProgramID: e.ProgramID, CustomerID: c.CustomerID, Status: c.Status,
		Version: e.CardVersion, Balance: e.BalanceAfter, Goal: c.Goal, Round: c.Round, Milestone: c.Milestone, Lifetime: c.Lifetime,
		LastStampAt: c.LastStampAt, Day: c.Day, DayStamps: c.DayStamps, WelcomedAt: c.WelcomedAt, JoinedAt: c.JoinedAt, BlockedAt: c.BlockedAt,
	}}
	for _, k := range x.Coupons {
		o.Coupons = append(o.Coupons, loyalty.Coupon{
			OrgID: e.OrgID, ID: k.ID, CardID: e.CardID, ProgramID: e.ProgramID, RewardID: k.RewardID, Kind: k.Kind, Name: k.Name,
			Status: k.Status, Cost: k.Cost, At: k.At, Round: k.Round, Milestone: k.Milestone, IssuedAt: k.IssuedAt,
			ExpiresAt: k.ExpiresAt, ClosedAt: k.ClosedAt, EarnedBy: k.EarnedBy, EntryID: k.EntryID, ClosedBy: k.ClosedBy,
		})
	}
	return o, nil
}
