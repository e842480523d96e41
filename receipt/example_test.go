package receipt_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/leima/leima/receipt"
)

// A till's export becomes receipts; the row that cannot be read is reported
// and the others count.
func Example() {
	mapping, err := receipt.ParseMapping([]byte(`
columns:
  customer: Asiakas
  receipt: Kuitti
  at: {column: Aika, layouts: ["02.01.2006 15:04"], zone: Europe/Helsinki}
  amount: {column: Summa, currency: EUR}
decimal: ","
legal_class: {assume: other}
earn: {per: receipt, minimum_amount: 5.00}
customers: {match: external}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	export := "Aika;Kuitti;Asiakas;Summa\n" +
		"03.04.2025 09:15;K-1;A-77;4,90\n" +
		"03.04.2025 09:20;K-2;A-12;2,00\n" +
		"03.04.2025 09:15;K-1;A-77;3,10\n" +
		"31.04.2025 09:30;K-3;A-77;9,00\n"

	ctx := context.Background()
	r, err := receipt.NewReader(ctx, "till.csv", strings.NewReader(export), int64(len(export)), mapping)
	if err != nil {
		fmt.Println(err)
		return
	}
	receipts, err := receipt.Group(ctx, mapping.Columns, r.Lines(ctx), func(bad *receipt.RowError) error {
		fmt.Println(bad)
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, one := range receipts.All {
		fmt.Printf("%s of %s: %d lines, %d cents, %d stamps\n", one.ID, one.Customer, one.Lines, one.AmountMinor, mapping.Earn.StampsFor(one))
	}
	// Output:
	// row 5, column "Aika": is not a time written as 02.01.2006 15:04
	// K-1 of A-77: 2 lines, 800 cents, 1 stamps
	// K-2 of A-12: 1 lines, 200 cents, 0 stamps
}
