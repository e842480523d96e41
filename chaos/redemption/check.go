package redemption

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// Kind is what an operation asks for.
type Kind string

// The operations.
const (
	Redeem  Kind = "redeem"
	Reverse Kind = "reverse"
	Read    Kind = "read"
)

// Outcome is what an operation was answered.
type Outcome string

// The outcomes. A read that was answered is Done.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused"
	// Open: nobody knows.
	Open Outcome = "open"
)

// Operation is one call and its answer.
type Operation struct {
	Client int
	Coupon string
	Kind   Kind
	// Entry is the redemption that a Reverse undoes.
	Entry   string
	Outcome Outcome
	// By is the redemption that a Redeem that was done made, or that a Read saw; "" of a
	// coupon that can be used.
	By string
	// Call and Return are instants of one clock, in nanoseconds. An open operation has
	// no Return.
	Call, Return int64
}

// Errors of Check.
var (
	// ErrNotLinearizable: there is no order in which the history can have happened.
	ErrNotLinearizable = errors.New("the history is not linearizable")
	// ErrUndecided: no order was found in time, and not that there is none.
	ErrUndecided = errors.New("it was not decided in time whether the history is linearizable")
)

// Check returns nil if the history can have happened one operation after the other, and
// an error with the coupon otherwise. All coupons can be used when it begins. It takes
// at most the limit for each coupon.
func Check(history []Operation, limit time.Duration) error {
	for coupon, operations := range byCoupon(history) {
		operations = withoutImplied(operations)
		switch porcupine.CheckOperationsTimeout(model, operations, limit) {
		case porcupine.Ok:
		case porcupine.Illegal:
			return fmt.Errorf("coupon %s: %w", coupon, ErrNotLinearizable)
		default:
			return fmt.Errorf("coupon %s with %d operations: %w", coupon, len(operations), ErrUndecided)
		}
	}
	return nil
}

// byCoupon returns the history as porcupine takes it, apart by coupon.
func byCoupon(history []Operation) map[string][]porcupine.Operation {
	operations := map[string][]porcupine.Operation{}
	made := map[string]bool{} // redemptions whose makers know of them
	for _, o := range history {
		if o.Kind == Redeem && o.Outcome == Done {
			made[o.By] = true
		}
	}
	for _, o := range history {
		end := o.Return
		if o.Outcome == Open {
			end = math.MaxInt64
		}
		operations[o.Coupon] = append(operations[o.Coupon], porcupine.Operation{
			ClientId: o.Client, Input: step{o, made[o.By]}, Call: o.Call, Return: end,
		})
	}
	return operations
}

// withoutImplied leaves out refusals that others imply. A refusal changes nothing and asks
// only for one moment of a certain kind: if a whole other operation that has such a
// moment happened while the refused one was under way, there was one wherever that other
// is put in the order. Refusals are most of a fight, and trying them in every order is
// most of the checker's work.
func withoutImplied(operations []porcupine.Operation) []porcupine.Operation {
	slices.SortStableFunc(operations, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	var kept []porcupine.Operation
	for i, o := range operations {
		if !implied(o, operations[i+1:]) {
			kept = append(kept, o)
		}
	}
	return kept
}

// implied tells whether one of the operations that were called after it implies the
// refusal o.
func implied(o porcupine.Operation, later []porcupine.Operation) bool {
	mine := o.Input.(step) //nolint:errcheck,forcetypeassert // we made it
	if mine.Outcome != Refused {
		return false
	}
	for _, other := range later {
		if other.Call > o.Return {
			return false
		}
		if other.Call > o.Call && other.Return < o.Return && other.Input.(step).shows(mine) { //nolint:errcheck,forcetypeassert // we made it
			return true
		}
	}
	return false
}

// shows tells whether the operation has, wherever it happens, a moment in which the
// refusal is right.
func (s step) shows(refusal step) bool {
	if refusal.Kind == Redeem { // somebody has used the coupon
		switch s.Kind {
		case Redeem:
			return s.Outcome != Open
		case Reverse:
			return s.Outcome == Done
		case Read:
			return s.Outcome == Done && s.By != ""
		}
	}
	// The coupon is not used by the entry.
	switch s.Kind {
	case Redeem:
		return s.Outcome == Done
	case Reverse:
		return s.Outcome == Done || s.Outcome == Refused && s.Entry == refusal.Entry
	case Read:
		return s.Outcome == Done && s.By != refusal.Entry && (s.By == "" || s.made)
	}
	return false
}

// step is an operation with what is known of it from the rest of the history.
type step struct {
	Operation
	// made tells that By is a redemption that was acknowledged to whoever asked for it.
	made bool
}

// somebody is the redemption of an open operation: nobody was told its id.
const somebody = "somebody"

// model is a coupon without concurrency. Its state is the redemption by which it is
// used, "" if it can be used.
var model = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, input, _ any) (bool, any) {
		by, s := state.(string), input.(step) //nolint:errcheck,forcetypeassert // we made both
		return s.apply(by)
	},
	DescribeOperation: func(input, _ any) string {
		o := input.(step).Operation //nolint:errcheck,forcetypeassert // we made it
		return fmt.Sprintf("%s %s %s %s", o.Kind, o.Entry, o.Outcome, o.By)
	},
}

// apply tells whether the coupon can have answered so, and what it is after.
func (s step) apply(by string) (bool, string) {
	switch s.Kind {
	case Redeem:
		return s.redeem(by)
	case Reverse:
		switch s.Outcome {
		case Done:
			return by == s.Entry, ""
		case Refused: // as reversed already
			return by != s.Entry, by
		case Open:
			if by == s.Entry {
				return true, ""
			}
			return true, by
		}
	case Read:
		// A reader may be the first to tell the id of an open redemption.
		if by == somebody && s.By != "" && !s.made {
			return true, s.By
		}
		return s.Outcome == Open || by == s.By, by
	}
	return false, by
}

func (s step) redeem(by string) (bool, string) {
	switch {
	case s.Outcome == Done:
		return by == "", s.By
	case s.Outcome == Refused: // as redeemed already
		return by != "", by
	case by == "":
		return true, somebody
	}
	return true, by
}
