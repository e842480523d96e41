package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/leima/leima/loyalty"
)

// Outcomes are kept under their idempotency keys for ever, so every form in which they
// were ever written is read: a JSON object with "v":1 at first, and since then a line that begins with a 2.
//
//	2 cust_… active 10 0 0 7 1763769600000 20414 1 0 1763683200000 0 [{…}]
//
// After the 2 come the card's customer, status, goal, round, milestone, lifetime, last
// stamp, day, its stamps, welcome, joining and blocking, and then the coupons, if any, as JSON. There
// is one for every stamp: this takes half the room of an object and a tenth of the time.
const snapshotForm = "2 "

// snapshotNumbers is how many numbers of the card stand in a line.
const snapshotNumbers = 10

// snapshot is what an outcome said beyond its entry, which is never changed and is read
// from the ledger, in its first form.
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
	const typical = 112
	c := &o.Card
	b := append(make([]byte, 0, typical), snapshotForm...)
	b = append(append(append(b, c.CustomerID...), ' '), c.Status...)
	for _, n := range [snapshotNumbers]int64{
		int64(c.Goal), int64(c.Round), int64(c.Milestone), c.Lifetime, c.LastStampAt, int64(c.Day), int64(c.DayStamps), c.WelcomedAt, c.JoinedAt,
		c.BlockedAt,
	} {
		b = strconv.AppendInt(append(b, ' '), n, 10)
	}
	if len(o.Coupons) == 0 {
		return string(b), nil
	}
	coupons := make([]snapshotCoupon, len(o.Coupons))
	for i, k := range o.Coupons {
		coupons[i] = snapshotCoupon{
			k.ID, k.RewardID, k.Kind, k.Name, k.Status, k.Cost, k.At, k.Round, k.Milestone,
			k.IssuedAt, k.ExpiresAt, k.ClosedAt, k.EarnedBy, k.EntryID, k.ClosedBy,
		}
	}
	list, err := json.Marshal(coupons)
	if err != nil {
		return "", fmt.Errorf("write outcome: %w", err)
	}
	return string(append(append(b, ' '), list...)), nil
}

// parseSnapshot reads a text of either form.
func parseSnapshot(text string) (x snapshot, err error) {
	line, isLine := strings.CutPrefix(text, snapshotForm)
	if !isLine {
		if err := json.Unmarshal([]byte(text), &x); err != nil {
			return x, fmt.Errorf("neither a line nor JSON: %w", err)
		}
		if x.Version != 1 {
			return x, fmt.Errorf("it has form %d, this release reads 1 and 2", x.Version)
		}
		return x, nil
	}
	const before = 2 // the customer and the status
	parts := strings.SplitN(line, " ", before+snapshotNumbers+1)
	if len(parts) < before+snapshotNumbers {
		return x, fmt.Errorf("it has %d parts, want %d", len(parts), before+snapshotNumbers)
	}
	var n [snapshotNumbers]int64
	for i := range n {
		if n[i], err = strconv.ParseInt(parts[before+i], 10, 64); err != nil {
			return x, fmt.Errorf("part %d: %w", before+i, err)
		}
	}
	x.Card = snapshotCard{
		CustomerID: parts[0], Status: loyalty.CardStatus(parts[1]), Goal: int(n[0]), Round: int(n[1]), Milestone: int(n[2]),
		Lifetime: n[3], LastStampAt: n[4], Day: loyalty.Day(n[5]), //nolint:gosec // was one when it was written
		DayStamps: int(n[6]), WelcomedAt: n[7], JoinedAt: n[8], BlockedAt: n[9],
	}
	if len(parts) > before+snapshotNumbers {
		if err := json.Unmarshal([]byte(parts[before+snapshotNumbers]), &x.Coupons); err != nil {
			return x, fmt.Errorf("its coupons: %w", err)
		}
	}
	return x, nil
}

// readSnapshot returns the outcome that was written with the entry.
func readSnapshot(text string, e loyalty.Entry) (loyalty.Outcome, error) {
	x, err := parseSnapshot(text)
	if err != nil {
		return loyalty.Outcome{}, fmt.Errorf("read outcome of entry %s: %w", e.ID, err)
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
