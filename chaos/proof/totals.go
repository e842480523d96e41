package proof

import "github.com/leima/leima/loyalty"

// Totals returns what live totals must say: the sums by program, location and day of what
// was given, issued, redeemed and joined, without what was taken back since. Cells of nothing
// are left out.
func Totals(l *Ledger) map[loyalty.Cell]loyalty.Counts {
	cells := map[loyalty.Cell]loyalty.Counts{}
	for _, c := range l.Cards {
		takenBack := map[string]bool{}
		for _, e := range c.Entries {
			takenBack[e.Reverses] = true
		}
		joined := loyalty.Cell{OrgID: c.OrgID, ProgramID: c.ProgramID, LocationID: c.JoinedLocation, Day: c.JoinedDay}
		n := cells[joined]
		n.Cards++
		cells[joined] = n
		for _, e := range c.Entries {
			if takenBack[e.ID] {
				continue
			}
			cell := loyalty.Cell{OrgID: e.OrgID, ProgramID: e.ProgramID, LocationID: e.LocationID, Day: e.Day}
			n := cells[cell]
			switch e.Kind { //nolint:exhaustive // nothing else is counted
			case loyalty.EntryStamp:
				n.Stamps += int64(e.Quantity)
			case loyalty.EntryReward:
				n.Coupons++
			case loyalty.EntryRedeem:
				n.Redemptions++
			}
			if n != (loyalty.Counts{}) {
				cells[cell] = n
			}
		}
	}
	return cells
}
