package hottest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/hot"
)

// part is what a commit knows of a card: its payload, and that the rest is as it was
// in the version since.
func part(org, id string, version, since uint64, payload string) hot.CardState {
	return hot.CardState{
		CardRef: hot.CardRef{Org: org, Card: id}, Version: version, Payload: []byte(payload), KeepRest: true, Since: since,
	}
}

func withRest(c hot.CardState, rest string) hot.CardState {
	c.Rest = []byte(rest)
	return c
}

func wantWhole(tb failer, s hot.State, org, alias string, want hot.CardState) {
	tb.Helper()
	want.Aliases = nil
	for _, read := range []func() (hot.CardState, bool, error){
		func() (hot.CardState, bool, error) { return s.Card(tb.Context(), want.CardRef) },
		func() (hot.CardState, bool, error) { return s.CardByAlias(tb.Context(), org, alias) },
	} {
		got, found, err := read()
		if err != nil || !found || !sameCard(want, got) {
			tb.Fatalf("card %s: found %v, error %v, got %+v, want %+v", want.Card, found, err, got, want)
		}
	}
}

func runParts(t *testing.T, open Open) {
	t.Helper()
	known := withRest(card("org", "card", 5, "five", "code"), "name and coupons")
	t.Run("a part keeps the rest and the aliases", func(t *testing.T) {
		s := open(t)
		project(t, s, known)
		wantWhole(t, s, "org", "code", known)
		project(t, s, part("org", "card", 6, 5, "six."))
		wantWhole(t, s, "org", "code", withRest(card("org", "card", 6, "six."), "name and coupons"))
		project(t, s, part("org", "card", 8, 4, "a longer payload"))
		wantWhole(t, s, "org", "code", withRest(card("org", "card", 8, "a longer payload"), "name and coupons"))
		project(t, s, part("org", "card", 9, 8, ""))
		wantWhole(t, s, "org", "code", withRest(card("org", "card", 9, ""), "name and coupons"))
	})
	t.Run("a part of a card that nobody knows is a miss, and what is older cannot come back", func(t *testing.T) {
		s := open(t)
		project(t, s, part("org", "card", 6, 5, "six"))
		wantNoCard(t, s, "org", "card")
		project(t, s, known)
		wantNoCard(t, s, "org", "card")
		wantNoAlias(t, s, "org", "code")
		whole := withRest(card("org", "card", 6, "six", "code"), "read through")
		project(t, s, whole)
		wantWhole(t, s, "org", "code", whole)
	})
	t.Run("a part is of no use when the rest changed in between", func(t *testing.T) {
		s := open(t)
		project(t, s, known)
		project(t, s, part("org", "card", 7, 6, "seven"))
		wantNoCard(t, s, "org", "card")
		project(t, s, part("org", "card", 8, 7, "eight"))
		wantNoCard(t, s, "org", "card")
		whole := withRest(card("org", "card", 8, "eight", "new code"), "new name")
		project(t, s, whole)
		wantWhole(t, s, "org", "new code", whole)
		wantNoAlias(t, s, "org", "code")
	})
	t.Run("a part that is late or comes twice changes nothing", func(t *testing.T) {
		s := open(t)
		project(t, s, known)
		project(t, s, part("org", "card", 5, 4, "late"), part("org", "card", 4, 3, "later"), part("org", "card", 5, 1, "late"))
		wantWhole(t, s, "org", "code", known)
	})
	t.Run("a card that changed is forgotten but for its version", func(t *testing.T) {
		s := open(t)
		project(t, s, known)
		project(t, s, hot.Changed(known.CardRef, 5))
		wantWhole(t, s, "org", "code", known)
		project(t, s, hot.Changed(known.CardRef, 6), hot.Changed(known.CardRef, 6))
		wantNoCard(t, s, "org", "card")
		wantNoAlias(t, s, "org", "code")
		project(t, s, known)
		wantNoCard(t, s, "org", "card")
		whole := withRest(card("org", "card", 6, "six", "code"), "new coupons")
		project(t, s, whole)
		wantWhole(t, s, "org", "code", whole)
	})
	t.Run("many parts in one batch", func(t *testing.T) {
		s := open(t)
		project(t, s, known, part("org", "card", 6, 5, "six"), part("org", "card", 7, 6, "seven"), part("org", "other", 1, 0, ""))
		wantWhole(t, s, "org", "code", withRest(card("org", "card", 7, "seven"), "name and coupons"))
		wantNoCard(t, s, "org", "other")
	})
	t.Run("what came to the rest is put behind it", func(t *testing.T) { growingRest(t, open(t), known) })
	t.Run("a card that grows out of its bounds is forgotten but for its version", func(t *testing.T) { tooMuchRest(t, open) })
	t.Run("any order of commits and read-throughs", func(t *testing.T) { partsProperty(t, open(t)) })
}

func growingRest(t *testing.T, s hot.State, known hot.CardState) {
	t.Helper()
	project(t, s, known)
	project(t, s, withRest(part("org", "card", 6, 5, "six."), ", a coupon"))
	wantWhole(t, s, "org", "code", withRest(card("org", "card", 6, "six."), "name and coupons, a coupon"))
	project(t, s, withRest(part("org", "card", 6, 5, "six."), ", twice"), withRest(part("org", "card", 4, 3, "four"), ", late"))
	wantWhole(t, s, "org", "code", withRest(card("org", "card", 6, "six."), "name and coupons, a coupon"))
	project(t, s, withRest(part("org", "card", 8, 5, "a longer payload"), ", \x00\xff"), part("org", "card", 9, 8, "a shorter one"))
	wantWhole(t, s, "org", "code", withRest(card("org", "card", 9, "a shorter one"), "name and coupons, a coupon, \x00\xff"))
	project(t, s, withRest(part("org", "card", 11, 10, "eleven"), ", in vain"))
	wantNoCard(t, s, "org", "card")
	project(t, s, withRest(part("org", "card", 12, 11, "twelve"), ", to a marker"), withRest(part("org", "other", 1, 0, ""), "to nothing"))
	wantNoCard(t, s, "org", "card")
	wantNoCard(t, s, "org", "other")
	project(t, s, withRest(card("org", "card", 12, "twelve", "code"), "read through"), withRest(hot.Changed(known.CardRef, 13), ", in vain"))
	wantNoCard(t, s, "org", "card")
}

func tooMuchRest(t *testing.T, open Open) {
	t.Helper()
	for since, c := range []hot.CardState{
		withRest(part("org", "card", 1, 0, "payload"), "12"), withRest(part("org", "card", 2, 1, "a longer payload"), "3"), part("org", "card", 3, 2, "the longest payload"),
	} {
		s, version := open(t), uint64(since)
		most := withRest(card("org", "card", version, "payload", "code", "number"), strings.Repeat("x", hot.MaxPayload-len(c.Payload)-len(c.Rest)))
		project(t, s, most, c)
		wantWhole(t, s, "org", "code", withRest(card("org", "card", version+1, string(c.Payload)), string(most.Rest)+string(c.Rest)))
		tooMuch := withRest(card("org", "card", version+1, "payload", "code", "number"), string(most.Rest)+"x")
		c.Version, c.Since = version+2, version+1
		project(t, s, tooMuch)
		project(t, s, c)
		wantNoCard(t, s, "org", "card")
		project(t, s, most)
		wantNoCard(t, s, "org", "card")
	}
}

// partsProperty lets a card be committed, and what its committers and readers tell
// arrive in any order, late, twice or never. What is read must at every moment be one
// version, and none that is older than any that arrived. The rest is a name and then a log
// of what became of coupons, of which a commit tells its own part.
func partsProperty(t *testing.T, s hot.State) {
	t.Helper()
	world := 0
	rapid.Check(t, func(rt *rapid.T) {
		world++
		m := &partsMachine{state: s, org: fmt.Sprint("org-", world)}
		m.base = rapid.SampledFrom([]uint64{1, 1<<32 - 4, 1<<53 - 4, math.MaxUint64 - 1000}).Draw(rt, "first version")
		m.versions = []cardVersion{{payload: "p", rest: 0}}
		rt.Repeat(rapid.StateMachineActions(m))
		// In the end a reading brings the card back.
		m.ReadThrough(rt)
		project(rt, s, m.flying[len(m.flying)-1])
		last := m.whole(len(m.versions) - 1)
		wantWhole(rt, s, m.org, last.Aliases[0], last)
		wantWhole(rt, s, m.org, last.Aliases[1], last)
	})
}

// cardVersion is a version of the card in the truth. The rest is named by a number, and has
// the coupons that are open.
type cardVersion struct {
	payload string
	rest    int
	coupons [partsCoupons]bool
}

// partsCoupons is how many coupons there are.
const partsCoupons = 4

// change opens or closes a coupon and returns what is told of it.
func (v *cardVersion) change(coupon int) string {
	v.coupons[coupon] = !v.coupons[coupon]
	if v.coupons[coupon] {
		return fmt.Sprintf("+%d", coupon)
	}
	return fmt.Sprintf("-%d", coupon)
}

// text is the rest as a reading of the truth finds it.
func (v *cardVersion) text() string {
	log := strings.Builder{}
	for coupon, open := range v.coupons {
		if open {
			fmt.Fprintf(&log, "+%d", coupon)
		}
	}
	return fmt.Sprintf("rest %d:%s", v.rest, log.String())
}

// settled returns the rest with the last word of its log on each coupon.
func settled(rest []byte) []byte {
	name, log, _ := strings.Cut(string(rest), ":")
	var v cardVersion
	for ; len(log) > 1; log = log[2:] {
		v.coupons[log[1]-'0'] = log[0] == '+'
	}
	_, _ = fmt.Sscanf(name, "rest %d", &v.rest)
	return []byte(v.text())
}

// partsMachine is a card, and what was told of it and has not arrived.
type partsMachine struct {
	state    hot.State
	org      string
	base     uint64
	versions []cardVersion
	flying   []hot.CardState
	// arrived is the highest version that did, once any is set.
	arrived uint64
	any     bool
}

func (m *partsMachine) number(i int) uint64 { return m.base + uint64(i) } //nolint:gosec // small and positive

// whole is the card as a reading of the i-th version finds it.
func (m *partsMachine) whole(i int) hot.CardState {
	v := m.versions[i]
	return withRest(card(m.org, "card", m.number(i), v.payload, m.aliases(v)...), v.text())
}

func (m *partsMachine) aliases(v cardVersion) []string {
	return []string{fmt.Sprint("code ", v.rest/2), fmt.Sprint("number ", v.rest%3)}
}

// Commit makes one version or several at once, and tells of the last.
func (m *partsMachine) Commit(t *rapid.T) {
	since, log := len(m.versions)-1, ""
	whole := false
	for range rapid.IntRange(1, 3).Draw(t, "commands") {
		next := m.versions[len(m.versions)-1]
		next.payload = rapid.SampledFrom([]string{"", "p", "q", "longer"}).Draw(t, "payload")
		if rapid.IntRange(0, 3).Draw(t, "rest changes") == 0 {
			next.rest++
			whole = true
		}
		if rapid.IntRange(0, 2).Draw(t, "coupons change") == 0 {
			log += next.change(rapid.IntRange(0, partsCoupons-1).Draw(t, "coupon"))
		}
		m.versions = append(m.versions, next)
	}
	last := len(m.versions) - 1
	if whole {
		m.flying = append(m.flying, hot.Changed(hot.CardRef{Org: m.org, Card: "card"}, m.number(last)))
	} else {
		m.flying = append(m.flying, withRest(part(m.org, "card", m.number(last), m.number(since), m.versions[last].payload), log))
	}
}

// ReadThrough reads the truth as it is now, to be projected at some time.
func (m *partsMachine) ReadThrough(*rapid.T) { m.flying = append(m.flying, m.whole(len(m.versions)-1)) }

// Arrive brings some of what was told, and may bring it again.
func (m *partsMachine) Arrive(t *rapid.T) {
	var batch []hot.CardState
	for range rapid.IntRange(1, 3).Draw(t, "how many") {
		if len(m.flying) == 0 {
			break
		}
		i := rapid.IntRange(0, len(m.flying)-1).Draw(t, "which")
		c := m.flying[i]
		batch = append(batch, c)
		m.arrived, m.any = max(m.arrived, c.Version), true
		if rapid.IntRange(0, 3).Draw(t, "again") > 0 {
			m.flying = append(m.flying[:i:i], m.flying[i+1:]...)
		}
	}
	project(t, m.state, batch...)
}

// Check reads the card by its id and by all aliases that it ever had, after every step.
func (m *partsMachine) Check(t *rapid.T) {
	byID, known, err := m.state.Card(t.Context(), hot.CardRef{Org: m.org, Card: "card"})
	m.check(t, "", byID, known, err)
	for i := range m.versions {
		for _, alias := range m.whole(i).Aliases {
			got, found, err := m.state.CardByAlias(t.Context(), m.org, alias)
			m.check(t, alias, got, found, err)
			if found && !sameCard(byID, got) {
				t.Fatalf("by %s: %+v, by id: %v, %+v", alias, got, known, byID)
			}
		}
	}
}

func (m *partsMachine) check(t *rapid.T, alias string, got hot.CardState, found bool, err error) {
	switch {
	case err != nil:
		t.Fatalf("read: %v", err)
	case !found:
		return
	case !m.any || got.Version != m.arrived:
		t.Fatalf("read version %d, arrived have none above %d (%v)", got.Version, m.arrived, m.any)
	}
	want := m.whole(int(got.Version - m.base)) //nolint:gosec // small
	if alias != "" && alias != want.Aliases[0] && alias != want.Aliases[1] {
		t.Fatalf("version %d is found by %s, it has %v", got.Version, alias, want.Aliases)
	}
	want.Aliases, got.Rest = nil, settled(got.Rest)
	if !sameCard(want, got) {
		t.Fatalf("read a mix: %+v, version %d was %+v", got, got.Version, want)
	}
}
