package store

import (
	"strings"
	"testing"
)

// A card's passes are looked at in a profile that is read anew every few seconds.
func TestPassesOfACardAreFoundByTheirKeys(t *testing.T) {
	s := openEmpty(t)
	plan := planOf(t, s, cardWalletPasses)
	if len(plan) < 3 {
		t.Errorf("a plan of %d steps: %q", len(plan), plan)
	}
	for _, step := range plan {
		if strings.HasPrefix(step, "SCAN") {
			t.Errorf("a table is read through: %s", step)
		}
	}
}
