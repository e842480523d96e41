package receipt_test

import (
	"strings"
	"testing"
)

// A line that the number of an old card is in needs no customer, and a file that has such
// a column need not have the other.
func TestTheNumberOfAnOldCardSaysWhoseALineIs(t *testing.T) {
	const at = "2025-04-03T00:00:00Z"
	both := strings.Replace(plainMap, "  customer: customer\n", "  customer: customer\n  old_number: plastic\n", 1)
	alone := strings.Replace(plainMap, "  customer: customer\n", "  old_number: plastic\n", 1)
	for name, c := range map[string]struct{ mapping, data, want, bad string }{
		"both":             {both, "customer,plastic,receipt,at\nA,,R1," + at + "\n,64 00,R2," + at + "\nB,65,R3," + at + "\n", "A:, :64 00, B:65", ""},
		"nobody":           {both, "customer,plastic,receipt,at\n,,R1," + at + "\n", "", "customer empty"},
		"nobody, one way":  {alone, "plastic,receipt,at\n66,R1," + at + "\n,R2," + at + "\n", ":66", "plastic empty"},
		"nobody, ordinary": {strings.Replace(both, "external}", "external, missing: skip}", 1), "customer,plastic,receipt,at\n,,R1," + at + "\n,67,R2," + at + "\n", ":67", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, "x.csv", c.data, mustMapping(t, c.mapping))
			var who, bad []string
			for _, l := range got.Lines {
				who = append(who, l.Customer+":"+l.OldNumber)
			}
			for _, b := range got.Bad {
				bad = append(bad, b.Column+" "+string(b.Code))
			}
			if strings.Join(who, ", ") != c.want || strings.Join(bad, ", ") != c.bad || got.Err != nil {
				t.Errorf("lines of %q, bad %q, %v", who, bad, got.Err)
			}
		})
	}
}
