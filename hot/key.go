package hot

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
)

// buckets is the number of hash tags that keys are spread over. In a Cluster, keys
// with one tag live in one slot, and a script works on one slot only: with fewer
// buckets a batch needs fewer calls, with more the nodes share the work more
// evenly. All organizations share the buckets, so a batch of many small ones needs
// no more calls than one of a big one.
const buckets = 128

// digestLen is the length of an alias' digest, in bytes.
const digestLen = 16

// Lengths at the beginning of a card's value, in bytes: the version, and with it the
// length of the payload.
const (
	versionLen = 8
	headLen    = versionLen + 2
)

// markerLen stands for the length of the payload in the value of a card of which
// nothing but the version is known.
const markerLen = 0xffff

// keyspace makes the keys of one epoch:
//
//	PREFIX:EPOCH:c:{b17}:ORG:CARD                  version, payload, aliases and rest
//	PREFIX:EPOCH:a:{b99}:ORG:DIGEST                {b17}:ORG:CARD
//	PREFIX:EPOCH:t:{b5}:ORG:PROGRAM:LOCATION:DAY   hash of a cell
//	PREFIX:EPOCH:u:{b5}:ORG:PROGRAM:LOCATION:DAY   list of what arrives during a count
//	PREFIX:EPOCH:l:KEY                             list of the times of allowed calls
type keyspace struct {
	epoch int64
	// cards, aliases, cells, logs and limits begin the keys of their kind.
	cards, aliases, cells, logs, limits string
}

func newKeyspace(prefix string, epoch int64) *keyspace {
	base := prefix + ":" + strconv.FormatInt(epoch, 10) + ":"
	return &keyspace{
		epoch: epoch, cards: base + "c:", aliases: base + "a:", cells: base + "t:", logs: base + "u:", limits: base + "l:",
	}
}

// placeHint is about what the names of a card need, in bytes: so much fits on the stack.
const placeHint = 128

// place is what follows after the kind: the tag and the names.
func appendPlace(key []byte, bucket int, names ...string) []byte {
	key = append(key, "{b"...)
	key = strconv.AppendInt(key, int64(bucket), 10)
	key = append(key, '}')
	for _, name := range names {
		key = append(key, ':')
		key = append(key, name...)
	}
	return key
}

func (ref CardRef) bucket() int { return bucket(ref.Org, ref.Card) }

func (ref CardRef) place() string {
	return string(appendPlace(make([]byte, 0, placeHint), ref.bucket(), ref.Org, ref.Card))
}

func (k *keyspace) card(ref CardRef) string { return k.cards + ref.place() }

func aliasPlace(org string, digest []byte) string {
	name := string(base64.RawURLEncoding.AppendEncode(make([]byte, 0, placeHint), digest))
	return string(appendPlace(make([]byte, 0, placeHint), bucket(org, name), org, name))
}

func (c Cell) bucket() int { return bucket(c.Org, c.Program, c.Location, c.Day) }

func (c Cell) place() string {
	return string(appendPlace(nil, c.bucket(), c.Org, c.Program, c.Location, c.Day))
}

// bucket spreads names by FNV-1a, which must never change: processes of different
// releases share the keys.
func bucket(names ...string) int {
	const offset, prime = 14695981039346656037, 1099511628211
	hash := uint64(offset)
	for _, name := range names {
		for i := range len(name) {
			hash = (hash ^ uint64(name[i])) * prime
		}
		hash = (hash ^ ':') * prime
	}
	return int((hash ^ hash>>32) % buckets)
}

// appendDigest appends the digest of an alias. It is salted by the organization, so
// that the same number in two of them looks different.
func appendDigest(b []byte, org, alias string) []byte {
	text := append(append(append(make([]byte, 0, placeHint), org...), 0), alias...)
	sum := sha256.Sum256(text)
	return append(b, sum[:digestLen]...)
}

// appendHead appends the version, big-endian, and the length of the payload.
func appendHead(b []byte, version uint64, payloadLen int) []byte {
	b = binary.BigEndian.AppendUint64(b, version)
	return binary.BigEndian.AppendUint16(b, uint16(payloadLen)) //nolint:gosec // at most MaxPayload or markerLen
}

// appendCard appends the value of a whole card: the head; the payload; one byte for
// the number of aliases; their digests; the rest. Of a card with KeepRest it appends
// the head and the payload, or the head of a marker when no older card is of use.
// What changes often comes first, so that it can be written over in its place.
func appendCard(b []byte, s *CardState) []byte {
	if s.KeepRest && s.Since == s.Version {
		return appendHead(b, s.Version, markerLen)
	}
	b = append(appendHead(b, s.Version, len(s.Payload)), s.Payload...)
	if s.KeepRest {
		return b
	}
	b = append(b, byte(len(s.Aliases))) //nolint:gosec // at most MaxAliases
	for _, alias := range s.Aliases {
		b = appendDigest(b, s.Org, alias)
	}
	return append(b, s.Rest...)
}

var errNotACard = errors.New("the value is not a card of this release")

// cardValue is the value of a card, taken apart.
type cardValue struct {
	version uint64
	// whole is false for a marker, which has nothing else.
	whole bool
	// digests are those of the aliases, one after the other.
	payload, digests, rest []byte
}

// parseCard reads what appendCard wrote of a whole card, and markers. The parts are
// parts of value.
func parseCard(value []byte) (cardValue, error) {
	if len(value) < headLen {
		return cardValue{}, errNotACard
	}
	c := cardValue{version: binary.BigEndian.Uint64(value)}
	length := int(binary.BigEndian.Uint16(value[versionLen:]))
	if length == markerLen {
		return c, nil
	}
	c.whole = true
	value = value[headLen:]
	if len(value) <= length {
		return cardValue{}, errNotACard
	}
	c.payload, value = value[:length:length], value[length:]
	digests := digestLen * int(value[0])
	value = value[1:]
	if len(value) < digests {
		return cardValue{}, errNotACard
	}
	c.digests, c.rest = value[:digests:digests], value[digests:]
	return c, nil
}

// listsAlias tells whether a digest is among digests.
func listsAlias(digests, digest []byte) bool {
	for ; len(digests) > 0; digests = digests[digestLen:] {
		if bytes.Equal(digests[:digestLen], digest) {
			return true
		}
	}
	return false
}
