package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/leima/leima/jobs"
)

func TestAJobRunsAtOnceAndThenAfterEachPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		began := time.Now()
		var at []time.Duration
		done := make(chan struct{})
		go func() {
			defer close(done)
			jobs.Runner{Log: quiet}.Run(ctx, jobs.Periodic{Name: "tick", Every: time.Minute, Run: func(context.Context) error {
				if at = append(at, time.Since(began)); len(at) == 3 {
					stop()
				}
				return nil
			}})
		}()
		<-done
		if at[0] != 0 || at[1] != time.Minute || at[2] != 2*time.Minute {
			t.Errorf("the job ran after %v", at)
		}
	})
}

func TestAWokenJobRunsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		wake, ran := make(chan struct{}, 1), make(chan time.Time)
		go jobs.Runner{Log: quiet}.Run(ctx, jobs.Periodic{Name: "woken", Every: time.Hour, Wake: wake, Run: func(context.Context) error {
			ran <- time.Now()
			return nil
		}})
		first := <-ran
		wake <- struct{}{}
		if second := <-ran; second.Sub(first) >= time.Hour {
			t.Errorf("the woken job waited %s", second.Sub(first))
		}
	})
}

// A job that panics is logged and runs again; the one beside it does not notice.
func TestABadJobHarmsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		log := newHeard()
		var bad, good int
		panics := jobs.Periodic{Name: "panics", Every: time.Minute, Run: func(context.Context) error {
			bad++
			panic("boom")
		}}
		works := jobs.Periodic{Name: "works", Every: time.Minute, Run: func(context.Context) error {
			if good++; good == 3 {
				stop()
			}
			return nil
		}}
		jobs.Runner{Log: slog.New(log)}.Run(ctx, panics, works)
		log.await(t, "job failed")
		if bad < 2 || good != 3 {
			t.Errorf("the job that panics ran %d times and the one beside it %d, want at least 2, and 3", bad, good)
		}
	})
}

func TestAHangingJobIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var cause error
		jobs.Runner{Log: quiet}.Run(ctx, jobs.Periodic{Name: "hangs", Every: time.Hour, Limit: 3 * time.Second, Run: func(ctx context.Context) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			stop()
			return cause
		}})
		if cause == nil || errors.Is(cause, context.Canceled) {
			t.Errorf("the job was ended by %v, want the limit of its time", cause)
		}
	})
}
