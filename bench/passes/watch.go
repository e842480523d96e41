package main

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// watch takes the time from a stamp until the phone of its card is told.
type watch struct {
	// waiting is when the first stamp was sent of which the phone was not told yet, by
	// card, in nanoseconds; 0 if there is none.
	waiting []atomic.Int64
	pushes  atomic.Int64

	mu    sync.Mutex
	times []time.Duration
}

func newWatch(cards int) *watch { return &watch{waiting: make([]atomic.Int64, cards)} }

// stamped is called just before a stamp is sent.
func (w *watch) stamped(card int) { w.waiting[card].CompareAndSwap(0, time.Now().UnixNano()) }

// refused is called for a stamp that was not acknowledged.
func (w *watch) refused(card int) { w.waiting[card].Store(0) }

// pushed is called when a push arrives.
func (w *watch) pushed(card int) {
	w.pushes.Add(1)
	since := w.waiting[card].Swap(0)
	if since == 0 {
		return // told of something else
	}
	took := time.Duration(time.Now().UnixNano() - since)
	w.mu.Lock()
	w.times = append(w.times, took)
	w.mu.Unlock()
}

// untold counts the cards whose phones were not told yet.
func (w *watch) untold() (n int) {
	for i := range w.waiting {
		if w.waiting[i].Load() != 0 {
			n++
		}
	}
	return n
}

// take returns the times since it was last called, sorted.
func (w *watch) take() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.times
	w.times = nil
	slices.Sort(taken)
	return taken
}

// measured is what one measurement came to.
type measured struct {
	name            string
	seconds         float64
	answered, wrong int64
	pushes          int64
	untold          int
	times           []time.Duration // sorted
	server          time.Duration   // processor time of leima
}

func (m measured) at(part float64) time.Duration {
	if len(m.times) == 0 {
		return 0
	}
	return m.times[min(int(part*float64(len(m.times))), len(m.times)-1)]
}

func (m measured) print(w io.Writer, rate int) {
	const middle, most = 0.5, 0.99
	fmt.Fprintf(w, "%s: %.0f stamps/s of %d asked for, %d not acknowledged; %d pushes\n",
		m.name, float64(m.answered)/m.seconds, rate, m.wrong, m.pushes)
	fmt.Fprintf(w, "  stamp to push: p50 %s, p99 %s, longest %s, of %d; %d cards never told\n", ms(m.at(middle)), ms(m.at(most)), ms(m.at(1)), len(m.times), m.untold)
	fmt.Fprintf(w, "  leima used %.2f processors\n", m.server.Seconds()/m.seconds)
}

func ms(d time.Duration) string { return d.Round(time.Millisecond).String() }
