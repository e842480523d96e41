package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leima/leima/store/storetest"
)

// emptyDatabases returns the address of an empty database of each kind. PostgreSQL is left
// out where there is no server.
func emptyDatabases(t *testing.T) map[string]string {
	t.Helper()
	addresses := map[string]string{"sqlite": "sqlite://" + filepath.Join(t.TempDir(), "empty.db")}
	if os.Getenv("LEIMA_TEST_POSTGRES") != "" {
		addresses["postgres"] = storetest.NewDatabase(t)
	}
	return addresses
}

func TestAnEmptyDatabaseIsMadeReadyByTheFirstCommand(t *testing.T) {
	for kind, address := range emptyDatabases(t) {
		t.Run(kind, func(t *testing.T) {
			data := t.TempDir()
			r := command(t, nil, "", "org", "create", "--data", data, "--db", address, "--slug", "kulma", "--name", "Kulma")
			if r.code != exitOK {
				t.Fatalf("exit code %d: %s", r.code, r.errors)
			}
			r = command(t, nil, "", "org", "list", "--data", data, "--db", address)
			if r.code != exitOK || !strings.Contains(r.out, "kulma") {
				t.Errorf("exit code %d: %s%s", r.code, r.out, r.errors)
			}
		})
	}
}

func TestATableOfSomebodyElseIsNotMigratedByTheWay(t *testing.T) {
	drivers := map[string]string{"sqlite": "sqlite", "postgres": "pgx"}
	for kind, address := range emptyDatabases(t) {
		t.Run(kind, func(t *testing.T) {
			db, err := sql.Open(drivers[kind], strings.TrimPrefix(address, "sqlite://"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = db.ExecContext(t.Context(), "CREATE TABLE recipe (id INT)")
			if closeErr := db.Close(); err != nil || closeErr != nil {
				t.Fatal(err, closeErr)
			}
			r := command(t, nil, "", "org", "list", "--data", t.TempDir(), "--db", address)
			if r.code != exitNotReady || !strings.Contains(r.errors, "leima migrate") {
				t.Errorf("exit code %d: %s%s", r.code, r.out, r.errors)
			}
		})
	}
}
