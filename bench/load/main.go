//go:build linux

// Command load is the load generator of the benchmark, a process of its own so that
// what it costs can be told from what the servers cost. It reads a traffic.Job as JSON
// from standard input. To standard output it writes a line for each traffic.Mark and
// then the traffic.Result as JSON in one line.
//
// It knows nothing of what it sends to. What it does is in package traffic.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/leima/leima/bench/traffic"
)

// maxJob bounds the job that is read, in bytes.
const maxJob = 16 << 20

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "load: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	var job traffic.Job
	if err := json.NewDecoder(io.LimitReader(stdin, maxJob)).Decode(&job); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	result, err := traffic.Run(ctx, job, func(m traffic.Mark) { fmt.Fprintln(stdout, m) })
	if err != nil {
		return fmt.Errorf("send to %s: %w", job.Address, err)
	}
	if err := json.NewEncoder(stdout).Encode(result); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}
