package projection_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/leima/leima/hot"
)

// server is a redis-server of the test's own, without persistence.
type server struct {
	t       testing.TB
	program string
	folder  string
	address string
	process *exec.Cmd
	ended   chan struct{}
	output  bytes.Buffer
}

// startServer starts a server that ends with the test.
func startServer(t testing.TB) *server {
	t.Helper()
	if testing.Short() {
		t.Skip("Redis is not tested: -short starts no servers")
	}
	s := &server{t: t, folder: t.TempDir()}
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			s.program = path
		}
	}
	if s.program == "" {
		t.Skip("Redis is not tested: there is no redis-server or valkey-server here")
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	_ = listener.Close()
	s.start()
	t.Cleanup(s.kill)
	return s
}

func (s *server) start() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.address)
	// The test's context ends before its cleanups do, so it must not end the server.
	s.process = exec.CommandContext(context.Background(), s.program, "--bind", "127.0.0.1", "--port", port, "--dir", s.folder, "--save", "")
	s.process.Stdout = &s.output
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended, process := make(chan struct{}), s.process
	s.ended = ended
	go func() {
		_ = process.Wait() // how it ended is in output
		close(ended)
	}()
	eventually(s.t, "the server", func() bool { return s.do("PING") == nil })
}

func (s *server) do(args ...any) error {
	client := redis.NewClient(&redis.Options{Addr: s.address, MaxRetries: -1, DialerRetries: 1})
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return client.Do(ctx, args...).Err()
}

func (s *server) signal(signal os.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// kill ends the server at once, also a stopped one, and waits for it.
func (s *server) kill() {
	_ = s.process.Process.Signal(syscall.SIGKILL)
	<-s.ended
}

// newRedisWorld is a world whose hot state is on the server.
func newRedisWorld(t testing.TB, s *server) (*world, *hot.Redis) {
	t.Helper()
	var w *world
	redis, err := hot.OpenRedis(hot.Options{
		URL: "redis://" + s.address, Prefix: "test-" + strings.ToLower(rand.Text()),
		Repair: func(ctx context.Context, refs []hot.CardRef) ([]hot.CardState, error) {
			return w.keeper.Repair(ctx, refs)
		},
		Lost: func(ctx context.Context) error { return w.keeper.Raise(ctx) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := redis.Close(); err != nil {
			t.Error(err)
		}
	})
	w = newWorld(t, redis)
	w.healthy()
	return w, redis
}

func (w *world) healthy() {
	w.t.Helper()
	var h hot.Health
	eventually(w.t, "a healthy Redis", func() bool {
		h = w.state.Health(w.t.Context())
		return h.OK
	})
	if !h.OK {
		w.t.Fatal(fmt.Sprint("never healthy: ", h.Detail))
	}
}
