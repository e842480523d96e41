package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/leima/leima/bench/rival"
)

const (
	// postgresVariable holds the URL of an empty database, which has a password in it.
	postgresVariable = "LEIMA_BENCH_POSTGRES"
	// sqliteVariable holds the path of a file that is not there yet.
	sqliteVariable = "LEIMA_BENCH_SQLITE"
)

func main() {
	rival.Main("groupstamp", func(ctx context.Context) (http.Handler, func() error, error) {
		variable, open := postgresVariable, openPostgres
		if os.Getenv(sqliteVariable) != "" {
			variable, open = sqliteVariable, openSQLite
		}
		l, err := open(ctx, os.Getenv(variable))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", variable, err)
		}
		c := newCommitters(l)
		return handler(c), c.close, nil
	})
}

func handler(c *committers) http.Handler { return rival.Handler(c.ledger.ready, rival.Giving(c.give)) }
