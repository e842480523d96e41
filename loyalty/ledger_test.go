package loyalty_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones of the stories, whatever the machine knows

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
)

// reporter is the part of *testing.T and *rapid.T that stories need.
type reporter interface {
	Helper()
	Errorf(format string, a ...any)
	Fatalf(format string, a ...any)
}

var helsinki = zone("Europe/Helsinki")

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// monday is when stories begin: Monday, 2 March 2026, 10:00 in Helsinki.
var monday = time.Date(2026, time.March, 2, 10, 0, 0, 0, helsinki).UnixMilli()

// joined is when the card of the stories was.
var joined = monday - 20*24*time.Hour.Milliseconds()

// counter makes ids that tell in which order they were made. Copies of a counter
// make the same ids.
type counter struct{ entries, coupons int }

func (c *counter) EntryID() string {
	c.entries++
	return fmt.Sprintf("ent_%05d", c.entries)
}

func (c *counter) CouponID() string {
	c.coupons++
	return fmt.Sprintf("coup_%05d", c.coupons)
}

// ledger is one card with its coupons and entries, kept in memory as a store would
// keep them. Whatever it is told to do goes through Apply, and every answer is
// checked against what Apply promises of all commands.
type ledger struct {
	program loyalty.Program
	card    loyalty.Card
	coupons []loyalty.Coupon
	entries []loyalty.Entry
	// heads are the first entries of the commands that were carried out, in order.
	heads []loyalty.Entry
	// undone holds the ids of the entries that were taken back.
	undone map[string]bool
	// usedStep is that of the rotating code used last.
	usedStep int64
	// before holds the card as each merge found it.
	before map[string]loyalty.Card
	// renamed counts changes of what the card shows that are not the ledger's.
	renamed int

	now   int64
	zone  *time.Location
	actor loyalty.Actor
	ids   counter
}

// cardOf returns a program with a card of the size and one reward for a full one.
func cardOf(goal int, more ...loyalty.Reward) loyalty.Program {
	return loyalty.Program{
		OrgID: "org_1", ID: "prog_1", Name: loyalty.Text{"en": "Stamps"}, Status: loyalty.ProgramActive,
		Version: 1, Goal: goal,
		Rewards: append([]loyalty.Reward{
			{ID: "rew_main", Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Cream"}},
		}, more...),
	}
}

func milestone(at int) loyalty.Reward {
	return loyalty.Reward{
		ID: fmt.Sprintf("rew_%d", at), Kind: loyalty.RewardMilestone, At: at,
		Name: loyalty.Text{"en": fmt.Sprintf("Sample %d", at)},
	}
}

func newLedger(p loyalty.Program) *ledger {
	return &ledger{
		program: p,
		card: loyalty.Card{
			OrgID: "org_1", ID: "card_1", ProgramID: p.ID, CustomerID: "cust_1",
			Status: loyalty.CardActive, Goal: p.Goal, JoinedAt: joined,
		},
		now: monday, zone: helsinki,
		actor:  loyalty.Actor{Kind: loyalty.ActorStaff, ID: "stf_1"},
		undone: map[string]bool{}, before: map[string]loyalty.Card{},
	}
}

// do carries the command out, or leaves everything as it is if it is refused. It
// fills in who, when and where if the command does not say.
func (l *ledger) do(t reporter, c loyalty.Command) (loyalty.Result, *loyalty.Refusal) {
	t.Helper()
	c.OrgID, c.CardID = l.card.OrgID, l.card.ID
	if c.Zone == nil {
		c.Zone = l.zone
	}
	if c.Actor == (loyalty.Actor{}) {
		c.Actor = l.actor
	}
	c.Now = l.now
	if c.At == 0 {
		c.At = l.now
	}
	card, coupons := l.card, slices.Clone(l.coupons)
	result, refusal := applyTwice(t, l.program, l.state(c), c, &l.ids)
	if refusal != nil {
		return result, refusal
	}
	checkResult(t, card, c, result)
	l.keep(result)
	if c.Kind != loyalty.CommandUndoMergeOut {
		checkEdges(t, coupons, l.coupons)
	}
	l.check(t)
	return result, nil
}

// applyTwice applies the command, and once more to see that it is answered the
// same and that the arguments were left alone.
func applyTwice(t reporter, p loyalty.Program, s loyalty.State, c loyalty.Command, ids *counter) (loyalty.Result, *loyalty.Refusal) {
	t.Helper()
	program, state := cloneProgram(p), s
	state.Coupons = slices.Clone(s.Coupons)
	again := *ids
	result, refusal := loyalty.Apply(p, s, c, ids)
	result2, refusal2 := loyalty.Apply(p, s, c, &again)
	if !reflect.DeepEqual(result, result2) || !reflect.DeepEqual(refusal, refusal2) {
		t.Errorf("the same command was answered differently:\n%s%s", cmp.Diff(result, result2), cmp.Diff(refusal, refusal2))
	}
	if !reflect.DeepEqual(program, p) || !reflect.DeepEqual(state, s) {
		t.Errorf("Apply changed its arguments:\n%s%s", cmp.Diff(program, p), cmp.Diff(state, s))
	}
	if refusal != nil && !reflect.DeepEqual(result, loyalty.Result{}) {
		t.Errorf("refused, but with a result: %+v", result)
	}
	return result, refusal
}

func cloneProgram(p loyalty.Program) loyalty.Program {
	p.Name = maps.Clone(p.Name)
	p.Rewards = slices.Clone(p.Rewards)
	for i := range p.Rewards {
		p.Rewards[i].Name = maps.Clone(p.Rewards[i].Name)
	}
	return p
}

// state gathers what the contract of State says the command needs, and no more.
func (l *ledger) state(c loyalty.Command) loyalty.State {
	s := loyalty.State{Card: l.card, Tally: l.tally(c)}
	switch c.Kind {
	case loyalty.CommandRedeem, loyalty.CommandExpire:
		s.Coupon, s.UsedStep = l.coupon(c.CouponID), l.usedStep
	case loyalty.CommandReverse:
		s.Original = l.entry(c.EntryID)
		s.Reversed = l.undone[c.EntryID]
		if s.Original.Kind == loyalty.EntryRedeem {
			s.OriginalCoupon = l.coupon(s.Original.CouponID)
		}
		s.Coupons = l.unused()
	case loyalty.CommandAdjust, loyalty.CommandMergeIn:
		if c.Quantity < 0 {
			s.Coupons = l.unused()
		}
	case loyalty.CommandMergeOut:
		s.Coupons = l.unused()
	case loyalty.CommandUndoMergeOut, loyalty.CommandUndoMergeIn:
		s.Original, s.Reversed, s.Before = l.entry(c.EntryID), l.undone[c.EntryID], l.before[c.EntryID]
		for _, k := range l.coupons {
			if k.EarnedBy == c.EntryID || k.ClosedBy != "" && l.entry(k.ClosedBy).HeadID == c.EntryID {
				s.Merged = append(s.Merged, k)
			}
		}
		s.Coupons = l.unused()
	case loyalty.CommandStamp, loyalty.CommandWelcome:
	}
	return s
}

// tally counts from the entries what the card does not carry.
func (l *ledger) tally(c loyalty.Command) loyalty.Tally {
	var tally loyalty.Tally
	day := loyalty.DayOf(c.At, c.Zone)
	for _, e := range l.entries {
		if e.Kind != loyalty.EntryStamp || l.undone[e.ID] || c.Kind == loyalty.CommandReverse && e.ID == c.EntryID {
			continue
		}
		if e.Day == day && day != l.card.Day {
			tally.CardDay += e.Quantity
		}
		if e.Day == day && e.Actor == c.Actor {
			tally.StaffDay += e.Quantity
		}
		if tally.NearStampAt == 0 || distance(e.At, c.At) < distance(tally.NearStampAt, c.At) {
			tally.NearStampAt = e.At
		}
		tally.LastStampAt = max(tally.LastStampAt, e.At)
	}
	return tally
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

func (l *ledger) keep(r loyalty.Result) {
	if head := r.Entries[0]; head.Kind == loyalty.EntryMerge {
		l.before[head.ID] = l.card
	}
	l.card = r.Card
	l.entries = append(l.entries, r.Entries...)
	l.heads = append(l.heads, r.Entries[0])
	for _, e := range r.Entries {
		if e.Reverses != "" {
			l.undone[e.Reverses] = true
		}
	}
	l.usedStep = max(l.usedStep, r.UsedStep)
	l.coupons = append(l.coupons, r.Issued...)
	for _, c := range r.Changed {
		l.coupons[l.indexOf(c.ID)] = c
	}
}

func (l *ledger) indexOf(couponID string) int {
	return slices.IndexFunc(l.coupons, func(c loyalty.Coupon) bool { return c.ID == couponID })
}

func (l *ledger) coupon(id string) loyalty.Coupon { return l.coupons[l.indexOf(id)] }

func (l *ledger) entry(id string) loyalty.Entry {
	return l.entries[slices.IndexFunc(l.entries, func(e loyalty.Entry) bool { return e.ID == id })]
}

// unused returns the issued coupons in the order in which they were issued.
func (l *ledger) unused() []loyalty.Coupon {
	var unused []loyalty.Coupon
	for _, c := range l.coupons {
		if c.Status == loyalty.CouponIssued {
			unused = append(unused, c)
		}
	}
	return unused
}

// String is the card in one line: balance and size, then the coupons in the order
// of issue.
func (l *ledger) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d/%d", l.card.Balance, l.card.Goal)
	for _, c := range l.coupons {
		at := ""
		if c.Kind == loyalty.RewardMilestone {
			at = fmt.Sprint(c.At)
		}
		fmt.Fprintf(&b, ", %s%s %s", c.Kind, at, c.Status)
	}
	return b.String()
}
