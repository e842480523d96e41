package loyalty

import (
	"cmp"
	"slices"
)

// memory is what the ledger of one card has told so far: all that Apply needs to know
// of the next command. It is what a store keeps in tables, for those who have none.
type memory struct {
	card     Card
	entries  map[string]Entry
	reversed map[string]bool
	coupons  map[string]Coupon
	issued   []string // ids of coupons, in the order of their issue
	open     map[string]bool
	// stampings are those that count, by their instants, and days what they came to.
	stampings []Entry
	days      map[Day]int
}

// newMemory begins with the card and with room for so many entries and coupons.
func newMemory(card Card, entries, coupons int) *memory {
	return &memory{
		card: card, entries: make(map[string]Entry, entries), reversed: map[string]bool{},
		coupons: make(map[string]Coupon, coupons), open: map[string]bool{}, days: map[Day]int{},
	}
}

// state gathers what Apply has to know of the command, which falls on the day. What a
// member of staff gave on other cards is not in it.
func (m *memory) state(c Command, day Day) State {
	s := State{Card: m.card, Coupon: m.coupons[c.CouponID]}
	if c.EntryID != "" {
		s.Original = m.entries[c.EntryID]
		s.OriginalCoupon = m.coupons[s.Original.CouponID]
		s.Reversed = m.reversed[c.EntryID]
	}
	if mayTakeAway(c) {
		for id := range m.open {
			s.Coupons = append(s.Coupons, m.coupons[id])
		}
	}
	s.Tally.CardDay = m.days[day]
	s.Tally.NearStampAt = m.nearStampAt(c.At)
	s.Tally.LastStampAt = m.lastStampAt(c.EntryID)
	return s
}

// mayTakeAway tells whether the command needs State.Coupons. Leaving them out where it
// does not keeps the replay of a card with thousands of coupons quick.
func mayTakeAway(c Command) bool {
	return c.Kind == CommandReverse || c.Kind == CommandMergeOut || c.Kind == CommandUndoMergeIn || c.Quantity < 0
}

// remember makes the result what the next command finds.
func (m *memory) remember(result Result) {
	m.card = result.Card
	for _, k := range result.Issued {
		m.issued = append(m.issued, k.ID)
		m.keep(k)
	}
	for _, k := range result.Changed {
		m.keep(k)
	}
	for _, e := range result.Entries {
		if e.Reverses != "" {
			m.reversed[e.Reverses] = true
		}
	}
	switch head := result.Entries[0]; head.Kind {
	case EntryStamp:
		m.countStamping(head)
	case EntryReversal:
		if original := m.entries[head.Reverses]; original.Kind == EntryStamp {
			m.forgetStamping(original)
		}
	default:
	}
}

func (m *memory) keep(k Coupon) {
	m.coupons[k.ID] = k
	if k.Status == CouponIssued {
		m.open[k.ID] = true
	} else {
		delete(m.open, k.ID)
	}
}

func (m *memory) couponsInOrder() []Coupon {
	list := make([]Coupon, 0, len(m.issued))
	for _, id := range m.issued {
		list = append(list, m.coupons[id])
	}
	return list
}

func byInstant(e Entry, at int64) int { return cmp.Compare(e.At, at) }

func (m *memory) countStamping(e Entry) {
	m.days[e.Day] += e.Quantity
	i, _ := slices.BinarySearchFunc(m.stampings, e.At+1, byInstant) // after those of its instant
	m.stampings = slices.Insert(m.stampings, i, e)
}

func (m *memory) forgetStamping(original Entry) {
	m.days[original.Day] -= original.Quantity
	i, _ := slices.BinarySearchFunc(m.stampings, original.At, byInstant)
	for ; i < len(m.stampings); i++ {
		if m.stampings[i].ID == original.ID {
			m.stampings = slices.Delete(m.stampings, i, i+1)
			return
		}
	}
}

// nearStampAt returns the instant of the stamping nearest to at, 0 if there is none.
func (m *memory) nearStampAt(at int64) int64 {
	var t Tally
	i, _ := slices.BinarySearchFunc(m.stampings, at, byInstant)
	for _, e := range m.stampings[max(i-1, 0):min(i+1, len(m.stampings))] {
		t.NearStamp(e.At, at)
	}
	return t.NearStampAt
}

// lastStampAt returns the instant of the last stamping but for the entry, 0 if there
// is none.
func (m *memory) lastStampAt(but string) int64 {
	for _, e := range slices.Backward(m.stampings) {
		if e.ID != but {
			return e.At
		}
	}
	return 0
}
