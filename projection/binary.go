package projection

import (
	"encoding/binary"
	"errors"
	"math"
)

// errNotOurs is wrapped by every error about bytes that this release did not write.
var errNotOurs = errors.New("not written by this release")

// writer appends values. What does not fit its form makes it bad, and stays so.
type writer struct {
	b   []byte
	bad bool
}

func (w *writer) byte(b byte)       { w.b = append(w.b, b) }
func (w *writer) varint(n int64)    { w.b = binary.AppendVarint(w.b, n) }
func (w *writer) int64(n int64)     { w.b = binary.BigEndian.AppendUint64(w.b, uint64(n)) } //nolint:gosec // all 64 bits
func (w *writer) count(n int)       { w.b = binary.AppendUvarint(w.b, uint64(n)) }          //nolint:gosec // a length
func (w *writer) string(s string)   { w.count(len(s)); w.b = append(w.b, s...) }
func (w *writer) int32(n int)       { w.bad = w.bad || n > math.MaxInt32 || n < math.MinInt32; w.put32(n) }
func (w *writer) put32(n int)       { w.b = binary.BigEndian.AppendUint32(w.b, uint32(n)) } //nolint:gosec // checked
func (w *writer) require(cond bool) { w.bad = w.bad || !cond }

// reader takes values off the front of a text, of which the texts that it returns are
// parts. After what it cannot read, it is bad and returns zeros.
type reader struct {
	s   string
	bad bool
}

func (r *reader) take(n int) string {
	if r.bad || n < 0 || n > len(r.s) {
		r.bad = true
		return ""
	}
	taken := r.s[:n]
	r.s = r.s[n:]
	return taken
}

func (r *reader) byte() byte {
	if s := r.take(1); s != "" {
		return s[0]
	}
	return 0
}

// bigEndian returns a number of so many bytes.
func (r *reader) bigEndian(length int) uint64 {
	var n uint64
	for _, b := range []byte(r.take(length)) {
		n = n<<8 | uint64(b)
	}
	return n
}

func (r *reader) int64() int64 { return int64(r.bigEndian(8)) }              //nolint:gosec // all 64 bits
func (r *reader) int32() int   { return int(int32(uint32(r.bigEndian(4)))) } //nolint:gosec // all 32 bits

// uvarint and varint read what package binary writes.
func (r *reader) uvarint() uint64 {
	var n uint64
	for i := range binary.MaxVarintLen64 {
		b := r.byte()
		if i == binary.MaxVarintLen64-1 && b > 1 {
			break // more than 64 bits
		}
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return n
		}
	}
	r.bad = true
	return 0
}

func (r *reader) varint() int64 {
	n := r.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

// count returns a number of things, each of at least one byte.
func (r *reader) count() int {
	n := r.uvarint()
	if r.bad || n > uint64(len(r.s)) {
		r.bad = true
		return 0
	}
	return int(n) //nolint:gosec // at most the bytes that are left
}

func (r *reader) string() string { return r.take(r.count()) }

// end returns errNotOurs unless everything could be read and nothing is left.
func (r *reader) end() error {
	if r.bad || r.s != "" {
		return errNotOurs
	}
	return nil
}
