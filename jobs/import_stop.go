package jobs

import (
	"context"
	"errors"
	"time"
)

// ErrStoppedByHand is answered by a run that somebody asked to be stopped. What was entered
// stays, and the run does not go on by itself.
var ErrStoppedByHand = errors.New("somebody stopped the import")

// problemByHand is what a run says that was stopped by hand.
const problemByHand = "The import was stopped by hand. What was entered stays; run the same file again to enter the rest."

// stopLook is how often a run looks whether somebody asked to stop it, which may have been
// at another server.
const stopLook = time.Second

// obey does the work until it ends, or until somebody asks that the run be stopped. Then it
// returns ErrStoppedByHand.
func (im *importing) obey(ctx context.Context, work func(context.Context) error) error {
	if im.Records == nil {
		return work(ctx)
	}
	if im.stopAsked(ctx) {
		return ErrStoppedByHand
	}
	ctx, cancel := context.WithCancelCause(ctx)
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		look := time.NewTicker(stopLook)
		defer look.Stop()
		for {
			select {
			case <-over:
				return
			case <-ctx.Done():
				return
			case <-look.C:
				if im.stopAsked(ctx) {
					cancel(ErrStoppedByHand)
				}
			}
		}
	}()
	err := work(ctx)
	close(over)
	<-done
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, ErrStoppedByHand) {
		err = cause
	}
	cancel(nil)
	return err
}

// stopAsked reports whether somebody asked that the run be stopped. A fault is no order to
// stop; the run itself will meet it.
func (im *importing) stopAsked(ctx context.Context) bool {
	run, err := im.Records.Import(ctx, im.run.OrgID, im.run.ID)
	return err == nil && run.StopAskedAt != 0
}
