package projection

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

// shownAs is what the hot state shows of a card, compared with the database.
type shownAs int

const (
	shownRight shownAs = iota
	// shownNot is a card that the hot state does not know: who asks is answered from the
	// database.
	shownNot
	// notSeen is what nobody could look at: the hot state is away, or cannot be seen from
	// here. That is neither right nor wrong.
	notSeen
	// shownBehind and shownAhead are of another version than the database, shownWrong is of
	// the same and differs.
	shownBehind
	shownAhead
	shownWrong
)

// drifted tells whether something is shown otherwise than it is.
func (as shownAs) drifted() bool { return as >= shownBehind }

// sight is one look at a card in the hot state.
type sight struct {
	as shownAs
	// difference says what differs, in plain English, "" if nothing does.
	difference string
}

// look compares the card in the hot state with the view. The error is the context's.
func (p *proof) look(ctx context.Context, v customer.View) (sight, error) {
	if p.State == nil {
		return sight{as: notSeen}, nil
	}
	state, found, err := p.State.Card(ctx, refOf(v.Card.OrgID, v.Card.ID))
	if ended := ctx.Err(); ended != nil {
		return sight{}, fmt.Errorf("look at what is shown: %w", ended)
	}
	want := stateOf(v)
	versions := func() string { return fmt.Sprintf("version %d instead of %d", state.Version, want.Version) }
	switch {
	case err != nil:
		return sight{as: notSeen}, nil //nolint:nilerr // the hot state is away, and the proof goes on
	case !found:
		return sight{as: shownNot}, nil
	case state.Version < want.Version:
		return sight{shownBehind, "the hot state has an older version: " + versions()}, nil
	case state.Version > want.Version:
		return sight{shownAhead, "the hot state has a version that the database does not have: " + versions()}, nil
	case want.KeepRest:
		return sight{shownWrong, "the hot state shows a card that is too big to be shown"}, nil
	case bytes.Equal(state.Payload, want.Payload) && bytes.Equal(state.Rest, want.Rest):
		return sight{as: shownRight}, nil
	}
	if what := p.otherwise(state, v); what != "" {
		return sight{shownWrong, "the hot state shows " + what}, nil
	}
	return sight{as: shownRight}, nil
}

// otherwise says what the state shows otherwise than the view of its version, "" if that
// is nothing. Coupons that ran out since they were read are not shown, so that they make no
// difference.
func (p *proof) otherwise(state hot.CardState, is customer.View) string {
	shown, err := viewOf(state)
	if err != nil {
		return "what this release cannot read: " + err.Error()
	}
	now := p.Now()
	over := func(k loyalty.Coupon) bool { return !k.UsableAt(now) }
	shown.Coupons, is.Coupons = slices.DeleteFunc(shown.Coupons, over), slices.DeleteFunc(slices.Clone(is.Coupons), over)
	if what := otherThan(append(fieldsOf(shown.Card), ownersOf(shown)...), append(fieldsOf(is.Card), ownersOf(is)...)); what != "" {
		return what
	}
	return otherCoupons(shown.Coupons, is.Coupons)
}

// otherCoupons says which coupon is shown otherwise than it is, "" if none is.
func otherCoupons(shown, are []loyalty.Coupon) string {
	switch d := otherCoupon(shown, are); d.as {
	case couponMissing:
		return "no coupon " + d.id
	case couponOther:
		return "coupon " + d.id + " with " + d.what
	case couponExtra:
		return "coupon " + d.id + ", which cannot be used"
	}
	return ""
}

// The ways in which one of a card's coupons may not be what it must be.
const (
	couponMissing = iota + 1
	couponOther
	couponExtra
)

// couponDifference is how a coupon is not what it must be: as is 0 if it is.
type couponDifference struct {
	as int
	id string
	// what are the fields of a couponOther, as otherThan names them.
	what string
}

// otherCoupon returns the first difference between two lists of a card's coupons.
func otherCoupon(have, want []loyalty.Coupon) couponDifference {
	byID := make(map[string]loyalty.Coupon, len(have))
	for _, k := range have {
		byID[k.ID] = k
	}
	for _, w := range want {
		k, found := byID[w.ID]
		delete(byID, w.ID)
		if !found {
			return couponDifference{couponMissing, w.ID, ""}
		}
		if what := otherThan(fieldsOfCoupon(k), fieldsOfCoupon(w)); what != "" {
			return couponDifference{couponOther, w.ID, what}
		}
	}
	for id := range byID {
		return couponDifference{couponExtra, id, ""}
	}
	return couponDifference{}
}

// field is a part of a card that is compared.
type field struct {
	name string
	// value is compared, and told unless it is private.
	value   any
	private bool
}

// fieldsOf returns what a commit may change.
func fieldsOf(c loyalty.Card) []field {
	return []field{
		{name: "version", value: c.Version},
		{name: "status", value: c.Status},
		{name: "balance", value: c.Balance},
		{name: "goal", value: c.Goal},
		{name: "round", value: c.Round},
		{name: "milestone", value: c.Milestone},
		{name: "lifetime", value: c.Lifetime},
		{name: "last_stamp_at", value: c.LastStampAt},
		{name: "day", value: c.Day},
		{name: "day_stamps", value: c.DayStamps},
		{name: "welcomed_at", value: c.WelcomedAt},
		{name: "joined_at", value: c.JoinedAt},
		{name: "blocked_at", value: c.BlockedAt},
		{name: "program", value: c.ProgramID},
		{name: "customer", value: c.CustomerID},
	}
}

// ownersOf returns what changes seldom. Names and numbers are the owner's, and the code is
// a secret: that they differ is told, and not how.
func ownersOf(v customer.View) []field {
	c := v.Customer
	return []field{
		{name: "code", value: v.Code, private: true},
		{name: "number", value: c.Number, private: true},
		{name: "first name", value: c.FirstName, private: true},
		{name: "last name", value: c.LastName, private: true},
		{name: "locale", value: c.Locale},
		{name: "customer's status", value: c.Status},
		{name: "customer's version", value: c.Version},
	}
}

func fieldsOfCoupon(k loyalty.Coupon) []field {
	return []field{
		{name: "status", value: k.Status},
		{name: "reward", value: k.RewardID},
		{name: "kind", value: k.Kind},
		{name: "name", value: fmt.Sprint(k.Name)},
		{name: "cost", value: k.Cost},
		{name: "stamp", value: k.At},
		{name: "round", value: k.Round},
		{name: "milestone", value: k.Milestone},
		{name: "issued_at", value: k.IssuedAt},
		{name: "expires_at", value: k.ExpiresAt},
		{name: "closed_at", value: k.ClosedAt},
		{name: "earned_by", value: k.EarnedBy},
		{name: "entry", value: k.EntryID},
		{name: "closed_by", value: k.ClosedBy},
	}
}

// otherThan names the fields that are not what they must be, with both values: "balance 3
// instead of 4". Both lists have the same fields in the same order.
func otherThan(have, want []field) string {
	var b bytes.Buffer
	for i, w := range want {
		if have[i].value == w.value {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		if w.private {
			fmt.Fprintf(&b, "another %s", w.name)
		} else {
			fmt.Fprintf(&b, "%s %v instead of %v", w.name, have[i].value, w.value)
		}
	}
	return b.String()
}

// projection looks at what the hot state shows of the card until it is sure, and corrects
// it. shownAhead tells that nothing but a new epoch corrects it.
func (p *proof) projection(ctx context.Context, v customer.View) (sight, error) {
	seen, err := p.look(ctx, v)
	for look := 1; err == nil && look < maxLooks; look++ {
		unclear := seen.as.drifted() || seen.as == notSeen && p.State != nil && !p.away.Load()
		if !unclear {
			break
		}
		// It may have changed meanwhile, or a commit is on its way, or Redis is slow.
		if err := wait(ctx, lookAgain); err != nil {
			return seen, err
		}
		if v, err = p.Views.Card(ctx, v.Card.OrgID, v.Card.ID); err != nil {
			return seen, fmt.Errorf("read card again: %w", err)
		}
		was := seen.as
		if seen, err = p.look(ctx, v); seen.as == was && was == shownWrong {
			break
		}
	}
	if err != nil {
		return seen, err
	}
	// As long as it is away, not every card is worth waiting for.
	p.away.Store(seen.as == notSeen)
	if seen.as.drifted() && p.State.Project(ctx, []hot.CardState{stateOf(v)}) != nil {
		seen.difference += "; it could not be corrected now"
	}
	return seen, nil
}
