package projection_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

// askedState is a hot state that counts how it is asked for cards.
type askedState struct {
	hot.State
	byID, byAlias atomic.Int64
}

func (c *askedState) Card(ctx context.Context, ref hot.CardRef) (hot.CardState, bool, error) {
	c.byID.Add(1)
	return c.State.Card(ctx, ref)
}

func (c *askedState) CardByAlias(ctx context.Context, org, alias string) (hot.CardState, bool, error) {
	c.byAlias.Add(1)
	return c.State.CardByAlias(ctx, org, alias)
}

// A code that led to a card is one exchange with the hot state from then on, whatever
// becomes of the card, and the answer is the database's all the same.
func TestACodeThatFoundACardIsAskedForByTheCard(t *testing.T) {
	manager := loyalty.Actor{Kind: loyalty.ActorStaff, ID: "stf_manager"}
	for name, happens := range map[string]func(w *world, v customer.View) error{
		"nothing": func(*world, customer.View) error { return nil },
		"it is stamped": func(w *world, v customer.View) error {
			w.stamp(v.Card.ID, 1)
			return nil
		},
		"it gets another code": func(w *world, v customer.View) error {
			_, err := w.ReissueCard(w.t.Context(), w.org.ID, v.Card.ID, w.now())
			return err
		},
		"it is revoked": func(w *world, v customer.View) error {
			return w.RevokeCard(w.t.Context(), w.org.ID, v.Card.ID, w.now())
		},
		"its customer is blocked": func(w *world, v customer.View) error {
			_, err := w.BlockCustomer(w.t.Context(), w.org.ID, v.Customer.ID, "why", manager, w.now())
			return err
		},
		"it is merged into another": func(w *world, v customer.View) error {
			kept := w.join(0, "+358407654321", true)
			_, _, err := w.MergeCustomers(w.t.Context(), customer.MergeRequest{
				OrgID: w.org.ID, KeptID: kept.Customer.ID, OtherID: v.Customer.ID, IdempotencyKey: "merge", Actor: manager, Now: w.now(),
			})
			return err
		},
		"the hot state forgets": func(w *world, _ customer.View) error { return w.keeper.Raise(w.t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			state := &askedState{State: hot.NewInProcessState()}
			w := newWorld(t, state)
			card := w.join(0, "+358401234567", true)
			alike := func(programID string) {
				t.Helper()
				code := customer.Handle{Code: card.Code}
				want, wantErr := w.Identify(t.Context(), w.org.ID, code, programID)
				have, haveErr := w.cards.Identify(t.Context(), w.org.ID, code, programID)
				if have.Card != want.Card || have.Code != want.Code || errors.Is(haveErr, loyalty.ErrNotFound) != errors.Is(wantErr, loyalty.ErrNotFound) {
					t.Errorf("in %q: have %+v, %v, want %+v, %v", programID, have.Card, haveErr, want.Card, wantErr)
				}
			}
			alike("")
			w.ok(happens(w, card))
			w.drained()
			state.byID.Store(0)
			state.byAlias.Store(0)
			asked := int64(0)
			for _, programID := range []string{"", "", w.programs[0].ID, w.programs[1].ID} {
				alike(programID)
				asked++
			}
			if byID, byAlias := state.byID.Load(), state.byAlias.Load(); byID != asked || byAlias != 0 {
				t.Errorf("asked %d times by the card and %d times by the code, want %d and 0", byID, byAlias, asked)
			}
		})
	}
}
