package store

import (
	"fmt"
	"strings"
	"testing"
)

// The coupons of a card are asked for when there are few yet, and one index looks as good as
// another to PostgreSQL. When there are many it must not go on reading all of them.
func TestWhatWasPlannedForFewRowsIsPlannedAgain(t *testing.T) {
	s := openEmptyAt(t, plainLogin(t))
	s.reads.SetMaxOpenConns(1)
	ask := func(times int) {
		t.Helper()
		for range times {
			err := s.read(t.Context(), "org_1", func(tx *transaction) error {
				_, err := s.openCoupons(t.Context(), tx, "org_1", []string{"card_1"})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	do := func(text string) {
		t.Helper()
		if _, err := s.owner.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("%.40q: %v", text, err)
		}
	}
	issue := func(from, to int) {
		t.Helper()
		do("INSERT INTO coupon (" + couponColumns + ") SELECT 'org_1', 'coup_' || n, 'card_' || n, 'prog_1', 'rew_1', 'main', '{}', 'issued', " +
			fmt.Sprintf("0, 0, 0, 0, n, 0, 0, '', '', '' FROM generate_series(%d, %d) AS n", from, to))
	}
	do("ALTER TABLE coupon NO FORCE ROW LEVEL SECURITY")
	do("ALTER TABLE coupon SET (autovacuum_enabled = off)")
	issue(2, 9)
	do("ANALYZE coupon")
	ask(8) // after five PostgreSQL plans once for all
	issue(10, 20_000)
	ask(16)
	plan, err := preparedPlan(t, s, "SELECT % FROM coupon %", "'org_1', 0, 1, 'card_1'")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plan, "coupon_card") {
		t.Errorf("after 16 more questions the coupons of a card are still found by\n%s", plan)
	}
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
