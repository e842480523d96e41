package api

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// The instants of a trial lie between these. Beyond the last, the day on which a coupon
// expires may have no RFC 3339.
var (
	firstTrialInstant = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	lastTrialInstant  = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
)

// tryOutHandlers play with programs. They have no store, so they can keep nothing.
type tryOutHandlers struct{ sentences Sentences }

// TryProgramOut implements the contract.
func (h tryOutHandlers) TryProgramOut(ctx context.Context, r contract.TryProgramOutRequestObject) (contract.TryProgramOutResponseObject, error) {
	rq := requestOf(ctx)
	p, err := triedProgram(r.Body.Program)
	if err != nil {
		return nil, err
	}
	if err := checkSteps(r.Body.Steps, r.Body.At.UnixMilli()); err != nil {
		return nil, err
	}
	say := func(refusal *loyalty.Refusal) *contract.ScanRefusal {
		if refusal == nil {
			return nil
		}
		return &contract.ScanRefusal{Code: contract.ProblemCode(refusal.Code), StaffMessage: h.sentences.Refusal(rq.locale(), refusal)}
	}
	trial := loyalty.NewTrial(p, organization.LoadZone(rq.organization.Zone, ""))
	out := contract.TriedOut{Steps: make([]contract.TriedStep, len(r.Body.Steps)), Limits: []contract.ScanRefusal{}}
	heads := make([]string, len(r.Body.Steps))
	for i, s := range r.Body.Steps {
		result, refusal := trial.Do(trialStep(s, heads))
		out.Steps[i] = contract.TriedStep{Entries: each(result.Entries, triedEntry), Refusal: say(refusal)}
		if refusal == nil {
			heads[i] = result.Entries[0].ID
		}
	}
	at := r.Body.At.UnixMilli()
	trial.Pass(at)
	card := trial.Card()
	next, missing := loyalty.Next(p, card)
	out.Card = contract.TriedCard{
		Balance: card.Balance, Goal: loyalty.CardGoal(p, card), CardsFilled: card.Round, LifetimeStamps: card.Lifetime,
	}
	out.NextReward = contract.NextReward{Name: next.Name, Missing: missing}
	out.Coupons = each(trial.Coupons(), triedCoupon)
	out.Refusal = say(trial.Refusal(at))
	for _, refusal := range p.Limits.LimitRefusals() {
		out.Limits = append(out.Limits, *say(&refusal))
	}
	return contract.TryProgramOut200JSONResponse(out), nil
}

// triedProgram reads a program that is played with. Complaints name its fields as
// those of a program that is added, behind "program.".
func triedProgram(c contract.ProgramCreation) (loyalty.Program, error) {
	for i := range c.Rewards {
		c.Rewards[i].ID = nil // a reward that is there may be tried as well
	}
	p := loyalty.Program{
		ID: "1", Version: 1, Name: c.Name, Status: loyalty.ProgramActive, Goal: c.Goal, WelcomeStamps: given(c.WelcomeStamps),
		StartsAt: optionalMillis(c.StartsAt), EndsAt: optionalMillis(c.EndsAt),
	}
	setLimits(&p.Limits, c.Limits)
	var err error
	if p.Rewards, err = parseRewards(c.Rewards, nil); err == nil {
		err = checkProgram(p)
	}
	return p, within("program", err)
}

// trialYears are the years in which a trial can play.
var trialYears = map[string]string{"min": "2000", "max": "2200"}

// checkSteps checks what the contract cannot say: that each step has what its kind
// needs and nothing else, that time goes forward, and that no more stamps are asked for
// than a trial takes.
func checkSteps(steps []contract.TryOutStep, end int64) error {
	stamps, before := 0, int64(0)
	for i, s := range steps {
		field := func(name string) string { return fmt.Sprintf("steps[%d].%s", i, name) }
		for _, m := range []struct {
			name   string
			is     bool
			belong bool
		}{
			{"quantity", s.Quantity != nil, s.Kind == contract.TryOutStepKindStamp},
			{"coupon", s.Coupon != nil, s.Kind == contract.TryOutStepKindRedeem},
			{"step", s.Step != nil, s.Kind == contract.TryOutStepKindReverse},
		} {
			switch {
			case m.belong && !m.is:
				return because(contract.ProblemReasonRequired, nil, field(m.name), "is required")
			case m.is && !m.belong:
				return because(contract.ProblemReasonUnknown, nil, field(m.name), "is not for steps of this kind")
			}
		}
		at := s.At.UnixMilli()
		stamps += given(s.Quantity)
		switch {
		case at < firstTrialInstant || at > lastTrialInstant:
			return because(contract.ProblemReasonRange, trialYears, field("at"), "must be between the years 2000 and 2200")
		case i > 0 && at < before:
			return because(contract.ProblemReasonOutOfOrder, nil, field("at"), "must not be before the step that comes before it")
		case given(s.Step) > i:
			return because(contract.ProblemReasonMaximum, map[string]string{"max": strconv.Itoa(i)}, field("step"), "must be an earlier step")
		case stamps > loyalty.MaxTrialStamps:
			return because(contract.ProblemReasonMaximum, map[string]string{"max": strconv.Itoa(loyalty.MaxTrialStamps)}, field("quantity"),
				"all steps together must ask for at most %d stamps", loyalty.MaxTrialStamps)
		}
		before = at
	}
	switch {
	case end < firstTrialInstant || end > lastTrialInstant:
		return because(contract.ProblemReasonRange, trialYears, "at", "must be between the years 2000 and 2200")
	case end < before:
		return because(contract.ProblemReasonOutOfOrder, nil, "at", "must not be before the last step")
	}
	return nil
}

// trialStep is a step as the core takes it; heads are the entries of the steps before.
func trialStep(s contract.TryOutStep, heads []string) loyalty.TrialStep {
	t := loyalty.TrialStep{Kind: loyalty.CommandKind(s.Kind), Quantity: given(s.Quantity), Coupon: given(s.Coupon), At: s.At.UnixMilli()}
	if s.Step != nil {
		t.Entry = heads[*s.Step-1]
	}
	return t
}

func triedEntry(e loyalty.Entry) contract.TriedEntry {
	return contract.TriedEntry{Kind: contract.EntryKind(e.Kind), Quantity: e.Quantity, BalanceAfter: e.BalanceAfter, Coupon: numberOf(e.CouponID)}
}

func triedCoupon(k loyalty.Coupon) contract.TriedCoupon {
	return contract.TriedCoupon{
		Number: given(numberOf(k.ID)), Kind: contract.RewardKind(k.Kind), Name: k.Name, Status: contract.CouponStatus(k.Status), Cost: k.Cost,
		IssuedAt: instant(k.IssuedAt), ExpiresAt: optionalInstant(k.ExpiresAt),
	}
}

// numberOf reads the id of a coupon of a trial, which is its number; nil for none.
func numberOf(id string) *int {
	n, err := strconv.Atoi(id)
	if err != nil {
		return nil
	}
	return &n
}
