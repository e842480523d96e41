//go:build linux

package world

import "runtime"

// starter is the thread that starts all servers: the kernel ends them with the thread
// they were started by (see deploy/servers), so that it has to live as long as they.
type starter struct{ work chan func() }

func newStarter() *starter {
	s := &starter{work: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for f := range s.work {
			f()
		}
		// Not unlocked: the thread ends with this goroutine, and what is left with it.
	}()
	return s
}

func (s *starter) do(f func() error) error {
	done := make(chan error)
	s.work <- func() { done <- f() }
	return <-done
}

func (s *starter) close() { close(s.work) }
