package hot

import (
	"context"
	"crypto/sha1" //nolint:gosec // the name that Redis gives to a script, no secret
	"embed"
	"encoding/hex"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed scripts/*.lua
var scriptFiles embed.FS

// script is a program that runs inside Redis.
type script struct{ source, name string }

func mustScript(file string) *script {
	source, err := scriptFiles.ReadFile("scripts/" + file)
	if err != nil {
		panic(err) // it is embedded
	}
	sum := sha1.Sum(source) //nolint:gosec // see the import
	return &script{source: string(source), name: hex.EncodeToString(sum[:])}
}

var (
	projectScript = mustScript("project.lua")
	aliasScript   = mustScript("alias.lua")
	addScript     = mustScript("add.lua")
	beginScript   = mustScript("begin.lua")
	finishScript  = mustScript("finish.lua")
	allowScript   = mustScript("allow.lua")
)

// call is a script with its keys and arguments or, without a script, a command; and
// afterwards its answer.
type call struct {
	script *script
	keys   []string
	args   []any
	answer *redis.Cmd
}

func command(args ...any) *call { return &call{args: args} }

// send sends the call by the name of its script or, with source, by its source, which
// Redis then remembers under the name.
func (c *call) send(ctx context.Context, to redis.Pipeliner, source bool) {
	switch {
	case c.script == nil:
		c.answer = to.Do(ctx, c.args...)
	case source:
		c.answer = to.Eval(ctx, c.script.source, c.keys, c.args...)
	default:
		c.answer = to.EvalSha(ctx, c.script.name, c.keys, c.args...)
	}
}

// failed returns the error of the call, without that for an answer that is nil.
func (c *call) failed() error {
	if err := c.answer.Err(); err != nil && !errors.Is(err, redis.Nil) {
		return unavailable(err)
	}
	return nil
}

// run sends the calls in one pipeline. Those whose script a node does not know, as
// after a restart, are sent once more with the source. Every call has its answer or
// its error afterwards, and run returns the first error, which wraps ErrUnavailable.
func (r *Redis) run(ctx context.Context, timeout time.Duration, calls []*call) error {
	if len(calls) == 0 {
		return nil
	}
	err := r.try(ctx, timeout, func(ctx context.Context) error { return r.sendAll(ctx, calls) })
	for _, c := range calls {
		if c.answer == nil { // the breaker is open
			c.answer = redis.NewCmd(ctx)
			c.answer.SetErr(err)
		}
		if err == nil {
			err = c.failed() // Redis is full, which is no reason to leave it alone
		}
	}
	return err
}

// sendAll returns the first error that means that Redis does not work.
func (r *Redis) sendAll(ctx context.Context, calls []*call) error {
	pending := calls
	for _, source := range []bool{false, true} {
		pipe := r.client.Pipeline()
		for _, c := range pending {
			c.send(ctx, pipe, source)
		}
		_, _ = pipe.Exec(ctx) // every call has its own error
		var first error
		var unknown []*call
		for _, c := range pending {
			err := c.answer.Err()
			switch {
			case err == nil || errors.Is(err, redis.Nil):
			case redis.HasErrorPrefix(err, "NOSCRIPT") && !source:
				unknown = append(unknown, c)
			case redis.IsOOMError(err):
				r.full()
			case first == nil:
				first = err
			}
		}
		if first != nil || len(unknown) == 0 {
			return first
		}
		pending = unknown
	}
	return nil
}

// Limits of reads that travel together.
const (
	// readers is how many pipelines of reads are under way at once. Few make bigger
	// pipelines, which cost less for each read.
	readers = 2
	// maxReads bounds the reads that wait. More fail at once.
	maxReads = 4096
	// maxReadBatch bounds the reads of one pipeline.
	maxReadBatch = 128
	// minReadShare is which part of its time a read must have left to be sent at all.
	minReadShare = 5
)

// read is a call that somebody waits for.
type read struct {
	call *call
	err  error
	by   time.Time
	done chan struct{}
}

var (
	errTooMany = unavailable(errors.New("too many reads wait"))
	errTooLate = unavailable(errors.New("the read waited for too long"))
	errClosed  = unavailable(errors.New("it was closed"))
)

// ask sends a call together with those that others make at the same time: while a
// pipeline is under way, the next one forms. It waits for ReadTimeout at most.
func (r *Redis) ask(ctx context.Context, c *call) error {
	rd := &read{call: c, by: time.Now().Add(r.options.ReadTimeout), done: make(chan struct{})}
	select {
	case r.reads <- rd:
	default:
		return errTooMany
	}
	// The reader answers in time: see readBatch.
	select {
	case <-rd.done:
		return rd.err
	case <-ctx.Done():
		return unavailable(ctx.Err())
	case <-r.stopped:
		return errClosed
	}
}

// readLoop sends the reads until the context ends.
func (r *Redis) readLoop(ctx context.Context) {
	batch := make([]*read, 0, maxReadBatch)
	for {
		select {
		case <-ctx.Done():
			return
		case rd := <-r.reads:
			batch = append(batch[:0], rd)
		}
		for more := true; more && len(batch) < maxReadBatch; {
			select {
			case rd := <-r.reads:
				batch = append(batch, rd)
			default:
				more = false
			}
		}
		r.readBatch(ctx, batch)
	}
}

// readBatch answers the reads within the time of the oldest one. A read that already
// waited for almost all of its time is not sent, so a slow Redis is not asked what
// nobody will hear.
func (r *Redis) readBatch(ctx context.Context, batch []*read) {
	now := time.Now()
	timeout := r.options.ReadTimeout
	calls := make([]*call, 0, len(batch))
	for _, rd := range batch {
		left := rd.by.Sub(now)
		if left < r.options.ReadTimeout/minReadShare {
			rd.err = errTooLate
			continue
		}
		timeout = min(timeout, left)
		calls = append(calls, rd.call)
	}
	_ = r.run(ctx, timeout, calls) // every call has its own error
	for _, rd := range batch {
		if rd.err == nil {
			rd.err = rd.call.failed()
		}
		close(rd.done)
	}
}
