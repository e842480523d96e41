package loyalty

// TotalsQuery asks for live totals: the cells of an organization in which something
// was counted.
type TotalsQuery struct {
	// ProgramID and LocationID narrow it; "" is all of them.
	ProgramID, LocationID string
	// From is the first day, To the day after the last.
	From, To Day
}
