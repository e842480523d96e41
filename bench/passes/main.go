package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/leima/leima/bench/cards"
)

// options say what is measured.
type options struct {
	cards, rate, spreadRate int
	seconds                 int
	delay                   time.Duration
	whole                   bool
	leima                   string
}

// Bounds of options.
const (
	maxRate    = 20_000
	maxSeconds = 600
	// setupLimit bounds building, filling and starting, settleLimit what comes late.
	setupLimit  = 15 * time.Minute
	settleLimit = 30 * time.Second
	// wholeLimit bounds the wait for the end of a spread.
	wholeLimit = time.Hour
)

func main() {
	// The kernel ends what was started with the thread that started it (see package
	// servers), so that thread must be this one.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "passes: %v\n", err)
		os.Exit(1)
	}
}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("passes", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.IntVar(&o.cards, "cards", 100_000, "cards, each with a pass on a phone of its own")
	f.IntVar(&o.rate, "rate", 1000, "stamps in a second")
	f.IntVar(&o.seconds, "seconds", 20, "how long each of the two measurements takes")
	f.IntVar(&o.spreadRate, "spread-rate", usualSpreadRate, "passes in a second that are told of the new brand")
	f.DurationVar(&o.delay, "delay", 30*time.Millisecond, "how long the stand-in takes for an answer, as a network would")
	f.BoolVar(&o.whole, "whole", false, "wait until the new brand was told to all passes")
	f.StringVar(&o.leima, "leima", "", "binary of the product (default: it is built)")
	if err := f.Parse(args); err != nil {
		return o, fmt.Errorf("options: %w", err)
	}
	switch {
	case o.rate < 1 || o.rate > maxRate:
		return o, fmt.Errorf("-rate %d: want 1 to %d", o.rate, maxRate)
	case o.seconds < 1 || o.seconds > maxSeconds:
		return o, fmt.Errorf("-seconds %d: want 1 to %d", o.seconds, maxSeconds)
	}
	return o, cards.Deck{Cards: o.cards, Organizations: 1}.Check()
}

// run is the whole program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parseOptions(args, stderr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, setupLimit+wholeLimit+2*time.Duration(o.seconds)*time.Second)
	defer cancel()
	b := &bench{options: o, log: stderr, watch: newWatch(o.cards)}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.start(ctx); err != nil {
		return err
	}
	if _, err := b.measure(ctx, "warming up", warmUp); err != nil {
		return err
	}
	length := time.Duration(o.seconds) * time.Second
	alone, err := b.measure(ctx, "stamps alone", length)
	if err != nil {
		return err
	}
	if err := b.newBrand(ctx); err != nil {
		return err
	}
	beside, err := b.measure(ctx, "stamps while a new brand is told", length)
	if err != nil {
		return err
	}
	alone.print(stdout, o.rate)
	beside.print(stdout, o.rate)
	return b.printSpread(ctx, stdout)
}

// warmUp lets connections be made and pages be read.
const warmUp = 3 * time.Second
