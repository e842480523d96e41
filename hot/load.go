package hot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Limits of reading the truth when the hot state does not know.
const (
	// LoadTimeout bounds one reading of the truth that others may wait for.
	LoadTimeout = 2 * time.Second
	// MaxLoads bounds the readings that others can join. Beyond, everybody reads
	// alone.
	MaxLoads = 1024
)

// LoadFunc reads a card from the truth; false means that there is none. It is
// called with a context of its own that ends after LoadTimeout, because others may
// wait for the same card when the caller has gone.
type LoadFunc func(ctx context.Context) (CardState, bool, error)

// Reader reads cards from the hot state, and from the truth what it does not know.
// Callers who want the same card at the same time share one reading.
type Reader struct {
	cards Cards
	mu    sync.Mutex
	loads map[loadKey]*load
}

// loadKey is a card's id or one of its aliases.
type loadKey struct {
	org, name string
	alias     bool
}

type load struct {
	done  chan struct{}
	state CardState
	found bool
	err   error
}

// NewReader returns a Reader of the cards.
func NewReader(cards Cards) *Reader {
	return &Reader{cards: cards, loads: map[loadKey]*load{}}
}

// Card returns the card from the hot state or else from the truth, which is then
// projected; false means that the truth does not know it either. Errors are those of
// the truth, the context's or an *InputError, never that the hot state is away.
func (r *Reader) Card(ctx context.Context, ref CardRef, load LoadFunc) (CardState, bool, error) {
	state, found, err := r.cards.Card(ctx, ref)
	if found || isInputError(err) {
		return state, found, err
	}
	return r.load(ctx, loadKey{ref.Org, ref.Card, false}, err == nil, load)
}

// Alias is Card by an alias.
func (r *Reader) Alias(ctx context.Context, org, alias string, load LoadFunc) (CardState, bool, error) {
	state, found, err := r.cards.CardByAlias(ctx, org, alias)
	if found || isInputError(err) {
		return state, found, err
	}
	return r.load(ctx, loadKey{org, alias, true}, err == nil, load)
}

func isInputError(err error) bool {
	var wrong *InputError
	return errors.As(err, &wrong)
}

// load joins or starts the reading of a card. When the hot state did not answer,
// project is false: it would only cost its timeout once more.
func (r *Reader) load(ctx context.Context, key loadKey, project bool, read LoadFunc) (CardState, bool, error) {
	r.mu.Lock()
	flight, joined := r.loads[key]
	switch {
	case joined:
	case len(r.loads) >= MaxLoads:
		r.mu.Unlock()
		return read(ctx)
	default:
		flight = &load{done: make(chan struct{})}
		r.loads[key] = flight
		go r.fly(context.WithoutCancel(ctx), key, flight, project, read)
	}
	r.mu.Unlock()
	select {
	case <-flight.done:
		return flight.state, flight.found, flight.err
	case <-ctx.Done():
		return CardState{}, false, fmt.Errorf("hot: wait for a card to be read: %w", ctx.Err())
	}
}

func (r *Reader) fly(ctx context.Context, key loadKey, flight *load, project bool, read LoadFunc) {
	limited, cancel := context.WithTimeout(ctx, LoadTimeout)
	defer cancel()
	defer func() {
		if problem := recover(); problem != nil {
			// Outside of the caller's goroutine a panic would end the process.
			flight.err = fmt.Errorf("hot: reading the card panicked: %v", problem)
		}
		r.mu.Lock()
		delete(r.loads, key)
		r.mu.Unlock()
		close(flight.done)
	}()
	flight.state, flight.found, flight.err = read(limited)
	if project && flight.found && flight.err == nil {
		// A card that could not be projected is read from the truth again, that is all.
		_ = r.cards.Project(ctx, []CardState{flight.state})
	}
}

// CountFunc counts a cell in the ledger, within CountTTL. In the same snapshot it
// reads the last Seq of every Source that may be pushing: leave out only those that
// have not committed for CountTTL. At most MaxSources.
type CountFunc func(ctx context.Context, cell Cell) (Counts, map[string]uint64, error)

// ReadOrCount returns the counts of the cells, in order: from the live totals where
// they know, else from the ledger, one after the other, which then become the live
// totals. Errors are those of the ledger or an *InputError.
func ReadOrCount(ctx context.Context, totals Totals, cells []Cell, count CountFunc) ([]Counts, error) {
	readings, err := totals.ReadTotals(ctx, cells)
	if isInputError(err) {
		return nil, err
	}
	away := err != nil
	counts := make([]Counts, len(cells))
	for i, cell := range cells {
		if !away && readings[i].Known {
			counts[i] = readings[i].Counts
			continue
		}
		if away {
			counts[i], _, err = count(ctx, cell)
		} else {
			var done Recount
			done, err = CountAgain(ctx, totals, cell, count)
			counts[i] = done.After.Counts
		}
		if err != nil {
			return nil, fmt.Errorf("hot: count %s at %s: %w", cell.Program, cell.Location, err)
		}
	}
	return counts, nil
}

// CountAgain counts a cell in the ledger and makes it the live total, whatever that
// was. Recount.After always holds the count, also when it was not Taken. Errors are
// those of the ledger or an *InputError.
func CountAgain(ctx context.Context, totals Totals, cell Cell, count CountFunc) (Recount, error) {
	ticket, begun, err := totals.BeginTotals(ctx, cell)
	if isInputError(err) {
		return Recount{}, err
	}
	counts, seen, err := count(ctx, cell)
	if err != nil {
		return Recount{}, err
	}
	uncounted := Recount{After: Reading{Counts: counts, Known: true}}
	if !begun {
		return uncounted, nil // somebody else counts, or nobody could be told
	}
	done, err := totals.FinishTotals(ctx, ticket, counts, seen)
	if isInputError(err) {
		return Recount{}, err
	}
	if err != nil || !done.Taken {
		return uncounted, nil //nolint:nilerr // the number is right, and the hot state is not the truth
	}
	return done, nil
}
