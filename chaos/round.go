//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leima/leima/chaos/proof"
	"github.com/leima/leima/chaos/record"
	"github.com/leima/leima/chaos/till"
	"github.com/leima/leima/chaos/world"
)

// cut is the fault of a server that was asked to end: it carried something out and did
// not say so.
const cut proof.Fault = "unanswered"

// result is one line of the report.
type result struct {
	Round int
	Fault string
	World string
	Blows int
	// Sent counts commands; each of them is Acknowledged, Refused or Unknown when the
	// tills have gone home. Found of the unknown ones had been carried out.
	Sent, Acknowledged, Refused, Unknown, Found int
	// HealMS is the longest time from a blow until every replica acknowledged again what
	// was sent after it, in milliseconds. The blow itself may last.
	HealMS int64
	// Restarts counts replicas that were started again.
	Restarts   int
	Violations []proof.Violation
	// NotDone says why the fault could not be done here.
	NotDone string
}

// count returns how many violations are of the faults.
func (r result) count(faults ...proof.Fault) int {
	n := 0
	for _, v := range r.Violations {
		for _, f := range faults {
			if v.Fault == f {
				n++
			}
		}
	}
	return n
}

// tailOfRound is how long tills go on after the last blow.
const tailOfRound = 300 * time.Millisecond

// play lets the tills work while the fault strikes, and proves. The error is for what
// keeps the round from being one; what is wrong with the product is in the result.
func (s *stage) play(ctx context.Context, r round) (result, error) {
	out := result{Round: r.Number, Fault: r.Fault.name, World: r.World, Blows: len(r.Blows)}
	if err := s.watchTotals(ctx); err != nil {
		return out, fmt.Errorf("round %s: %w", r, err)
	}
	restarts := s.restarts
	heal, err := s.strike(ctx, r)
	out.Restarts = s.restarts - restarts
	if err != nil {
		return out, fmt.Errorf("round %s: %w", r, err)
	}
	out.HealMS = heal.Milliseconds()
	struck := time.Now()
	defer func() { s.say("   proved in %s", time.Since(struck).Round(time.Millisecond)) }()
	if err := s.prove(ctx, r, &out); err != nil {
		return out, fmt.Errorf("round %s: %w", r, err)
	}
	return out, nil
}

// strike is the round without its proof. It returns the longest time to heal.
func (s *stage) strike(ctx context.Context, r round) (longest time.Duration, err error) {
	working, goHome := context.WithCancel(ctx)
	home := make(chan error, 1)
	go func() { home <- s.load.Run(working, r.Number) }()
	defer func() {
		goHome()
		if loadErr := <-home; err == nil {
			err = loadErr
		}
	}()
	if err := s.healed(ctx, time.Now()); err != nil {
		return 0, fmt.Errorf("before the first blow: %w", err)
	}
	for _, b := range r.Blows {
		if err := wait(ctx, b.After); err != nil {
			return 0, err
		}
		began := time.Now()
		if err := faultCalled(b.Fault).strike(ctx, s, s.victim(b)); err != nil {
			return 0, err
		}
		if err := s.healed(ctx, time.Now()); err != nil {
			return 0, fmt.Errorf("after %s: %w", b.Fault, err)
		}
		longest = max(longest, time.Since(began))
	}
	return longest, wait(ctx, tailOfRound)
}

func (s *stage) victim(b blow) *world.Replica {
	return s.world.Replicas[b.Replica%len(s.world.Replicas)]
}

// prove asks about what nobody knows, and holds everything against everything.
func (s *stage) prove(ctx context.Context, r round, out *result) error {
	h, l, err := s.readBack(ctx)
	if err != nil {
		return err
	}
	var unknown, acknowledged []record.Name
	carriedOut := map[record.Name]bool{}
	for _, c := range h.Commands {
		if c.Round != r.Number {
			continue
		}
		out.Sent++
		switch c.State() {
		case record.Acknowledged:
			out.Acknowledged++
			acknowledged = append(acknowledged, c.Name)
		case record.Refused:
			out.Refused++
		case record.Sent, record.Unknown:
			out.Unknown++
			unknown = append(unknown, c.Name)
			if e, found := l.Head(c.Name); found {
				out.Found++
				carriedOut[c.Name] = true
				if r.Fault.answered {
					out.Violations = append(out.Violations, proof.Violation{
						Fault: cut, Subject: c.String(), What: "carried out as entry " + e.ID + " and not answered",
					})
				}
			}
		}
	}
	if err := s.hit(r, *out); err != nil {
		return err
	}
	if err := s.askAgain(ctx, r, out, unknown, acknowledged, carriedOut); err != nil {
		return err
	}
	return s.compare(ctx, out)
}

// compare holds the record against the database, the ledger against the rules, and what
// the replicas show against both.
func (s *stage) compare(ctx context.Context, out *result) error {
	h, l, err := s.readBack(ctx)
	if err != nil {
		return err
	}
	out.Violations = append(out.Violations, proof.Compare(h, l)...)
	out.Violations = append(out.Violations, proof.Sound(l, s.program)...)
	stale, err := s.views(ctx, l)
	if err != nil {
		return err
	}
	wrong, err := s.wrongTotals(ctx, l)
	out.Violations = append(out.Violations, slices.Concat(stale, wrong)...)
	return err
}

// hit returns an error if the round met nothing: then it proves nothing.
func (s *stage) hit(r round, out result) error {
	switch {
	case out.Acknowledged == 0:
		return fmt.Errorf("%w: nothing was acknowledged", errNothingHappened)
	case r.Fault.cuts && s.load.Unanswered() == 0:
		return fmt.Errorf("%w: every request was answered", errNothingHappened)
	case r.Fault.commits && out.Found == 0:
		return fmt.Errorf("%w: no answer was cut off after its commit", errNothingHappened)
	}
	return nil
}

// askAgain asks about each key of the round once more. What was unknown is known then;
// what was acknowledged, or found in the ledger, must be replayed, and the record shows
// whether the answer is the one of the first time.
func (s *stage) askAgain(
	ctx context.Context, r round, out *result, unknown, acknowledged []record.Name, carriedOut map[record.Name]bool,
) error {
	learnt, err := s.load.Ask(ctx, unknown, r.Number)
	if err != nil {
		return fmt.Errorf("ask about what is unknown: %w", err)
	}
	again, err := s.load.Ask(ctx, acknowledged, r.Number)
	if err != nil {
		return fmt.Errorf("ask about what was acknowledged: %w", err)
	}
	notReplayed := func(n record.Name, a till.Answer) {
		if !a.Replayed {
			out.Violations = append(out.Violations, proof.Violation{
				Fault: proof.Lost, Subject: n.String(), What: fmt.Sprintf("it had been carried out, but asked again the answer is %d %q, not replayed", a.Status, a.Body),
			})
		}
	}
	for n := range carriedOut {
		notReplayed(n, learnt[n])
	}
	for _, n := range acknowledged {
		notReplayed(n, again[n])
	}
	return nil
}
