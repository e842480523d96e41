package receipt_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/leima/leima/receipt"
)

// group reads and groups a file; it fails the test on a final error.
func group(t testing.TB, name, data string, m *receipt.Mapping) (*receipt.Receipts, []receipt.RowError) {
	t.Helper()
	ctx := t.Context()
	r, err := receipt.NewReader(ctx, name, strings.NewReader(data), int64(len(data)), m)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var bad []receipt.RowError
	got, err := receipt.Group(ctx, m.Columns, r.Lines(ctx), func(e *receipt.RowError) error {
		bad = append(bad, *e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, bad
}

func TestScatteredLinesBecomeReceipts(t *testing.T) {
	const day = "2025-04-03"
	got, bad := group(t, "x.csv", fullHeader+
		"R2;2025-04-04;S;A;;;1,10;1;;a@example.com;;\n"+
		"R1;2025-04-04;S;A;;;2,00;otc;;b@example.com;Aino;\n"+
		"R3;2025-04-03;T;B;;;4,00;1;;;;\n"+
		"R2;"+day+";S;A;;;0,05;1;040 1;;;\n"+ // earlier than the line before
		"R1;2025-04-04;S;A;;;9,00;rx;;;;\n"+ // not counted
		"R1;2025-04-05;S;A;;;-1,00;1;;;;\n"+
		"R4;"+day+";S;A;;;9,00;rx;;;;\n", // nothing but a prescription
		mustMapping(t, fullMap))
	want := &receipt.Receipts{
		All: []receipt.Receipt{
			{ID: "R2", Customer: "A", Location: "S", At: atMs(t, "2025-04-02T21:00:00Z"), Lines: 2, Row: 2, AmountMinor: 115},
			{ID: "R3", Customer: "B", Location: "T", At: atMs(t, "2025-04-02T21:00:00Z"), Lines: 1, Row: 4, AmountMinor: 400},
			{ID: "R1", Customer: "A", Location: "S", At: atMs(t, "2025-04-03T21:00:00Z"), Lines: 2, Row: 3, AmountMinor: 100},
		},
		Contacts: map[string]receipt.Contact{"A": {Phone: "040 1", Email: "a@example.com", FirstName: "Aino"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || len(bad) > 0 {
		t.Errorf("bad rows %v, receipts (-want +got):\n%s", bad, diff)
	}
}

func TestLinesThatContradictTheirReceipt(t *testing.T) {
	got, bad := group(t, "x.csv", fullHeader+
		"R1;2025-04-03;S;A;;;1;1;;;;\n"+
		"R1;2025-04-01;S;B;;;1;1;;;;\n"+
		"R1;2025-04-01;T;A;;;1;1;;;;\n"+
		"R1;2025-04-01;;A;;;1;1;;;;\n"+
		"R1;2025-04-03;S;A;;;1;1;;;;\n", mustMapping(t, fullMap))
	want := []receipt.RowError{
		{Row: 3, Column: "customer", Value: "B", Reason: `receipt "R1" has the customer "A" in row 2`, Code: receipt.CodeOtherCustomer, Params: map[string]string{"receipt": "R1", "before": "A", "row": "2"}},
		{Row: 4, Column: "shop", Value: "T", Reason: `receipt "R1" has the location "S" in row 2`, Code: receipt.CodeOtherLocation, Params: map[string]string{"receipt": "R1", "before": "S", "row": "2"}},
		{Row: 5, Column: "shop", Value: "", Reason: `receipt "R1" has the location "S" in row 2`, Code: receipt.CodeOtherLocation, Params: map[string]string{"receipt": "R1", "before": "S", "row": "2"}},
	}
	if diff := cmp.Diff(want, bad); diff != "" || got.Conflicts != 3 {
		t.Errorf("%d conflicts, bad rows (-want +got):\n%s", got.Conflicts, diff)
	}
	if len(got.All) != 1 || got.All[0].Lines != 2 || got.All[0].AmountMinor != 200 || got.All[0].At != atMs(t, "2025-04-02T21:00:00Z") {
		t.Errorf("the refused lines count: %+v", got.All)
	}
}

func TestGroupingEndsWithTheErrorThatEndsIt(t *testing.T) {
	m := mustMapping(t, plainMap)
	good := receipt.Line{Customer: "A", Receipt: "R"}
	end := errors.New("the disk is gone")
	full := errors.New("the disk is full")
	pairs := func(errs ...error) func(func(receipt.Line, error) bool) {
		return func(yield func(receipt.Line, error) bool) {
			for _, err := range errs {
				if !yield(good, err) {
					return
				}
			}
		}
	}
	ignore := func(*receipt.RowError) error { return nil }
	if got, err := receipt.Group(t.Context(), m.Columns, pairs(nil, end, nil), ignore); got != nil || !errors.Is(err, end) {
		t.Errorf("a final error: got %v, %v", got, err)
	}
	refuse := func(*receipt.RowError) error { return full }
	if got, err := receipt.Group(t.Context(), m.Columns, pairs(nil, &receipt.RowError{Row: 2}), refuse); got != nil || !errors.Is(err, full) {
		t.Errorf("an error that cannot be reported: got %v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := receipt.Group(ctx, m.Columns, pairs(make([]error, 1000)...), ignore); got != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: got %v, %v", got, err)
	}
}

// The receipts do not depend on the order of the lines, except for Row.
func TestReceiptsDoNotDependOnTheOrderOfLines(t *testing.T) {
	m := mustMapping(t, fullMap)
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) string {
			id := rapid.IntRange(0, 9).Draw(rt, "receipt")
			return fmt.Sprintf("R%d;%02d.04.2025 10:%02d;S%d;A%d;;;%d,%02d;1;;;;\n", id, 1+id,
				rapid.IntRange(0, 59).Draw(rt, "minute"), id%2, id%3,
				rapid.IntRange(0, 99).Draw(rt, "euros"), rapid.IntRange(0, 99).Draw(rt, "cents"))
		}), 1, 40).Draw(rt, "rows")
		want, _ := group(t, "x.csv", fullHeader+strings.Join(rows, ""), m)
		mixed := rapid.Permutation(rows).Draw(rt, "mixed")
		got, bad := group(t, "x.csv", fullHeader+strings.Join(mixed, ""), m)
		if len(bad) > 0 {
			rt.Fatalf("bad rows: %v", bad)
		}
		for _, list := range [][]receipt.Receipt{want.All, got.All} {
			for i := range list {
				list[i].Row = 0
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("receipts (-in order +mixed):\n%s", diff)
		}
	})
}
