package jobs_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/receipt"
)

const plasticMap = `
format: csv
delimiter: ","
columns:
  customer: who
  old_number: plastic
  receipt: receipt
  at: {column: at, layouts: [rfc3339]}
legal_class: {assume: other}
earn: {per: receipt, stamps: 1}
customers: {match: external, missing: error}
`

// plastic is a file of lines "customer,number,receipt", one a day from the first of
// January on.
func plastic(t *testing.T, lines ...string) jobs.ReceiptFile {
	t.Helper()
	m, err := receipt.ParseMapping([]byte(plasticMap))
	if err != nil {
		t.Fatal(err)
	}
	text := "who,plastic,receipt,at\n"
	for day, l := range lines {
		text += fmt.Sprintf("%s,2026-01-%02dT10:00:00Z\n", l, day+1)
	}
	return jobs.ReceiptFile{Path: write(t, []byte(text)), Mapping: m}
}

// importPlastic tries the file out, imports it, compares the two, and returns the run and
// the reasons that it kept, by row.
func (s *shop) importPlastic(t *testing.T, programID string, file jobs.ReceiptFile) (customer.Import, map[int64]string) {
	t.Helper()
	dry := customer.Import{OrgID: s.org.ID, ID: "imp_dry", ProgramID: programID, DryRun: true}
	foretold, err := jobs.Importer{Store: s, Now: s.now}.Run(t.Context(), dry, file)
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.importer().Run(t.Context(), s.newRun(t, programID), file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(done.Counts, foretold.Counts); diff != "" {
		t.Errorf("counts (-happened +foretold):\n%s", diff)
	}
	list, err := s.ImportErrors(t.Context(), s.org.ID, done.ID, paging.Page{})
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[int64]string{}
	for _, e := range list.Items {
		reasons[e.Row] = e.Column + " " + e.Value + ": " + e.Code
	}
	return done, reasons
}

func TestCardsFromBeforeAreImported(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			file := plastic(t,
				",6400-0000 01,r1", // row 2: a later line says whose it is
				"A,6400000001,r2",  // given to A
				"B,6400000001,r3",  // A's
				"B,kx-000002,r4",   // given to B
				"B,6400000003,r5",  // B has one, which stays; the stamp is B's
				",6400000003,r6",   // leads nowhere
				"C,plastic,r7",     // is none
				"C,,r8",            // an ordinary line
				",KX000002,r9",     // B's
				"C,6400000004,r10", // given to C,
				"C,6400000005,r10", // and another one for the same receipt
				",,r11",            // nobody's
			)
			done, reasons := s.importPlastic(t, s.program.ID, file)
			if diff := cmp.Diff(map[int64]string{
				4: "plastic 6400000001: old_number_taken", 7: "plastic 6400000003: old_number_unknown", 8: "plastic plastic: old_number_form",
				12: "plastic 6400000005: other_old_number", 13: "who : empty",
			}, reasons); diff != "" {
				t.Errorf("the reasons (-want +have):\n%s", diff)
			}
			want := customer.ImportCounts{Rows: 12, RowErrors: 2, Receipts: 10, Stamped: 7, Refused: 3, Stamps: 7, NewCustomers: 3}
			if diff := cmp.Diff(want, done.Counts); diff != "" {
				t.Errorf("counts (-want +have):\n%s", diff)
			}
			s.mustHaveCards(t, s.program.ID, "A 6400000001 2, B KX000002 3, C 6400000004 2")

			// The file once more enters nothing; the refused stay so.
			again, _ := s.importPlastic(t, s.program.ID, file)
			if c := again.Counts; c.Replayed != 7 || c.Refused != 3 || c.Stamped != 0 {
				t.Errorf("again: %+v", c)
			}
			// In another program the number is somebody else's card.
			other := s.newProgram(t, loyalty.Limits{})
			done, reasons = s.importPlastic(t, other.ID, plastic(t, "A,6400000001,x1", ",6400000001,x2", "A,,x3"))
			if diff := cmp.Diff(map[int64]string{2: "plastic 6400000001: old_number_taken", 3: "plastic 6400000001: old_number_unknown"}, reasons); diff != "" || done.Counts.Stamped != 1 {
				t.Errorf("%+v, the reasons (-want +have):\n%s", done.Counts, diff)
			}
		})
	}
}

// The lines of one customer by customer number and by old card stamp one card, also in a
// dry run that knows them only by the card.
func TestAnOldCardAloneFindsACardThatIsThere(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	s.importPlastic(t, s.program.ID, plastic(t, "A,6400000001,r1"))
	done, reasons := s.importPlastic(t, s.program.ID, plastic(t, ",6400000001,r2", ",6400000001,r3"))
	if done.Counts.Stamped != 2 || done.Counts.NewCustomers != 0 || len(reasons) != 0 {
		t.Errorf("%+v, %v", done.Counts, reasons)
	}
	s.mustHaveCards(t, s.program.ID, "A 6400000001 3")
	// The same receipt for another card is another receipt.
	s.importPlastic(t, s.program.ID, plastic(t, "B,6400000002,r4"))
	done, _ = s.importPlastic(t, s.program.ID, plastic(t, ",6400000002,r2"))
	s.mustSayOf(t, done, "receipt_changed")
}

// mustHaveCards compares the cards of a program: customer, old number, stamps.
func (s *shop) mustHaveCards(t *testing.T, programID, want string) {
	t.Helper()
	list, err := s.Cards(t.Context(), s.org.ID, programID, paging.Page{})
	if err != nil {
		t.Fatal(err)
	}
	cards := map[string]bool{}
	for _, v := range list.Items {
		cards[fmt.Sprintf("%s %s %d", v.Customer.ExternalRef, v.OldNumber, v.Card.Balance)] = true
	}
	if have := strings.Join(slices.Sorted(maps.Keys(cards)), ", "); have != want {
		t.Errorf("the cards are %s, want %s", have, want)
	}
}
