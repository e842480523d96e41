package store

import (
	"fmt"
	"strings"
	"testing"
)

// A card's passes are looked at in a profile that is read anew every few seconds.
func TestPassesOfACardAreFoundByTheirKeys(t *testing.T) {
	s := openEmpty(t)
	scan := func(r scanner) (detail string, err error) {
		var id, parent, unused int64
		if err = r.Scan(&id, &parent, &unused, &detail); err != nil {
			err = fmt.Errorf("read plan: %w", err)
		}
		return detail, err
	}
	plan, err := all(t.Context(), &transaction{s.writes, s.dialect}, scan, "EXPLAIN QUERY PLAN "+cardWalletPasses, "org", "card", 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan) < 3 {
		t.Errorf("a plan of %d steps: %q", len(plan), plan)
	}
	for _, step := range plan {
		if strings.HasPrefix(step, "SCAN") {
			t.Errorf("a table is read through: %s", step)
		}
	}
}
