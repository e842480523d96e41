//go:build unix

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

const (
	// exitFailure and exitUsage are ours; a command that ran gives its own.
	exitFailure = 1
	exitUsage   = 2
	// exitInterrupted is what shells report for a program ended by Ctrl-C.
	exitInterrupted = 130

	// commandStopLimit is how long an interrupted command may take to end
	// before it is killed.
	commandStopLimit = 10 * time.Second
)

func main() {
	// The servers ask the kernel to end them with the thread that started
	// them (see deploy/servers), so that thread must be the main one.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run starts the servers, runs the command in args between them and returns
// the exit code for the process. It returns only when the servers are stopped
// and their folder is removed, also when ctx is cancelled in the middle.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	flags := flag.NewFlagSet("testservers", flag.ContinueOnError)
	flags.SetOutput(stderr)
	fsync := flags.Bool("fsync", true,
		"let PostgreSQL wait for the disk; =false is faster and proves nothing about crashes")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: testservers [-fsync=false] -- COMMAND [ARGUMENT...]")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return exitUsage
	}

	started, err := startServers(ctx, *fsync, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "testservers: %v\n", err)
		return failureCode(ctx)
	}
	defer func() {
		if err := started.stop(); err != nil {
			fmt.Fprintf(stderr, "testservers: %v\n", err)
			code = max(code, exitFailure)
		}
	}()

	code, err = runCommand(ctx, flags.Args(), started.environment(), stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "testservers: %v\n", err)
		return failureCode(ctx)
	}
	return code
}

// failureCode tells an interruption by the user from a failure.
func failureCode(ctx context.Context) int {
	if ctx.Err() != nil {
		return exitInterrupted
	}
	return exitFailure
}

// runCommand runs args with the extra environment and returns its exit code.
// It returns an error when the command could not be started or was interrupted
// by ctx. The command gets no standard input.
func runCommand(
	ctx context.Context, args, environment []string, stdout, stderr io.Writer,
) (int, error) {
	command := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // running what the caller names is the purpose
	command.Env = append(os.Environ(), environment...)
	command.Stdout, command.Stderr = stdout, stderr
	// A group of its own lets an interruption reach everything the command
	// started: go test, for one, leaves its test binaries to themselves.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGTERM) }
	command.WaitDelay = commandStopLimit

	err := command.Run()
	if ctx.Err() != nil {
		if command.Process != nil {
			// Whatever ignored SIGTERM. No such group is the good case.
			_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		}
		return 0, fmt.Errorf("%s: %w", args[0], context.Cause(ctx))
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode(), nil
	default:
		return 0, fmt.Errorf("run %s: %w", args[0], err)
	}
}
