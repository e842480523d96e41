package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/redis/go-redis/v9"
)

const (
	maxBody           = 64 << 10
	readHeaderTimeout = 5 * time.Second
	stopTimeout       = 5 * time.Second
	// goal is how many stamps fill a card.
	goal = 10
	// redisVariable holds the URL of Redis, which has a password in it.
	redisVariable = "LEIMA_BENCH_REDIS"
)

//go:embed stamp.lua
var stampLua string

var script = redis.NewScript(stampLua)

// stamp is the body of a request: the members of StampCreation in openapi.yaml that
// the benchmark sends.
type stamp struct {
	CardID     string `json:"card_id"`
	Quantity   int    `json:"quantity"`
	LocationID string `json:"location_id"`
}

type answer struct {
	CardID  string `json:"card_id"`
	Balance int    `json:"balance"`
}

func main() {
	address := flag.String("addr", "127.0.0.1:0", "address to listen on")
	pool := flag.Int("pool", 0, "connections to Redis; 0 is what go-redis does by itself")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *address, os.Getenv(redisVariable), *pool)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "redisstamp: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address, redisURL string, pool int) (err error) {
	options, err := redis.ParseURL(redisURL)
	if err != nil {
		return fmt.Errorf("%s: %w", redisVariable, err)
	}
	options.PoolSize = pool
	client := redis.NewClient(options)
	defer func() { err = errors.Join(err, client.Close()) }()
	return serve(ctx, address, handler(client))
}

// serve answers until the context ends.
func serve(ctx context.Context, address string, h http.Handler) error {
	server := &http.Server{Addr: address, Handler: h, ReadHeaderTimeout: readHeaderTimeout}
	served := make(chan error, 1)
	go func() { served <- server.ListenAndServe() }()
	select {
	case err := <-served:
		return fmt.Errorf("listen on %s: %w", address, err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return errors.Join(server.Shutdown(ctx))
}

func handler(client *redis.Client) http.Handler {
	e := echo.New()
	e.GET("/readyz", func(c echo.Context) error {
		if err := client.Ping(c.Request().Context()).Err(); err != nil {
			return c.String(http.StatusServiceUnavailable, err.Error())
		}
		return c.NoContent(http.StatusOK)
	})
	e.POST("/v1/stamps", func(c echo.Context) error {
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxBody)
		var s stamp
		if err := (&echo.DefaultBinder{}).BindBody(c, &s); err != nil {
			return err //nolint:wrapcheck // Echo looks for its own error
		}
		key := c.Request().Header.Get("Idempotency-Key")
		if key == "" || s.CardID == "" || s.Quantity < 1 {
			return c.NoContent(http.StatusBadRequest)
		}
		balance, known, err := give(c.Request().Context(), client, key, s)
		switch {
		case err != nil:
			return c.String(http.StatusServiceUnavailable, err.Error())
		case known:
			return c.NoContent(http.StatusUnprocessableEntity)
		}
		return c.JSON(http.StatusCreated, answer{CardID: s.CardID, Balance: balance})
	})
	return e
}

// give stamps the card once for the key. It returns known for a key that was used with
// another body.
func give(ctx context.Context, client *redis.Client, key string, s stamp) (balance int, known bool, err error) {
	sum := sha256.Sum256([]byte(s.CardID + " " + strconv.Itoa(s.Quantity) + " " + s.LocationID))
	hash := hex.EncodeToString(sum[:])
	text, err := script.Run(ctx, client, []string{"key:" + key, "card:" + s.CardID, "ledger"},
		s.Quantity, goal, s.CardID, s.LocationID, hash).Text()
	if err != nil {
		return 0, false, fmt.Errorf("stamp: %w", err)
	}
	of, rest, _ := strings.Cut(text, ":")
	if of != hash {
		return 0, true, nil
	}
	if balance, err = strconv.Atoi(rest); err != nil {
		return 0, false, fmt.Errorf("read the answer of the script: %w", err)
	}
	return balance, false, nil
}
