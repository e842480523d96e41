package hot_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/leima/leima/hot"
)

const (
	// patience bounds how long a test waits for what happens in the background.
	patience = 20 * time.Second
	// portAttempts bounds how often another port is tried when one was taken.
	portAttempts = 10
)

// server is a redis-server of the test's own.
type server struct {
	t       testing.TB
	program string
	folder  string
	port    int
	args    []string
	process *exec.Cmd
	ended   chan struct{}
	output  *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// redisProgram returns the path of a program that runs a Redis or Valkey, and skips
// the test where there is none.
func redisProgram(t testing.TB, names ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("faults are not tested: -short starts no servers")
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("faults are not tested: there is no %s here", strings.Join(names, " or "))
	return ""
}

// startServer starts a server without persistence that ends with the test.
func startServer(t testing.TB, args ...string) *server {
	t.Helper()
	s := &server{
		t: t, program: redisProgram(t, "redis-server", "valkey-server"), folder: t.TempDir(), args: args, output: &lockedBuffer{},
	}
	for range portAttempts {
		s.port = freePort(t)
		if s.start() == nil {
			t.Cleanup(s.kill)
			return s
		}
	}
	t.Fatalf("the server does not start:\n%s", s.output)
	return nil
}

// freePort returns a port that was free a moment ago, also 10,000 higher, which is
// where a node of a Cluster hears the others.
func freePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address, _ := listener.Addr().(*net.TCPAddr)
		_ = listener.Close()
		port := address.Port
		bus := port + 10_000
		if bus > 65_535 {
			bus, port = port, port-10_000
		}
		if isFree(t, port) && isFree(t, bus) {
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

func isFree(t testing.TB, port int) bool {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return false
	}
	_ = listener.Close()
	return true
}

func (s *server) address() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

func (s *server) url() string { return "redis://" + s.address() }

// start starts the server on its port and waits until it answers.
func (s *server) start() error {
	args := append([]string{
		"--bind", "127.0.0.1", "--port", strconv.Itoa(s.port), "--dir", s.folder, "--save", "", "--daemonize", "no",
	}, s.args...)
	// The test's context ends before its cleanups do, so it must not end the server.
	s.process = exec.CommandContext(context.Background(), s.program, args...)
	s.process.Stdout, s.process.Stderr = s.output, s.output
	s.process.SysProcAttr = endWithUs()
	if err := s.process.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	s.ended = ended
	process := s.process
	go func() {
		_ = process.Wait() // how it ended is in output
		close(ended)
	}()
	client := s.client()
	defer func() { _ = client.Close() }()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case <-ended:
			return fmt.Errorf("it ended: %s", s.output)
		case <-deadline.C:
			return fmt.Errorf("it does not answer: %s", s.output)
		case <-again.C:
			if client.Ping(context.Background()).Err() == nil {
				return nil
			}
		}
	}
}

// client returns a client that looks at the server from outside.
func (s *server) client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.address(), Username: "", DialerRetries: 1, MaxRetries: -1})
}

// do sends one command from outside.
func (s *server) do(args ...any) any {
	s.t.Helper()
	client := s.client()
	defer func() { _ = client.Close() }()
	answer, err := client.Do(context.Background(), args...).Result()
	if err != nil {
		s.t.Fatalf("%v: %v", args, err)
	}
	return answer
}

func (s *server) signal(signal os.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.t.Fatalf("%v: %v", signal, err)
	}
}

// kill ends the server at once, and waits for it.
func (s *server) kill() {
	select {
	case <-s.ended:
		return
	default:
	}
	_ = s.process.Process.Signal(syscall.SIGKILL) // also a stopped one
	<-s.ended
}

// restart starts the server anew after kill.
func (s *server) restart() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatalf("restart: %v", err)
	}
}

// truth stands for the database.
type truth struct {
	mu    sync.Mutex
	cards map[hot.CardRef]hot.CardState
	lost  int
	// state, if set, gets a new epoch when too much was missed.
	state *hot.Redis
}

// repair is Options.Repair.
func (tr *truth) repair(_ context.Context, refs []hot.CardRef) ([]hot.CardState, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var states []hot.CardState
	for _, ref := range refs {
		if s, ok := tr.cards[ref]; ok {
			states = append(states, s)
		}
	}
	return states, nil
}

// raise is Options.Lost.
func (tr *truth) raise(context.Context) error {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.lost++
	tr.state.SetEpoch(1 + int64(tr.lost))
	return nil
}

// commit makes a card the truth and projects it.
func (tr *truth) commit(ctx context.Context, s *hot.Redis, c hot.CardState) error {
	tr.mu.Lock()
	tr.cards[c.CardRef] = c
	tr.mu.Unlock()
	return s.Project(ctx, []hot.CardState{c})
}

// open opens a Redis with the truth behind it, at epoch 1.
func open(t testing.TB, url, prefix string) (*hot.Redis, *truth) {
	t.Helper()
	return openWith(t, hot.Options{URL: url, Prefix: prefix})
}

// openPatient is open for tests in which Redis is well and only the machine is busy.
func openPatient(t testing.TB, url, prefix string) (*hot.Redis, *truth) {
	t.Helper()
	s, tr := openWith(t, hot.Options{URL: url, Prefix: prefix, ReadTimeout: patience, WriteTimeout: patience})
	healthy(t, s)
	return s, tr
}

func openWith(t testing.TB, options hot.Options) (*hot.Redis, *truth) {
	t.Helper()
	tr := &truth{cards: map[hot.CardRef]hot.CardState{}}
	options.Repair, options.Lost = tr.repair, tr.raise
	s, err := hot.OpenRedis(options)
	if err != nil {
		t.Fatal(err)
	}
	tr.state = s
	s.SetEpoch(1)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, tr
}

// healthy waits until the state says that it is well.
func healthy(t testing.TB, s *hot.Redis) {
	t.Helper()
	var h hot.Health
	deadline, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for h = s.Health(deadline); !h.OK; h = s.Health(deadline) {
		select {
		case <-deadline.Done():
			t.Fatalf("never healthy: %s", h.Detail)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func cardState(id string, version uint64, payload string, aliases ...string) hot.CardState {
	return hot.CardState{
		CardRef: hot.CardRef{Org: "org", Card: id}, Version: version, Payload: []byte(payload), Aliases: aliases,
	}
}

// countOf is a ledger with so many stamps.
func countOf(stamps int64) hot.CountFunc {
	return func(context.Context, hot.Cell) (hot.Counts, map[string]uint64, error) {
		return hot.Counts{Stamps: stamps}, nil, nil
	}
}

// eventually fails the test unless the condition comes true.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("waited in vain for %s", what)
		case <-again.C:
		}
	}
}

// within fails the test when f takes longer than limit and what a busy machine adds.
func within(t testing.TB, limit time.Duration, what string, f func()) {
	t.Helper()
	const busy = 300 * time.Millisecond
	start := time.Now()
	f()
	if took := time.Since(start); took > limit+busy {
		t.Errorf("%s took %s, the limit is %s", what, took, limit)
	}
}

func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
