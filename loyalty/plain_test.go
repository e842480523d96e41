package loyalty_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/leima/leima/loyalty"
)

// plain is a card as one would tell it at the counter, against which Apply is held.
// It pours stamp after stamp, counts the balance from what was given and spent, and
// counts limits from what happened; it knows neither entries nor running totals.
type plain struct {
	program loyalty.Program
	now     int64
	net     int // stamps given and not taken back
	goal    int
	round   int
	given   int // the stamp up to which milestones were given
	larger  int // the milestone that was given when the card was larger, 0 if none
	prizes  []*prize
	acts    []act
	// welcomed tells that the welcome was given.
	welcomed bool
}

// prize is a coupon.
type prize struct {
	kind            loyalty.RewardKind
	at, cost, round int
	given, larger   int // plain's when it was won
	by              int // the act that won it
	status          loyalty.CouponStatus
	expires         int64
}

// act is one command that was carried out.
type act struct {
	kind     loyalty.CommandKind
	quantity int
	at       int64
	day      loyalty.Day
	actor    loyalty.Actor
	prize    *prize
	undone   bool
}

func (m *plain) balance() int {
	balance := m.net
	for _, p := range m.prizes {
		if p.status != loyalty.CouponReversed {
			balance -= p.cost
		}
	}
	return balance
}

func (m *plain) size() int {
	if m.balance() <= 0 || m.goal == 0 {
		return m.program.Goal
	}
	return min(m.goal, m.program.Goal)
}

func (m *plain) resize(size int) {
	if m.given > m.goal {
		m.given += size - m.goal
	} else {
		m.given = max(m.given, m.larger)
		m.larger = 0
		if m.given >= size {
			m.given, m.larger = size-1, m.given
		}
	}
	m.goal = size
}

// pour puts stamps on the card one by one.
func (m *plain) pour(quantity int, c loyalty.Command) {
	before := len(m.prizes)
	m.resize(m.size())
	step := 1
	if quantity < 0 {
		step = -1
	}
	for range quantity * step {
		m.net += step
		if step > 0 {
			m.fill(c)
		}
	}
	m.fill(c)
	m.inOrder(before)
}

// fill wins what the stamps on the card are good for.
func (m *plain) fill(c loyalty.Command) {
	for {
		reached := m.given
		for _, r := range m.program.Rewards {
			if r.Kind == loyalty.RewardMilestone && r.At <= m.balance() && r.At < m.goal && r.At > m.given {
				p := m.win(r, r.At, 0, c)
				p.given = max(p.given, m.below(r.At))
				reached = max(reached, r.At)
			}
		}
		m.given = reached
		if m.balance() < m.goal {
			return
		}
		m.win(m.program.Main(), m.goal, m.goal, c)
		m.round++
		m.given = max(0, m.given-m.goal)
		m.goal = m.program.Goal
		m.larger = 0
	}
}

// below returns the highest milestone below the stamp, 0 if none.
func (m *plain) below(at int) int {
	highest := 0
	for _, r := range m.program.Rewards {
		if r.Kind == loyalty.RewardMilestone && r.At < at {
			highest = max(highest, r.At)
		}
	}
	return highest
}

func (m *plain) win(r loyalty.Reward, at, cost int, c loyalty.Command) *prize {
	p := &prize{
		kind: r.Kind, at: at, cost: cost, round: m.round, given: m.given, larger: m.larger, by: len(m.acts),
		status: loyalty.CouponIssued, expires: r.ValidFor.ExpiryAfter(c.At, c.Zone),
	}
	m.prizes = append(m.prizes, p)
	return p
}

// inOrder puts the prizes that one command won into the order in which Apply lists
// them: card by card, milestones as the program lists them, then the main reward.
func (m *plain) inOrder(from int) {
	place := func(p *prize) int {
		return slices.IndexFunc(m.program.Rewards, func(r loyalty.Reward) bool {
			return r.Kind == p.kind && (r.At == p.at || p.kind != loyalty.RewardMilestone)
		})
	}
	isMain := func(p *prize) int { return strings.Count(string(p.kind), string(loyalty.RewardMain)) }
	slices.SortStableFunc(m.prizes[from:], func(a, b *prize) int {
		return cmp.Or(cmp.Compare(a.round, b.round), cmp.Compare(isMain(a), isMain(b)), cmp.Compare(place(a), place(b)))
	})
}

// overdue tells that a prize's last day is over: it is spent, closed or not.
func (m *plain) overdue(p *prize) bool { return p.expires != 0 && m.now >= p.expires }

// unused returns the prizes that can be taken back, the last won first.
func (m *plain) unused(kind loyalty.RewardKind, which func(*prize) bool) []*prize {
	var unused []*prize
	for _, p := range m.prizes {
		if p.kind == kind && p.status == loyalty.CouponIssued && !m.overdue(p) && (which == nil || which(p)) {
			unused = append(unused, p)
		}
	}
	slices.SortStableFunc(unused, func(a, b *prize) int {
		return cmp.Or(cmp.Compare(b.round, a.round), cmp.Compare(b.at, a.at))
	})
	return unused
}

// loseMilestones takes back the unused milestones of a card above a stamp.
func (m *plain) loseMilestones(round, above int) {
	for _, p := range m.unused(loyalty.RewardMilestone, func(p *prize) bool { return p.round == round && p.at > above }) {
		p.status = loyalty.CouponReversed
		if m.given <= p.at && m.larger <= p.at && m.given <= m.goal {
			m.given, m.larger = max(p.given, m.below(p.at)), 0
		}
	}
	for _, p := range m.unused(loyalty.RewardMilestone, func(p *prize) bool { return p.round == round }) {
		m.given = max(m.given, min(p.at, m.goal-1))
	}
}

// reopen takes a main reward back: its card and the one under way become one.
func (m *plain) reopen(p *prize) {
	m.loseMilestones(m.round, 0)
	ahead, goal := m.given, m.goal
	m.given, m.goal, m.larger = min(p.given, p.cost-1), p.cost, p.larger
	if p.round == m.round-1 {
		m.round = p.round
	} else {
		m.loseMilestones(p.round, 0)
		m.resize(goal)
	}
	if ahead > 0 && m.given > 0 {
		m.given, m.larger = m.goal, 0
	}
	if ahead > 0 {
		m.given += ahead
	}
	p.status = loyalty.CouponReversed
}

// settle brings the card to what the stamps that are left are good for.
func (m *plain) settle(c loyalty.Command) {
	for m.balance() < 0 {
		unused := m.unused(loyalty.RewardMain, nil)
		if len(unused) == 0 {
			break
		}
		m.reopen(unused[0])
	}
	m.loseMilestones(m.round, m.balance())
	before := len(m.prizes)
	m.resize(m.size())
	m.fill(c)
	m.inOrder(before)
}

func (m *plain) undo(target int, c loyalty.Command) {
	original := &m.acts[target]
	original.undone = true
	if original.kind == loyalty.CommandRedeem {
		original.prize.status = loyalty.CouponIssued
		if m.balance() < 0 {
			m.settle(c)
		} else {
			m.loseMilestones(m.round, m.balance())
		}
		return
	}
	m.resize(m.size())
	m.net -= original.quantity
	for _, p := range m.unused(loyalty.RewardMain, func(p *prize) bool { return p.by == target }) {
		m.reopen(p)
	}
	for _, p := range m.unused(loyalty.RewardWelcome, func(p *prize) bool { return p.by == target }) {
		p.status = loyalty.CouponReversed
	}
	m.settle(c)
}

// stampings returns the stampings that count.
func (m *plain) stampings() []act {
	return slices.DeleteFunc(slices.Clone(m.acts), func(a act) bool { return a.kind != loyalty.CommandStamp || a.undone })
}

// String is what can be seen of the card and its coupons.
func (m *plain) String() string {
	var b strings.Builder
	given := m.given
	if m.larger > 0 {
		given = loyalty.MilestoneBeyond + m.larger
	}
	last := int64(0)
	for _, s := range m.stampings() {
		last = max(last, s.at)
	}
	fmt.Fprintf(&b, "%d/%d, card %d, milestones to %d, %d in all, last stamped %d", m.balance(), m.goal, m.round, given, m.net, last)
	for _, p := range m.prizes {
		fmt.Fprintf(&b, "\n%s at %d of card %d for %d until %d: %s", p.kind, p.at, p.round, p.cost, p.expires, p.status)
	}
	return b.String()
}

// plainly is what can be seen of the ledger's card, told like plain's.
func (l *ledger) plainly() string {
	var b strings.Builder
	c := l.card
	fmt.Fprintf(&b, "%d/%d, card %d, milestones to %d, %d in all, last stamped %d", c.Balance, c.Goal, c.Round, c.Milestone, c.Lifetime, c.LastStampAt)
	for _, p := range l.coupons {
		fmt.Fprintf(&b, "\n%s at %d of card %d for %d until %d: %s", p.Kind, p.At, p.Round, p.Cost, p.ExpiresAt, p.Status)
	}
	return b.String()
}
