package store

import (
	"fmt"
	"strings"
	"testing"
)

// The coupons of a card are asked for when there are few yet, and one index looks as good as
// another to PostgreSQL. When there are many it must not go on reading all of them.
func TestWhatWasPlannedForFewRowsIsPlannedAgain(t *testing.T) {
	c := newPlannedCoupons(t)
	c.issue(2, 9)
	c.do("ANALYZE coupon")
	c.ask(8) // after five PostgreSQL plans once for all
	c.issue(10, 20_000)
	c.ask(16)
	if plan := c.plan(); !strings.Contains(plan, "coupon_card") {
		t.Errorf("after 16 more questions the coupons of a card are still found by\n%s", plan)
	}
}

// The index of all coupons of an organization has them in the order in which a card's are
// wanted. PostgreSQL must not take it for that, whatever it believes of the table: a card
// without coupons would read all of them.
func TestACardsCouponsAreNotLookedForInTheOrderOfAll(t *testing.T) {
	tests := map[string]func(c *plannedCoupons){
		"never analysed": func(c *plannedCoupons) { c.issue(1, 1000) },
		"few, and analysed": func(c *plannedCoupons) {
			c.issue(1, 9)
			c.do("ANALYZE coupon")
		},
		"many since it was analysed": func(c *plannedCoupons) {
			c.issue(1, 9)
			c.do("ANALYZE coupon")
			c.issue(10, 20_000)
		},
		"as if each card had most": func(c *plannedCoupons) {
			c.issue(1, 1000)
			c.do("UPDATE coupon SET card_id = 'card_1'")
			c.do("ANALYZE coupon")
		},
	}
	for name, fill := range tests {
		t.Run(name, func(t *testing.T) {
			c := newPlannedCoupons(t)
			fill(c)
			c.ask(8)
			if plan := c.plan(); strings.Contains(plan, "coupon_newest") {
				t.Errorf("the coupons of a card are found by\n%s", plan)
			}
		})
	}
}

// plannedCoupons is a PostgreSQL whose statistics of coupons change when told, and a store
// with one connection that asks for those of card_1.
type plannedCoupons struct {
	t *testing.T
	s *Store
}

func newPlannedCoupons(t *testing.T) *plannedCoupons {
	t.Helper()
	c := &plannedCoupons{t, openEmptyAt(t, plainLogin(t))}
	c.s.reads.SetMaxOpenConns(1)
	c.do("ALTER TABLE coupon NO FORCE ROW LEVEL SECURITY")
	c.do("ALTER TABLE coupon SET (autovacuum_enabled = off)")
	return c
}

func (c *plannedCoupons) do(text string) {
	c.t.Helper()
	if _, err := c.s.owner.ExecContext(c.t.Context(), text); err != nil {
		c.t.Fatalf("%.40q: %v", text, err)
	}
}

// issue adds a coupon to each of the cards.
func (c *plannedCoupons) issue(from, to int) {
	c.t.Helper()
	c.do("INSERT INTO coupon (" + couponColumns + ") SELECT 'org_1', 'coup_' || n, 'card_' || n, 'prog_1', 'rew_1', 'main', '{}', 'issued', " +
		fmt.Sprintf("0, 0, 0, 0, n, 0, 0, '', '', '' FROM generate_series(%d, %d) AS n", from, to))
}

func (c *plannedCoupons) ask(times int) {
	c.t.Helper()
	for range times {
		err := c.s.read(c.t.Context(), "org_1", func(tx *transaction) error {
			_, err := c.s.openCoupons(c.t.Context(), tx, "org_1", []string{"card_1"})
			return err
		})
		if err != nil {
			c.t.Fatal(err)
		}
	}
}

// plan returns how PostgreSQL answers the question, as the connection has it planned.
func (c *plannedCoupons) plan() string {
	c.t.Helper()
	plan, err := preparedPlan(c.t, c.s, "SELECT % FROM coupon %", "'org_1', 0, 1, 'card_1'")
	if err != nil {
		c.t.Fatal(err)
	}
	return plan
}

// preparedPlan returns the plan of the prepared statement, as the only connection for reading has it.
func preparedPlan(t *testing.T, s *Store, like, values string) (string, error) {
	t.Helper()
	var lines []string
	err := s.read(t.Context(), "org_1", func(tx *transaction) error {
		name, err := one(t.Context(), tx, nil, scan1[string], "SELECT name FROM pg_prepared_statements WHERE statement LIKE '"+like+"'")
		if err == nil {
			lines, err = all(t.Context(), tx, scan1[string], fmt.Sprintf("EXPLAIN EXECUTE %q (%s)", name, values))
		}
		return err
	})
	return strings.Join(lines, "\n"), err
}
