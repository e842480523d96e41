//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
)

// report is all that came of a run.
type report struct {
	At           time.Time     `json:"at"`
	Machine      machine       `json:"machine"`
	Options      options       `json:"options"`
	Verdicts     []verdict     `json:"verdicts"`
	Ratios       []ratio       `json:"ratios"`
	Summaries    []summary     `json:"summaries"`
	Starts       []start       `json:"starts"`
	Ledgers      []proof       `json:"ledgers"`
	Measurements []measurement `json:"measurements"`
}

func (r report) writeJSON(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write the figures: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // figures are no secret
		return fmt.Errorf("write the figures: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil { //nolint:gosec // figures are no secret
		return fmt.Errorf("write the figures: %w", err)
	}
	return nil
}

// busyElsewhere is the part of the processors from which on the user is told that the
// machine had other things to do.
const busyElsewhere = 0.15

// meanings of the letters.
var meanings = map[string]string{
	"a": "Echo parses and answers", "b": "Redis alone", "p": "group commit alone, PostgreSQL", "q": "group commit alone, SQLite",
	"c": "Leima, PostgreSQL and Redis", "d": "Leima, SQLite",
	"scans": "Leima, scans instead of stamps",
}

// print writes the report for a person.
func (r report) print(w io.Writer) {
	m := r.Machine
	fmt.Fprintf(w, "\n%d × %s, %d GB, Linux %s, %s, %s; a page to the disk takes %d µs\n",
		m.Cores, m.CPU, m.Memory>>30, m.Kernel, m.Go, m.Postgres, m.Sync)
	fmt.Fprintf(w, "%d rounds of %g s each; the median counts\n", r.Options.Rounds, r.Options.Seconds)
	for _, n := range r.Options.Connections {
		r.printSummaries(w, n)
	}
	r.printRatios(w)
	r.printStarts(w)
	r.printLedgers(w)
	fmt.Fprintln(w, "\nTargets")
	t := newTable(w)
	for _, v := range r.Verdicts {
		fmt.Fprintf(t, "%s\t%s\t%s\n", v.State, v.Target, v.Have)
	}
	_ = t.Flush() // words for a person
	r.printDoubts(w)
}

func newTable(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) }

// newFigures is a table with its numbers set to the right.
func newFigures(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
}

func (r report) printSummaries(w io.Writer, connections int) {
	fmt.Fprintf(w, "\n%d connections; processor time in µs per request, memory of the server\n", connections)
	t := newFigures(w)
	fmt.Fprintln(t, "\trate /s\tp50 ms\tp99 ms\tserver\tdatabase\tRedis\tload\tmemory MB\tnot 2xx\telsewhere %\t")
	for _, s := range r.Summaries {
		if s.Connections == connections {
			fmt.Fprintf(t, "%s\t%.0f\t%.2f\t%.2f\t%.0f\t%.0f\t%.0f\t%.1f\t%d\t%d\t%.0f\t\n", s.Entrant, s.Rate, s.P50, s.P99,
				s.Server, s.Database, s.Redis, s.Load, s.Memory>>20, s.Refused, 100*s.Elsewhere)
		}
	}
	_ = t.Flush() // words for a person
	var legend []string
	for _, letter := range r.Options.Only {
		legend = append(legend, letter+": "+meanings[letter])
	}
	fmt.Fprintln(w, strings.Join(legend, "; "))
}

func (r report) printRatios(w io.Writer) {
	if len(r.Ratios) == 0 {
		return
	}
	fmt.Fprintln(w, "\nRatios: median of the rounds, least, most")
	t := newTable(w)
	for _, x := range r.Ratios {
		fmt.Fprintf(t, "%s\t%s / %s\t%d connections\t%.2f\t%.2f\t%.2f\n", x.Of, x.Entrant, x.To, x.Connections, x.Median, x.Least, x.Most)
	}
	_ = t.Flush() // words for a person
}

func (r report) printStarts(w io.Writer) {
	if len(r.Starts) == 0 {
		return
	}
	fmt.Fprintln(w, "\nStart-up of Leima")
	t := newTable(w)
	for _, s := range r.Starts {
		fmt.Fprintf(t, "%s\t%d cards\t%d organizations\t%d ms\t%d MB\tfilled in %.0f s\n",
			s.Name, s.Cards, s.Organizations, s.Milliseconds, s.Memory>>20, s.FillSeconds)
	}
	_ = t.Flush() // words for a person
}

func (r report) printLedgers(w io.Writer) {
	if len(r.Ledgers) == 0 {
		return
	}
	fmt.Fprintln(w, "\nStamps acknowledged and in the ledger")
	t := newTable(w)
	for _, p := range r.Ledgers {
		word := "all there"
		if !p.holds() {
			word = "WRONG"
		}
		fmt.Fprintf(t, "%s\t%d acknowledged\t%d unknown\t%d in the ledger\t%s\n", p.Name, p.Acknowledged, p.Unknown, p.Ledger, word)
	}
	_ = t.Flush() // words for a person
}

// printDoubts tells what speaks against the figures.
func (r report) printDoubts(w io.Writer) {
	var doubts []string
	most := 0.0
	for _, s := range r.Summaries {
		most = max(most, s.Elsewhere)
		if s.Refused+s.Broken > 0 {
			doubts = append(doubts, fmt.Sprintf("%s at %d connections: %d answers were no success, %d connections broke. %s",
				s.Entrant, s.Connections, s.Refused, s.Broken, firstLineOf(s.FirstRefusal)))
		}
	}
	if most > busyElsewhere {
		doubts = append(doubts, fmt.Sprintf("Up to %.0f %% of the processors went elsewhere: the machine was not quiet. "+
			"Ratios are still of use, rates and times are not.", 100*most))
	}
	if r.Options.Rounds < 3 {
		doubts = append(doubts, "Of fewer than three rounds the median says little.")
	}
	if len(doubts) > 0 {
		fmt.Fprintln(w, "\nTo be kept in mind\n- "+strings.Join(doubts, "\n- "))
	}
}

// firstLineOf returns the status line of an answer.
func firstLineOf(answer string) string {
	line, _, _ := strings.Cut(answer, "\r\n")
	return line
}
