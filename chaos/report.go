//go:build linux

package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/leima/leima/chaos/proof"
)

const (
	// maxShown is how many violations of a round are written out, maxText how many bytes
	// of each.
	maxShown = 20
	maxText  = 2000
)

// report writes the table, then what was wrong.
func report(w io.Writer, results []result) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "fault\tworld\tblows\tsent\tacknowledged\trefused\tunknown\tfound\tlost\tdoubled\tinvented\tother\tms to heal\t")
	for _, r := range results {
		if r.NotDone != "" {
			fmt.Fprintf(t, "%s\t%s\tnot done\t\t\t\t\t\t\t\t\t\t\t\n", r.Fault, r.World)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", r.Fault, r.World, r.Blows, r.Sent, r.Acknowledged, r.Refused,
			r.Unknown, r.Found, r.count(proof.Lost), r.count(proof.Doubled), r.count(proof.Invented),
			r.count(proof.Differs, proof.Unsound, proof.Stale, cut, notLinear), r.HealMS)
	}
	_ = t.Flush() // to memory or to a terminal; nobody is left to tell
	for _, r := range results {
		if r.NotDone != "" {
			fmt.Fprintf(w, "%s on %s is not done here: %s\n", r.Fault, r.World, r.NotDone)
		}
	}
	for _, r := range results {
		for i, v := range r.Violations {
			if i == maxShown {
				fmt.Fprintf(w, "round %d: … and %d more\n", r.Round, len(r.Violations)-maxShown)
				break
			}
			text := v.String()
			if len(text) > maxText {
				text = text[:maxText] + " …"
			}
			fmt.Fprintf(w, "round %d, %s on %s: %s\n", r.Round, r.Fault, r.World, text)
		}
	}
}
