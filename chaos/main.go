//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/leima/leima/chaos/record"
	"github.com/leima/leima/chaos/world"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, errUsage):
		os.Exit(2) //nolint:mnd // what shells expect
	case err != nil:
		fmt.Fprintf(os.Stderr, "chaos: %v\n", err)
		os.Exit(1)
	}
}

// errViolated means that the report names what was wrong.
var errViolated = errors.New("the promise was broken, see above")

// run goes through the schedule and writes the report to stdout, what is under way to
// stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parseOptions(args, stderr)
	if err != nil {
		return err
	}
	began := time.Now()
	results, err := chaos(ctx, o, stderr)
	report(stdout, results)
	broken := 0
	for _, r := range results {
		broken += len(r.Violations)
	}
	fmt.Fprintf(stdout, "seed %d, %d restarts, %s\n", o.Seed, restarts(results), time.Since(began).Round(time.Second))
	if err == nil && broken > 0 {
		err = errViolated
	}
	if err != nil {
		return fmt.Errorf("seed %d: %w", o.Seed, err)
	}
	return nil
}

func restarts(results []result) int {
	n := 0
	for _, r := range results {
		n += r.Restarts
	}
	return n
}

// chaos plays all rounds. The results so far come with an error, too.
func chaos(ctx context.Context, o options, log io.Writer) (results []result, err error) {
	b, err := build(ctx, o.Leima, log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.folder.Remove()) }()
	records, err := os.MkdirTemp("", "leima-record-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the record: %w", err)
	}
	defer func() {
		if err != nil || broken(results) {
			fmt.Fprintf(log, "what the tills know and the servers said is in %s\n", records)
			return
		}
		err = os.RemoveAll(records)
	}()
	fmt.Fprintf(log, "seed %d\n", o.Seed)
	rounds := schedule(o)
	for _, name := range worlds {
		var here []round
		for _, r := range rounds {
			if r.World == name {
				here = append(here, r)
			}
		}
		if len(here) == 0 && !o.fightsOn(name) {
			continue
		}
		played, err := playWorld(ctx, o, b, name, here, records, log)
		results = append(results, played...)
		if err != nil {
			return results, err
		}
	}
	return results, nil
}

func broken(results []result) bool {
	for _, r := range results {
		if len(r.Violations) > 0 {
			return true
		}
	}
	return false
}

// playWorld plays the rounds of one world, asks for every key once more at the end, and
// then lets many clients fight over a few coupons.
func playWorld(ctx context.Context, o options, b binary, name string, rounds []round, records string, log io.Writer) (results []result, err error) {
	p := plan(name, b.path, b.redis)
	p.Settings = o.Postgres
	s, err := openStage(ctx, name, p, o, records, log)
	if errors.Is(err, world.ErrNoMount) {
		// Without the right to mount, all but the full disk can be done.
		results = notDone(results, rounds, err.Error(), func(f fault) bool { return f.name == diskFull })
		if name == small {
			return results, nil
		}
		p.DiskBytes = 0
		s, err = openStage(ctx, name, p, o, records, log)
	}
	if err != nil {
		return results, err
	}
	defer func() {
		if err != nil || broken(results) {
			err = errors.Join(err, s.keepLogs(records))
		}
		err = errors.Join(err, s.close())
	}()
	if !p.Redis {
		results = notDone(results, rounds, "this leima knows no --redis", func(f fault) bool { return f.redis })
	}
	for _, r := range rounds {
		if r.Fault.redis && !p.Redis || r.Fault.name == diskFull && p.DiskBytes == 0 {
			continue
		}
		s.say("%s", r)
		out, err := s.play(ctx, r)
		results = append(results, out)
		if err != nil {
			return results, err
		}
	}
	if len(rounds) > 0 && !o.Short { // which is over before a key is old
		out, err := s.last(ctx)
		results = append(results, out)
		if err != nil {
			return results, err
		}
	}
	if o.fightsOn(name) {
		out, err := s.redeemTogether(ctx, o)
		return append(results, out), err
	}
	return results, nil
}

// notDone adds a line for each fault that cannot be done here.
func notDone(results []result, rounds []round, why string, which func(fault) bool) []result {
	for _, r := range rounds {
		if which(r.Fault) {
			results = append(results, result{Round: r.Number, Fault: r.Fault.name, World: r.World, NotDone: why})
		}
	}
	return results
}

// last asks for every key of the world that was ever acknowledged, and proves once more.
func (s *stage) last(ctx context.Context) (result, error) {
	out := result{Fault: "all keys again", World: s.name}
	h, err := record.Read(s.recordPath)
	if err != nil {
		return out, err
	}
	var acknowledged []record.Name
	for _, c := range h.Commands {
		out.Sent++
		switch c.State() {
		case record.Acknowledged:
			out.Acknowledged++
			acknowledged = append(acknowledged, c.Name)
		case record.Refused:
			out.Refused++
		case record.Sent, record.Unknown:
			out.Unknown++
		}
	}
	if err := s.askAgain(ctx, round{}, &out, nil, acknowledged, nil); err != nil {
		return out, err
	}
	return out, s.compare(ctx, &out)
}
