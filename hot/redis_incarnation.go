package hot

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Incarnation returns a text that changes when a server restarted, another one took
// over or somebody deleted everything (FLUSHALL), so that what it holds may be older
// than what it held, or become so: a projection that was under way brings back a card
// of which nobody remembers a newer version. The caller keeps the text in the database
// or in memory, compares it every few seconds and, when it changed, raises the epoch;
// to do so twice does no harm.
// It returns within ReadTimeout; errors wrap ErrUnavailable.
func (r *Redis) Incarnation(ctx context.Context) (string, error) {
	var mu sync.Mutex
	var parts []string
	ask := func(ctx context.Context, server *redis.Client) error {
		info, err := server.InfoMap(ctx, "server").Result()
		if err != nil {
			return err //nolint:wrapcheck // try says what it means
		}
		mu.Lock()
		defer mu.Unlock()
		parts = append(parts, info["Server"]["run_id"])
		return nil
	}
	if err := r.try(ctx, r.options.ReadTimeout, func(ctx context.Context) error { return r.everyServer(ctx, ask) }); err != nil {
		return "", err
	}
	births, err := r.births(ctx)
	if err != nil {
		return "", err
	}
	parts = append(parts, births...)
	slices.Sort(parts)
	sum := sha256.Sum256([]byte(strings.Join(parts, " ")))
	return hex.EncodeToString(sum[:digestLen]), nil
}

// births returns random texts that stand in Redis since it was empty: one, or in a
// Cluster one for every bucket, as a node knows only its own.
func (r *Redis) births(ctx context.Context) ([]string, error) {
	n := 1
	if r.cluster {
		n = buckets
	}
	calls, mine := make([]*call, n), rand.Text()
	for b := range calls {
		key := fmt.Sprintf("%s:birth:{b%d}", r.options.Prefix, b)
		calls[b] = command("SET", key, mine, "NX", "GET") // answers what was there
	}
	if err := r.run(ctx, r.options.ReadTimeout, calls); err != nil {
		return nil, err
	}
	births := make([]string, n)
	for b, c := range calls {
		if births[b], _ = c.answer.Text(); births[b] == "" {
			births[b] = mine
		}
	}
	return births, nil
}
