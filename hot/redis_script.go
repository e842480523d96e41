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
