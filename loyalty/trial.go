package loyalty

import (
	"slices"
	"strconv"
	"time"
)

// Limits of a Trial.
const (
	// MaxTrialSteps is the most steps of one trial.
	MaxTrialSteps = 100
	// MaxTrialStamps is the most stamps that the steps of one trial may ask for
	// together; it bounds the coupons that a trial can issue.
	MaxTrialStamps = 1_000
)

// Trial is a program that is tried out: one card of a customer who does not exist, at
// one till, with one cashier. Everything is decided by Apply, as it would be for a real
// card, and nothing is kept. The program must be valid; it is tried as if it were
// running, whatever its status says.
type Trial struct {
	program Program
	zone    *time.Location
	memory  *memory
	ids     trialIDs
}

// trialActor is who gives the stamps of a trial.
var trialActor = Actor{Kind: ActorStaff, ID: "1"}

// NewTrial begins with an empty card. Days are those of the zone.
func NewTrial(p Program, zone *time.Location) *Trial {
	p.Status = ProgramActive
	return &Trial{program: p, zone: zone, memory: newMemory(Card{ID: "1", Status: CardActive, Goal: p.Goal}, 0, 0)}
}

// TrialStep is one thing that is done in a trial.
type TrialStep struct {
	// Kind is CommandStamp, CommandRedeem, CommandReverse or CommandWelcome.
	Kind CommandKind
	// Quantity is the number of stamps of a stamp command.
	Quantity int
	// Coupon is the coupon of a redeem command, counted from 1 in the order of issue.
	Coupon int
	// Entry is the entry that a reverse command takes back; see Result.
	Entry string
	// At is when it is done, in UTC milliseconds; steps are done in their order.
	At int64
}

// Do does one step and returns what a ledger would have written, or why it would be
// refused. Coupons whose last day is over by then are closed before, as they are every
// night. A coupon or an entry that is not there is refused as not in use or not
// reversible.
func (t *Trial) Do(s TrialStep) (Result, *Refusal) {
	t.Pass(s.At)
	c := Command{Kind: s.Kind, Quantity: s.Quantity, EntryID: s.Entry, At: s.At}
	switch s.Kind {
	case CommandRedeem:
		if s.Coupon < 1 || s.Coupon > len(t.memory.issued) {
			return Result{}, &Refusal{Code: RefusedCardNotUsable, Field: "coupon"}
		}
		c.CouponID = t.memory.issued[s.Coupon-1]
	case CommandReverse:
		if _, there := t.memory.entries[s.Entry]; !there {
			return Result{}, &Refusal{Code: RefusedNotReversible}
		}
	default:
	}
	return t.apply(c)
}

// Pass lets time go by until the instant: coupons whose last day is over are closed.
func (t *Trial) Pass(at int64) {
	for _, id := range t.memory.issued {
		if k := t.memory.coupons[id]; k.Status == CouponIssued && k.overdue(at) {
			_, _ = t.apply(Command{Kind: CommandExpire, CouponID: id, At: at}) // one that is overdue is never refused
		}
	}
}

func (t *Trial) apply(c Command) (Result, *Refusal) {
	c.CardID, c.Actor, c.Zone, c.Now, c.Past = t.memory.card.ID, trialActor, t.zone, c.At, PastRecorded
	state := t.memory.state(c, DayOf(c.At, c.Zone))
	// There is one cashier and one card, so one count serves both limits.
	state.Tally.StaffDay = state.Tally.CardDay
	result, refusal := Apply(t.program, state, c, &t.ids)
	if refusal != nil {
		return Result{}, refusal
	}
	for _, e := range result.Entries {
		t.memory.entries[e.ID] = e
	}
	t.memory.remember(result)
	return result, nil
}

// Card returns the card as the steps have left it.
func (t *Trial) Card() Card { return t.memory.card }

// Coupons returns all coupons that were issued, in the order of their issue.
func (t *Trial) Coupons() []Coupon { return slices.Clip(t.memory.couponsInOrder()) }

// Refusal returns why one more stamp at the instant would be refused, nil if it would
// not.
func (t *Trial) Refusal(at int64) *Refusal {
	c := Command{Kind: CommandStamp, Quantity: 1, CardID: t.memory.card.ID, Actor: trialActor, Zone: t.zone, At: at, Now: at, Past: PastRecorded}
	state := t.memory.state(c, DayOf(at, t.zone))
	state.Tally.StaffDay = state.Tally.CardDay
	ids := t.ids
	_, refusal := Apply(t.program, state, c, &ids)
	return refusal
}

// trialIDs counts.
type trialIDs struct{ entries, coupons int }

func (i *trialIDs) EntryID() string {
	i.entries++
	return strconv.Itoa(i.entries)
}

func (i *trialIDs) CouponID() string {
	i.coupons++
	return strconv.Itoa(i.coupons)
}

// LimitRefusals returns, for each limit that is set, the refusal of a command that
// goes one beyond it, so that whoever sets a limit can read what a cashier will. For a
// cool-down the wait is the whole of it.
func (l Limits) LimitRefusals() []Refusal {
	all := []Refusal{
		{Code: RefusedPerScan, Field: "quantity", Limit: l.MaxPerScan},
		{Code: RefusedCoolDown, Limit: int(l.CoolDown.Seconds())},
		{Code: RefusedPerCardDay, Limit: l.MaxPerCardDay},
		{Code: RefusedPerStaffDay, Limit: l.MaxPerStaffDay},
	}
	return slices.DeleteFunc(all, func(r Refusal) bool { return r.Limit == 0 })
}
