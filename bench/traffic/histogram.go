package traffic

import "math/bits"

// histogram counts times so that each is known to within 1 part in 64, in a few
// kilobytes whatever their number.
type histogram struct {
	counts [64 * steps]int64
	total  int64
	max    int64
}

// steps is how many counts there are to every doubling of a time.
const steps = 64

// add counts a time in microseconds.
func (h *histogram) add(t int64) {
	t = max(t, 0)
	h.counts[position(t)]++
	h.total++
	h.max = max(h.max, t)
}

// position returns where a time is counted: itself up to steps, then steps to every
// doubling.
func position(t int64) int {
	doublings := max(0, bits.Len64(uint64(t))-bits.Len(steps)) //nolint:gosec // not negative
	return doublings*steps + int(t>>doublings)
}

// lowest returns the least time that is counted at the position.
func lowest(position int) int64 {
	doublings := max(0, position/steps-1)
	return int64(position-doublings*steps) << doublings
}

// quantile returns the time that the part q of all times is not longer than.
func (h *histogram) quantile(q float64) int64 {
	rank := int64(q * float64(h.total))
	for at, n := range h.counts {
		if rank < n {
			return min(lowest(at+1)-1, h.max)
		}
		rank -= n
	}
	return h.max
}

// merge adds the times of another.
func (h *histogram) merge(other *histogram) {
	for at, n := range other.counts {
		h.counts[at] += n
	}
	h.total += other.total
	h.max = max(h.max, other.max)
}
