//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/leima/leima/chaos/proof"
	"github.com/leima/leima/chaos/till"
	"github.com/leima/leima/customer"
)

const (
	// viewLimit is how long a replica may show what was before the last commit.
	viewLimit = 10 * time.Second
	// viewers look side by side.
	viewers = 8
)

// shown is what a till sees of a card.
type shown struct {
	Status               string
	Balance, CardsFilled int
	// Coupons are the ids of those that can be used, oldest first.
	Coupons []string
}

// differs says how the view differs from what the database has, "" if it does not.
func (got shown) differs(want shown) string {
	if got.Status != want.Status || got.Balance != want.Balance || got.CardsFilled != want.CardsFilled {
		return fmt.Sprintf("shows %s, balance %d, %d cards filled; the database has %s, balance %d, %d cards filled",
			got.Status, got.Balance, got.CardsFilled, want.Status, want.Balance, want.CardsFilled)
	}
	if slices.Equal(got.Coupons, want.Coupons) {
		return ""
	}
	for i, id := range want.Coupons {
		if i >= len(got.Coupons) || got.Coupons[i] != id {
			return fmt.Sprintf("shows %d coupons, the database has %d; number %d is %s there and not here", len(got.Coupons), len(want.Coupons), i, id)
		}
	}
	return fmt.Sprintf("shows %d coupons, the database has %d", len(got.Coupons), len(want.Coupons))
}

// views returns the cards of which a replica shows something else than the database,
// to a scan or to a look at the card. A projection may be late, not wrong: what differs
// is looked at again until the limit.
func (s *stage) views(ctx context.Context, l *proof.Ledger) ([]proof.Violation, error) {
	var (
		mu      sync.Mutex
		stale   []proof.Violation
		looking sync.WaitGroup
	)
	turns := make(chan func())
	for range viewers {
		looking.Go(func() {
			for f := range turns {
				f()
			}
		})
	}
	limit := time.Now().Add(viewLimit)
	for _, c := range l.Cards {
		for i := range s.load.Replicas {
			turns <- func() {
				what := s.lookUntil(ctx, limit, c, i)
				if what != "" {
					mu.Lock()
					defer mu.Unlock()
					stale = append(stale, proof.Violation{Fault: proof.Stale, Subject: fmt.Sprintf("card %s on replica %d", c.ID, i), What: what})
				}
			}
		}
	}
	close(turns)
	looking.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("look at the cards: %w", err)
	}
	return stale, nil
}

// lookUntil returns how the replica's two views of the card differ from the database,
// "" if they do not.
func (s *stage) lookUntil(ctx context.Context, limit time.Time, c proof.Card, replica int) string {
	want := shownOf(c)
	for {
		what := s.look(ctx, c, replica, want)
		if what == "" || time.Now().After(limit) || wait(ctx, pollEvery) != nil {
			return what
		}
	}
}

func (s *stage) look(ctx context.Context, c proof.Card, replica int, want shown) string {
	shop, url := s.load.Shops[c.Org], s.load.Replicas[replica]
	code := shop.Cards[slices.IndexFunc(shop.Cards, func(k till.Card) bool { return k.ID == c.ID })].Code
	for name, ask := range map[string]func() (till.Answer, error){
		"the card": func() (till.Answer, error) { return s.load.Client.Get(ctx, url, shop.Token, "/v1/cards/"+c.ID) },
		"a scan":   func() (till.Answer, error) { return s.load.Client.Scan(ctx, url, shop.Token, code, shop.LocationID) },
	} {
		a, err := ask()
		if err != nil {
			return fmt.Sprintf("%s: %v", name, err)
		}
		got, err := shownIn(a)
		if err != nil {
			return fmt.Sprintf("%s: %v", name, err)
		}
		if what := got.differs(want); what != "" {
			return name + " " + what
		}
	}
	return ""
}

// shownOf is what is to be seen of the card.
func shownOf(c proof.Card) shown {
	var usable []string
	for _, k := range c.Coupons {
		if k.UsableAt(time.Now().UnixMilli()) && len(usable) < customer.MaxOpenCoupons {
			usable = append(usable, k.ID)
		}
	}
	return shown{string(c.Status), c.Balance, c.Round, usable}
}

// shownIn reads a card, or a scan with a card in it.
func shownIn(a till.Answer) (shown, error) {
	type state struct {
		Status      string `json:"status"`
		Balance     int    `json:"balance"`
		CardsFilled int    `json:"cards_filled"`
	}
	var view struct {
		state
		Card    *state                `json:"card"`
		Coupons []struct{ ID string } `json:"coupons"`
	}
	if a.Status != http.StatusOK {
		return shown{}, fmt.Errorf("answered %d %s", a.Status, a.Body)
	}
	if err := json.Unmarshal([]byte(a.Body), &view); err != nil {
		return shown{}, fmt.Errorf("cannot be read: %w", err)
	}
	if view.Card != nil {
		view.state = *view.Card
	}
	var ids []string
	for _, k := range view.Coupons {
		ids = append(ids, k.ID)
	}
	return shown{view.Status, view.Balance, view.CardsFilled, ids}, nil
}
