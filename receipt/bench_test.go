package receipt_test

import (
	"bytes"
	"testing"

	"github.com/leima/leima/receipt"
	"github.com/leima/leima/receipt/receipttest"
)

// The shape of the real retail file.
var retailShape = receipttest.Shape{Seed: 1, Households: 2_377, Stores: 293, Baskets: 47_243, Lines: 75_000}

func BenchmarkLinesCSV(b *testing.B) {
	benchmarkRetail(b, func(r *receipt.Reader) int {
		n := 0
		for _, err := range r.Lines(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		return n
	})
}

func BenchmarkGroupCSV(b *testing.B) {
	benchmarkRetail(b, func(r *receipt.Reader) int {
		got, err := receipt.Group(b.Context(), receipt.Columns{}, r.Lines(b.Context()), func(e *receipt.RowError) error { return e })
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, receipt := range got.All {
			n += receipt.Lines
		}
		return n
	})
}

func benchmarkRetail(b *testing.B, run func(*receipt.Reader) int) {
	b.Helper()
	m := mustMapping(b, readFile(b, retailMapPath))
	data := receipttest.Generate(retailShape)
	src := bytes.NewReader(data.CSV)
	b.SetBytes(int64(len(data.CSV)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := receipt.NewReader(b.Context(), "x.csv", src, int64(len(data.CSV)), m)
		if err != nil {
			b.Fatal(err)
		}
		if n := run(r); n != retailShape.Lines {
			b.Fatalf("%d lines", n)
		}
	}
	b.ReportMetric(float64(retailShape.Lines)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
