package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leima/leima/loyalty"
)

// Answer is how a command ended for its caller.
type Answer int

// The answers.
const (
	// Acknowledged: it is durable now.
	Acknowledged Answer = iota
	// Replayed: it had been carried out before under the same key.
	Replayed
	// Refused: the rules said no, or what it names cannot be used for it.
	Refused
	// InFlight: another caller waits for the same key.
	InFlight
	// Busy: nothing was done, because too many waited or the process was stopping.
	Busy
	// Withdrawn: the caller gave up before it was begun, and nothing was done.
	Withdrawn
	// Unknown: the outcome was not known when the caller had to be answered.
	Unknown
	// Answers is how many there are.
	Answers
)

// String returns the answer as one word.
func (a Answer) String() string {
	switch a {
	case Acknowledged:
		return "acknowledged"
	case Replayed:
		return "replayed"
	case Refused:
		return "refused"
	case InFlight:
		return "in_flight"
	case Busy:
		return "busy"
	case Withdrawn:
		return "withdrawn"
	case Unknown:
		return "unknown"
	case Answers:
	}
	return fmt.Sprintf("answer %d", int(a))
}

// AnswerOf says how a command ended whose Ledger returned these.
func AnswerOf(o loyalty.Outcome, err error) Answer {
	switch {
	case err == nil && o.Refusal != nil:
		return Refused
	case err == nil && o.Replayed:
		return Replayed
	case err == nil:
		return Acknowledged
	case errors.Is(err, loyalty.ErrNotFound), errors.Is(err, loyalty.ErrKeyReused), errors.Is(err, loyalty.ErrExternalRefUsed):
		return Refused
	case errors.Is(err, loyalty.ErrInFlight):
		return InFlight
	case errors.Is(err, loyalty.ErrBusy), errors.Is(err, loyalty.ErrClosed), errors.Is(err, loyalty.ErrAway):
		return Busy
	case errors.Is(err, loyalty.ErrUnknown):
		return Unknown
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Withdrawn
	}
	return Unknown // as loyalty says of every other error
}

// Observer is told what a ledger does. Its methods are called for every command and
// every batch, from several goroutines: they must be quick.
type Observer interface {
	// Answered tells that a caller got the answer to a command.
	Answered(kind loyalty.CommandKind, answer Answer)
	// Committed tells that a transaction of so many commands took so long, whatever
	// came of it.
	Committed(commands int, took time.Duration)
}

// Observed returns the ledger, with the observer told of every answer.
func Observed(l loyalty.Ledger, o Observer) loyalty.Ledger { return observed{l, o} }

type observed struct {
	loyalty.Ledger
	observer Observer
}

// Apply implements loyalty.Ledger.
func (l observed) Apply(ctx context.Context, c loyalty.Command) (loyalty.Outcome, error) {
	o, err := l.Ledger.Apply(ctx, c)
	l.observer.Answered(c.Kind, AnswerOf(o, err))
	return o, err
}

// ObservedBatches returns the ledger, with the observer told of every transaction.
func ObservedBatches(l loyalty.BatchLedger, o Observer) loyalty.BatchLedger {
	return observedBatches{l, o}
}

type observedBatches struct {
	loyalty.BatchLedger
	observer Observer
}

// ApplyBatch implements loyalty.BatchLedger.
func (l observedBatches) ApplyBatch(ctx context.Context, commands []loyalty.Command) ([]loyalty.Outcome, error) {
	began := time.Now()
	outcomes, err := l.BatchLedger.ApplyBatch(ctx, commands)
	l.observer.Committed(len(commands), time.Since(began))
	return outcomes, err
}
