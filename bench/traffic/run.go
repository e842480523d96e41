//go:build linux

package traffic

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Mark is a point in the course of a job.
type Mark string

// The marks, in their order.
const (
	// Begun: the warm-up is over, from now on answers count.
	Begun Mark = "begun"
	// Ended: answers count no more, but those that are under way are waited for.
	Ended Mark = "ended"
)

// Run carries out a job. It calls mark at the marks, so that the caller can look at
// clocks of other processes at the same moments. It returns an error for a job that is
// wrong, a server that cannot be reached or answers something else than HTTP, and when
// the context ends.
func Run(ctx context.Context, j Job, mark func(Mark)) (Result, error) {
	if err := j.Check(); err != nil {
		return Result{}, fmt.Errorf("job: %w", err)
	}
	var threads []*thread
	defer func() {
		for _, t := range threads {
			t.close()
		}
	}()
	for i := range j.Threads {
		t, err := newThread(j, i)
		if t != nil {
			threads = append(threads, t)
		}
		if err != nil {
			return Result{}, err
		}
	}
	began := time.Now()
	from, to := began.Add(j.Warmup), began.Add(j.Warmup+j.Duration)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, t := range threads {
		t.from, t.to = from, to
		running.Go(func() {
			if err := t.run(ctx); err != nil {
				cancel(err)
			}
		})
	}
	used := watch(ctx, from, to, mark)
	running.Wait()
	if err := context.Cause(ctx); err != nil {
		return Result{}, fmt.Errorf("job: %w", err)
	}
	r := sum(threads)
	r.Seconds, r.CPU = j.Duration.Seconds(), used.Microseconds()
	return r, nil
}

// watch calls mark at its moments and returns the processor time used between them.
func watch(ctx context.Context, from, to time.Time, mark func(Mark)) time.Duration {
	if !waitUntil(ctx, from) {
		return 0
	}
	before := processorTime()
	mark(Begun)
	if !waitUntil(ctx, to) {
		return 0
	}
	mark(Ended)
	return processorTime() - before
}

// waitUntil returns false if the context ends first.
func waitUntil(ctx context.Context, at time.Time) bool {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// processorTime returns what this process has used so far.
func processorTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0 // cannot fail with these arguments
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func sum(threads []*thread) Result {
	r := Result{Refused: map[int]int64{}}
	all := &histogram{}
	for _, t := range threads {
		all.merge(&t.times)
		r.Broken += t.broken
		r.AllAnswers += t.answers
		r.Unknown += t.unknown
		for status, n := range t.refused {
			r.Refused[status] += n
		}
		if r.FirstRefusal == "" {
			r.FirstRefusal = t.firstRefusal
		}
	}
	r.Answers = all.total
	r.P50, r.P90, r.P99, r.Max = all.quantile(0.5), all.quantile(0.9), all.quantile(0.99), all.max
	return r
}

// ErrUnreachable is wrapped by the error for a server that takes no connections.
var ErrUnreachable = errors.New("the server takes no connections")
