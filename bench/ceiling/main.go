// Command ceiling is the yardstick (a) of the benchmark: an Echo server whose
// POST /v1/stamps parses the body of a stamp and answers at once. Nothing that is
// built on Echo and reads its request can be quicker.
//
// It keeps nothing and knows nothing of Leima.
package main

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/bench/rival"
)

func main() {
	rival.Main("ceiling", func(context.Context) (http.Handler, func() error, error) {
		return handler(), func() error { return nil }, nil
	})
}

func handler() http.Handler {
	return rival.Handler(func(context.Context) error { return nil }, func(c echo.Context) error {
		s, err := rival.Read(c)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusCreated, rival.Answer{CardID: s.CardID, Balance: s.Quantity})
	})
}
