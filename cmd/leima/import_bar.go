package main

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/leima/leima/jobs"
)

// plainStep is how often progress is told where nobody sees a bar move.
const plainStep = 5 * time.Second

// importBar shows how far an import is: a bar on a terminal, a line now and then
// elsewhere, nothing with --json.
type importBar struct {
	sh    *shell
	plain bool
	quiet bool
	phase jobs.ImportPhase
	bar   *progressbar.ProgressBar
	last  time.Time
}

func (sh *shell) newImportBar() *importBar {
	return &importBar{sh: sh, quiet: sh.json, plain: !isTerminal(sh.err), last: sh.now()}
}

func (b *importBar) show(p jobs.ImportProgress) {
	switch {
	case b.quiet:
		return
	case b.plain:
		if now := b.sh.now(); now.Sub(b.last) >= plainStep {
			b.last = now
			fmt.Fprintf(b.sh.err, "%s: %d of %d %s\n", p.Phase, p.Done, p.Total, unitOf(p.Phase))
		}
		return
	}
	if p.Phase != b.phase {
		b.end()
		b.phase = p.Phase
		b.bar = b.sh.newBar(string(p.Phase), unitOf(p.Phase), p.Total)
	}
	_ = b.bar.Set64(p.Done) // a bar for a person
}

// inBytes is the unit of a bar that counts bytes.
const inBytes = "bytes"

func unitOf(p jobs.ImportPhase) string {
	if p == jobs.PhaseReading {
		return inBytes
	}
	return "receipts"
}

// end leaves the bar as it is and goes to the next line.
func (b *importBar) end() {
	if b.bar != nil {
		_ = b.bar.Exit() // a bar for a person
		fmt.Fprintln(b.sh.err)
		b.bar = nil
	}
}

// newBar is a bar on the terminal that standard error is.
func (sh *shell) newBar(words, unit string, total int64) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(sh.err),
		progressbar.OptionSetDescription(words),
		progressbar.OptionSetItsString(unit),
		progressbar.OptionShowBytes(unit == inBytes),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionFullWidth(),
		progressbar.OptionUseANSICodes(true),
	}
	if unit != inBytes {
		options = append(options, progressbar.OptionShowIts())
	}
	return progressbar.NewOptions64(total, options...)
}
