package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/ledger"
	"github.com/leima/leima/loyalty"
)

func TestHowACommandEnded(t *testing.T) {
	fault := errors.New("fault")
	for _, c := range []struct {
		outcome loyalty.Outcome
		err     error
		want    ledger.Answer
	}{
		{loyalty.Outcome{}, nil, ledger.Acknowledged},
		{loyalty.Outcome{Replayed: true}, nil, ledger.Replayed},
		{loyalty.Outcome{Refusal: &loyalty.Refusal{}}, nil, ledger.Refused},
		{loyalty.Outcome{}, loyalty.ErrNotFound, ledger.Refused},
		{loyalty.Outcome{}, loyalty.ErrKeyReused, ledger.Refused},
		{loyalty.Outcome{}, loyalty.ErrExternalRefUsed, ledger.Refused},
		{loyalty.Outcome{}, loyalty.ErrInFlight, ledger.InFlight},
		{loyalty.Outcome{}, loyalty.ErrBusy, ledger.Busy},
		{loyalty.Outcome{}, loyalty.ErrClosed, ledger.Busy},
		{loyalty.Outcome{}, fmt.Errorf("%w: %w", loyalty.ErrUnknown, context.DeadlineExceeded), ledger.Unknown},
		{loyalty.Outcome{}, fmt.Errorf("not begun: %w", context.DeadlineExceeded), ledger.Withdrawn},
		{loyalty.Outcome{}, fmt.Errorf("not begun: %w", context.Canceled), ledger.Withdrawn},
		{loyalty.Outcome{}, fault, ledger.Unknown},
	} {
		if have := ledger.AnswerOf(c.outcome, c.err); have != c.want {
			t.Errorf("%+v and %v: %s, want %s", c.outcome, c.err, have, c.want)
		}
	}
	words := map[string]bool{}
	for a := range ledger.Answers {
		words[a.String()] = true
	}
	if len(words) != int(ledger.Answers) || words[ledger.Answers.String()] {
		t.Errorf("the words are %v", words)
	}
}

// witness notes what it is told.
type witness struct {
	said []string
	took time.Duration
}

func (w *witness) Answered(kind loyalty.CommandKind, a ledger.Answer) {
	w.said = append(w.said, fmt.Sprint(kind, " ", a))
}

func (w *witness) Committed(n int, took time.Duration) {
	w.said, w.took = append(w.said, fmt.Sprint("committed ", n)), took
}

// oneOutcome is a ledger with one answer to everything.
type oneOutcome struct {
	outcome loyalty.Outcome
	err     error
}

func (l oneOutcome) Apply(context.Context, loyalty.Command) (loyalty.Outcome, error) {
	return l.outcome, l.err
}

func (l oneOutcome) ApplyBatch(_ context.Context, commands []loyalty.Command) ([]loyalty.Outcome, error) {
	return make([]loyalty.Outcome, len(commands)), l.err
}

func TestAnObserverHearsOfEveryCommandAndChangesNothing(t *testing.T) {
	for _, l := range []oneOutcome{
		{outcome: loyalty.Outcome{Entry: loyalty.Entry{ID: "ent"}}}, {outcome: loyalty.Outcome{Err: loyalty.ErrNotFound}, err: loyalty.ErrNotFound},
	} {
		w := &witness{}
		o, err := ledger.Observed(l, w).Apply(t.Context(), loyalty.Command{Kind: loyalty.CommandRedeem})
		if o.Entry.ID != l.outcome.Entry.ID || !errors.Is(err, l.err) {
			t.Errorf("have %+v, %v", o, err)
		}
		outcomes, err := ledger.ObservedBatches(l, w).ApplyBatch(t.Context(), make([]loyalty.Command, 3))
		if len(outcomes) != 3 || !errors.Is(err, l.err) {
			t.Errorf("have %d outcomes, %v", len(outcomes), err)
		}
		want := []string{"redeem " + ledger.AnswerOf(l.outcome, l.err).String(), "committed 3"}
		if diff := cmp.Diff(want, w.said); diff != "" || w.took < 0 {
			t.Errorf("%s took %s", diff, w.took)
		}
	}
}
