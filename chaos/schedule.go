//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// The worlds in which faults happen.
const (
	// large is two replicas on PostgreSQL and Redis, embedded one on SQLite, small one
	// on a PostgreSQL with a small disk.
	large    = "postgres"
	embedded = "sqlite"
	small    = "small disk"
)

// worlds are in the order in which they are gone through.
var worlds = []string{large, embedded, small}

// round is one fault, done several times under one load, and then the proof.
type round struct {
	Number int
	World  string
	Fault  fault
	Blows  []blow
}

// blow is one time that the fault strikes.
type blow struct {
	// After is the time since the last one was healed.
	After time.Duration
	// Replica is a number that chooses the victim where there are several.
	Replica int
	// Fault is another one than the round's in a storm.
	Fault string
}

// shortShare of the blows of a full run, one in so many, are those of the short one.
const shortShare = 6

const (
	// shortestPause and longestPause bound the time between two blows.
	shortestPause = 100 * time.Millisecond
	longestPause  = 900 * time.Millisecond
)

// schedule returns the rounds of a run, by worlds. It depends on the options alone.
func schedule(o options) []round {
	r := rand.New(rand.NewPCG(o.Seed, 0)) //nolint:gosec // the same again from the same seed
	var rounds []round
	for _, world := range worlds {
		for range o.Rounds {
			for _, f := range shuffled(r, faults) {
				// All draw, so that a seed means the same with -only.
				drawn := round{World: world, Fault: f, Blows: f.draw(r, o.Short)}
				if o.wants(f.name) && f.happensIn(world) && o.goesTo(world) && (!o.Short || f.shortRun() && world != small) {
					drawn.Number = len(rounds) + 1
					rounds = append(rounds, drawn)
				}
			}
		}
	}
	return rounds
}

func shuffled(r *rand.Rand, list []fault) []fault {
	order := make([]fault, len(list))
	for i, at := range r.Perm(len(list)) {
		order[i] = list[at]
	}
	return order
}

func (f fault) draw(r *rand.Rand, short bool) []blow {
	n := f.blows
	if short {
		n = 1 + (n-1)/shortShare
	}
	blows := make([]blow, n)
	for i := range blows {
		blows[i] = blow{
			After:   shortestPause + time.Duration(r.Int64N(int64(longestPause-shortestPause))),
			Replica: r.IntN(1 << 16), Fault: f.name,
		}
		if f.name == storm {
			blows[i].Fault = stormFaults[r.IntN(len(stormFaults))]
		}
	}
	return blows
}

// String is the round in one line.
func (r round) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%2d %s on %s:", r.Number, r.Fault.name, r.World)
	for _, x := range r.Blows {
		fmt.Fprintf(&b, " +%dms", x.After.Milliseconds())
		if x.Fault != r.Fault.name {
			fmt.Fprintf(&b, " %s", x.Fault)
		}
	}
	return b.String()
}
