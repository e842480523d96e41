package projection

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
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
)

// Drift is one difference.
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
	programs map[programVersion]*loyalty.Program
}

type programVersion struct {
	orgID, programID string
	version          int64
}

// ledger returns how the card differs from its ledger, "" if it does not.
func (p *proof) ledger(ctx context.Context, v customer.View) (string, error) {
	for look := 1; ; look++ {
		difference, err := p.replay(ctx, v.Card)
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

func (p *proof) replay(ctx context.Context, card loyalty.Card) (difference string, err error) {
	entries, coupons, err := p.Histories.LedgerOf(ctx, card.OrgID, card.ID)
	if errors.Is(err, loyalty.ErrHistoryTooLong) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read ledger: %w", err)
	}
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
	replayed, issued, err := loyalty.Replay(program, card, coupons, entries)
	if failed != nil {
		return "", failed
	}
	if err != nil {
		return err.Error(), nil //nolint:nilerr // a difference, not a fault
	}
	if replayed != card {
		return fmt.Sprintf("the ledger comes to balance %d, round %d, version %d, the card says %d, %d, %d",
			replayed.Balance, replayed.Round, replayed.Version, card.Balance, card.Round, card.Version), nil
	}
	return differentCoupons(issued, coupons), nil
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
	byID := make(map[string]loyalty.Coupon, len(kept))
	for _, k := range kept {
		byID[k.ID] = k
	}
	for _, want := range issued {
		have, ok := byID[want.ID]
		delete(byID, want.ID)
		switch {
		case !ok:
			return "coupon " + want.ID + " is missing"
		case have.Status != want.Status:
			return fmt.Sprintf("coupon %s is %s, its ledger says %s", want.ID, have.Status, want.Status)
		case !sameCoupon(have, want):
			return "coupon " + want.ID + " is not what its ledger issued"
		}
	}
	for id := range byID {
		return "coupon " + id + " was never issued"
	}
	return ""
}

func sameCoupon(a, b loyalty.Coupon) bool {
	names := len(a.Name) == len(b.Name)
	for locale, words := range a.Name {
		names = names && b.Name[locale] == words
	}
	a.Name, b.Name = nil, nil
	return names && fmt.Sprint(a) == fmt.Sprint(b)
}

// shownAs is what the hot state shows of a card, compared with the database.
type shownAs int

const (
	shownRight shownAs = iota
	// shownNot is not known, or the hot state is away.
	shownNot
	// shownBehind and shownAhead are of another version than the database, shownWrong is of
	// the same and differs.
	shownBehind
	shownAhead
	shownWrong
)

var shownWords = map[shownAs]string{
	shownBehind: "the hot state has an older version", shownAhead: "the hot state has a version that the database does not have",
	shownWrong: "the hot state shows the version otherwise",
}

// look compares the card in the hot state with the view.
func (p *proof) look(ctx context.Context, v customer.View) shownAs {
	state, found, err := p.State.Card(ctx, refOf(v.Card.OrgID, v.Card.ID))
	want := stateOf(v)
	switch {
	case err != nil || !found:
		return shownNot
	case state.Version < want.Version:
		return shownBehind
	case state.Version > want.Version:
		return shownAhead
	case want.KeepRest || !bytes.Equal(state.Payload, want.Payload) || !p.sameRest(state, want, v):
		return shownWrong
	}
	return shownRight
}

// sameRest compares what changes seldom. Coupons that ran out since they were read are
// not shown, so that they make no difference.
func (p *proof) sameRest(have, want hot.CardState, v customer.View) bool {
	if bytes.Equal(have.Rest, want.Rest) {
		return true
	}
	shown, err := viewOf(have)
	if err != nil {
		return false
	}
	now := p.Now()
	over := func(k loyalty.Coupon) bool { return !k.UsableAt(now) }
	shown.Coupons, v.Coupons = slices.DeleteFunc(shown.Coupons, over), slices.DeleteFunc(slices.Clone(v.Coupons), over)
	a, _ := restOf(shown)
	b, _ := restOf(v)
	return bytes.Equal(a, b)
}

// projection returns how the hot state shows the card otherwise than it is, "" if it does
// not, and corrects it. ahead tells that nothing but a new epoch corrects it.
func (p *proof) projection(ctx context.Context, v customer.View) (difference string, ahead bool, err error) {
	as := p.look(ctx, v)
	for range maxLooks {
		if as == shownRight || as == shownNot {
			return "", false, nil
		}
		// It may have changed meanwhile, or a commit is on its way.
		if err := wait(ctx, lookAgain); err != nil {
			return "", false, err
		}
		if v, err = p.Views.Card(ctx, v.Card.OrgID, v.Card.ID); err != nil {
			return "", false, fmt.Errorf("read card again: %w", err)
		}
		was := as
		if as = p.look(ctx, v); as == was && as == shownWrong {
			break
		}
	}
	if as == shownRight || as == shownNot {
		return "", false, nil
	}
	// What cannot be written now is repaired later by the hot state.
	_ = p.State.Project(ctx, []hot.CardState{stateOf(v)})
	return shownWords[as], as == shownAhead, nil
}
