package hot

import (
	"context"
	"time"
)

// Allow implements Limits.
func (r *Redis) Allow(
	ctx context.Context, key string, limit int, window time.Duration,
) (ok bool, retryAfter time.Duration, err error) {
	if err := checkLimit(key, limit, window); err != nil {
		return false, 0, err
	}
	c := &call{script: allowScript, keys: []string{r.keys.Load().limits + key}, args: []any{limit, window.Microseconds()}}
	if _, _, err := r.ask(ctx, read{call: c}); err != nil {
		return r.alone.Allow(ctx, key, limit, window)
	}
	wait, err := c.answer.Int64()
	if err != nil {
		return r.alone.Allow(ctx, key, limit, window)
	}
	return wait == 0, time.Duration(wait) * time.Microsecond, nil
}
