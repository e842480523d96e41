package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// draw is a plan under way.
type draw struct {
	plan    *Plan
	random  *rand.Rand
	zone    *time.Location
	start   time.Time
	end     time.Time
	persons []person
}

func (d *draw) chance(p float64) bool { return d.random.Float64() < p }

// either is 0 with the probability, else 1.
func (d *draw) either(p float64) int {
	if d.chance(p) {
		return 0
	}
	return 1
}

// cashier draws somebody who works at the location.
func (d *draw) cashier(location int) loyalty.Actor {
	var ids []string
	for _, m := range d.plan.Staff {
		here := m.Staff.LocationID == "" || m.Staff.LocationID == d.plan.Locations[location].ID
		if m.PIN != "" && here && m.Staff.Role != organization.RoleOwner {
			ids = append(ids, m.Staff.ID)
		}
	}
	return loyalty.Actor{Kind: loyalty.ActorStaff, ID: ids[d.random.IntN(len(ids))]}
}

// year draws what everybody did and puts it in order.
func (d *draw) year() {
	best := -1
	for _, who := range d.persons {
		h := holder{draw: d, person: who}
		h.live()
		if score := h.worthALook(); score > best {
			best, d.plan.Showcase = score, who.customer
		}
	}
	// Stable: what happens to one card at one instant stays in the order it was drawn.
	slices.SortStableFunc(d.plan.Events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Customer, b.Customer))
	})
}

// holder is a person with what is on their card, as far as the next event depends
// on it.
type holder struct {
	*draw
	person
	balance int
	// coupons are all that were issued, open those of them that were neither used nor
	// closed, oldest first; both hold the end of their validity.
	coupons  []int64
	open     []int
	sequence int
}

// live draws the visits from joining to the end of the plan.
func (h *holder) live() {
	h.visit(h.joined.Add(time.Minute))
	day := h.joined
	for n := 1; ; n++ {
		day = day.AddDate(0, 0, 1)
		if day.After(h.end) || h.habit.stays > 0 && n > h.habit.stays {
			break
		}
		if h.chance(busy(day) / h.habit.every) {
			h.visit(h.timeOn(day))
		}
	}
	h.expire(h.end)
}

// visit is one purchase: perhaps a reward is used, then the card is stamped.
func (h *holder) visit(at time.Time) {
	if at.After(h.end) {
		return
	}
	h.expire(at)
	location := h.home
	if h.chance(0.1) {
		location = 1 - h.home
	}
	cashier := h.cashier(location)
	if len(h.open) > 0 && h.chance(h.redeems) {
		h.event(Event{Kind: loyalty.CommandRedeem, Coupon: h.open[0]}, at, location, cashier)
		h.open = h.open[1:]
		at = at.Add(20 * time.Second)
	}
	quantity := 1
	if h.chance(0.07) {
		quantity = 2
	}
	if h.chance(0.012) && h.balance+quantity+2 < Goal {
		// The cashier's finger slips and is undone.
		wrong := h.event(Event{Kind: loyalty.CommandStamp, Quantity: quantity + 2}, at, location, cashier)
		h.event(Event{Kind: loyalty.CommandReverse, Reverses: wrong}, at.Add(6*time.Second), location, cashier)
		at = at.Add(15 * time.Second)
	}
	h.event(Event{Kind: loyalty.CommandStamp, Quantity: quantity}, at, location, cashier)
	if h.balance += quantity; h.balance >= Goal {
		h.balance -= Goal
		h.open = append(h.open, len(h.coupons))
		h.coupons = append(h.coupons, h.plan.Program.Main().ValidFor.ExpiryAfter(at.UnixMilli(), h.zone))
	}
}

// expire closes the coupons whose time is over.
func (h *holder) expire(now time.Time) {
	for len(h.open) > 0 && h.coupons[h.open[0]] <= now.UnixMilli() {
		at := time.UnixMilli(h.coupons[h.open[0]])
		h.event(Event{Kind: loyalty.CommandExpire, Coupon: h.open[0]}, at, -1, loyalty.Actor{Kind: loyalty.ActorSystem})
		h.open = h.open[1:]
	}
}

// event adds e to the plan, unless it would lie after the end, and returns its
// key. The few seconds that one visit takes are the only way to get there: then
// what follows is left out too, as it lies later still.
func (h *holder) event(e Event, at time.Time, location int, actor loyalty.Actor) string {
	e.Key = fmt.Sprintf("demo:%d:%d", h.customer, h.sequence)
	h.sequence++
	e.Customer, e.Actor, e.At = h.customer, actor, at.UnixMilli()
	if location >= 0 {
		e.LocationID = h.plan.Locations[location].ID
	}
	if !at.After(h.end) && len(h.plan.Events) < MaxEvents {
		h.plan.Events = append(h.plan.Events, e)
	}
	return e.Key
}

// worthALook is high for a card with a reward to use and a half-full next one, and
// for somebody who was here lately.
func (h *holder) worthALook() int {
	score := 0
	if len(h.open) == 1 {
		score += 100
	}
	if h.balance >= 4 && h.balance <= 7 {
		score += 50
	}
	if len(h.coupons) >= 3 {
		score += 20
	}
	if h.plan.Joins[h.customer].Locale == h.plan.Organization.Locale {
		score += 10
	}
	return score
}
