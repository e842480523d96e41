package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// EntryStore reads the ledger. What is not there or is another organization's is
// loyalty.ErrNotFound.
type EntryStore interface {
	Entry(ctx context.Context, orgID, id string) (loyalty.Entry, error)
	// Entries and Coupons return a card's, newest first.
	Entries(ctx context.Context, orgID, cardID string, p paging.Page) (paging.List[loyalty.Entry], error)
	Coupons(ctx context.Context, orgID, cardID string, p paging.Page) (paging.List[loyalty.Coupon], error)
	Coupon(ctx context.Context, orgID, id string) (loyalty.Coupon, error)
}

// ledgerHandlers are the writes that move value (stamps.go, redemptions.go,
// entries.go) and what reads the ledger.
type ledgerHandlers struct {
	ledger    loyalty.Ledger
	store     EntryStore
	cards     CardStore
	directory *directory
	guesses   *guesses
	now       func() int64
}

// meaning is what a write asks for, apart from how it was written down: members in
// another order, other white space or a code in small letters mean the same. It is
// what an idempotency key stands for, so a member that is added must be left out
// where it is empty, or keys of earlier releases would be for other bodies.
type meaning struct {
	Kind       loyalty.CommandKind `json:"kind"`
	Card       string              `json:"card,omitempty"`
	Coupon     string              `json:"coupon,omitempty"`
	Entry      string              `json:"entry,omitempty"`
	Quantity   int                 `json:"quantity,omitempty"`
	LocationID string              `json:"location_id,omitempty"`
	Reference  string              `json:"external_ref,omitempty"`
	Reason     string              `json:"reason,omitempty"`
	// Shown is what was scanned for a redemption, as it was sent.
	Shown string `json:"shown,omitempty"`
	// At is 0 if the caller leaves the instant to us.
	At int64 `json:"at,omitempty"`
}

// hash returns the SHA-256 of the meaning as JSON, in hexadecimal.
func (m meaning) hash() string {
	buffer := borrowBuffer()
	defer returnBuffer(buffer)
	*buffer = m.append(*buffer)
	sum := sha256.Sum256(*buffer)
	return hex.EncodeToString(sum[:])
}

// append writes what json.Marshal makes of m, by hand: every write that moves value
// comes here.
func (m meaning) append(b []byte) []byte {
	b = appendText(append(b, `{"kind":`...), string(m.Kind))
	b = appendOptional(b, `,"card":`, m.Card)
	b = appendOptional(b, `,"coupon":`, m.Coupon)
	b = appendOptional(b, `,"entry":`, m.Entry)
	if m.Quantity != 0 {
		b = appendInteger(b, `,"quantity":`, m.Quantity)
	}
	b = appendOptional(b, `,"location_id":`, m.LocationID)
	b = appendOptional(b, `,"external_ref":`, m.Reference)
	b = appendOptional(b, `,"reason":`, m.Reason)
	b = appendOptional(b, `,"shown":`, m.Shown)
	if m.At != 0 {
		b = appendInteger(b, `,"at":`, m.At)
	}
	return append(b, '}')
}

// command returns the command of the request with what all of them have.
func (h ledgerHandlers) command(ctx context.Context, rq *request, key string, m meaning) (loyalty.Command, error) {
	if err := checkKey(key); err != nil {
		return loyalty.Command{}, err
	}
	zone, err := h.directory.zone(ctx, rq.organization, m.LocationID)
	if err != nil {
		return loyalty.Command{}, err
	}
	now := h.now()
	c := loyalty.Command{
		Kind: m.Kind, OrgID: rq.principal.OrgID, Quantity: m.Quantity, CouponID: m.Coupon, EntryID: m.Entry,
		Actor: rq.principal.Actor(), LocationID: m.LocationID, Zone: zone, IdempotencyKey: key, BodyHash: m.hash(),
		ExternalRef: m.Reference, Reason: m.Reason, At: now, Now: now,
	}
	if m.At != 0 {
		c.At = m.At
	}
	return c, nil
}

// carryOut hands the command to the ledger. A refusal is an error here: the answer
// of a write is what was written.
func (h ledgerHandlers) carryOut(ctx context.Context, c loyalty.Command, notFound contract.ProblemCode) (loyalty.Outcome, error) {
	o, err := h.ledger.Apply(ctx, c)
	if err != nil {
		return loyalty.Outcome{}, missing(notFound, fmt.Errorf("%s: %w", c.Kind, err))
	}
	if o.Refusal != nil {
		return loyalty.Outcome{}, o.Refusal
	}
	return o, nil
}

// isReplay is the header Idempotency-Replayed, nil where it is left out.
func isReplay(o loyalty.Outcome) *string { return replayMark(o.Replayed) }

func replayMark(replayed bool) *string {
	if !replayed {
		return nil
	}
	return optional("true")
}

// checkKey returns a problem for an idempotency key that callers may not use.
func checkKey(key string) error {
	if strings.HasPrefix(key, loyalty.ReservedKeyPrefix) {
		return invalid(headerIdempotencyKey, "must not begin with %s, which is for Leima's own keys", loyalty.ReservedKeyPrefix)
	}
	return nil
}

// ledgerView is made of the outcome alone, so that a replay shows the same.
func ledgerView(o loyalty.Outcome) contract.LedgerResult {
	return contract.LedgerResult{
		Entry: entryView(o.Entry), Card: cardStateView(o.Card), Coupons: each(o.Coupons, couponView),
	}
}

func entryView(e loyalty.Entry) contract.Entry {
	return contract.Entry{
		ID: e.ID, CardID: e.CardID, ProgramID: e.ProgramID, Kind: contract.EntryKind(e.Kind), Quantity: e.Quantity,
		BalanceAfter: e.BalanceAfter, IdempotencyKey: optional(e.IdempotencyKey), ExternalRef: optional(e.ExternalRef),
		Reason: optional(e.Reason), At: instant(e.At), RecordedAt: instant(e.RecordedAt), Day: day(e.Day),
		LocationID: optional(e.LocationID),
		Actor:      actorView(e.Actor),
		CouponID:   optional(e.CouponID), Reverses: optional(e.Reverses), HeadID: e.HeadID,
		OtherCardID: optional(e.OtherCardID), RuleVersion: e.RuleVersion,
	}
}

func actorView(a loyalty.Actor) contract.Actor {
	return contract.Actor{Kind: contract.ActorKind(a.Kind), ID: optional(a.ID)}
}
