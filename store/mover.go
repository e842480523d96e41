package store

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/loyalty"
)

// mover moves what is on one card to another, in a transaction that is about more than
// commands of the ledger. The cards must be locked.
type mover struct {
	ledgerWriter
	tx    *transaction
	orgID string
	actor loyalty.Actor
	zone  *time.Location
	now   int64
	// key and bodyHash are those of the request; the first entry of it carries them, so that
	// no command of the ledger can use the key again. Empty if the request has none.
	key, bodyHash string
}

// command returns what all commands of the transaction have in common.
func (m *mover) command() loyalty.Command {
	return loyalty.Command{OrgID: m.orgID, Actor: m.actor, Zone: m.zone, At: m.now, Now: m.now}
}

// move moves all stamps, and those that unused coupons cost, from one card to another and
// returns what that makes of both.
func (m *mover) move(ctx context.Context, p loyalty.Program, from, to loyalty.Card) (left, arrived loyalty.Result, err error) {
	out := m.command()
	out.Kind, out.CardID, out.OtherCardID = loyalty.CommandMergeOut, from.ID, to.ID
	if left, err = m.apply(ctx, p, loyalty.State{Card: from}, out); err != nil {
		return left, arrived, err
	}
	into := m.command()
	into.Kind, into.CardID, into.OtherCardID, into.Quantity = loyalty.CommandMergeIn, to.ID, from.ID, -left.Entries[0].Quantity
	arrived, err = m.apply(ctx, p, loyalty.State{Card: to}, into)
	return left, arrived, err
}

// apply carries the command out, on the coupons that the card has, and gives it the key of
// the request if it is the first. The refusal of a command is wrapped in its error.
func (m *mover) apply(ctx context.Context, p loyalty.Program, state loyalty.State, command loyalty.Command) (loyalty.Result, error) {
	command.IdempotencyKey, command.BodyHash = m.key, m.bodyHash
	m.key, m.bodyHash = "", ""
	var err error
	if state.Coupons, err = issuedCoupons(ctx, m.tx, m.orgID, state.Card.ID); err != nil {
		return loyalty.Result{}, err
	}
	r, refusal := loyalty.Apply(p, state, command, newIDs{})
	if refusal != nil {
		return r, fmt.Errorf("%s of card %s: %w", command.Kind, state.Card.ID, refusal)
	}
	var snapshot string
	if command.IdempotencyKey != "" {
		if snapshot, err = writeSnapshot(outcomeOf(r)); err != nil {
			return r, err
		}
	}
	m.add(&command, &r, snapshot)
	return r, nil
}

// raiseOthers notes that all of the cards are shown otherwise now, with another customer
// for one, and raises the versions of those that did not change themselves.
func (m *mover) raiseOthers(ctx context.Context, cards []loyalty.Card) error {
	var others []loyalty.Card
	for _, card := range cards {
		if at, changed := m.news.cardAt[rowKey{card.OrgID, card.ID}]; changed {
			m.news.cards[at].Whole = true
		} else {
			others = append(others, card)
		}
	}
	return raiseVersions(ctx, m.tx, m.news, others, m.now)
}

// issuedCoupons returns the coupons of the card that were not used, taken back or closed
// as expired, the oldest first.
func issuedCoupons(ctx context.Context, tx *transaction, orgID, cardID string) ([]loyalty.Coupon, error) {
	return all(ctx, tx, scanCoupon, "SELECT "+couponColumns+" FROM coupon "+
		"WHERE org_id = $1 AND card_id = $2 AND status = 'issued' ORDER BY issued_at, id", orgID, cardID)
}
