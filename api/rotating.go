package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/loyalty"
)

// shownCode looks into the rotating code that was scanned; the zero loyalty.Shown is for
// input that is none. cardID is the card that the code leads to. It judges no time:
// whether the code is taken is decided with the rest of the command.
func shownCode(ctx context.Context, store CardStore, orgID, cardID, input string, now int64) (loyalty.Shown, error) {
	code, err := loyalty.ParseRotatingCode(input)
	if err != nil {
		return loyalty.Shown{}, nil //nolint:nilerr // most of what is scanned is no rotating code
	}
	key, err := store.CodeKey(ctx, orgID)
	if err != nil {
		return loyalty.Shown{}, fmt.Errorf("look into the rotating code: %w", err)
	}
	shown := loyalty.Shown{CardID: cardID}
	if step, ok := code.Step(loyalty.CodeSecret(key, code.Code), now); ok {
		shown.Step = step
	}
	return shown, nil
}

// notGenuine reports whether a rotating code was shown that its card does not make near
// this moment. It counts as a miss: the digits of a wallet could be guessed in time.
func notGenuine(shown loyalty.Shown) bool { return shown.CardID != "" && shown.Step == 0 }

// nobodysCard stands for the card of a rotating code that leads to none: something was
// shown, and it is no card's.
const nobodysCard = "-"

// redeemShowing carries a redemption out with what was scanned for it.
func (h ledgerHandlers) redeemShowing(ctx context.Context, rq *request, c loyalty.Command, input string) (loyalty.Outcome, error) {
	if input == "" {
		return h.carryOut(ctx, c, codeCouponNotFound)
	}
	if err := h.guesses.allowed(&rq.principal); err != nil {
		return loyalty.Outcome{}, err
	}
	// A code that leads nowhere still goes to the ledger: the card may have been
	// revoked since, and then the key is answered as it was before.
	cardID, _, err := identify(ctx, h.cards, c.OrgID, input)
	if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
		return loyalty.Outcome{}, err
	}
	nobodys := err != nil
	if nobodys {
		cardID = nobodysCard
	}
	if c.Shown, err = shownCode(ctx, h.cards, c.OrgID, cardID, input, c.Now); err != nil {
		return loyalty.Outcome{}, err
	}
	o, err := h.carryOut(ctx, c, codeCouponNotFound)
	if err != nil && (nobodys || notGenuine(c.Shown)) {
		err = h.guesses.missed(ctx, &rq.principal, err)
	}
	return o, err
}
