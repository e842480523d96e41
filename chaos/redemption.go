//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/leima/leima/chaos/proof"
	"github.com/leima/leima/chaos/record"
	"github.com/leima/leima/chaos/redemption"
	"github.com/leima/leima/chaos/till"
	"github.com/leima/leima/loyalty"
)

// together is what the report calls the fight over coupons, after -only.
const together = "redemption"

// notLinear is the fault of a history that cannot have happened.
const notLinear proof.Fault = "not linearizable"

const (
	// fighters are the clients that fight over fightCoupons, with so many operations each.
	fighters        = 64
	fightCoupons    = 4
	fightEach       = 30
	fightEachInFull = 120
	// fightPause is the time until the first blow, and between the two.
	fightPause = 200 * time.Millisecond
	// checkLimit is how long the checker may look for an order, for each coupon.
	checkLimit = 60 * time.Second
	// maxStampings bounds the stamps given until there are coupons.
	maxStampings = 20
)

// redeemTogether lets clients fight over a few coupons at all replicas, kills one
// replica and cuts answers off meanwhile, and asks whether what they saw can have
// happened. Nothing of it is in the record, so it comes last.
func (s *stage) redeemTogether(ctx context.Context, o options) (result, error) {
	out := result{Fault: together, World: s.name, Blows: 2}
	s.say("   %d clients fight over %d coupons on %s", fighters, fightCoupons, s.name)
	coupons, err := s.coupons(ctx)
	if err != nil {
		return out, fmt.Errorf("%s: %w", together, err)
	}
	f := redemption.Fight{
		Client: s.load.Client, Replicas: s.load.Replicas, Token: s.load.Shops[0].Token, LocationID: s.load.Shops[0].LocationID,
		Coupons: coupons, Clients: fighters, Each: fightEachInFull, Seed: o.Seed,
	}
	if o.Short {
		f.Each = fightEach
	}
	history, err := s.fight(ctx, f)
	if err != nil {
		return out, fmt.Errorf("%s: %w", together, err)
	}
	for _, op := range history {
		out.Sent++
		switch op.Outcome {
		case redemption.Done:
			out.Acknowledged++
		case redemption.Refused:
			out.Refused++
		case redemption.Open:
			out.Unknown++
		}
	}
	if out.Unknown == 0 || out.Refused == 0 || out.Acknowledged == 0 {
		return out, fmt.Errorf("%s: %w: of %d operations %d were done, %d refused and %d open",
			together, errNothingHappened, out.Sent, out.Acknowledged, out.Refused, out.Unknown)
	}
	fought := time.Now()
	err = redemption.Check(history, checkLimit)
	s.say("   looked for an order of %d operations for %s", len(history), time.Since(fought).Round(time.Millisecond))
	switch {
	case errors.Is(err, redemption.ErrNotLinearizable):
		out.Violations = append(out.Violations, proof.Violation{Fault: notLinear, Subject: "redemptions", What: err.Error()})
	case err != nil:
		return out, fmt.Errorf("%s: %w", together, err)
	}
	_, l, err := s.readBack(ctx)
	if err != nil {
		return out, err
	}
	out.Violations = append(out.Violations, proof.Sound(l, s.program)...)
	stale, err := s.views(ctx, l)
	out.Violations = append(out.Violations, stale...)
	return out, err
}

// fight runs the clients between two blows.
func (s *stage) fight(ctx context.Context, f redemption.Fight) ([]redemption.Operation, error) {
	type outcome struct {
		history []redemption.Operation
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		history, err := f.Run(ctx)
		done <- outcome{history, err}
	}()
	blows := func() error {
		replicas := s.world.Replicas
		if err := wait(ctx, fightPause); err != nil {
			return err
		}
		if err := cutAnswers(ctx, s, replicas[len(replicas)-1]); err != nil {
			return err
		}
		if err := wait(ctx, fightPause); err != nil {
			return err
		}
		return kill(ctx, s, replicas[0])
	}
	err := blows()
	fought := <-done
	return fought.history, errors.Join(err, fought.err)
}

// coupons stamps a card of the first shop until it has enough coupons that nobody has
// used.
func (s *stage) coupons(ctx context.Context) ([]string, error) {
	shop := s.load.Shops[0]
	card := shop.Cards[len(shop.Cards)-1]
	for i := range maxStampings {
		a, err := s.load.Client.Send(ctx, s.load.Replicas[0], shop.Token, fmt.Sprintf("fight-stamp-%d", i), record.Request{
			Path: "/v1/stamps", Body: fmt.Sprintf(`{"card_id":%q,"quantity":4,"location_id":%q}`, card.ID, shop.LocationID),
		})
		if err != nil {
			return nil, fmt.Errorf("fill cards: %w", err)
		}
		if state, why := a.State(); state != record.Acknowledged {
			return nil, fmt.Errorf("fill cards: %s", why)
		}
		if usable, err := s.usable(ctx, shop, card); err != nil || len(usable) >= fightCoupons {
			return usable, err
		}
	}
	return nil, fmt.Errorf("fill cards: %d times four stamps gave less than %d coupons", maxStampings, fightCoupons)
}

// usable returns up to fightCoupons full cards' coupons that can be used.
func (s *stage) usable(ctx context.Context, shop till.Shop, card till.Card) ([]string, error) {
	a, err := s.load.Client.Get(ctx, s.load.Replicas[0], shop.Token, "/v1/cards/"+card.ID)
	if err != nil {
		return nil, fmt.Errorf("read a card: %w", err)
	}
	var view struct{ Coupons []struct{ ID, Kind string } }
	if err := json.Unmarshal([]byte(a.Body), &view); err != nil {
		return nil, fmt.Errorf("read a card: %w", err)
	}
	var ids []string
	for _, k := range view.Coupons {
		if k.Kind == string(loyalty.RewardMain) && len(ids) < fightCoupons {
			ids = append(ids, k.ID)
		}
	}
	return ids, nil
}
