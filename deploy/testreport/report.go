package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// lineLimit is the longest event that is read, in bytes. go test cuts what
// tests print into pieces of a few thousand.
const lineLimit = 1 << 20

// counts are tests by how they ended. A package that failed for another reason
// than a test, such as a build error, counts as one failed test.
type counts struct{ passed, failed, skipped int }

// String returns the closing line.
func (c counts) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.passed, c.failed, c.skipped)
}

// event is one line of go test -json, as far as it matters here.
type event struct {
	Action  string
	Package string
	Test    string // empty: about the package
	Output  string
}

// piece is something that a test, or with an empty name its package, printed.
type piece struct{ test, output string }

// packageRun is what is known of a package whose tests are running.
type packageRun struct {
	pieces []piece           // in the order printed
	ended  map[string]string // test to pass, fail or skip
}

// report reads the events of one go test -json from r until its end and writes
// what matters to w. Lines that are not events are passed on. It returns an
// error when r fails or a line is longer than lineLimit.
func report(r io.Reader, w io.Writer) (counts, error) {
	var total counts
	runs := map[string]*packageRun{}
	var skips []string
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, lineLimit)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(w, lines.Text())
			continue
		}
		if e.Action == "build-output" {
			fmt.Fprint(w, e.Output)
		}
		if e.Package == "" {
			continue
		}
		run := runs[e.Package]
		if run == nil {
			run = &packageRun{ended: map[string]string{}}
			runs[e.Package] = run
		}
		run.add(e)
		if e.Test == "" && isEnd(e.Action) {
			total = total.plus(run.count(e.Action))
			skips = append(skips, run.skips(e.Package)...)
			fmt.Fprint(w, run.summary(e.Action))
			delete(runs, e.Package)
		}
	}
	for _, line := range skips {
		fmt.Fprintln(w, line)
	}
	if err := lines.Err(); err != nil {
		return total, fmt.Errorf("read the events of go test: %w", err)
	}
	return total, nil
}

func isEnd(action string) bool { return slices.Contains([]string{"pass", "fail", "skip"}, action) }

func (c counts) plus(d counts) counts {
	return counts{c.passed + d.passed, c.failed + d.failed, c.skipped + d.skipped}
}

func (p *packageRun) add(e event) {
	switch {
	case e.Action == "output":
		p.pieces = append(p.pieces, piece{e.Test, e.Output})
	case e.Test != "" && isEnd(e.Action):
		p.ended[e.Test] = e.Action
	}
}

// count counts the tests of a package that ended by action.
func (p *packageRun) count(action string) counts {
	var c counts
	for _, how := range p.ended {
		switch how {
		case "pass":
			c.passed++
		case "fail":
			c.failed++
		case "skip":
			c.skipped++
		}
	}
	if action == "fail" && c.failed == 0 {
		c.failed = 1
	}
	return c
}

// summary returns go test's line for a package that went well. For one that
// failed it returns everything but the output of the tests that went well: a
// test that was still running at a panic or time-out never ended.
func (p *packageRun) summary(action string) string {
	var text strings.Builder
	for i, piece := range p.pieces {
		switch how := p.ended[piece.test]; {
		case action == "fail" && how != "pass" && how != "skip":
			text.WriteString(piece.output)
		case action != "fail" && piece.test == "" && i == len(p.pieces)-1:
			text.WriteString(piece.output)
		}
	}
	return text.String()
}

// skips returns a line for every skipped test of the package, in the order
// they ran, with the reason that it gave.
func (p *packageRun) skips(name string) []string {
	var lines []string
	reasons := map[string]string{}
	for _, piece := range p.pieces {
		if p.ended[piece.test] != "skip" {
			continue
		}
		text := strings.TrimSpace(piece.output)
		switch {
		case strings.HasPrefix(text, "--- SKIP"):
			lines = append(lines, fmt.Sprintf("skipped %s %s %s", name, piece.test, reasons[piece.test]))
		case !strings.HasPrefix(text, "=== "):
			reasons[piece.test] = text
		}
	}
	return lines
}
