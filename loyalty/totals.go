package loyalty

// TotalsQuery asks for totals by program, location and day. An empty id is all of
// them; the days are From and those after it, without To.
type TotalsQuery struct {
	ProgramID, LocationID string
	From, To              Day
}
