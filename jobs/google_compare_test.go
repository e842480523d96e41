package jobs_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/wallet/google/googletest"
)

// unknown puts objects at Google that nobody here knows of.
func (g *googles) unknown(n int) {
	for i := range n {
		g.standIn.Put(fmt.Sprintf(`{"id":%q,"classId":%q,"state":"ACTIVE"}`,
			fmt.Sprintf("%s.unknown-%d", googletest.Issuer, i), g.cards.ClassID(g.org.ID, g.program.ID)))
	}
}

func (g *googles) active() (n int) {
	g.t.Helper()
	for i := range 100 {
		if o := g.standIn.Object(fmt.Sprintf("%s.unknown-%d", googletest.Issuer, i)); o["state"] == "ACTIVE" {
			n++
		}
	}
	return n
}

// A callback and an update were lost, and Google lost a card of its own.
func TestAComparisonFindsWhatWasLost(t *testing.T) {
	onBothWithGoogle(t, func(t *testing.T, g *googles) {
		t.Helper()
		told, changed := g.linked(g.fill(t, "a", 1).ID), g.linked(g.fill(t, "b", 1).ID)
		g.standIn.Save(told)
		body := fmt.Sprintf(`{"id":%q,"classId":%q,"state":"ACTIVE","loyaltyPoints":{"balance":{"string":"7/10"}}}`, changed, g.cards.ClassID(g.org.ID, g.program.ID))
		g.standIn.Put(body)
		found := g.compare()
		if found.Seen != 2 || found.Differed != 1 || found.Unknown != 0 || found.Failed != 0 || found.Refused {
			t.Errorf("found %+v", found)
		}
		if got := g.counts(); got.Saved != 1 {
			t.Errorf("counts %+v, want the one saved whose callback was lost", got)
		}
		if got := g.shows(changed); got != "1/10" {
			t.Errorf("Google shows %q", got)
		}
		if again := g.compare(); again.Differed != 0 {
			t.Errorf("the next day %+v", again)
		}
	})
}

func TestAFewUnknownCardsAreDeactivatedAndManyAreNot(t *testing.T) {
	for name, c := range map[string]struct {
		known, unknown, left int
		refused              bool
	}{
		"one of twenty": {19, 1, 0, false}, "two of twenty": {18, 2, 2, true}, "all, with an empty database": {0, 5, 5, true},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGoogles(t, databaseKinds["SQLite"](t))
			g.ok(g.cards.EnsureClass(t.Context(), g.org.ID, g.program.ID))
			for n := range c.known {
				g.linked(g.fill(t, fmt.Sprint("card ", n), 1).ID)
			}
			g.unknown(c.unknown)
			found := g.compare()
			if found.Unknown != c.unknown || found.Seen != c.known+c.unknown || found.Refused != c.refused {
				t.Errorf("found %+v", found)
			}
			if got := g.active(); got != c.left {
				t.Errorf("%d are active, want %d", got, c.left)
			}
		})
	}
}

// Google fails in the middle; the next run goes on there.
func TestAComparisonGoesOnWhereItStopped(t *testing.T) {
	g := newGoogles(t, databaseKinds["SQLite"](t))
	for n := range 3 {
		g.linked(g.fill(t, fmt.Sprint("card ", n), 1).ID)
	}
	g.later(25 * time.Hour)
	g.standIn.Fail(googletest.Fault{Path: "loyaltyObject", Times: 1, Status: http.StatusForbidden, Reason: "permissionDenied"})
	job := g.comparison()
	if err := job.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "permissionDenied") {
		t.Fatalf("the error is %v", err)
	}
	g.ok(job.Run(t.Context()))
	if len(g.compared) != 1 || g.compared[0].Seen != 3 {
		t.Errorf("compared %+v", g.compared)
	}
}
