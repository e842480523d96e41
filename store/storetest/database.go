package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// PostgresVariable names the environment variable with the URL of a PostgreSQL server on
// which a test may create databases and roles.
const PostgresVariable = "LEIMA_TEST_POSTGRES"

// databases numbers those of this process.
var databases atomic.Int64

// Server returns the URL of the PostgreSQL server for tests. Without one it skips the test.
func Server(t testing.TB) *url.URL {
	t.Helper()
	server := os.Getenv(PostgresVariable)
	if server == "" {
		t.Skipf("PostgreSQL is not tested: %s is not set to the URL of a server", PostgresVariable)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// NewDatabase returns the URL of an empty PostgreSQL database that goes with the test.
// Without a server it skips the test. Tests of several packages may run side by side.
func NewDatabase(t testing.TB) string {
	t.Helper()
	u := Server(t)
	server, err := sql.Open("pgx", u.String())
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("leima_test_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := server.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if _, err := server.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	u.Path = "/" + name
	return u.String()
}
