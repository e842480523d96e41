package loyalty_test

import (
	"slices"
	"testing"
	"time"

	"github.com/leima/leima/loyalty"
)

// step is one thing that happens in a story. Steps count commands and coupons from
// 0 in the order in which they came about.
type step func(t *testing.T, l *ledger)

// story is a row of a table: what happens, and what the card is then.
type story struct {
	name    string
	program loyalty.Program
	steps   []step
	want    string
}

func tell(t *testing.T, stories []story) {
	t.Helper()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			l := newLedger(s.program)
			for _, step := range s.steps {
				step(t, l)
			}
			if got := l.String(); got != s.want {
				t.Errorf("the card is\n\t%s, want\n\t%s", got, s.want)
			}
		})
	}
}

// must is a step whose command must not be refused.
func must(command func(l *ledger) loyalty.Command) step {
	return func(t *testing.T, l *ledger) {
		t.Helper()
		c := command(l)
		if _, refusal := l.do(t, c); refusal != nil {
			t.Fatalf("%s of %s was refused: %v", c.Kind, l, refusal)
		}
	}
}

func stamp(quantity int) step {
	return must(func(*ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandStamp, Quantity: quantity}
	})
}

func adjust(quantity int) step {
	return must(func(*ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandAdjust, Quantity: quantity, Reason: "counted again"}
	})
}

func welcome() step {
	return must(func(*ledger) loyalty.Command { return loyalty.Command{Kind: loyalty.CommandWelcome} })
}

func use(coupon int) step {
	return must(func(l *ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandRedeem, CouponID: l.coupons[coupon].ID}
	})
}

func expire(coupon int) step {
	return must(func(l *ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandExpire, CouponID: l.coupons[coupon].ID}
	})
}

// undo takes a command back by its head entry.
func undo(command int) step {
	return must(func(l *ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandReverse, EntryID: l.heads[command].ID}
	})
}

func mergeIn(quantity int) step {
	return must(func(*ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandMergeIn, Quantity: quantity, OtherCardID: "card_2"}
	})
}

func mergeOut() step {
	return must(func(*ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandMergeOut, OtherCardID: "card_2"}
	})
}

// later lets time go by.
func later(d time.Duration) step {
	return func(_ *testing.T, l *ledger) { l.now += d.Milliseconds() }
}

// change makes a new version of the program.
func change(to func(p *loyalty.Program)) step {
	return func(_ *testing.T, l *ledger) {
		l.program = cloneProgram(l.program)
		l.program.Version++
		to(&l.program)
	}
}

func newGoal(goal int) step { return change(func(p *loyalty.Program) { p.Goal = goal }) }

// without takes the milestones at the stamps out of the program, and with puts them in.
func without(at ...int) step {
	return change(func(p *loyalty.Program) {
		p.Rewards = slices.DeleteFunc(slices.Clone(p.Rewards), func(r loyalty.Reward) bool {
			return r.Kind == loyalty.RewardMilestone && slices.Contains(at, r.At)
		})
	})
}

func with(at ...int) step {
	return change(func(p *loyalty.Program) {
		for _, stamp := range at {
			p.Rewards = append(slices.Clone(p.Rewards), milestone(stamp))
		}
	})
}

// refused is a step whose command must be refused for the reason.
func refused(code loyalty.RefusalCode, command func(l *ledger) loyalty.Command) step {
	return func(t *testing.T, l *ledger) {
		t.Helper()
		c := command(l)
		_, refusal := l.do(t, c)
		if refusal == nil {
			t.Fatalf("%s was carried out, want a refusal %s: %s", c.Kind, code, l)
		}
		if refusal.Code != code {
			t.Fatalf("%s was refused with %s, want %s", c.Kind, refusal.Code, code)
		}
	}
}

func noStamp(quantity int, code loyalty.RefusalCode) step {
	return refused(code, func(*ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandStamp, Quantity: quantity}
	})
}

func noUse(coupon int, code loyalty.RefusalCode) step {
	return refused(code, func(l *ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandRedeem, CouponID: l.coupons[coupon].ID}
	})
}

func noUndo(command int, code loyalty.RefusalCode) step {
	return refused(code, func(l *ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandReverse, EntryID: l.heads[command].ID}
	})
}
