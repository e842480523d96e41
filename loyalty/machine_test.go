package loyalty_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

// machine gives random commands to a card and to a plain telling of it, and sees
// that both agree.
type machine struct {
	ledger *ledger
	plain  *plain
	// first is the program that the card was issued in.
	first loyalty.Program
	// programs are all that the card was stamped under, for Replay.
	programs versions
	// history is all that was done, to be done once more from the beginning.
	history []deed
}

type deed struct {
	program loyalty.Program
	command loyalty.Command
	now     int64
}

var (
	machineZones  = []string{"Europe/Helsinki", "America/Sao_Paulo", "Pacific/Kiritimati"}
	machineActors = []loyalty.Actor{
		{Kind: loyalty.ActorStaff, ID: "stf_1"}, {Kind: loyalty.ActorStaff, ID: "stf_2"}, {Kind: loyalty.ActorAPIKey, ID: "key_1"},
	}
)

// rounds is how often the machine's checks are multiplied: most of the mistakes
// that it found in its time took it some hundred stories. For more, run the test
// with -rapid.checks=10000 -rapid.steps=60.
const rounds = 5

func TestACardAgreesWithItsPlainTelling(t *testing.T) {
	for range rounds {
		rapid.Check(t, func(t *rapid.T) {
			p := drawProgram(t)
			m := &machine{ledger: newLedger(p), plain: &plain{program: p, goal: p.Goal}, first: p}
			t.Repeat(map[string]func(*rapid.T){
				"stamp":     m.stamp,
				"stamp now": m.stampNow,
				"use":       m.use,
				"expire":    m.expire,
				"undo":      m.undo,
				"undo last": m.undoLast,
				"adjust":    m.adjust,
				"welcome":   m.welcome,
				"merge in":  m.mergeIn,
				"new card":  m.newCard,
				"change":    m.change,
				"later":     m.later,
				"":          m.compare,
			})
			m.replay(t)
		})
	}
}

func drawProgram(t *rapid.T) loyalty.Program {
	p := cardOf(rapid.IntRange(loyalty.MinGoal, 20).Draw(t, "goal"))
	steps := rapid.SliceOfNDistinct(rapid.IntRange(1, p.Goal-1), 0, min(3, p.Goal-1), rapid.ID[int]).Draw(t, "milestones")
	for _, at := range steps {
		p.Rewards = append(p.Rewards, milestone(at))
	}
	if rapid.Bool().Draw(t, "welcome reward") {
		p.Rewards = append(p.Rewards, loyalty.Reward{ID: "rew_hello", Kind: loyalty.RewardWelcome, Name: loyalty.Text{"en": "Tea"}})
	}
	p.WelcomeStamps = rapid.IntRange(0, p.Goal).Draw(t, "welcome stamps")
	for i := range p.Rewards {
		p.Rewards[i].ValidFor = rapid.SampledFrom([]loyalty.Period{{}, {}, {Days: 3}, {Months: 1}}).Draw(t, "valid for")
	}
	limit := func(name string) int { return rapid.SampledFrom([]int{0, 0, 0, 3, 10}).Draw(t, name) }
	p.Limits = loyalty.Limits{
		MaxPerScan: limit("per scan"), MaxPerCardDay: limit("per card and day"), MaxPerStaffDay: limit("per cashier and day"),
		CoolDown: rapid.SampledFrom([]time.Duration{0, 0, 0, time.Minute, 24 * time.Hour}).Draw(t, "cool-down"),
	}
	if rapid.IntRange(0, 9).Draw(t, "bounded") == 0 {
		p.StartsAt = monday + rapid.Int64Range(-2, 2).Draw(t, "starts")*24*hourMS
		p.EndsAt = p.StartsAt + rapid.Int64Range(1, 100).Draw(t, "ends")*24*hourMS
	}
	switch rapid.IntRange(0, 11).Draw(t, "status") {
	case 1:
		p.Status = loyalty.ProgramDraft
	case 2:
		p.Status = loyalty.ProgramEnded
	}
	if err := p.Validate(); err != nil {
		t.Fatalf("drew a bad program: %v", err)
	}
	return p
}

// try gives the command to the card. If it must be refused, it must be for the
// reason; else the plain telling goes on by the function.
func (m *machine) try(t *rapid.T, c loyalty.Command, want loyalty.RefusalCode, then func(c loyalty.Command) *prize) {
	t.Helper()
	c.IdempotencyKey = fmt.Sprintf("key-%d", len(m.history))
	if c.At == 0 {
		c.At = m.ledger.now
	}
	c.Zone, c.Actor = m.ledger.zone, m.ledger.actor
	before := *m.ledger
	_, refusal := m.ledger.do(t, c)
	if refusal != nil {
		if refusal.Code != want {
			t.Fatalf("%s was refused with %s, want %q", c.Kind, refusal.Code, want)
		}
		if after := *m.ledger; !reflect.DeepEqual(before.card, after.card) || len(before.entries) != len(after.entries) {
			t.Fatalf("%s was refused, but changed the card", c.Kind)
		}
		return
	}
	if want != "" {
		t.Fatalf("%s was carried out, want a refusal %s", c.Kind, want)
	}
	m.plain.now = m.ledger.now
	prize := then(c)
	quantity := c.Quantity
	if c.Kind == loyalty.CommandWelcome {
		quantity = m.plain.program.WelcomeStamps
	}
	m.plain.acts = append(m.plain.acts, act{
		kind: c.Kind, quantity: quantity, at: c.At, day: loyalty.DayOf(c.At, c.Zone), actor: c.Actor, prize: prize,
	})
	m.history = append(m.history, deed{m.ledger.program, c, m.ledger.now})
}

func (m *machine) stampNow(t *rapid.T) {
	m.stampOf(t, rapid.IntRange(1, 12).Draw(t, "quantity"), m.ledger.now)
}

func (m *machine) stamp(t *rapid.T) {
	m.ledger.zone = zone(rapid.SampledFrom(machineZones).Draw(t, "zone"))
	m.ledger.actor = rapid.SampledFrom(machineActors).Draw(t, "actor")
	quantity := rapid.OneOf(rapid.IntRange(1, 3), rapid.IntRange(-1, 101)).Draw(t, "quantity")
	ago := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(-6*minuteMS, 2*minuteMS), rapid.Int64Range(0, 72*hourMS), rapid.Int64Range(0, 60*24*hourMS)).Draw(t, "ago")
	m.stampOf(t, quantity, m.ledger.now-ago)
}

func (m *machine) stampOf(t *rapid.T, quantity int, at int64) {
	c := loyalty.Command{Kind: loyalty.CommandStamp, Quantity: quantity, At: at}
	m.try(t, c, m.mayStamp(quantity, at), func(c loyalty.Command) *prize {
		m.plain.pour(quantity, c)
		return nil
	})
}

// mayStamp counts all stampings that there were, and returns why one more must be
// refused, or "".
func (m *machine) mayStamp(quantity int, at int64) loyalty.RefusalCode {
	p, today := m.plain.program, loyalty.DayOf(at, m.ledger.zone)
	card, staff, soon := quantity, quantity, false
	for _, s := range m.plain.stampings() {
		soon = soon || distance(s.at, at) < p.Limits.CoolDown.Milliseconds()
		if s.day == today {
			card += s.quantity
			if s.actor == m.ledger.actor {
				staff += s.quantity
			}
		}
	}
	for _, c := range []struct {
		broken bool
		code   loyalty.RefusalCode
	}{
		{quantity < 1 || quantity > 100, loyalty.RefusedQuantity},
		{at > m.ledger.now+5*minuteMS, loyalty.RefusedFuture},
		{p.Status == loyalty.ProgramDraft, loyalty.RefusedNotActive},
		{p.Status == loyalty.ProgramEnded || p.EndsAt != 0 && at >= p.EndsAt, loyalty.RefusedEnded},
		{at < p.StartsAt, loyalty.RefusedNotBegun},
		{at < m.ledger.now && at < joined-5*minuteMS || at < m.ledger.now-31*24*hourMS, loyalty.RefusedTooOld},
		{p.Limits.MaxPerScan != 0 && quantity > p.Limits.MaxPerScan, loyalty.RefusedPerScan},
		{soon, loyalty.RefusedCoolDown},
		{p.Limits.MaxPerCardDay != 0 && card > p.Limits.MaxPerCardDay, loyalty.RefusedPerCardDay},
		{p.Limits.MaxPerStaffDay != 0 && m.ledger.actor.Kind == loyalty.ActorStaff && staff > p.Limits.MaxPerStaffDay, loyalty.RefusedPerStaffDay},
	} {
		if c.broken {
			return c.code
		}
	}
	return ""
}

// drawCoupon returns a random coupon and its plain telling.
func (m *machine) drawCoupon(t *rapid.T) (string, *prize) {
	if len(m.ledger.coupons) == 0 {
		t.Skip("no coupon yet")
	}
	i := rapid.IntRange(0, len(m.ledger.coupons)-1).Draw(t, "coupon")
	return m.ledger.coupons[i].ID, m.plain.prizes[i]
}

func (m *machine) use(t *rapid.T) {
	id, p := m.drawCoupon(t)
	var want loyalty.RefusalCode
	switch overdue := p.expires != 0 && m.ledger.now >= p.expires; {
	case p.status == loyalty.CouponRedeemed:
		want = loyalty.RefusedCouponRedeemed
	case p.status == loyalty.CouponReversed:
		want = loyalty.RefusedCouponReversed
	case p.status == loyalty.CouponExpired || overdue:
		want = loyalty.RefusedCouponExpired
	}
	m.try(t, loyalty.Command{Kind: loyalty.CommandRedeem, CouponID: id}, want, func(loyalty.Command) *prize {
		p.status = loyalty.CouponRedeemed
		return p
	})
}

func (m *machine) expire(t *rapid.T) {
	id, p := m.drawCoupon(t)
	var want loyalty.RefusalCode
	if p.status != loyalty.CouponIssued || p.expires == 0 || m.ledger.now < p.expires {
		want = loyalty.RefusedNotExpired
	}
	m.try(t, loyalty.Command{Kind: loyalty.CommandExpire, CouponID: id}, want, func(loyalty.Command) *prize {
		p.status = loyalty.CouponExpired
		return p
	})
}

func (m *machine) undo(t *rapid.T) {
	if len(m.ledger.entries) == 0 {
		t.Skip("nothing to undo yet")
	}
	m.undoEntry(t, m.ledger.entries[rapid.IntRange(0, len(m.ledger.entries)-1).Draw(t, "entry")])
}

func (m *machine) undoLast(t *rapid.T) {
	if len(m.ledger.heads) == 0 {
		t.Skip("nothing to undo yet")
	}
	m.undoEntry(t, m.ledger.heads[len(m.ledger.heads)-1])
}

func (m *machine) undoEntry(t *rapid.T, e loyalty.Entry) {
	act := slices.IndexFunc(m.ledger.heads, func(h loyalty.Entry) bool { return h.ID == e.ID })
	var want loyalty.RefusalCode
	switch {
	case m.ledger.undone[e.ID]:
		want = loyalty.RefusedReversed
	case act < 0 || !slices.Contains([]loyalty.CommandKind{
		loyalty.CommandStamp, loyalty.CommandAdjust, loyalty.CommandWelcome, loyalty.CommandRedeem,
	}, m.plain.acts[act].kind):
		want = loyalty.RefusedNotReversible
	}
	m.try(t, loyalty.Command{Kind: loyalty.CommandReverse, EntryID: e.ID}, want, func(c loyalty.Command) *prize {
		m.plain.undo(act, c)
		return nil
	})
}

func (m *machine) adjust(t *rapid.T) {
	quantity := rapid.IntRange(-12, 12).Draw(t, "quantity")
	var want loyalty.RefusalCode
	switch {
	case quantity == 0:
		want = loyalty.RefusedQuantity
	case quantity < 0 && quantity+m.plain.balance() < 0:
		want = loyalty.RefusedBelowZero
	}
	m.try(t, loyalty.Command{Kind: loyalty.CommandAdjust, Quantity: quantity}, want, m.give(quantity))
}

func (m *machine) mergeIn(t *rapid.T) {
	quantity := rapid.IntRange(-15, 30).Draw(t, "quantity")
	m.try(t, loyalty.Command{Kind: loyalty.CommandMergeIn, Quantity: quantity, OtherCardID: "card_2"}, "", m.give(quantity))
}

func (m *machine) give(quantity int) func(loyalty.Command) *prize {
	return func(c loyalty.Command) *prize {
		m.plain.pour(quantity, c)
		if quantity < 0 {
			m.plain.settle(c)
		}
		return nil
	}
}

func (m *machine) welcome(t *rapid.T) {
	var want loyalty.RefusalCode
	if m.plain.welcomed {
		want = loyalty.RefusedWelcomed
	}
	m.try(t, loyalty.Command{Kind: loyalty.CommandWelcome}, want, func(c loyalty.Command) *prize {
		m.plain.welcomed = true
		m.plain.pour(m.plain.program.WelcomeStamps, c)
		for _, r := range m.plain.program.Rewards {
			if r.Kind == loyalty.RewardWelcome {
				m.plain.win(r, 0, 0, c)
			}
		}
		return nil
	})
}

// newCard empties the card into a new one, with which the story goes on.
func (m *machine) newCard(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "rarely") != 0 {
		t.Skip("not now")
	}
	want := m.plain.balance()
	for _, p := range m.plain.unused(loyalty.RewardMain, nil) {
		if p.expires == 0 || m.ledger.now < p.expires {
			want += p.cost
		}
	}
	result, refusal := m.ledger.do(t, loyalty.Command{Kind: loyalty.CommandMergeOut, OtherCardID: "card_2"})
	if refusal != nil || m.ledger.card.Balance != 0 || -result.Entries[0].Quantity != want {
		t.Fatalf("emptying the card: %v, %d left, %d moved, want %d", refusal, m.ledger.card.Balance, -result.Entries[0].Quantity, want)
	}
	if m.programs != nil {
		if err := replayed(m.programs, m.ledger.card, m.ledger.coupons, m.ledger.entries); err != nil {
			t.Fatalf("the emptied card, replayed: %v", err)
		}
	}
	old, p := m.ledger, m.ledger.program
	m.ledger, m.plain, m.first, m.history = newLedger(p), &plain{program: p, goal: p.Goal}, p, nil
	m.ledger.now, m.ledger.zone, m.ledger.actor = old.now, old.zone, old.actor
	m.try(t, loyalty.Command{Kind: loyalty.CommandMergeIn, Quantity: want, OtherCardID: "card_2"}, "", m.give(want))
}

func (m *machine) change(t *rapid.T) {
	p := drawProgram(t)
	p.Version = m.ledger.program.Version + 1
	m.ledger.program, m.plain.program = p, p
	if m.programs != nil {
		m.programs[p.Version] = p
	}
}

func (m *machine) later(t *rapid.T) {
	m.ledger.now += rapid.OneOf(rapid.Int64Range(1, minuteMS), rapid.Int64Range(1, 40*24*hourMS)).Draw(t, "milliseconds")
}

func (m *machine) compare(t *rapid.T) {
	if diff := cmp.Diff(m.plain.String(), m.ledger.plainly()); diff != "" {
		t.Fatalf("the card is not what it should be (-want +got):\n%s", diff)
	}
	day, stamps := loyalty.Day(0), 0
	for _, a := range m.plain.acts {
		if a.kind == loyalty.CommandStamp {
			day = max(day, a.day)
		}
	}
	for _, s := range m.plain.stampings() {
		if s.day == day {
			stamps += s.quantity
		}
	}
	if m.ledger.card.Day != day || m.ledger.card.DayStamps != stamps {
		t.Fatalf("%d stamps on day %d, want %d on %d", m.ledger.card.DayStamps, m.ledger.card.Day, stamps, day)
	}
}

// replay does everything once more on a new card.
func (m *machine) replay(t *rapid.T) {
	again := newLedger(m.first)
	for _, d := range m.history {
		again.program, again.now = d.program, d.now
		if _, refusal := again.do(t, d.command); refusal != nil {
			t.Fatalf("%s was refused when it was done again: %v", d.command.Kind, refusal)
		}
	}
	if !reflect.DeepEqual(m.ledger.card, again.card) || !reflect.DeepEqual(m.ledger.coupons, again.coupons) ||
		!reflect.DeepEqual(m.ledger.entries, again.entries) {
		t.Fatalf("done again, the card is\n%s\nbut was\n%s", again.plainly(), m.ledger.plainly())
	}
}
