package web

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// TestEveryCardIsDrawn: a place for each stamp, the first of them filled, a prize at
// the end, and rows that fit on a phone.
func TestEveryCardIsDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		goal := rapid.IntRange(loyalty.MinGoal, loyalty.MaxGoal).Draw(t, "goal")
		filled := rapid.IntRange(0, goal).Draw(t, "filled")
		at := rapid.IntRange(1, loyalty.MaxGoal).Draw(t, "milestone") // may be beyond a card that was begun smaller
		p := loyalty.Program{Rewards: []loyalty.Reward{{Kind: loyalty.RewardMilestone, At: at}}}
		slots := slotsOf(p, goal, filled)
		if len(slots) != goal || !slots[goal-1].Prize {
			t.Fatalf("%d places, the last is %+v", len(slots), slots[len(slots)-1])
		}
		for i, s := range slots {
			if s.Filled != (i < filled) || s.Number != i+1 {
				t.Fatalf("place %d is %+v", i, s)
			}
			if want := i+1 == goal || i+1 == at; s.Prize != want {
				t.Fatalf("place %d has a prize: %v", i, s.Prize)
			}
		}
		if c := columnsFor(goal); c < 2 || c > 10 || c > goal {
			t.Fatalf("%d columns for %d stamps", c, goal)
		}
	})
}

func TestContactsAreMostlyHidden(t *testing.T) {
	for _, c := range []struct {
		customer customer.Customer
		want     string
	}{
		{customer.Customer{PendingPhone: "+358401234567"}, "+358•••567"},
		{customer.Customer{PendingPhone: "+123456"}, "+•••"},
		{customer.Customer{PendingEmail: "helmi@example.org"}, "h•••@example.org"},
		{customer.Customer{PendingEmail: "h@example.org"}, "h•••@example.org"},
		{customer.Customer{PendingEmail: "ö@example.org"}, "ö•••@example.org"},
		{customer.Customer{}, "•••"},
	} {
		if got := pendingContact(c.customer); got != c.want {
			t.Errorf("%+v: %s, want %s", c.customer, got, c.want)
		}
	}
}

func TestAPostersWordsFit(t *testing.T) {
	for reward, want := range map[string]string{
		"A free lunch": "", "A gift of your choice: hand cream or lip balm": "long",
		"Ein kostenloses Mittagessen an Werktagen zwischen 11 und 14 Uhr für zwei Personen": "longer",
	} {
		if got := posterSize(reward); got != want {
			t.Errorf("%s: %q, want %q", reward, got, want)
		}
	}
}
