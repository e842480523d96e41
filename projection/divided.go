package projection

import (
	"context"
	"log/slog"
	"sync"
)

// Servers of one database must share one Redis. Two with a Redis each would take turns to
// find that the other one noted a Redis that is not theirs, raise the epoch, and forget
// everything, for ever. That is right, as nothing old is shown, and useless; so it is told.

const (
	// raisesToTell is how many times within dividedWithin this process must have raised the
	// epoch with its own Redis unchanged. A failover may do so once or twice, while
	// processes change over one after the other.
	raisesToTell = 3
	// unheardToTell is the same for looks that found commits of which the hot state was
	// not told. A process that was killed is one.
	unheardToTell = 5
	dividedWithin = 60_000 // ms
)

// Told to the log, with what to do.
const (
	dividedMessage = "servers of one database must share one Redis: another server has a different one, and each makes the other forget; " +
		"give all the same --redis"
	unheardMessage = "servers of one database must share one Redis: another process commits to this database and does not tell the Redis or the memory " +
		"of this one; if it is a server, give both the same --redis (an import may be waited for)"
)

// lately counts what happened lately.
type lately struct{ at []int64 }

// add notes that it happened now, of most times.
func (r *lately) add(now int64, most int) {
	if r.at = append(r.at, now); len(r.at) > most {
		r.at = r.at[1:]
	}
}

// within reports whether it happened so many times lately.
func (r *lately) within(now int64, times int) bool {
	return len(r.at) >= times && now-r.at[len(r.at)-times] < dividedWithin && now-r.at[len(r.at)-1] < dividedWithin
}

// divided notices that servers do not share their hot state.
type divided struct {
	mu              sync.Mutex
	incarnation     string // that of our Redis at the last look
	raises, unheard lately
	// toldRaises and toldUnheard tell that the log has heard; once is enough until it is
	// over.
	toldRaises, toldUnheard bool
}

// looked is called with what our Redis is and whether the epoch was raised for it.
func (d *divided) looked(ctx context.Context, log *slog.Logger, incarnation string, raised bool, now int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if raised && incarnation == d.incarnation {
		d.raises.add(now, raisesToTell)
	}
	d.incarnation = incarnation
	is := d.raises.within(now, raisesToTell)
	if is && !d.toldRaises {
		log.LogAttrs(ctx, slog.LevelWarn, dividedMessage)
	}
	d.toldRaises = is
}

// heard is called with whether somebody committed without telling the hot state.
func (d *divided) heard(ctx context.Context, log *slog.Logger, unheard bool, now int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if unheard {
		d.unheard.add(now, unheardToTell)
	}
	is := d.unheard.within(now, unheardToTell)
	if is && !d.toldUnheard {
		log.LogAttrs(ctx, slog.LevelWarn, unheardMessage)
	}
	d.toldUnheard = is
}

// Divided reports whether servers of the database have different Redis, as far as this one
// could notice within the last minute: then the hot state is of no use.
func (k *Keeper) Divided() bool {
	now := k.Now()
	k.divided.mu.Lock()
	defer k.divided.mu.Unlock()
	return k.divided.raises.within(now, raisesToTell)
}
