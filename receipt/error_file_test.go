package receipt_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/receipt"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestErrorFileIsAsAgreed(t *testing.T) {
	data := fullHeader +
		"R1;2025-04-03;S;A;tea;1;2;1;;;;\n" +
		"R2;soon;S;A;tea;1;2;1;;;;\n" +
		"R3;2025-04-03;S;A;tea;=1+1;2;1;;;;\n" +
		"R4;2025-04-03;S;A;tea;1;-2.5;1;;;;\n" +
		"R5;2025-04-03;S;\"@SUM(A1)\nx, \"\"y\"\"\";tea;1;2;1;;;;\n" +
		"R6;2025-04-03;S;A\n" +
		"R7;2025-04-03;S;" + strings.Repeat("ö", 120) + ";tea;1;2;1;;;;\n" +
		"R8;2025-04-03;S;A\x1b[2J\x00;tea;1;2;1;;;;\n" +
		"R1;2025-04-03;S;B;tea;1;2;1;;;;\n"
	var got bytes.Buffer
	w, err := receipt.NewErrorWriter(&got)
	if err != nil {
		t.Fatal(err)
	}
	_, bad := group(t, "x.csv", data, mustMapping(t, fullMap))
	for _, row := range bad {
		if err := w.Write(&row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/errors.golden.csv"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(readFile(t, golden), got.String()); diff != "" {
		t.Errorf("error file (-want +got):\n%s", diff)
	}
}

func TestErrorFileRunsNoFormulas(t *testing.T) {
	for _, value := range []string{"=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1"} {
		var file bytes.Buffer
		w, err := receipt.NewErrorWriter(&file)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(&receipt.RowError{Row: 2, Column: value, Value: value, Reason: value}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, cell := range rows[1][1:4] { // behind them is a code, which is ours
			if !strings.HasPrefix(cell, "'") {
				t.Errorf("cell %d with %q is written as %q", i, value, cell)
			}
		}
	}
}

func TestErrorFileReportsAFullDisk(t *testing.T) {
	full := errors.New("disk full")
	w, err := receipt.NewErrorWriter(failing{full})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

var _ io.Writer = failing{}
