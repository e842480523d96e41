//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/leima/leima/bench/traffic"
)

// measurement is one entrant with one number of connections in one round.
type measurement struct {
	Entrant     string         `json:"entrant"`
	Connections int            `json:"connections"`
	Round       int            `json:"round"`
	Load        traffic.Result `json:"load"`
	// Server, Database and Redis are processor times, in microseconds.
	Server   int64 `json:"server_cpu_us"`
	Database int64 `json:"database_cpu_us"`
	Redis    int64 `json:"redis_cpu_us"`
	// Elsewhere is the part of the machine's processors that went to anything else,
	// the kernel's network included: 1 is all of them.
	Elsewhere float64 `json:"elsewhere"`
	// Memory is the most that the server held, in bytes.
	Memory int64 `json:"memory_bytes"`
}

// rounds measures all entrants in turn, round after round.
func (b *bench) rounds(ctx context.Context) ([]measurement, error) {
	var all []measurement
	for round := range b.options.Rounds {
		for _, n := range b.options.Connections {
			for _, e := range b.entrants {
				m, err := b.measure(ctx, e, n, round)
				if err != nil {
					return nil, err
				}
				b.say("round %d of %d, %d connections, %s: %.0f/s, p99 %.1f ms",
					round+1, b.options.Rounds, n, e.name, m.Load.Rate(), float64(m.Load.P99)/1000)
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// usage is processor times at one moment.
type usage struct {
	at                                time.Time
	server, database, redis, everyone time.Duration
}

func (e entrant) usage() (u usage, err error) {
	u.at = time.Now()
	var problems [4]error
	for i, p := range []struct {
		pid  int
		into *time.Duration
	}{{e.server, &u.server}, {e.database, &u.database}, {e.redis, &u.redis}} {
		if p.pid != 0 {
			*p.into, problems[i] = processorTime(p.pid)
		}
	}
	u.everyone, problems[3] = busyTime()
	return u, errors.Join(problems[:]...)
}

func (b *bench) measure(ctx context.Context, e entrant, connections, round int) (measurement, error) {
	m := measurement{Entrant: e.name, Connections: connections, Round: round}
	if err := forgetPeak(e.server); err != nil {
		return m, err
	}
	var marks [2]usage
	var failed error
	var err error
	m.Load, err = b.load(ctx, e, connections, b.options.Warmup, b.options.Seconds, func(mark traffic.Mark) {
		at := &marks[0]
		if mark == traffic.Ended {
			at = &marks[1]
		}
		u, err := e.usage()
		*at, failed = u, errors.Join(failed, err)
	})
	if err := errors.Join(err, failed); err != nil {
		return m, fmt.Errorf("%s: %w", e.name, err)
	}
	from, to := marks[0], marks[1]
	m.Server = (to.server - from.server).Microseconds()
	m.Database = (to.database - from.database).Microseconds()
	m.Redis = (to.redis - from.redis).Microseconds()
	all := float64(to.at.Sub(from.at).Microseconds()) * float64(b.machine.Cores)
	rest := (to.everyone - from.everyone).Microseconds() - m.Server - m.Database - m.Redis - m.Load.CPU
	m.Elsewhere = max(0, float64(rest)/all)
	_, m.Memory, err = memory(e.server)
	return m, err
}

// load runs the load generator against the entrant and calls mark at its marks.
func (b *bench) load(
	ctx context.Context, e entrant, connections int, warmup, duration float64, mark func(traffic.Mark),
) (r traffic.Result, err error) {
	job, err := json.Marshal(traffic.Job{
		Address: e.address, Kind: e.kind, Run: strings.ToLower(rand.Text()[:8]),
		Connections: connections, Threads: b.options.Threads, Warmup: seconds(warmup), Duration: seconds(duration),
		Deck: e.deck, Shops: e.shops, Hot: e.hot, Seed: uint64(time.Now().UnixNano()),
	})
	if err != nil {
		return r, fmt.Errorf("write the job: %w", err)
	}
	command := b.folder.Command(ctx, b.built+"/load")
	var problems bytes.Buffer
	command.Stdin, command.Stderr = bytes.NewReader(job), &problems
	out, err := command.StdoutPipe()
	if err != nil {
		return r, fmt.Errorf("start the load: %w", err)
	}
	if err := command.Start(); err != nil {
		return r, fmt.Errorf("start the load: %w", err)
	}
	read := readLoad(bufio.NewReader(out), mark, &r)
	if read != nil {
		_ = command.Process.Kill() // it may be waiting for a reader
	}
	err = errors.Join(read, command.Wait())
	if ctx.Err() != nil {
		return r, fmt.Errorf("%s: %w", e.name, context.Cause(ctx))
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w: %s", e.name, err, strings.TrimSpace(problems.String()))
	}
	b.count(e, r)
	return r, nil
}

// readLoad reads what the load generator writes.
func readLoad(out *bufio.Reader, mark func(traffic.Mark), r *traffic.Result) error {
	for _, want := range []traffic.Mark{traffic.Begun, traffic.Ended} {
		line, err := out.ReadString('\n')
		if err != nil {
			return fmt.Errorf("read the mark %s of the load: %w", want, err)
		}
		if strings.TrimSpace(line) != string(want) {
			return fmt.Errorf("the load generator says %q, not %s", line, want)
		}
		if mark != nil {
			mark(want)
		}
	}
	if err := json.NewDecoder(out).Decode(r); err != nil {
		return fmt.Errorf("read the result of the load: %w", err)
	}
	return nil
}

// count adds the stamps to those that must be in the entrant's ledger.
func (b *bench) count(e entrant, r traffic.Result) {
	var to *counted
	if e.storage != nil {
		to = &e.storage.counted
	} else if r := b.rivals[e.name]; r != nil {
		to = &r.counted
	}
	if to == nil || e.kind != traffic.Stamps {
		return // it keeps none
	}
	to.answered += r.AllAnswers
	to.unknown += r.Unknown
}
