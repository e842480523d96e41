package hot

import (
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

// versionLen is the length of a version in a card's value, in bytes.
const versionLen = 8

// keyspace makes the keys of one epoch:
//
//	PREFIX:EPOCH:c:{b17}:ORG:CARD                  version, aliases and payload
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
	return string(appendPlace(nil, ref.bucket(), ref.Org, ref.Card))
}

func (k *keyspace) card(ref CardRef) string { return k.cards + ref.place() }

func (k *keyspace) alias(org string, digest []byte) string {
	name := base64.RawURLEncoding.EncodeToString(digest)
	return k.aliases + string(appendPlace(nil, bucket(org, name), org, name))
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
	sum := sha256.Sum256([]byte(org + "\x00" + alias))
	return append(b, sum[:digestLen]...)
}

// appendCard appends the value of a card: the version, big-endian; one byte for the
// number of aliases; their digests; the payload.
func appendCard(b []byte, s *CardState) []byte {
	b = binary.BigEndian.AppendUint64(b, s.Version)
	b = append(b, byte(len(s.Aliases))) //nolint:gosec // at most MaxAliases
	for _, alias := range s.Aliases {
		b = appendDigest(b, s.Org, alias)
	}
	return append(b, s.Payload...)
}

var errNotACard = errors.New("the value is not a card of this release")

// parseCard reads what appendCard wrote. The digests are those of the aliases, one
// after the other.
func parseCard(value string) (version uint64, digests, payload string, err error) {
	if len(value) <= versionLen {
		return 0, "", "", errNotACard
	}
	version = binary.BigEndian.Uint64([]byte(value[:versionLen]))
	end := versionLen + 1 + digestLen*int(value[versionLen])
	if len(value) < end {
		return 0, "", "", errNotACard
	}
	return version, value[versionLen+1 : end], value[end:], nil
}

// listsAlias tells whether a digest is among digests.
func listsAlias(digests string, digest []byte) bool {
	for ; digests != ""; digests = digests[digestLen:] {
		if digests[:digestLen] == string(digest) {
			return true
		}
	}
	return false
}
