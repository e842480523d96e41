// Command ceiling is the yardstick (a) of the benchmark: an Echo server whose
// POST /v1/stamps parses the body of a stamp and answers at once. Nothing that is
// built on Echo and reads its request can be quicker.
//
// It keeps nothing and knows nothing of Leima.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	maxBody           = 64 << 10
	readHeaderTimeout = 5 * time.Second
	stopTimeout       = 5 * time.Second
)

// stamp is the body of a request: the members of StampCreation in openapi.yaml that
// the benchmark sends.
type stamp struct {
	CardID     string `json:"card_id"`
	Quantity   int    `json:"quantity"`
	LocationID string `json:"location_id"`
}

// answer is the least that tells a till what came of it.
type answer struct {
	CardID  string `json:"card_id"`
	Balance int    `json:"balance"`
}

func main() {
	address := flag.String("addr", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := serve(ctx, *address)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "ceiling: %v\n", err)
		os.Exit(1)
	}
}

// serve answers until the context ends.
func serve(ctx context.Context, address string) error {
	server := &http.Server{Addr: address, Handler: handler(), ReadHeaderTimeout: readHeaderTimeout}
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

func handler() http.Handler {
	e := echo.New()
	e.GET("/readyz", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	e.POST("/v1/stamps", func(c echo.Context) error {
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxBody)
		var s stamp
		if err := (&echo.DefaultBinder{}).BindBody(c, &s); err != nil {
			return err //nolint:wrapcheck // Echo looks for its own error
		}
		return c.JSON(http.StatusCreated, answer{CardID: s.CardID, Balance: s.Quantity})
	})
	return e
}
