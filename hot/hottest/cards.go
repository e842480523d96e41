package hottest

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/leima/leima/hot"
)

func card(org, id string, version uint64, payload string, aliases ...string) hot.CardState {
	return hot.CardState{
		CardRef: hot.CardRef{Org: org, Card: id}, Version: version, Payload: []byte(payload), Aliases: aliases,
	}
}

// failer is what testing.TB and rapid.T have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Context() context.Context
}

// sameCard tells whether two states are the same; a part that is empty and one that is
// not there are.
func sameCard(a, b hot.CardState) bool { return cmp.Equal(a, b, cmpopts.EquateEmpty()) }

func project(tb failer, s hot.State, batch ...hot.CardState) {
	tb.Helper()
	if err := s.Project(tb.Context(), batch); err != nil {
		tb.Fatalf("project: %v", err)
	}
}

func wantCard(tb failer, s hot.State, org, id string, version uint64, payload string) {
	tb.Helper()
	got, found, err := s.Card(tb.Context(), hot.CardRef{Org: org, Card: id})
	want := card(org, id, version, payload)
	if err != nil || !found || !sameCard(want, got) {
		tb.Fatalf("card %s of %s: found %v, error %v, difference (-want +got):\n%s", id, org, found, err, cmp.Diff(want, got, cmpopts.EquateEmpty()))
	}
}

func wantNoCard(tb failer, s hot.State, org, id string) {
	tb.Helper()
	if got, found, err := s.Card(tb.Context(), hot.CardRef{Org: org, Card: id}); err != nil || found {
		tb.Fatalf("card %s of %s: found %v (%+v), error %v, want none", id, org, found, got, err)
	}
}

func wantAlias(tb failer, s hot.State, org, alias, id string, version uint64, payload string) {
	tb.Helper()
	got, found, err := s.CardByAlias(tb.Context(), org, alias)
	want := card(org, id, version, payload)
	if err != nil || !found || !sameCard(want, got) {
		tb.Fatalf("alias %s of %s: found %v, error %v, difference (-want +got):\n%s", alias, org, found, err, cmp.Diff(want, got, cmpopts.EquateEmpty()))
	}
}

func wantNoAlias(tb failer, s hot.State, org, alias string) {
	tb.Helper()
	if got, found, err := s.CardByAlias(tb.Context(), org, alias); err != nil || found {
		tb.Fatalf("alias %s of %s: found %v (%+v), error %v, want none", alias, org, found, got, err)
	}
}

func runCards(t *testing.T, open Open) {
	t.Helper()
	t.Run("what nobody projected is not there", func(t *testing.T) {
		s := open(t)
		wantNoCard(t, s, "org", "card")
		wantNoAlias(t, s, "org", "code")
	})
	t.Run("a card is found by its id and its aliases", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "card", 1, "one", "code", "1234"), card("org", "other", 7, "seven", "other code"))
		wantCard(t, s, "org", "card", 1, "one")
		wantAlias(t, s, "org", "code", "card", 1, "one")
		wantAlias(t, s, "org", "1234", "card", 1, "one")
		wantAlias(t, s, "org", "other code", "other", 7, "seven")
	})
	t.Run("a newer version replaces and an older one does not", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "card", 5, "five", "code"))
		project(t, s, card("org", "card", 4, "four", "code"))
		wantCard(t, s, "org", "card", 5, "five")
		project(t, s, card("org", "card", 6, "six", "code"))
		wantAlias(t, s, "org", "code", "card", 6, "six")
	})
	t.Run("the same version replaces, so that a rebuild can correct", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "card", 5, "wrong", "code"))
		project(t, s, card("org", "card", 5, "right", "code"))
		wantAlias(t, s, "org", "code", "card", 5, "right")
	})
	t.Run("one batch may hold a card several times", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "card", 2, "two"), card("org", "card", 3, "three"), card("org", "card", 1, "one"))
		wantCard(t, s, "org", "card", 3, "three")
	})
	runAliases(t, open)
	t.Run("parts", func(t *testing.T) { runParts(t, open) })
	t.Run("a new epoch forgets every card", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "card", 5, "five", "code"))
		s.SetEpoch(2)
		wantNoCard(t, s, "org", "card")
		wantNoAlias(t, s, "org", "code")
		project(t, s, card("org", "card", 1, "one", "code"))
		s.SetEpoch(2)
		wantAlias(t, s, "org", "code", "card", 1, "one")
	})
	t.Run("the biggest batch of the biggest cards", func(t *testing.T) { biggestBatch(t, open(t)) })
	t.Run("the highest version wins", func(t *testing.T) { highestVersion(t, open(t)) })
	t.Run("many at once", func(t *testing.T) { manyAtOnce(t, open(t)) })
	t.Run("bad input", func(t *testing.T) { badCards(t, open(t)) })
}

func runAliases(t *testing.T, open Open) {
	t.Helper()
	t.Run("a reissued code opens the card and the old one no longer", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "card", 1, "one", "old", "1234"))
		project(t, s, card("org", "card", 2, "two", "new", "1234"))
		wantNoAlias(t, s, "org", "old")
		wantAlias(t, s, "org", "new", "card", 2, "two")
		wantAlias(t, s, "org", "1234", "card", 2, "two")
	})
	t.Run("an older state does not bring an old code back", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "card", 2, "two", "new"))
		project(t, s, card("org", "card", 1, "one", "old"))
		wantNoAlias(t, s, "org", "old")
		wantAlias(t, s, "org", "new", "card", 2, "two")
	})
	t.Run("a number moves from one card to another", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "first", 1, "one", "1234"))
		project(t, s, card("org", "second", 1, "one", "1234"))
		wantAlias(t, s, "org", "1234", "second", 1, "one")
		project(t, s, card("org", "first", 2, "two"))
		wantAlias(t, s, "org", "1234", "second", 1, "one")
		project(t, s, card("org", "second", 2, "two"))
		wantNoAlias(t, s, "org", "1234")
	})
	t.Run("organizations do not see each other", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "b:c", 1, "ours", "code"), card("other", "c", 1, "theirs", "code"))
		wantCard(t, s, "org", "b:c", 1, "ours")
		wantNoCard(t, s, "org", "c")
		wantNoCard(t, s, "other", "b:c")
		wantAlias(t, s, "org", "code", "b:c", 1, "ours")
		wantAlias(t, s, "other", "code", "c", 1, "theirs")
		wantNoAlias(t, s, "third", "code")
	})
	t.Run("payloads are bytes of any kind", func(t *testing.T) {
		s := open(t)
		project(t, s, card("org", "{b1}", 0, "", "{x}"), card("org", "\x00\xff", math.MaxUint64, "\x00\xff\r\n", "\xff"))
		wantAlias(t, s, "org", "{x}", "{b1}", 0, "")
		wantAlias(t, s, "org", "\xff", "\x00\xff", math.MaxUint64, "\x00\xff\r\n")
	})
}

func biggestBatch(t *testing.T, s hot.State) {
	t.Helper()
	batch := make([]hot.CardState, hot.MaxBatch)
	for i := range batch {
		batch[i] = card("org", fmt.Sprintf("card-%d", i), 1, strings.Repeat("x", 2000), fmt.Sprintf("code-%d", i))
	}
	batch[7] = card(strings.Repeat("o", hot.MaxName), strings.Repeat("c", hot.MaxName), 1, strings.Repeat("x", hot.MaxPayload),
		strings.Repeat("a", hot.MaxName))
	project(t, s, batch...)
	for i, c := range batch {
		if i%50 == 7 {
			wantAlias(t, s, c.Org, c.Aliases[0], c.Card, 1, string(c.Payload))
		}
	}
}

// highestVersion tries random orders of random versions, some as far apart as numbers
// of 64 bits can be.
func highestVersion(t *testing.T, s hot.State) {
	t.Helper()
	world := 0
	rapid.Check(t, func(rt *rapid.T) {
		world++
		org := fmt.Sprintf("org-%d", world)
		version := rapid.OneOf(
			rapid.Uint64Range(0, 5), rapid.Uint64Range(1<<32-2, 1<<32+2), rapid.Uint64Range(1<<53-2, 1<<53+2),
			rapid.Uint64Range(math.MaxUint64-2, math.MaxUint64),
		)
		model := map[string]hot.CardState{}
		for range rapid.IntRange(1, 8).Draw(rt, "batches") {
			var batch []hot.CardState
			for range rapid.IntRange(1, 6).Draw(rt, "cards") {
				id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "card")
				c := card(org, id, version.Draw(rt, "version"), rapid.StringN(0, 8, -1).Draw(rt, "payload"),
					rapid.SampledFrom([]string{"red ", "green "}).Draw(rt, "colour")+id)
				batch = append(batch, c)
				if old, ok := model[id]; !ok || c.Version >= old.Version {
					model[id] = c
				}
			}
			project(rt, s, batch...)
		}
		for id, c := range model {
			wantCard(rt, s, org, id, c.Version, string(c.Payload))
			for _, alias := range []string{"red " + id, "green " + id} {
				if alias == c.Aliases[0] {
					wantAliasOrMiss(rt, s, c, alias)
				} else {
					wantNoAlias(rt, s, org, alias)
				}
			}
		}
	})
}

// wantAliasOrMiss: when an alias left a card and came back, its pointer may be gone; a
// miss is always allowed, and reading through brings it back. Something else is not.
func wantAliasOrMiss(tb failer, s hot.State, c hot.CardState, alias string) {
	tb.Helper()
	if _, found, err := s.CardByAlias(tb.Context(), c.Org, alias); err != nil {
		tb.Fatalf("alias %s: %v", alias, err)
	} else if !found {
		project(tb, s, c)
	}
	wantAlias(tb, s, c.Org, alias, c.Card, c.Version, string(c.Payload))
}

func manyAtOnce(t *testing.T, s hot.State) {
	t.Helper()
	const writers, versions = 8, 50
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for v := range versions {
				version := uint64(v*writers+w*17) % (writers * versions) //nolint:gosec // small and positive
				c := card("org", "card", version, fmt.Sprint(version), "code")
				if err := s.Project(t.Context(), []hot.CardState{c}); err != nil {
					t.Error(err)
				}
				read := func(got hot.CardState, found bool, err error) bool {
					if err != nil || found && (string(got.Payload) != fmt.Sprint(got.Version) || got.Version < version) {
						t.Errorf("wrote version %d, read %+v, %v", version, got, err)
					}
					return found
				}
				if !read(s.Card(t.Context(), hot.CardRef{Org: "org", Card: "card"})) {
					t.Errorf("wrote version %d, read none", version)
				}
				// Another writer's pointer may still be on its way.
				read(s.CardByAlias(t.Context(), "org", "code"))
			}
		})
	}
	all.Wait()
}

func badCards(t *testing.T, s hot.State) {
	t.Helper()
	long := strings.Repeat("x", hot.MaxName+1)
	for field, c := range map[string]hot.CardState{
		"Org":      card("", "card", 1, ""),
		"Card":     card("org", "", 1, ""),
		"Payload":  card("org", "card", 1, strings.Repeat("x", hot.MaxPayload+1)),
		"Aliases":  card("org", "card", 1, "", ""),
		"Since":    part("org", "card", 3, 4, ""),
		"KeepRest": {CardRef: hot.CardRef{Org: "org", Card: "card"}, KeepRest: true, Aliases: []string{"code"}},
	} {
		wantInputError(t, s.Project(t.Context(), []hot.CardState{card("org", "good", 1, ""), c}), field)
	}
	wantNoCard(t, s, "org", "good")
	wantInputError(t, s.Project(t.Context(), []hot.CardState{card("a:b", "card", 1, "")}), "Org")
	wantInputError(t, s.Project(t.Context(), []hot.CardState{card(long, "card", 1, "")}), "Org")
	wantInputError(t, s.Project(t.Context(), []hot.CardState{card("org", "card", 1, "", long)}), "Aliases")
	wantInputError(t, s.Project(t.Context(), []hot.CardState{card("org", "card", 1, "", make([]string, hot.MaxAliases+1)...)}), "Aliases")
	wantInputError(t, s.Project(t.Context(), make([]hot.CardState, hot.MaxBatch+1)), "batch")
	_, _, err := s.Card(t.Context(), hot.CardRef{Org: "a:b", Card: "card"})
	wantInputError(t, err, "Org")
	_, _, err = s.CardByAlias(t.Context(), "org", long)
	wantInputError(t, err, "Alias")
}
