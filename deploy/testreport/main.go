package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// run runs go test in the current folder and returns the exit code for the
// process.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	began := time.Now()
	command := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...) //nolint:gosec // running go test with the caller's arguments is the purpose
	command.Stderr = stderr
	events, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintf(stderr, "testreport: run go test: %v\n", err)
		return 1
	}
	counts, reportErr := report(events, stdout)
	if reportErr != nil {
		// Without a reader go test would wait for ever.
		_, _ = io.Copy(io.Discard, events)
		fmt.Fprintf(stderr, "testreport: %v\n", reportErr)
	}
	err = command.Wait()
	fmt.Fprintf(stdout, "go test took %s\n", time.Since(began).Round(time.Second))
	fmt.Fprintln(stdout, counts)

	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode()
	case err != nil:
		fmt.Fprintf(stderr, "testreport: go test: %v\n", err)
		return 1
	case reportErr != nil, counts.failed > 0:
		return 1
	case counts.passed == 0:
		fmt.Fprintln(stderr, "testreport: no test ran")
		return 1
	}
	return 0
}
