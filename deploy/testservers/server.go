//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

const (
	// startLimit is how long one server may take until it answers.
	startLimit = 60 * time.Second
	// stopSignal ends Redis, and PostgreSQL without waiting for its clients,
	// in good order.
	stopSignal = syscall.SIGINT
	// stopLimit is how long a server may take to end before it is killed.
	stopLimit = 20 * time.Second
	// pollEvery is the pause between two questions to a starting server.
	pollEvery = 50 * time.Millisecond
	// portTries limits starts with another port: between finding a free port
	// and using it, another program may take it.
	portTries = 3
	// logTail is how many bytes at the end of a log explain a failed start.
	logTail = 4 << 10
)

// server is one running server process.
type server struct {
	name    string
	process *os.Process
	exited  chan struct{} // closed when the process is gone
}

// launch is what it takes to start a server.
type launch struct {
	name    string // also of its log
	program string
	args    []string
	ready   func(context.Context) error // nil once the server answers
}

// start runs the program as the folder's owner and returns when the server is
// ready. It returns an error with the end of the log when the process ends
// first or startLimit or ctx runs out; the process is then gone.
func (l launch) start(ctx context.Context, private folder) (*server, error) {
	log, err := os.Create(private.file(l.name + ".log"))
	if err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	defer func() { _ = log.Close() }() // the server has its own handle
	// A server outlives ctx: it is stopped in order, after the command.
	command := private.command(context.WithoutCancel(ctx), l.program, l.args...)
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	started := &server{name: l.name, process: command.Process, exited: make(chan struct{})}
	go func() {
		_ = command.Wait() // how it ended is in the log
		close(started.exited)
	}()
	if err := started.awaitReady(ctx, l.ready); err != nil {
		return nil, errors.Join(
			fmt.Errorf("%w; the end of its log:\n%s", err, tail(log.Name())), started.stop(),
		)
	}
	return started, nil
}

// awaitReady asks ready every pollEvery until it gives no error.
func (s *server) awaitReady(ctx context.Context, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.exited:
			return errors.New("it ended before it answered")
		case <-ctx.Done():
			return fmt.Errorf("no answer (%w): %w", err, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// stop asks the process to end, and kills it when it does not within
// stopLimit. It may be called on a server that has ended by itself.
func (s *server) stop() error {
	if err := s.process.Signal(stopSignal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", s.name, err)
	}
	select {
	case <-s.exited:
		return nil
	case <-time.After(stopLimit):
	}
	if err := s.process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", s.name, err)
	}
	<-s.exited
	return fmt.Errorf("%s had to be killed: it did not end within %s", s.name, stopLimit)
}

// withFreePort calls start with a free loopback port, and again with another
// when that fails, up to portTries times. It returns the last error.
func withFreePort(ctx context.Context, start func(port int) error) error {
	var err error
	for range portTries {
		var port int
		if port, err = freePort(ctx); err != nil {
			return err
		}
		if err = start(port); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// freePort returns a TCP port of 127.0.0.1 that nothing listened on just now.
func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", loopback+":0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("find a free port: %v is no TCP address", listener.Addr())
	}
	return address.Port, nil
}

// tail returns the last logTail bytes of a log, or why there is none.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[max(0, len(text)-logTail):]))
}
