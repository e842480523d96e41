package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/leima/leima/bench/rival"
)

// redisVariable holds the URL of Redis, which has a password in it.
const redisVariable = "LEIMA_BENCH_REDIS"

//go:embed stamp.lua
var stampLua string

var script = redis.NewScript(stampLua)

func main() {
	pool := flag.Int("pool", 0, "connections to Redis; 0 is what go-redis does by itself")
	rival.Main("redisstamp", func(context.Context) (http.Handler, func() error, error) {
		options, err := redis.ParseURL(os.Getenv(redisVariable))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", redisVariable, err)
		}
		options.PoolSize = *pool
		client := redis.NewClient(options)
		return handler(client), client.Close, nil
	})
}

func handler(client *redis.Client) http.Handler {
	return rival.Handler(func(ctx context.Context) error { return client.Ping(ctx).Err() },
		rival.Giving(func(ctx context.Context, key string, s rival.Stamp) (int, error) { return give(ctx, client, key, s) }))
}

// give stamps the card once for the key.
func give(ctx context.Context, client *redis.Client, key string, s rival.Stamp) (balance int, err error) {
	sum := sha256.Sum256([]byte(s.CardID + " " + strconv.Itoa(s.Quantity) + " " + s.LocationID))
	hash := hex.EncodeToString(sum[:])
	text, err := script.Run(ctx, client, []string{"key:" + key, "card:" + s.CardID, "ledger"},
		s.Quantity, rival.Goal, s.CardID, s.LocationID, hash).Text()
	if err != nil {
		return 0, fmt.Errorf("stamp: %w", err)
	}
	of, rest, _ := strings.Cut(text, ":")
	if of != hash {
		return 0, rival.ErrKeyReused
	}
	if balance, err = strconv.Atoi(rest); err != nil {
		return 0, fmt.Errorf("read the answer of the script: %w", err)
	}
	return balance, nil
}
