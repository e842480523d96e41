package jobs_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/receipt"
	"github.com/leima/leima/receipt/receipttest"
	"github.com/leima/leima/typeid"
)

// retailMapping is the one that comes with Leima for exports of this shape.
func retailMapping(t *testing.T) *receipt.Mapping {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "deploy", "maps", "retail-receipts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := receipt.ParseMapping(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// export makes up a file of three batches.
func export(t *testing.T, seed uint64) (receipttest.Data, string) {
	t.Helper()
	d := receipttest.Generate(receipttest.Shape{Seed: seed, Households: 60, Stores: 7, Baskets: 2*loyalty.MaxBatch + 100, Lines: 1800})
	return d, write(t, d.CSV)
}

func write(t *testing.T, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "receipts.csv")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// newRun records an import of the shop.
func (s *shop) newRun(t *testing.T, programID string) customer.Import {
	t.Helper()
	run := customer.Import{
		OrgID: s.org.ID, ID: typeid.New("imp"), ProgramID: programID, FileName: "receipts.csv",
		Status: customer.ImportQueued, CreatedAt: s.now(),
	}
	if err := s.CreateImport(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	return run
}

func (s *shop) importer() jobs.Importer { return jobs.Importer{Store: s, Records: s, Now: s.now} }

// bring imports the file into the program and fails the test if it cannot be done.
func (s *shop) bring(t *testing.T, programID, path string) customer.Import {
	t.Helper()
	done, err := s.importer().Run(t.Context(), s.newRun(t, programID), jobs.ReceiptFile{Path: path, Mapping: retailMapping(t)})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// rehearse does a dry run that keeps no record.
func (s *shop) rehearse(t *testing.T, programID, path string) customer.ImportCounts {
	t.Helper()
	run := customer.Import{OrgID: s.org.ID, ID: typeid.New("imp"), ProgramID: programID, DryRun: true}
	done, err := jobs.Importer{Store: s, Now: s.now}.Run(t.Context(), run, jobs.ReceiptFile{Path: path, Mapping: retailMapping(t)})
	if err != nil {
		t.Fatal(err)
	}
	return done.Counts
}

// mustHold compares the cards with the baskets of each household, counted apart from
// everything that imports: a coupon for each ten, and the rest as stamps.
func (s *shop) mustHold(t *testing.T, programID string, basketsOf map[string]int) {
	t.Helper()
	type holding struct{ Stamps, Coupons int }
	want, have := map[string]holding{}, map[string]holding{}
	for household, baskets := range basketsOf {
		want[household] = holding{baskets % 10, baskets / 10}
	}
	for ref, card := range s.cards(t, programID) {
		have[ref] = holding{card.Balance, s.coupons(t, card.ID)}
		if card.Lifetime != int64(basketsOf[ref]) {
			t.Errorf("household %s has got %d stamps, want %d", ref, card.Lifetime, basketsOf[ref])
		}
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("stamps and coupons (-want +have):\n%s", diff)
	}
}

func TestEveryBasketIsOneStamp(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			data, path := export(t, 1)
			done := s.bring(t, s.program.ID, path)

			coupons := int64(0)
			for _, n := range data.BasketsOf {
				coupons += int64(n / 10)
			}
			baskets := int64(len(data.Baskets))
			want := customer.ImportCounts{
				Rows: 1800, Receipts: baskets, Stamped: baskets, Stamps: baskets, Coupons: coupons,
				NewCustomers: int64(len(data.BasketsOf)), NewLocations: int64(len(data.BasketsIn)),
			}
			if diff := cmp.Diff(want, done.Counts); diff != "" {
				t.Errorf("counts (-want +have):\n%s", diff)
			}
			if done.Status != customer.ImportDone || done.BytesRead != done.BytesTotal || done.BytesTotal != int64(len(data.CSV)) {
				t.Errorf("the run ended %s with %d of %d bytes read", done.Status, done.BytesRead, done.BytesTotal)
			}
			kept, err := s.Import(t.Context(), s.org.ID, done.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(done, kept); diff != "" {
				t.Errorf("the record of the run (-answered +kept):\n%s", diff)
			}
			s.mustHold(t, s.program.ID, data.BasketsOf)
			if st := s.stats(t, s.program.ID); st.Stamps != baskets || st.CouponsIssued != coupons {
				t.Errorf("the program counts %d stamps and %d coupons, want %d and %d", st.Stamps, st.CouponsIssued, baskets, coupons)
			}
		})
	}
}

// The entries say when, where and by which receipt each stamp was earned.
func TestAnEntryNamesItsReceipt(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	data, path := export(t, 2)
	done := s.bring(t, s.program.ID, path)
	cards := s.cards(t, s.program.ID)
	want := data.Baskets[0] // the earliest of all
	list, err := s.Entries(t.Context(), s.org.ID, cards[want.Household].ID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list.Items, func(e loyalty.Entry) bool { return e.ExternalRef == want.ID })
	if i < 0 {
		t.Fatalf("no entry names receipt %s", want.ID)
	}
	e := list.Items[i]
	if e.At != want.AtMs || e.Kind != loyalty.EntryStamp || e.Actor != (loyalty.Actor{Kind: loyalty.ActorImport, ID: done.ID}) {
		t.Errorf("the entry is %s at %d by %v, want a stamp at %d by the import", e.Kind, e.At, e.Actor, want.AtMs)
	}
	l, err := s.Location(t.Context(), s.org.ID, e.LocationID)
	if err != nil {
		t.Fatal(err)
	}
	if l.ExternalRef != want.Store {
		t.Errorf("the entry is at location %q, want %q", l.ExternalRef, want.Store)
	}
}

func TestTheSameFileAgainChangesNothing(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			data, path := export(t, 3)
			s.bring(t, s.program.ID, path)
			before := s.stats(t, s.program.ID)
			s.later(24 * time.Hour)
			again := s.bring(t, s.program.ID, path)

			baskets := int64(len(data.Baskets))
			want := customer.ImportCounts{Rows: 1800, Receipts: baskets, Replayed: baskets}
			if diff := cmp.Diff(want, again.Counts); diff != "" {
				t.Errorf("counts of the second run (-want +have):\n%s", diff)
			}
			if diff := cmp.Diff(before, s.stats(t, s.program.ID)); diff != "" {
				t.Errorf("the second run changed the program:\n%s", diff)
			}
			s.mustHold(t, s.program.ID, data.BasketsOf)
		})
	}
}

// Wherever a run is stopped, running the file again ends as if it never was.
func TestAStoppedImportGoesOn(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			data, path := export(t, 4)
			for _, batches := range []int64{1, 2} {
				ctx, stop := context.WithCancel(t.Context())
				run := s.newRun(t, s.program.ID)
				done, err := s.importer().Run(ctx, run, jobs.ReceiptFile{
					Path: path, Mapping: retailMapping(t), Progress: func(p jobs.ImportProgress) {
						if p.Phase == jobs.PhaseEntering && p.Done >= batches*loyalty.MaxBatch {
							stop()
						}
					},
				})
				if !errors.Is(err, jobs.ErrStopped) || done.Status != customer.ImportStopped || done.ProblemCode != customer.ImportCutOff || done.Problem == "" {
					t.Fatalf("the run ended %s with %v, want it to be stopped", done.Status, err)
				}
				if n := done.Counts.Stamped + done.Counts.Replayed; n != batches*loyalty.MaxBatch {
					t.Errorf("%d receipts were entered before the stop, want %d", n, batches*loyalty.MaxBatch)
				}
				kept, err := s.Import(t.Context(), s.org.ID, run.ID)
				if err != nil {
					t.Fatal(err)
				}
				if kept.Status != customer.ImportStopped {
					t.Errorf("the record says %s, want stopped", kept.Status)
				}
			}
			done := s.bring(t, s.program.ID, path)
			if done.Counts.Replayed != 2*loyalty.MaxBatch || done.Counts.Stamped != int64(len(data.Baskets))-2*loyalty.MaxBatch {
				t.Errorf("the last run replayed %d and stamped %d", done.Counts.Replayed, done.Counts.Stamped)
			}
			s.mustHold(t, s.program.ID, data.BasketsOf)
		})
	}
}

// A dry run says what the real one then does, whatever is there already and
// whatever the rules are, and changes nothing.
func TestADryRunForetellsAndChangesNothing(t *testing.T) {
	for name, limits := range map[string]loyalty.Limits{
		"no limits":          {},
		"one a day":          {MaxPerCardDay: 1},
		"a day's cool-down":  {CoolDown: 24 * time.Hour},
		"none at all by day": {MaxPerCardDay: 1, CoolDown: 90 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
			program := s.newProgram(t, limits)
			_, path := export(t, 5)

			foretold := s.rehearse(t, program.ID, path)
			if diff := cmp.Diff(customer.Stats{}, s.stats(t, program.ID)); diff != "" {
				t.Fatalf("the dry run changed the program:\n%s", diff)
			}
			if n := len(s.cards(t, program.ID)); n != 0 {
				t.Fatalf("the dry run made %d cards", n)
			}
			first := s.bringSome(t, program.ID, path)
			if foretold.Stamped < first.Counts.Stamped {
				t.Errorf("%d stamps were foretold, the first batch alone gave %d", foretold.Stamped, first.Counts.Stamped)
			}
			before := s.stats(t, program.ID)
			foretold = s.rehearse(t, program.ID, path)
			if diff := cmp.Diff(before, s.stats(t, program.ID)); diff != "" {
				t.Fatalf("the second dry run changed the program:\n%s", diff)
			}
			done := s.bring(t, program.ID, path)
			if diff := cmp.Diff(done.Counts, foretold); diff != "" {
				t.Errorf("counts (-happened +foretold):\n%s", diff)
			}
		})
	}
}

// bringSome imports the first batch of the file.
func (s *shop) bringSome(t *testing.T, programID, path string) customer.Import {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done, err := s.importer().Run(ctx, s.newRun(t, programID), jobs.ReceiptFile{
		Path: path, Mapping: retailMapping(t), Progress: func(p jobs.ImportProgress) {
			if p.Phase == jobs.PhaseEntering {
				stop()
			}
		},
	})
	if !errors.Is(err, jobs.ErrStopped) {
		t.Fatal(err)
	}
	return done
}

func line(household, store, basket, value, at string) string {
	return strings.Join([]string{household, store, basket, "1", "1.0", value, "0.0", "0.0", "0.0", "1", at}, ",") + "\n"
}

func TestWhatCannotBeUsedIsListedAndTheRestIsEntered(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			path := write(t, []byte(receipttest.Header+"\n"+
				line("1", "40", "b1", "3.50", "2026-01-02T10:00:00Z")+
				line("1", "40", "b2", "3.50", "yesterday")+
				line("2", "40", "b1", "1.00", "2026-01-02T10:00:00Z")+
				line("1", "40", "b3", "-3.50", "2026-01-03T10:00:00Z")+
				line("2", "41", "b4", "9.99", "2031-01-01T10:00:00Z")+
				line("2", "41", "b5", "9.99", "2026-01-04T10:00:00Z")+
				line("2\x00", "41", "b6", "9.99", "2026-01-04T10:00:00Z")))
			var told []string
			run := s.newRun(t, s.program.ID)
			done, err := s.importer().Run(t.Context(), run, jobs.ReceiptFile{
				Path: path, Mapping: retailMapping(t),
				Bad: func(row *receipt.RowError) error {
					told = append(told, fmt.Sprintf("%d %s %s", row.Row, row.Column, row.Value))
					return nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			// Row 3 has no time, row 4 another customer for the same receipt; row 6 is of the
			// future, which the program's rules refuse. The return in row 5 earns nothing.
			if diff := cmp.Diff([]string{"3 transaction_timestamp yesterday", "4 household_id 2", "8 household_id 2\x00", "6 basket_id b4"}, told); diff != "" {
				t.Errorf("what was told (-want +have):\n%s", diff)
			}
			want := customer.ImportCounts{
				Rows: 7, RowErrors: 3, Receipts: 4, Stamped: 2, Refused: 1, TooSmall: 1, Stamps: 2, NewCustomers: 2, NewLocations: 2,
			}
			if diff := cmp.Diff(want, done.Counts); diff != "" {
				t.Errorf("counts (-want +have):\n%s", diff)
			}
			kept, err := s.ImportErrors(t.Context(), s.org.ID, run.ID, paging.Page{})
			if err != nil {
				t.Fatal(err)
			}
			layouts := map[string]string{"layouts": "rfc3339"}
			before := map[string]string{"receipt": "b1", "before": "1", "row": "2"}
			if diff := cmp.Diff([]customer.ImportError{
				{Row: 3, Column: "transaction_timestamp", Value: "yesterday", Reason: "is not a time written as rfc3339", Code: "time_layout", Params: layouts},
				{Row: 4, Column: "household_id", Value: "2", Reason: `receipt "b1" has the customer "1" in row 2`, Code: "other_customer", Params: before},
				{Row: 8, Column: "household_id", Value: "2\uFFFD", Reason: "has a control character", Code: "control_character"},
				{Row: 6, Column: "basket_id", Value: "b4", Reason: (&loyalty.Refusal{Code: loyalty.RefusedFuture}).StaffMessage(), Code: "at_in_future"},
			}, kept.Items); diff != "" {
				t.Errorf("the errors kept (-want +have):\n%s", diff)
			}
		})
	}
}

// A receipt that comes back with other content is left as it was and listed, and a dry run
// says so before: also of one that was a customer's whom the file does not name any more.
func TestAChangedReceiptIsNotEnteredAnew(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			file := func(lines ...string) string {
				return write(t, []byte(receipttest.Header+"\n"+strings.Join(lines, "")))
			}
			same := line("1", "40", "b2", "3.50", "2026-01-03T10:00:00Z")
			s.bring(t, s.program.ID, file(line("1", "40", "b1", "3.50", "2026-01-02T10:00:00Z"), same))
			for what, changed := range map[string]string{
				"another customer": line("7", "40", "b1", "3.50", "2026-01-02T10:00:00Z"),
				"another branch":   line("1", "41", "b1", "3.50", "2026-01-02T10:00:00Z"),
				"another time":     line("1", "40", "b1", "3.50", "2026-01-02T11:00:00Z"),
			} {
				path := file(changed, same)
				foretold := s.rehearse(t, s.program.ID, path)
				done := s.bring(t, s.program.ID, path)
				if done.Counts.Refused != 1 || done.Counts.Replayed != 1 || done.Counts.Stamped != 0 {
					t.Errorf("%s: counts %+v, want one refused and one replayed", what, done.Counts)
				}
				if diff := cmp.Diff(done.Counts, foretold); diff != "" {
					t.Errorf("%s: counts (-happened +foretold):\n%s", what, diff)
				}
				s.mustSayOf(t, done, "receipt_changed")
			}
			if card := s.cards(t, s.program.ID)["1"]; card.Balance != 2 {
				t.Errorf("the first customer has %d stamps, want 2", card.Balance)
			}
		})
	}
}

// A till that stamped the receipt itself was first: the import leaves it alone, and
// its dry run knows.
func TestAReceiptThatTheTillStampedIsNotStampedAgain(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	s.bring(t, s.program.ID, write(t, []byte(receipttest.Header+"\n"+line("1", "40", "b1", "3.50", "2026-01-02T10:00:00Z"))))
	card := s.cards(t, s.program.ID)["1"]
	entries, err := s.Entries(t.Context(), s.org.ID, card.ID, paging.Page{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Apply(t.Context(), loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: s.org.ID, CardID: card.ID, Quantity: 1, LocationID: entries.Items[0].LocationID,
		Actor: loyalty.Actor{Kind: loyalty.ActorAPIKey, ID: "key_till"}, IdempotencyKey: "till-1", BodyHash: "x",
		ExternalRef: "b2", At: s.now(), Now: s.now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, []byte(receipttest.Header+"\n"+line("1", "40", "b2", "3.50", "2026-01-03T10:00:00Z")))
	foretold := s.rehearse(t, s.program.ID, path)
	done := s.bring(t, s.program.ID, path)
	if done.Counts.Refused != 1 || done.Counts.Stamped != 0 {
		t.Errorf("counts %+v, want one refused", done.Counts)
	}
	s.mustSayOf(t, done, "receipt_used")
	if diff := cmp.Diff(done.Counts, foretold); diff != "" {
		t.Errorf("counts (-happened +foretold):\n%s", diff)
	}
}

// mustSayOf compares the names of the reasons that the run kept.
func (s *shop) mustSayOf(t *testing.T, run customer.Import, want ...string) {
	t.Helper()
	list, err := s.ImportErrors(t.Context(), s.org.ID, run.ID, paging.Page{})
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, e := range list.Items {
		codes = append(codes, e.Code)
	}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("the reasons (-want +have):\n%s", diff)
	}
}

// What the program's limits refuse says which limit it was.
func TestWhatLimitsRefuseSaysTheLimit(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	p := s.newProgram(t, loyalty.Limits{MaxPerCardDay: 1})
	run := s.newRun(t, p.ID)
	done, err := s.importer().Run(t.Context(), run, jobs.ReceiptFile{Mapping: retailMapping(t), Path: write(t, []byte(receipttest.Header+"\n"+
		line("1", "40", "b1", "3.50", "2026-01-02T10:00:00Z")+line("1", "40", "b2", "3.50", "2026-01-02T11:00:00Z")))})
	if err != nil || done.Counts.Refused != 1 {
		t.Fatalf("%+v, %v", done.Counts, err)
	}
	list, err := s.ImportErrors(t.Context(), s.org.ID, run.ID, paging.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if e := list.Items[0]; e.Code != "daily_limit_reached" || e.Params["limit"] != "1" || e.Row != 3 {
		t.Errorf("have %+v", e)
	}
}

func TestAFileThatIsNotWhatTheMappingSaysFails(t *testing.T) {
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	run := s.newRun(t, s.program.ID)
	done, err := s.importer().Run(t.Context(), run, jobs.ReceiptFile{
		Path: write(t, []byte("a,b\n1,2\n")), Mapping: retailMapping(t),
	})
	var file *receipt.FileError
	if !errors.As(err, &file) || done.Status != customer.ImportFailed || done.ProblemCode != customer.ImportFileUnusable || !strings.Contains(done.Problem, "household_id") {
		t.Errorf("the run ended %s (%q) with %v, want a file error that names the column", done.Status, done.Problem, err)
	}
}

// The real file of a year of purchases is not part of Leima; where it lies beside the
// project, all of it goes through.
func TestAYearOfRealPurchases(t *testing.T) {
	path := filepath.Join("..", "..", "shared", "data", "retail", "transactions.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("skipped: ../shared/data/retail/transactions.csv is not there")
	}
	if testing.Short() {
		t.Skip("skipped: 47,243 receipts take a while")
	}
	basketsOf, rows := countBaskets(t, path)
	baskets := 0
	for _, n := range basketsOf {
		baskets += n
	}
	if rows != 75_000 || baskets != 47_243 || len(basketsOf) != 2_377 {
		t.Fatalf("the file has %d rows, %d baskets and %d households: not the one that is meant", rows, baskets, len(basketsOf))
	}
	s := newShop(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
	began := time.Now()
	done := s.bring(t, s.program.ID, path)
	t.Logf("%+v in %s", done.Counts, time.Since(began).Round(time.Millisecond))
	if c := done.Counts; c.Rows != 75_000 || c.Stamped != 47_243 || c.NewCustomers != 2_377 || c.RowErrors+c.Refused+c.TooSmall != 0 {
		t.Errorf("counts %+v", c)
	}
	s.mustHold(t, s.program.ID, basketsOf)
	if again := s.bring(t, s.program.ID, path); again.Counts.Replayed != 47_243 || again.Counts.Stamped != 0 {
		t.Errorf("the second run counts %+v", again.Counts)
	}
}

// countBaskets counts the baskets of each household in the plainest way there is.
func countBaskets(t *testing.T, path string) (basketsOf map[string]int, rows int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	household, basket := slices.Index(records[0], "household_id"), slices.Index(records[0], "basket_id")
	seen := map[string]bool{}
	basketsOf = map[string]int{}
	for _, r := range records[1:] {
		if !seen[r[basket]] {
			seen[r[basket]] = true
			basketsOf[r[household]]++
		}
	}
	return basketsOf, len(records) - 1
}

// TestAnImportIsStoppedByHand asks for it after the first batch, as somebody at another
// server would, and keeps the run waiting until it has looked.
func TestAnImportIsStoppedByHand(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			data, path := export(t, 4)
			run := s.newRun(t, s.program.ID)
			importer := s.importer()
			stopped := make(chan struct{})
			importer.Records = listening{s, stopped}
			done, err := importer.Run(t.Context(), run, jobs.ReceiptFile{
				Path: path, Mapping: retailMapping(t), Progress: func(p jobs.ImportProgress) {
					if p.Phase != jobs.PhaseEntering || p.Done != loyalty.MaxBatch {
						return
					}
					if _, err := s.StopImport(t.Context(), s.org.ID, run.ID, s.now()); err != nil {
						t.Error(err)
					}
					<-stopped
				},
			})
			if !errors.Is(err, jobs.ErrStoppedByHand) || errors.Is(err, jobs.ErrStopped) {
				t.Fatalf("the run ended with %v", err)
			}
			kept, err := s.Import(t.Context(), s.org.ID, run.ID)
			if err != nil {
				t.Fatal(err)
			}
			if kept.Status != customer.ImportStopped || kept.ProblemCode != customer.ImportStoppedByHand || kept.Problem == "" || kept.FinishedAt == 0 || kept.Counts != done.Counts {
				t.Errorf("the record says %+v", kept)
			}
			again := s.bring(t, s.program.ID, path)
			if again.Counts.Replayed < loyalty.MaxBatch || again.Counts.Replayed+again.Counts.Stamped != int64(len(data.Baskets)) {
				t.Errorf("the file again replayed %d and stamped %d", again.Counts.Replayed, again.Counts.Stamped)
			}
			s.mustHold(t, s.program.ID, data.BasketsOf)
		})
	}
}

// listening tells when the run has found that it shall stop.
type listening struct {
	*shop
	stopped chan struct{}
}

func (l listening) Import(ctx context.Context, orgID, id string) (customer.Import, error) {
	run, err := l.shop.Import(ctx, orgID, id)
	if run.StopAskedAt != 0 {
		select {
		case <-l.stopped:
		default:
			close(l.stopped)
		}
	}
	return run, err
}
