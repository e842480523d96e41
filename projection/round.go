package projection

import (
	"slices"
	"strconv"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

// noLocation stands for the location of what happened at none, as no name in a cell of
// the hot state may be empty. No id looks like it.
const noLocation = "-"

// cellOf returns the name of a cell in the hot state.
func cellOf(c loyalty.Cell) hot.Cell {
	location := c.LocationID
	if location == "" {
		location = noLocation
	}
	return hot.Cell{Org: c.OrgID, Program: c.ProgramID, Location: location, Day: strconv.Itoa(int(c.Day))}
}

// work is a commit as the hot state is told of it.
type work struct {
	source string
	seq    uint64
	cards  []hot.CardState
	push   hot.Push
}

func workOf(c loyalty.Commit) work {
	w := work{source: c.Source, seq: c.Seq, cards: make([]hot.CardState, len(c.Cards))}
	for i := range c.Cards {
		w.cards[i] = changeOf(&c.Cards[i])
	}
	if len(c.Counts) > 0 {
		w.push = hot.Push{Source: c.Source, Seq: c.Seq, Increments: make([]hot.Increment, len(c.Counts))}
		for i, n := range c.Counts {
			w.push.Increments[i] = hot.Increment{Cell: cellOf(n.Cell), Counts: hot.Counts(n.Counts)}
		}
	}
	return w
}

// changeOf returns what a commit tells of a card.
func changeOf(c *loyalty.ChangedCard) hot.CardState {
	ref, version := refOf(c.OrgID, c.ID), uint64(max(c.Version, 0))
	since := c.Since
	if since == 0 {
		since = c.Version - 1
	}
	if c.Whole || since < 0 || since >= c.Version {
		return hot.Changed(ref, version)
	}
	counters, ok := countersOf(&c.Card)
	coupons, fits := couponsOf(c)
	if !ok || !fits {
		return hot.Changed(ref, version)
	}
	return hot.CardState{CardRef: ref, Version: version, Payload: counters, Rest: coupons, KeepRest: true, Since: uint64(since)}
}

// round is what goes to the hot state at once.
type round struct {
	hot.Round
	// at holds the places of the cards from the second commit on: most rounds are of one,
	// which has each card once.
	at         map[hot.CardRef]int
	increments int
	commits    int
	// sources holds the last number of each source that is in it.
	sources map[string]uint64
}

// takes tells whether there is room for a commit. An empty round takes any.
func (r *round) takes(w work) bool {
	return r.commits == 0 || r.commits < hot.MaxBatch &&
		len(r.Cards)+len(w.cards) <= hot.MaxBatch && r.increments+len(w.push.Increments) <= hot.MaxBatch
}

// add takes a commit, with each card once: the hot state need not hear of versions that
// are over.
func (r *round) add(w work) {
	r.commits++
	if r.sources == nil {
		r.sources = make(map[string]uint64, 1)
	}
	r.sources[w.source] = w.seq
	if r.commits == 1 {
		r.Cards = w.cards
	} else {
		r.addCards(w.cards)
	}
	if len(w.push.Increments) > 0 {
		r.increments += len(w.push.Increments)
		r.Pushes = append(r.Pushes, w.push)
	}
}

func (r *round) addCards(cards []hot.CardState) {
	if r.at == nil {
		r.at = make(map[hot.CardRef]int, len(r.Cards)+len(cards))
		for i := range r.Cards {
			r.at[r.Cards[i].CardRef] = i
		}
	}
	for i := range cards {
		c := &cards[i]
		at, again := r.at[c.CardRef]
		if again {
			r.Cards[at] = together(r.Cards[at], *c)
			continue
		}
		r.at[c.CardRef] = len(r.Cards)
		r.Cards = append(r.Cards, *c)
	}
}

// together returns what two changes of a card come to, in whatever order they came: the
// later one, and if it builds on the version of the earlier one, on what that builds on, and
// with what both tell.
func together(a, b hot.CardState) hot.CardState {
	if a.Version > b.Version {
		a, b = b, a
	}
	if a.Since == a.Version || b.Since == b.Version || b.Since > a.Version {
		return b
	}
	if len(a.Rest)+len(b.Rest) > maxTold {
		return hot.Changed(b.CardRef, b.Version)
	}
	b.Since = min(a.Since, b.Since)
	if len(a.Rest) > 0 {
		b.Rest = slices.Concat(a.Rest, b.Rest)
	}
	return b
}
