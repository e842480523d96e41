//go:build unix

package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Signal sends the process a signal. It returns an error if the process is gone.
func (s *Server) Signal(signal syscall.Signal) error {
	if err := s.process.Signal(signal); err != nil {
		return fmt.Errorf("send %s the signal %s: %w", s.name, signal, err)
	}
	return nil
}

// Kill ends the process by SIGKILL, which it has no chance to answer, and returns when
// it is gone.
func (s *Server) Kill() error {
	if err := s.process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", s.name, err)
	}
	<-s.exited
	return nil
}

// ExitCode returns what the process ended with, and -1 if it still runs or was ended by
// a signal.
func (s *Server) ExitCode() int {
	select {
	case <-s.exited:
		return s.state.ExitCode()
	default:
		return -1
	}
}

// Again starts a server that has ended once more, on the same port and with the same
// files, and returns the new process when it is ready. Its log goes on.
func (s *Server) Again(ctx context.Context) (*Server, error) {
	select {
	case <-s.exited:
		return s.launch.Start(ctx, s.private)
	default:
		return nil, fmt.Errorf("start %s again: it is running", s.name)
	}
}

// StopImmediately ends the server as pg_ctl stop -m immediate does: without a
// checkpoint and without waiting for anybody, so that its next start recovers from the
// log as after a crash.
func (p *Postgres) StopImmediately(ctx context.Context) error {
	err := runTool(ctx, p.private, p.programs.Postgres("pg_ctl"), "stop", "--mode=immediate", "--pgdata="+p.data)
	if err != nil {
		return err
	}
	<-p.exited
	return nil
}

// StartAgain starts a server that has ended once more, on its port and its data.
func (p *Postgres) StartAgain(ctx context.Context) error {
	running, err := p.Again(ctx)
	if err != nil {
		return err
	}
	p.Server = running
	return nil
}

// StartAgain starts a server that has ended once more, on its port. What it kept in
// memory only is gone.
func (r *Redis) StartAgain(ctx context.Context) error {
	running, err := r.Again(ctx)
	if err != nil {
		return err
	}
	r.Server = running
	return nil
}
