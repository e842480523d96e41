package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/leima/leima/loyalty"
)

// MaxTick bounds one run of a periodic job that sets no bound of its own.
const MaxTick = 5 * time.Minute

// Periodic is a job that is run again and again.
type Periodic struct {
	Name string
	// Every is the time from the end of one run to the beginning of the next; the
	// first run begins at once.
	Every time.Duration
	// Limit bounds one run; 0 is MaxTick.
	Limit time.Duration
	// Wake, if set, begins the next run early.
	Wake <-chan struct{}
	// Run does what is due. Its error is logged and the job goes on.
	Run func(ctx context.Context) error
}

// Runner runs jobs side by side, each one after itself.
type Runner struct {
	Log *slog.Logger
}

// Run runs the jobs until the context ends and the last of them has returned.
func (r Runner) Run(ctx context.Context, jobs ...Periodic) {
	var running sync.WaitGroup
	for _, j := range jobs {
		running.Go(func() { r.repeat(ctx, j) })
	}
	running.Wait()
}

func (r Runner) repeat(ctx context.Context, j Periodic) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.Wake:
		case <-timer.C:
		}
		if ctx.Err() != nil {
			return
		}
		// Of a database that is away the store tells once, not each of the jobs that fail.
		if err := r.once(ctx, j); err != nil && ctx.Err() == nil && !errors.Is(err, loyalty.ErrAway) {
			r.Log.LogAttrs(ctx, slog.LevelError, "job failed", slog.String("job", j.Name), slog.Any("error", err))
		}
		timer.Reset(j.Every)
	}
}

// once runs a job in its bound. A panic is a fault of that job only: the others,
// and the tills, go on.
func (r Runner) once(ctx context.Context, j Periodic) (err error) {
	limit := j.Limit
	if limit == 0 {
		limit = MaxTick
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the job took longer than %s", limit))
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := j.Run(ctx); err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	return nil
}
