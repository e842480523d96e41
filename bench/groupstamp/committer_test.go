package main

import (
	"fmt"
	"sync"
	"testing"

	"github.com/leima/leima/bench/rival"
	"github.com/leima/leima/bench/rival/rivaltest"
	"github.com/leima/leima/store/storetest"
)

func openCommitters(t *testing.T) *committers {
	t.Helper()
	pool, err := open(t.Context(), storetest.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	c := newCommitters(pool)
	t.Cleanup(func() {
		c.close()
		pool.Close()
	})
	return c
}

func TestAStampIsCountedOnceForItsKey(t *testing.T) {
	c := openCommitters(t)
	rivaltest.CountsOnce(t, handler(c.pool, c))
}

// Many tills stamp few cards at once; every stamp is in the ledger and on its card.
func TestStampsThatComeTogetherAreAllCounted(t *testing.T) {
	const tills, each, cards = 16, 20, 3
	c := openCommitters(t)
	var all sync.WaitGroup
	for till := range tills {
		all.Go(func() {
			for i := range each {
				s := rival.Stamp{CardID: fmt.Sprintf("card_%d", (till+i)%cards), Quantity: 1, LocationID: "loc_1"}
				if _, err := c.give(t.Context(), fmt.Sprintf("%d-%d", till, i), s); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	var stamps, wrong int
	if err := c.pool.QueryRow(t.Context(), "SELECT COUNT(*) FROM entry").Scan(&stamps); err != nil {
		t.Fatal(err)
	}
	if err := c.pool.QueryRow(t.Context(), "SELECT COUNT(*) FROM card c WHERE balance <> "+
		"(SELECT SUM(quantity) % $1 FROM entry e WHERE e.card_id = c.id)", rival.Goal).Scan(&wrong); err != nil {
		t.Fatal(err)
	}
	if stamps != tills*each || wrong > 0 {
		t.Errorf("%d stamps, want %d; %d cards show another balance", stamps, tills*each, wrong)
	}
}
