package proof

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
)

// The proof's own sums are those of the store, which are counted in another way.
func TestTotalsAreThoseOfTheStore(t *testing.T) {
	s := openShop(t, 120)
	l, err := Read(t.Context(), urlOf(s.path), []string{s.orgID})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Config{URL: urlOf(s.path)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	counts, _, err := db.CountTotals(t.Context(), s.orgID, loyalty.TotalsQuery{To: 99991231})
	if err != nil {
		t.Fatal(err)
	}
	want, stamps := map[loyalty.Cell]loyalty.Counts{}, int64(0)
	for _, c := range counts {
		want[c.Cell] = c.Counts
		stamps += c.Stamps
	}
	if diff := cmp.Diff(want, Totals(l)); diff != "" || stamps == 0 {
		t.Errorf("%d stamps (-store +proof)\n%s", stamps, diff)
	}
	// What was taken back is not in them.
	before := Totals(l)
	head := s.stamped
	for i, c := range l.Cards {
		if c.ID == head.CardID {
			l.Cards[i].Entries = append(c.Entries, loyalty.Entry{ID: "ent_back", OrgID: c.OrgID, CardID: c.ID, ProgramID: c.ProgramID, Kind: loyalty.EntryReversal, Reverses: head.ID})
		}
	}
	cell := loyalty.Cell{OrgID: head.OrgID, ProgramID: head.ProgramID, LocationID: head.LocationID, Day: head.Day}
	if got, want := Totals(l)[cell].Stamps, before[cell].Stamps-int64(head.Quantity); got != want {
		t.Errorf("%d stamps after a reversal, want %d", got, want)
	}
}
