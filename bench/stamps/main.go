//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// setupLimit bounds building, starting and stopping. Filling databases and measuring
// come on top, see options.limit.
const setupLimit = 15 * time.Minute

func main() {
	// The kernel ends what was started with the thread that started it (see package
	// servers), so that thread must be this one.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, errUsage) {
		fmt.Fprintf(os.Stderr, "stamps: %v\n", err)
		os.Exit(1)
	}
	if err != nil {
		os.Exit(2)
	}
}

// run is the whole program. A target that is not reached is no error; a stamp that was
// acknowledged and is not in the ledger is.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parseOptions(args, stderr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, setupLimit+o.limit())
	defer cancel()
	b, err := newBench(ctx, o, stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.start(ctx); err != nil {
		return err
	}
	measured, err := b.rounds(ctx)
	if err != nil {
		return err
	}
	if err := b.profile(ctx); err != nil {
		return err
	}
	proofs, err := b.prove(ctx)
	if err != nil {
		return err
	}
	r := report{
		At: time.Now().UTC(), Options: o, Machine: b.machine.ended(), Starts: b.starts, Ledgers: proofs,
		Summaries: summarize(measured), Ratios: ratios(measured), Measurements: measured,
	}
	r.Verdicts = judge(r)
	if err := r.writeJSON(o.Out); err != nil {
		return err
	}
	r.print(stdout)
	fmt.Fprintf(stdout, "\nAll figures: %s\n", filepath.Clean(o.Out))
	return lost(proofs)
}
