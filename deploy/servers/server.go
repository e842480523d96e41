//go:build unix

package servers

import (
	"cmp"
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
	// startLimit is how long a server may take until it answers.
	startLimit = 60 * time.Second
	// stopSignal ends Redis, and PostgreSQL without waiting for its clients,
	// in good order.
	stopSignal = syscall.SIGINT
	// stopLimit is how long a server may take to end before it is killed.
	stopLimit = 20 * time.Second
	// lastWordsLimit is how long a server that did not start may tell why.
	lastWordsLimit = 3 * time.Second
	// pollEvery is the pause between two questions to a starting server.
	pollEvery = 50 * time.Millisecond
	// portTries limits starts with another port: between finding a free port
	// and using it, another program may take it.
	portTries = 3
	// logTail is how many bytes at the end of a log explain a failed start.
	logTail = 4 << 10
)

// Server is one running server process.
type Server struct {
	name    string
	process *os.Process
	exited  chan struct{} // closed when the process is gone
	// state is how the process ended, once it is gone.
	state *os.ProcessState
	// launch and private are what it was started with, for Again.
	launch  Launch
	private Folder
}

// Launch is what it takes to start a server.
type Launch struct {
	// Name is unique in the folder; its log is Name.log there.
	Name    string
	Program string
	Args    []string
	// Env is added to the environment of this process.
	Env []string
	// Ready returns nil once the server answers. It is asked every PollEvery.
	Ready func(context.Context) error
	// PollEvery is 50 ms if it is 0.
	PollEvery time.Duration
	// StartLimit is how long the server may take until it answers, a minute if it is 0.
	StartLimit time.Duration
	// LastWords is sent to a server that did not answer in time, so that its log tells what
	// it was doing: SIGQUIT to a Go program. None is sent if it is 0.
	LastWords syscall.Signal
}

// Start runs the program as the folder's owner and returns when the server is
// ready. It returns an error with the end of the log when the process ends
// first or StartLimit or ctx runs out; the process is then gone.
func (l Launch) Start(ctx context.Context, private Folder) (*Server, error) {
	// A server that is started again goes on with its log.
	log, err := os.OpenFile(private.File(l.Name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, secretMode)
	if err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	defer func() { _ = log.Close() }() // the server has its own handle
	// A server outlives ctx: it is stopped in order, after the command.
	command := private.Command(context.WithoutCancel(ctx), l.Program, l.Args...)
	if len(l.Env) > 0 {
		command.Env = append(os.Environ(), l.Env...)
	}
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	started := &Server{name: l.Name, process: command.Process, exited: make(chan struct{}), launch: l, private: private}
	go func() {
		_ = command.Wait() // how it ended is in the log
		started.state = command.ProcessState
		close(started.exited)
	}()
	if err := started.awaitReady(ctx, l); err != nil {
		started.askLastWords(l.LastWords)
		return nil, errors.Join(
			fmt.Errorf("%w; the end of its log:\n%s", err, tail(log.Name())), started.Stop(),
		)
	}
	return started, nil
}

// PID returns the process id.
func (s *Server) PID() int { return s.process.Pid }

// Exited is closed when the process is gone.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// awaitReady asks until the server gives no error.
func (s *Server) awaitReady(ctx context.Context, l Launch) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(l.StartLimit, startLimit))
	defer cancel()
	tick := time.NewTicker(cmp.Or(l.PollEvery, pollEvery))
	defer tick.Stop()
	for {
		err := l.Ready(ctx)
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

// askLastWords gives the server a moment to write what it was doing.
func (s *Server) askLastWords(signal syscall.Signal) {
	if signal == 0 || s.process.Signal(signal) != nil {
		return
	}
	select {
	case <-s.exited:
	case <-time.After(lastWordsLimit):
	}
}

// Stop asks the process to end, and kills it when it does not within
// stopLimit. It may be called on a server that has ended by itself.
func (s *Server) Stop() error {
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

// WithFreePort calls start with a free loopback port, and again with another
// when that fails, up to portTries times. It returns the last error.
func WithFreePort(ctx context.Context, start func(port int) error) error {
	var err error
	for range portTries {
		var port int
		if port, err = FreePort(ctx); err != nil {
			return err
		}
		if err = start(port); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// FreePort returns a TCP port of 127.0.0.1 that nothing listened on just now.
func FreePort(ctx context.Context) (int, error) {
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
