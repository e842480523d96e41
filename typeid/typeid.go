package typeid

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// alphabet is Crockford's base32 in lower case: no i, l, o or u.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// suffixLen is 128 bits in groups of five, rounded up.
const suffixLen = 26

// MaxPrefixLen bounds prefixes, as the specification does.
const MaxPrefixLen = 63

// ErrMalformed is what Check answers, wrapped with the reason, for an id that
// is not a TypeID of the expected prefix.
var ErrMalformed = errors.New("malformed id")

// New returns a fresh id of the prefix. It panics only if the system's source
// of randomness fails, after which nothing else could be trusted either.
func New(prefix string) string {
	return From(prefix, uuid.Must(uuid.NewV7()))
}

// From returns the id of the prefix that holds u. Tests and importers use it
// to make ids that come out the same each time.
func From(prefix string, u uuid.UUID) string {
	var b [MaxPrefixLen + 1 + suffixLen]byte
	n := copy(b[:MaxPrefixLen], prefix)
	b[n] = '_'
	n++
	encode(b[n:n+suffixLen], u)
	return string(b[:n+suffixLen])
}

// encode writes the 128 bits of u, most significant first, as 26 digits of five
// bits. The first digit holds only three bits, so it is never above '7'.
func encode(dst []byte, u uuid.UUID) {
	var acc uint32
	bits := 2 // two zero bits in front make 130, a multiple of five
	at := 0
	for _, octet := range u {
		acc = acc<<8 | uint32(octet)
		bits += 8
		for bits >= 5 {
			bits -= 5
			dst[at] = alphabet[acc>>bits&31]
			at++
		}
	}
}

// Check returns nil if id is a well-formed id of the prefix, and otherwise an
// ErrMalformed that says what is wrong with it.
func Check(prefix, id string) error {
	suffix, ok := strings.CutPrefix(id, prefix+"_")
	switch {
	case !ok:
		return fmt.Errorf("%w: want an id that begins with %q", ErrMalformed, prefix+"_")
	case len(suffix) != suffixLen:
		return fmt.Errorf("%w: want %d characters after %q, have %d", ErrMalformed, suffixLen, prefix+"_", len(suffix))
	case suffix[0] > '7':
		return fmt.Errorf("%w: %q is beyond 128 bits", ErrMalformed, suffix)
	}
	for i := range len(suffix) {
		if strings.IndexByte(alphabet, suffix[i]) < 0 {
			return fmt.Errorf("%w: character %q is not in the alphabet", ErrMalformed, suffix[i])
		}
	}
	return nil
}

// Parse returns the 128 bits of an id of the prefix: what From was given. It returns
// ErrMalformed as Check does.
func Parse(prefix, id string) (uuid.UUID, error) {
	var u uuid.UUID
	if err := Check(prefix, id); err != nil {
		return u, err
	}
	var acc uint32
	bits, at := -2, 0 // the two zero bits in front are none of the 128
	for _, digit := range []byte(id[len(prefix)+1:]) {
		acc = acc<<5 | uint32(strings.IndexByte(alphabet, digit)) //nolint:gosec // Check found each digit: 0 to 31
		if bits += 5; bits >= 8 {
			bits -= 8
			u[at] = byte(acc >> bits & 0xff)
			at++
		}
	}
	return u, nil
}

// timeDigits are the digits that hold the time of a UUIDv7: two zero bits and 48 of
// milliseconds.
const timeDigits = 10

// Earlier returns the least id of the prefix that was made d before the well-formed one,
// for lists in the order of ids that begin a little before one of them.
func Earlier(prefix, id string, d time.Duration) string {
	var ms int64
	at := len(prefix) + 1
	for _, digit := range []byte(id[at : at+timeDigits]) {
		ms = ms<<5 | int64(strings.IndexByte(alphabet, digit))
	}
	ms = max(ms-d.Milliseconds(), 0)
	b := []byte(prefix + "_" + strings.Repeat("0", suffixLen))
	for i := timeDigits - 1; i >= 0; i-- {
		b[at+i] = alphabet[ms&31]
		ms >>= 5
	}
	return string(b)
}
