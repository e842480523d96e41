//go:build linux

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Bounds of what can be asked for.
const (
	maxRounds = 100
	maxTills  = 256
	maxRate   = 100_000
)

// options are what one run is told.
type options struct {
	Seed uint64
	// Rounds is how often the whole schedule is gone through.
	Rounds int
	// Only are the faults to do, all if empty.
	Only []string
	// World is the one to do it in, all if empty.
	World string
	// Tills and Rate are those of till.Load.
	Tills, Rate int
	// Postgres are settings of PostgreSQL.
	Postgres []string
	// Leima is a binary to break in place of one built from this source.
	Leima string
	// Short is the run of make test: each fault once.
	Short bool
}

// errUsage has been explained.
var errUsage = errors.New("wrong usage")

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	var only, postgres string
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Uint64Var(&o.Seed, "seed", uint64(time.Now().UnixNano()), "seed of the schedule and of what the tills draw")
	flags.IntVar(&o.Rounds, "rounds", 1, "how often to go through all faults")
	flags.StringVar(&only, "only", "", "faults to do, with commas between: "+strings.Join(faultNames(), ", "))
	flags.StringVar(&o.World, "world", "", "where to do them: "+strings.Join(worlds, ", ")+" (default: everywhere)")
	flags.IntVar(&o.Tills, "tills", 16, "tills that work side by side")
	flags.IntVar(&o.Rate, "rate", 500, "commands in a second, all tills together")
	flags.StringVar(&postgres, "postgres", "", "settings of PostgreSQL, with commas between; synchronous_commit=off must be found out")
	flags.StringVar(&o.Leima, "leima", "", "binary to break (default: built from this source)")
	flags.BoolVar(&o.Short, "short", false, "do each fault once, as make test does")
	if err := flags.Parse(args); err != nil {
		return o, errUsage
	}
	if only != "" {
		o.Only = strings.Split(only, ",")
	}
	if postgres != "" {
		o.Postgres = strings.Split(postgres, ",")
	}
	if err := o.check(flags.Args()); err != nil {
		fmt.Fprintf(stderr, "chaos: %v\n", err)
		return o, errUsage
	}
	return o, nil
}

func (o options) check(rest []string) error {
	for _, name := range o.Only {
		if !slices.Contains(faultNames(), name) {
			return fmt.Errorf("-only %s: there is no such fault, want some of %s", name, strings.Join(faultNames(), ","))
		}
	}
	switch {
	case o.World != "" && !slices.Contains(worlds, o.World):
		return fmt.Errorf("-world %s: there is no such world, want one of %s", o.World, strings.Join(worlds, ", "))
	case len(rest) > 0:
		return fmt.Errorf("%q is not understood", rest)
	case o.Rounds < 1 || o.Rounds > maxRounds:
		return fmt.Errorf("-rounds %d: want 1 to %d", o.Rounds, maxRounds)
	case o.Tills < 1 || o.Tills > maxTills:
		return fmt.Errorf("-tills %d: want 1 to %d", o.Tills, maxTills)
	case o.Rate < 1 || o.Rate > maxRate:
		return fmt.Errorf("-rate %d: want 1 to %d", o.Rate, maxRate)
	}
	return nil
}

func (o options) wants(fault string) bool { return len(o.Only) == 0 || slices.Contains(o.Only, fault) }

// goesTo tells whether anything is done in the world.
func (o options) goesTo(world string) bool { return o.World == "" || o.World == world }

// fightsOn tells whether clients fight over coupons in the world.
func (o options) fightsOn(world string) bool {
	return o.wants(together) && o.goesTo(world) && (world == large || world == embedded && !o.Short)
}
