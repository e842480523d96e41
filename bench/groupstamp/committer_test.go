package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/leima/leima/bench/rival"
	"github.com/leima/leima/bench/rival/rivaltest"
	"github.com/leima/leima/store/storetest"
)

// onBoth runs the test on a new ledger of each kind. count answers a question that is a
// number, which both understand.
func onBoth(t *testing.T, f func(t *testing.T, c *committers, count func(query string) int)) {
	t.Helper()
	committing := func(t *testing.T, open func(context.Context, string) (ledger, error), where string) *committers {
		t.Helper()
		l, err := open(t.Context(), where)
		if err != nil {
			t.Fatal(err)
		}
		c := newCommitters(l)
		t.Cleanup(func() {
			if err := c.close(); err != nil {
				t.Error(err)
			}
		})
		return c
	}
	t.Run("PostgreSQL", func(t *testing.T) {
		c := committing(t, openPostgres, storetest.NewDatabase(t))
		f(t, c, func(query string) (n int) {
			l, _ := c.ledger.(postgresLedger)
			if err := l.pool.QueryRow(t.Context(), query).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		})
	})
	t.Run("SQLite", func(t *testing.T) {
		c := committing(t, openSQLite, filepath.Join(t.TempDir(), "stamps.db"))
		f(t, c, func(query string) (n int) {
			l, _ := c.ledger.(*sqliteLedger)
			if err := l.db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		})
	})
}

func TestAStampIsCountedOnceForItsKey(t *testing.T) {
	onBoth(t, func(t *testing.T, c *committers, _ func(string) int) {
		t.Helper()
		rivaltest.CountsOnce(t, handler(c))
	})
}

// Many tills stamp few cards at once; every stamp is in the ledger and on its card.
func TestStampsThatComeTogetherAreAllCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, c *committers, count func(string) int) {
		t.Helper()
		const tills, each, cards = 16, 20, 3
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
		stamps := count("SELECT COUNT(*) FROM entry")
		wrong := count(fmt.Sprintf("SELECT COUNT(*) FROM card c WHERE balance <> "+
			"(SELECT SUM(quantity) %% %d FROM entry e WHERE e.card_id = c.id)", rival.Goal))
		if stamps != tills*each || wrong > 0 {
			t.Errorf("%d stamps, want %d; %d cards show another balance", stamps, tills*each, wrong)
		}
	})
}
