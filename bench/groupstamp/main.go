package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/leima/leima/bench/rival"
)

// postgresVariable holds the URL of an empty database, which has a password in it.
const postgresVariable = "LEIMA_BENCH_POSTGRES"

const schema = `
CREATE TABLE card (id TEXT PRIMARY KEY, balance BIGINT NOT NULL) WITH (fillfactor = 75);
CREATE TABLE entry (
    key TEXT PRIMARY KEY, hash TEXT NOT NULL, card_id TEXT NOT NULL, location_id TEXT NOT NULL,
    quantity BIGINT NOT NULL, balance BIGINT NOT NULL
);`

func main() {
	rival.Main("groupstamp", func(ctx context.Context) (http.Handler, func() error, error) {
		pool, err := open(ctx, os.Getenv(postgresVariable))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", postgresVariable, err)
		}
		c := newCommitters(pool)
		return handler(pool, c), func() error {
			c.close()
			pool.Close()
			return nil
		}, nil
	})
}

// open makes the tables. As Leima does, it has statements planned once, by their indexes:
// they are planned when the tables are empty.
func open(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the address: %w", err)
	}
	for _, name := range []string{"enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "jit"} {
		config.ConnConfig.RuntimeParams[name] = "off"
	}
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if _, err := pool.Exec(ctx, schema); err != nil {
		pool.Close()
		return nil, fmt.Errorf("make the tables: %w", err)
	}
	return pool, nil
}

func handler(pool *pgxpool.Pool, c *committers) http.Handler {
	return rival.Handler(pool.Ping, rival.Giving(c.give))
}
