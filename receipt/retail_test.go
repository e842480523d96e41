package receipt_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/receipt"
	"github.com/leima/leima/receipt/receipttest"
)

const retailMapPath = "../deploy/maps/retail-receipts.yaml"

func TestBasketsOfARetailExport(t *testing.T) {
	m := mustMapping(t, readFile(t, retailMapPath))
	tests := map[string]receipttest.Shape{
		"one line":   {Seed: 1, Households: 1, Stores: 1, Baskets: 1, Lines: 1},
		"a week":     {Seed: 2, Households: 40, Stores: 3, Baskets: 300, Lines: 1_000},
		"half lines": {Seed: 3, Households: 800, Stores: 90, Baskets: 15_000, Lines: 25_000},
	}
	for name, shape := range tests {
		t.Run(name, func(t *testing.T) {
			want := receipttest.Generate(shape)
			got, bad := group(t, "export.csv", string(want.CSV), m)
			if len(bad) > 0 {
				t.Fatalf("%d bad rows, the first: %v", len(bad), bad[0])
			}
			baskets := []receipttest.Basket{}
			households := map[string]int{}
			for _, r := range got.All {
				baskets = append(baskets, receipttest.Basket{
					ID: r.ID, Household: r.Customer, Store: r.Location, AtMs: r.At, Lines: r.Lines, Cents: r.AmountMinor,
				})
				households[r.Customer]++
			}
			if diff := cmp.Diff(want.Baskets, baskets); diff != "" {
				t.Errorf("baskets (-want +got):\n%.2000s", diff)
			}
			if diff := cmp.Diff(want.BasketsOf, households); diff != "" {
				t.Errorf("baskets of households (-want +got):\n%.2000s", diff)
			}
		})
	}
}

// The real file. Its figures are those that its description gives, and those
// that a dozen lines with the standard library's reader count.
func TestTheRealRetailFile(t *testing.T) {
	const path = "../../shared/data/retail/transactions.csv"
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("skipped: %s is not there; the real purchases are not part of the project", path)
	}
	m := mustMapping(t, readFile(t, retailMapPath))
	r, err := receipt.Open(t.Context(), path, m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := receipt.Group(t.Context(), m.Columns, r.Lines(t.Context()), func(e *receipt.RowError) error { return e })
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if want := (receipt.Counts{Rows: 75_000, Lines: 75_000}); r.Counts() != want {
		t.Errorf("counts: got %+v, want %+v", r.Counts(), want)
	}
	households, stores := map[string]int{}, map[string]bool{}
	lines, minor := 0, int64(0)
	for _, receipt := range got.All {
		households[receipt.Customer]++
		stores[receipt.Location] = true
		lines += receipt.Lines
		minor += receipt.AmountMinor
	}
	if len(got.All) != 47_243 || len(households) != 2_377 || len(stores) != 293 || lines != 75_000 {
		t.Errorf("%d baskets, %d households, %d stores, %d lines", len(got.All), len(households), len(stores), lines)
	}
	wantHouseholds, wantMinor := countAnotherWay(t, path)
	if diff := cmp.Diff(wantHouseholds, households); diff != "" {
		t.Errorf("baskets of households (-want +got):\n%.2000s", diff)
	}
	if minor != wantMinor {
		t.Errorf("the lines cost %d cents, want %d", minor, wantMinor)
	}
}

func countAnotherWay(t *testing.T, path string) (basketsOf map[string]int, cents int64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	basketsOf = map[string]int{}
	seen := map[[2]string]bool{}
	sum := 0.0
	for _, row := range rows[1:] {
		if key := [2]string{row[0], row[2]}; !seen[key] {
			seen[key] = true
			basketsOf[row[0]]++
		}
		dollars, err := strconv.ParseFloat(row[5], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += dollars
	}
	return basketsOf, int64(sum*100 + 0.5)
}

func TestGeneratedExportsAreReproducible(t *testing.T) {
	shape := receipttest.Shape{Seed: 7, Households: 20, Stores: 4, Baskets: 100, Lines: 250}
	first, again := receipttest.Generate(shape), receipttest.Generate(shape)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the same seed gives another export:\n%.1000s", diff)
	}
	shape.Seed++
	if other := receipttest.Generate(shape); slices.Equal(first.CSV, other.CSV) {
		t.Error("another seed gives the same export")
	}
	if len(first.BasketsOf) != 20 || len(first.Baskets) != 100 || len(first.BasketsIn) != 4 {
		t.Errorf("%d households, %d baskets, %d stores", len(first.BasketsOf), len(first.Baskets), len(first.BasketsIn))
	}
}
