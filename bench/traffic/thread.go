//go:build linux

package traffic

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// pollTimeout is how long a thread waits for answers before it looks whether time
	// is up, in milliseconds.
	pollTimeout = 20
	// drainLimit is how long the last answers are waited for.
	drainLimit = 10 * time.Second
	// maxBroken is how many connections may break in one thread before it gives up: a
	// server that has died would break them for ever.
	maxBroken = 1000
	// firstRefusalLen is how much is kept of the first answer that is no success.
	firstRefusalLen = 600
	// answerRoom is the first size of the buffer for answers, in bytes.
	answerRoom = 8 << 10
)

// thread sends the requests of some of the connections.
type thread struct {
	address     unix.Sockaddr
	epoll       int
	requests    *requests
	connections []connection
	// from and to bound what counts.
	from, to time.Time
	// open is how many connections have a request under way.
	open int

	times                    histogram
	answers, unknown, broken int64
	refused                  map[int]int64
	firstRefusal             string
}

// connection has one request under way, or none after the end.
type connection struct {
	socket int
	out    []byte
	in     []byte
	sentAt time.Time
	busy   bool
}

// newThread opens the connections of the thread with the number. A thread that it
// returns must be closed, also when there is an error.
func newThread(j Job, number int) (*thread, error) {
	address, err := socketAddress(j.Address)
	if err != nil {
		return nil, err
	}
	t := &thread{address: address, requests: newRequests(j, number), refused: map[int]int64{}}
	if t.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("make an epoll set: %w", err)
	}
	share := j.Connections / j.Threads
	if number < j.Connections%j.Threads {
		share++
	}
	t.connections = make([]connection, share)
	for i := range t.connections {
		t.connections[i].socket = -1
	}
	for i := range t.connections {
		if err := t.connect(i); err != nil {
			return t, err
		}
	}
	return t, nil
}

func (t *thread) close() {
	for _, c := range t.connections {
		if c.socket >= 0 {
			_ = unix.Close(c.socket)
		}
	}
	_ = unix.Close(t.epoll)
}

// connect opens connection i anew.
func (t *thread) connect(i int) error {
	c := &t.connections[i]
	if c.socket >= 0 {
		_ = unix.Close(c.socket) // which takes it out of the epoll set
	}
	c.socket, c.busy, c.in = -1, false, c.in[:0]
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("make a socket: %w", err)
	}
	c.socket = socket
	if err := unix.Connect(socket, t.address); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if err := errors.Join(
		unix.SetNonblock(socket, true),
		unix.SetsockoptInt(socket, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		unix.EpollCtl(t.epoll, unix.EPOLL_CTL_ADD, socket, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)}), //nolint:gosec // at most MaxConnections
	); err != nil {
		return fmt.Errorf("set up a socket: %w", err)
	}
	return nil
}

// run sends until the end and waits for the last answers.
func (t *thread) run(ctx context.Context) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for i := range t.connections {
		if err := t.send(i); err != nil {
			return err
		}
	}
	events := make([]unix.EpollEvent, len(t.connections))
	for t.open > 0 {
		n, err := unix.EpollWait(t.epoll, events, pollTimeout)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("wait for answers: %w", err)
		}
		for _, e := range events[:max(n, 0)] {
			if err := t.receive(int(e.Fd)); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx) //nolint:wrapcheck // Run does
		}
		if time.Since(t.to) > drainLimit {
			t.unknown += int64(t.open)
			return nil
		}
	}
	return nil
}

// send sends the next request on connection i, and once more on a new connection if the
// old one has broken.
func (t *thread) send(i int) error {
	c := &t.connections[i]
	c.out = t.requests.append(c.out[:0])
	c.sentAt = time.Now()
	// A request is smaller than an empty socket's buffer, so it goes out whole.
	n, err := unix.Write(c.socket, c.out)
	if err == nil && n == len(c.out) {
		c.busy = true
		t.open++
		return nil
	}
	t.unknown++
	return t.reopen(i, err)
}

// receive takes what has come on connection i and, if that is the whole answer, sends
// the next request.
func (t *thread) receive(i int) error {
	c := &t.connections[i]
	if cap(c.in)-len(c.in) < answerRoom/2 {
		c.in = append(make([]byte, 0, 2*cap(c.in)+answerRoom), c.in...)
	}
	n, err := unix.Read(c.socket, c.in[len(c.in):cap(c.in)])
	switch {
	case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
		return nil
	case err != nil || n == 0:
		if c.busy {
			t.open--
			t.unknown++
		}
		return t.reopen(i, err)
	}
	c.in = c.in[:len(c.in)+n]
	status, length, err := readAnswer(c.in)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %.200q", err, c.in)
	case length == 0:
		return nil
	case length != len(c.in) || !c.busy:
		return fmt.Errorf("%w: more than one answer to one request: %.200q", errAnswer, c.in)
	}
	now := time.Now()
	t.count(c, status, now)
	c.in, c.busy = c.in[:0], false
	t.open--
	if now.Before(t.to) {
		return t.send(i)
	}
	return nil
}

func (t *thread) count(c *connection, status int, now time.Time) {
	success := status/100 == 2
	if success {
		t.answers++
	}
	counts := !now.Before(t.from) && now.Before(t.to)
	switch {
	case success && counts:
		t.times.add(now.Sub(c.sentAt).Microseconds())
	case !success:
		if counts {
			t.refused[status]++
		}
		if t.firstRefusal == "" {
			t.firstRefusal = string(c.in[:min(len(c.in), firstRefusalLen)])
		}
	}
}

// reopen opens connection i again after it broke for the reason and sends the next
// request, unless time is up.
func (t *thread) reopen(i int, reason error) error {
	t.broken++
	if t.broken > maxBroken {
		return fmt.Errorf("%d connections broke, the last because: %w", t.broken, errors.Join(errClosed, reason))
	}
	if !time.Now().Before(t.to) {
		c := &t.connections[i]
		_ = unix.Close(c.socket)
		c.socket, c.busy = -1, false
		return nil
	}
	if err := t.connect(i); err != nil {
		return err
	}
	return t.send(i)
}

// errClosed is the reason if the server gave none.
var errClosed = errors.New("the server closed the connection")
