package main

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
)

// rebuildBar shows how far a rebuild is: a bar on a terminal, a line now and then
// elsewhere, nothing with --json.
type rebuildBar struct {
	sh   *shell
	slug string
	bar  *progressbar.ProgressBar
	last time.Time
}

func (sh *shell) newRebuildBar(slug string) *rebuildBar {
	return &rebuildBar{sh: sh, slug: slug, last: sh.now()}
}

func (b *rebuildBar) show(done, total int64) {
	switch {
	case b.sh.json:
	case isTerminal(b.sh.err):
		if b.bar == nil {
			b.bar = b.sh.newBar(b.slug, "cards", total)
		}
		b.bar.ChangeMax64(max(total, done)) // cards may be added meanwhile
		_ = b.bar.Set64(done)               // a bar for a person
	default:
		if now := b.sh.now(); now.Sub(b.last) >= plainStep {
			b.last = now
			fmt.Fprintf(b.sh.err, "%s: %d of %d cards\n", b.slug, done, total)
		}
	}
}

func (b *rebuildBar) end() {
	if b.bar != nil {
		_ = b.bar.Exit() // a bar for a person
		fmt.Fprintln(b.sh.err)
	}
}
