package receipt_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/receipt"
)

var fenced = regexp.MustCompile("(?s)```(csv|xml|yaml)\n(.*?)```")

// The examples of deploy/maps/README.md are read as they stand there: each a
// file and then its mapping.
func TestTheExamplesOfTheManualWork(t *testing.T) {
	blocks := fenced.FindAllStringSubmatch(readFile(t, "../deploy/maps/README.md"), -1)
	if len(blocks) != 4 {
		t.Fatalf("%d examples, want two files and two mappings", len(blocks))
	}
	type figures struct {
		Receipts []string
		Total    int64
		Stamps   int64
		Counts   receipt.Counts
	}
	want := map[string]figures{
		"csv": {[]string{"K-1001", "K-1002"}, 101140, 2, receipt.Counts{Rows: 4, Lines: 2, Prescription: 1, Anonymous: 1}},
		"xml": {[]string{"W-1", "W-2"}, 1290, 2, receipt.Counts{Rows: 3, Lines: 3}},
	}
	for i := 0; i < len(blocks); i += 2 {
		kind, data, mapping := blocks[i][1], blocks[i][2], blocks[i+1][2]
		t.Run(kind, func(t *testing.T) {
			m := mustMapping(t, mapping)
			got := figures{Counts: read(t, "x."+kind, data, m).Counts}
			receipts, _ := group(t, "x."+kind, data, m)
			for _, r := range receipts.All {
				got.Receipts = append(got.Receipts, r.ID)
				got.Total += r.AmountMinor
				got.Stamps += m.Earn.StampsFor(r)
			}
			if diff := cmp.Diff(want[kind], got); diff != "" {
				t.Errorf("figures (-want +got):\n%s", diff)
			}
		})
	}
}

// Every key that a mapping may have is explained.
func TestTheManualExplainsEveryKey(t *testing.T) {
	manual := readFile(t, "../deploy/maps/README.md")
	for _, key := range []string{
		"format", "encoding", "delimiter", "decimal", "header", "sheet", "record",
		"columns.customer", "columns.receipt", "columns.location", "columns.at.column", "columns.at.layouts", "columns.at.zone",
		"columns.product", "columns.quantity", "columns.amount.column", "columns.amount.currency", "columns.amount.decimals",
		"columns.old_number", "columns.phone", "email", "first_name", "last_name", "legal_class.column", "legal_class.values", "legal_class.assume",
		"earn.per", "earn.stamps", "earn.minimum_amount", "customers.match", "customers.missing",
	} {
		if !strings.Contains(manual, "`"+key+"`") {
			t.Errorf("%s is not explained", key)
		}
	}
}
