package projection

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

const (
	// maxLooks bounds how often a card that seems to differ is looked at, as commands may
	// be changing it, and lookAgain is the pause in between, in which a commit that was on
	// its way arrives.
	maxLooks  = 5
	lookAgain = 100 * time.Millisecond
)

// DriftKind says what differs from what.
type DriftKind string

// The kinds of drift.
const (
	// DriftLedger is a card that is not what its ledger makes of it. It is only told of:
	// somebody has to find out which of the two is right.
	DriftLedger DriftKind = "ledger"
	// DriftProjection is a card that the hot state shows other than the database has it.
	// It was corrected.
	DriftProjection DriftKind = "projection"
	// DriftTotals is a live total that the ledger does not come to. It was corrected.
	DriftTotals DriftKind = "totals"
	// NotProved is no drift: the card's ledger is too long to be read at once, and nobody
	// knows whether the card is what it says.
	NotProved DriftKind = "not proved"
)

// Drift is one difference, or a card that was not proved.
type Drift struct {
	Kind  DriftKind
	OrgID string
	// CardID is the card, "" for totals.
	CardID string
	// Detail says what differs, in plain English, without the owner's data.
	Detail string
}

// proof looks at one card of the database.
type proof struct {
	Prover
	// away tells that the hot state did not answer when it was asked last.
	away     *atomic.Bool
	programs map[programVersion]*loyalty.Program
}

type programVersion struct {
	orgID, programID string
	version          int64
}

// ledger returns how the card differs from its ledger, "" if it does not. The history is
// what was read of it with others, if it was. A ledger that is too long to be read is an
// error that wraps loyalty.ErrHistoryTooLong.
func (p *proof) ledger(ctx context.Context, v customer.View, h loyalty.History, read bool) (string, error) {
	if read {
		// Who was stamped between the two readings is looked at again.
		if difference, err := p.replay(ctx, v.Card, h); err != nil || difference == "" {
			return difference, err
		}
	}
	for look := 1; ; look++ {
		entries, coupons, err := p.Histories.LedgerOf(ctx, v.Card.OrgID, v.Card.ID)
		if err != nil {
			return "", fmt.Errorf("read ledger: %w", err)
		}
		difference, err := p.replay(ctx, v.Card, loyalty.History{Entries: entries, Coupons: coupons})
		if err != nil || difference == "" || look == maxLooks {
			return difference, err
		}
		// It may have changed between the two readings.
		again, err := p.Views.Card(ctx, v.Card.OrgID, v.Card.ID)
		if err != nil {
			return "", fmt.Errorf("read card again: %w", err)
		}
		if again.Card == v.Card {
			return difference, nil
		}
		v = again
	}
}

func (p *proof) replay(ctx context.Context, card loyalty.Card, h loyalty.History) (difference string, err error) {
	var failed error
	program := func(version int64) (loyalty.Program, bool) {
		found, err := p.program(ctx, programVersion{card.OrgID, card.ProgramID, version})
		if err != nil {
			failed = err
		}
		if found == nil {
			return loyalty.Program{}, false
		}
		return *found, true
	}
	replayed, issued, err := loyalty.Replay(program, card, h.Coupons, h.Entries)
	if failed != nil {
		return "", failed
	}
	if err != nil {
		return err.Error(), nil //nolint:nilerr // a difference, not a fault
	}
	if replayed != card {
		return "the card says " + otherThan(fieldsOf(card), fieldsOf(replayed)) + " of its ledger", nil
	}
	return differentCoupons(issued, h.Coupons), nil
}

// maxKeptPrograms bounds the versions of programs that a proof remembers.
const maxKeptPrograms = 1000

func (p *proof) program(ctx context.Context, key programVersion) (*loyalty.Program, error) {
	if known, ok := p.programs[key]; ok {
		return known, nil
	}
	program, err := p.Histories.ProgramVersion(ctx, key.orgID, key.programID, key.version)
	var found *loyalty.Program
	switch {
	case err == nil:
		found = &program
	case !errors.Is(err, loyalty.ErrNotFound):
		return nil, fmt.Errorf("read version %d of program %s: %w", key.version, key.programID, err)
	}
	if p.programs == nil || len(p.programs) >= maxKeptPrograms {
		p.programs = map[programVersion]*loyalty.Program{}
	}
	p.programs[key] = found
	return found, nil
}

// differentCoupons returns how the coupons of a card differ from those that its ledger
// issued.
func differentCoupons(issued, kept []loyalty.Coupon) string {
	switch d := otherCoupon(kept, issued); d.as {
	case couponMissing:
		return "coupon " + d.id + " is missing"
	case couponOther:
		return "coupon " + d.id + " has " + d.what + " of its ledger"
	case couponExtra:
		return "coupon " + d.id + " was never issued"
	}
	return ""
}
