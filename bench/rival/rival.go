package rival

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
	// MaxBody is the most that is read of a request, in bytes.
	MaxBody           = 64 << 10
	readHeaderTimeout = 5 * time.Second
	stopTimeout       = 5 * time.Second
)

// Goal is how many stamps fill a card.
const Goal = 10

// Stamp is the body of a request: the members of StampCreation in openapi.yaml that the
// benchmark sends.
type Stamp struct {
	CardID     string `json:"card_id"`
	Quantity   int    `json:"quantity"`
	LocationID string `json:"location_id"`
}

// Answer is the least that tells a till what came of it.
type Answer struct {
	CardID  string `json:"card_id"`
	Balance int    `json:"balance"`
}

// ErrKeyReused is the error of a Give for a key that was used with another body.
var ErrKeyReused = errors.New("the key was used for another stamp")

// Give gives a stamp once for the key and returns the new balance.
type Give func(ctx context.Context, key string, s Stamp) (balance int, err error)

// Read reads the stamp from the body.
func Read(c echo.Context) (s Stamp, err error) {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, MaxBody)
	err = (&echo.DefaultBinder{}).BindBody(c, &s)
	return s, err //nolint:wrapcheck // Echo looks for its own error
}

// Handler answers POST /v1/stamps by stamp, and GET /readyz by 200 if ready returns no
// error, else by 503.
func Handler(ready func(context.Context) error, stamp echo.HandlerFunc) http.Handler {
	e := echo.New()
	e.GET("/readyz", func(c echo.Context) error {
		if err := ready(c.Request().Context()); err != nil {
			return c.String(http.StatusServiceUnavailable, err.Error())
		}
		return c.NoContent(http.StatusOK)
	})
	e.POST("/v1/stamps", stamp)
	return e
}

// Giving is the handler of a yardstick that keeps stamps: 201 with an Answer, 400 without a
// key, card or quantity, 422 for a key of another body, 503 where give fails.
func Giving(give Give) echo.HandlerFunc {
	return func(c echo.Context) error {
		s, err := Read(c)
		if err != nil {
			return err
		}
		key := c.Request().Header.Get("Idempotency-Key")
		if key == "" || s.CardID == "" || s.Quantity < 1 {
			return c.NoContent(http.StatusBadRequest)
		}
		balance, err := give(c.Request().Context(), key, s)
		switch {
		case errors.Is(err, ErrKeyReused):
			return c.NoContent(http.StatusUnprocessableEntity)
		case err != nil:
			return c.String(http.StatusServiceUnavailable, err.Error())
		}
		return c.JSON(http.StatusCreated, Answer{CardID: s.CardID, Balance: balance})
	}
}

// Main opens a yardstick and serves it at the flag -addr until a signal comes. It does not
// return.
func Main(name string, open func(context.Context) (h http.Handler, shut func() error, err error)) {
	address := flag.String("addr", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *address, open)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, address string, open func(context.Context) (http.Handler, func() error, error)) error {
	h, shut, err := open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(serve(ctx, address, h), shut())
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
