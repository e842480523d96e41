package hot

import (
	"context"
	"slices"
	"strings"
)

// scriptCards bounds the cards that one script sets, as nothing else happens in
// Redis meanwhile: about a fifth of a millisecond.
const scriptCards = 128

// What scripts/project.lua answers for a card.
const (
	cardKept       = 'K'
	cardSet        = 'S'
	cardNewAliases = 'A'
	cardFull       = 'F'
)

// Project implements Cards.
func (r *Redis) Project(ctx context.Context, batch []CardState) error {
	return r.Follow(ctx, Round{Cards: batch})
}

// projected looks at the answers for the groups and returns the calls that write
// pointers of aliases.
func (r *Redis) projected(keys *keyspace, groups [][]*CardState, calls []*call) (pointers []*call, err error) {
	for i, group := range groups {
		letters, wrong := calls[i].answer.Text()
		if wrong != nil || len(letters) != len(group) {
			r.missed.addCards(group)
			continue
		}
		r.missed.doneCards(group)
		for j, state := range group {
			switch letters[j] {
			case cardNewAliases:
				pointers = appendPointers(pointers, keys, state)
			case cardFull:
				r.full()
				err = errFull
			case cardKept, cardSet:
			}
		}
	}
	return pointers, err
}

// groups divides a batch into what one script can set: in a Cluster the cards of one
// bucket, else any scriptCards.
func (r *Redis) groups(batch []CardState) [][]*CardState {
	cards := make([]*CardState, len(batch))
	for i := range batch {
		cards[i] = &batch[i]
	}
	if !r.cluster {
		return slices.Collect(slices.Chunk(cards, scriptCards))
	}
	var byBucket [buckets][]*CardState
	for _, card := range cards {
		b := card.bucket()
		byBucket[b] = append(byBucket[b], card)
	}
	groups := make([][]*CardState, 0, min(len(batch), buckets))
	for _, group := range byBucket {
		if len(group) > 0 {
			groups = append(groups, slices.Collect(slices.Chunk(group, scriptCards))...)
		}
	}
	return groups
}

// valueHint is about what a key and its arguments need besides names and contents, and
// partHint what one of them needs, in bytes.
const (
	valueHint = 64
	partHint  = 512
)

// projectCall returns the call that sets the cards of a group. Keys and arguments are
// parts of one string, as a batch would otherwise be a thousand allocations.
func projectCall(keys *keyspace, group []*CardState) *call {
	size := 0
	for _, s := range group {
		size += len(keys.cards) + valueHint + len(s.Org) + len(s.Card) + len(s.Payload) + len(s.Rest) + digestLen*len(s.Aliases)
	}
	const parts = 3 // of each card: the key, what it builds on, the value
	var text strings.Builder
	text.Grow(size)
	ends := make([]int, 1, 1+parts*len(group))
	room := make([]byte, 0, partHint)
	add := func(part []byte) {
		text.Write(part)
		ends = append(ends, text.Len())
		room = part[:0]
	}
	for _, s := range group {
		text.WriteString(keys.cards)
		add(appendPlace(room, s.bucket(), s.Org, s.Card))
		switch {
		case s.KeepRest && s.Since == s.Version:
			add(appendHead(room, s.Since, markerLen))
		case s.KeepRest:
			add(append(appendHead(room, s.Since, len(s.Payload)), s.Rest...))
		default:
			add(room)
		}
		add(appendCard(room, s))
	}
	whole := text.String()
	part := func(i int) string { return whole[ends[i]:ends[i+1]] }
	c := &call{script: projectScript, keys: make([]string, len(group)), args: make([]any, 0, parts*len(group))}
	c.args = append(c.args, ProjectionTTL.Milliseconds(), MaxPayload)
	for i := range group {
		c.keys[i] = part(parts * i)
		c.args = append(c.args, part(parts*i+1), part(parts*i+2))
	}
	return c
}

// appendPointers appends the commands that set the pointers of a card's aliases. They
// outlive the card, which every projection prolongs.
func appendPointers(calls []*call, keys *keyspace, s *CardState) []*call {
	place := s.place()
	for _, alias := range s.Aliases {
		key := keys.aliases + aliasPlace(s.Org, appendDigest(nil, s.Org, alias))
		calls = append(calls, command("SET", key, place, "PX", pointerTTL.Milliseconds()))
	}
	return calls
}

// pointerTTL is how long a pointer stays. It is not prolonged by projections, but when
// it is gone, the card is read from the truth once and the pointer is back.
const pointerTTL = 7 * ProjectionTTL

// Card implements Cards.
func (r *Redis) Card(ctx context.Context, ref CardRef) (CardState, bool, error) {
	if err := checkRef(ref); err != nil {
		return CardState{}, false, err
	}
	_, value, err := r.ask(ctx, read{place: ref.place()})
	if err != nil || value == "" {
		return CardState{}, false, err
	}
	return r.believe(ref, value, nil)
}

// CardByAlias implements Cards: two round trips, the second with the first of others.
func (r *Redis) CardByAlias(ctx context.Context, org, alias string) (CardState, bool, error) {
	if err := checkAlias(org, alias); err != nil {
		return CardState{}, false, err
	}
	digest := appendDigest(make([]byte, 0, digestLen), org, alias)
	place, value, err := r.ask(ctx, read{place: aliasPlace(org, digest), pointer: true})
	if err != nil || value == "" {
		return CardState{}, false, err
	}
	ref, ok := refOf(place, org)
	if !ok {
		return CardState{}, false, unavailable(errNotACard)
	}
	return r.believe(ref, value, digest)
}

// refOf returns the card of a place, false unless it is the organization's.
func refOf(place, org string) (CardRef, bool) {
	_, names, _ := strings.Cut(place, "}:")
	card, ok := strings.CutPrefix(names, org+":")
	return CardRef{org, card}, ok
}

// believe returns the card of a value, false for a marker, when it does not list the
// alias by which it was found (if it was), or when a newer state could not be written.
func (r *Redis) believe(ref CardRef, value string, digest []byte) (CardState, bool, error) {
	card, err := parseCard([]byte(value))
	if err != nil {
		return CardState{}, false, unavailable(err)
	}
	if !card.whole || digest != nil && !listsAlias(card.digests, digest) || r.missed.newer(ref, card.version) {
		return CardState{}, false, nil
	}
	return CardState{CardRef: ref, Version: card.version, Payload: card.payload, Rest: card.rest}, true, nil
}
