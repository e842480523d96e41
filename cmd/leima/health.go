package main

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/hot"
)

// healthy is the answer of /healthz.
const healthy = `{"status":"ok"}` + "\n"

// pinger is what readiness asks of the database.
type pinger interface {
	Ping(ctx context.Context) error
	Kind() string
}

// wellness is what readiness asks of the hot state.
type wellness interface {
	Health(ctx context.Context) hot.Health
	// Kind is hotInRedis or hotInProcess.
	Kind() string
	// Divided tells that other servers of the database have another Redis.
	Divided() bool
}

// Kind implements wellness.
func (h *hotState) Kind() string { return h.kind }

// readiness is the answer of /readyz. Anybody may read it, so it names no addresses;
// the log and the metrics tell more.
type readiness struct {
	Status   string `json:"status"`
	Database string `json:"database"`
	Hot      string `json:"hot"`
	Degraded bool   `json:"degraded"`
	Detail   string `json:"detail,omitempty"`
}

// degradedDetail is what a degraded server says.
const degradedDetail = "Redis does not work as it should. Stamping goes on and nothing is lost; reads come from the database."

// dividedDetail is what a server says whose companions have another Redis.
const dividedDetail = "Servers of one database must share one Redis, and another one has a different one. Nothing is lost; reads come from the database. Give all the same --redis."

// databaseAway is what a server says that cannot work.
const databaseAway = "The database does not answer."

// The values of readiness.Status.
const (
	statusReady       = "ready"
	statusDegraded    = "degraded"
	statusUnavailable = "unavailable"
	statusStopping    = "stopping"
)

// registerHealth adds /healthz, which says that the process lives, and /readyz, which
// says that it can do its work: the database answers and nobody has asked it to stop.
// A hot state that does not work makes it slower but not unready.
func registerHealth(e *echo.Echo, db pinger, state wellness, stopping *atomic.Bool) {
	e.GET("/healthz", func(c echo.Context) error {
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, []byte(healthy))
	})
	e.GET("/readyz", func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), readyTimeout)
		defer cancel()
		answer := readiness{Status: statusReady, Database: db.Kind(), Hot: state.Kind()}
		status := http.StatusOK
		switch {
		case stopping.Load():
			status, answer.Status = http.StatusServiceUnavailable, statusStopping
		case db.Ping(ctx) != nil:
			status, answer.Status, answer.Detail = http.StatusServiceUnavailable, statusUnavailable, databaseAway
		case !state.Health(ctx).OK:
			answer.Status, answer.Degraded, answer.Detail = statusDegraded, true, degradedDetail
		case state.Divided():
			answer.Status, answer.Degraded, answer.Detail = statusDegraded, true, dividedDetail
		}
		return c.JSON(status, answer)
	})
}
