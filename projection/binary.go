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

// reader takes values off the front. After what it cannot read, it is bad and returns
// zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) int64() int64 {
	if b := r.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b)) //nolint:gosec // all 64 bits
	}
	return 0
}

func (r *reader) int32() int {
	if b := r.take(4); b != nil {
		return int(int32(binary.BigEndian.Uint32(b))) //nolint:gosec // all 32 bits
	}
	return 0
}

func (r *reader) varint() int64 {
	n, length := binary.Varint(r.b)
	r.take(lengthOf(length))
	if r.bad {
		return 0
	}
	return n
}

// count returns a number of things, each of at least one byte.
func (r *reader) count() int {
	n, length := binary.Uvarint(r.b)
	r.take(lengthOf(length))
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return 0
	}
	return int(n) //nolint:gosec // at most the bytes that are left
}

// lengthOf returns the length of a number, -1 for one that could not be read.
func lengthOf(length int) int {
	if length <= 0 {
		return -1
	}
	return length
}

func (r *reader) string() string { return string(r.take(r.count())) }

// end returns errNotOurs unless everything could be read and nothing is left.
func (r *reader) end() error {
	if r.bad || len(r.b) > 0 {
		return errNotOurs
	}
	return nil
}
