package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
)

// admin returns a connection to the server as the login that the variable names.
func admin(t testing.TB) (*sql.DB, *url.URL) {
	t.Helper()
	u := storetest.Server(t)
	return connect(t, u.String()), u
}

func connect(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	return raw(t, "pgx", dsn)
}

// raw opens a database beside the store.
func raw(t testing.TB, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func mustExec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// openPostgres returns a migrated store in a database that goes with the test.
func openPostgres(t testing.TB, c store.Config) *store.Store {
	t.Helper()
	c.URL = storetest.NewDatabase(t)
	s := openAt(t, c)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, openPostgres)
}

// TestRowLevelSecurity looks behind the second wall: what raw SQL can do that forgot the
// organization, or names another.
func TestRowLevelSecurity(t *testing.T) {
	dsn := storetest.NewDatabase(t)
	s := openAt(t, store.Config{URL: dsn})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	card, other := seedCard(t, s), seedCard(t, s)
	for _, c := range []loyalty.Card{card, other} {
		command := stamp(c)
		command.Quantity = 13
		if _, err := s.Apply(t.Context(), command); err != nil {
			t.Fatal(err)
		}
	}
	db := connect(t, dsn)
	tables := column(t, db, "", "SELECT table_name::text FROM information_schema.columns WHERE column_name = 'org_id' AND table_schema = 'public'")
	if len(tables) < 20 {
		t.Fatalf("only %v have an organization", tables)
	}
	for _, table := range tables {
		t.Run(table, func(t *testing.T) {
			for _, named := range []string{"", card.OrgID} {
				seen := column(t, db, named, "SELECT DISTINCT org_id FROM "+table)
				if table == "organization" {
					continue // the public directory
				}
				if table == "entry" && named != "" && len(seen) != 1 {
					t.Errorf("the own entries are not seen: %v", seen)
				}
				for _, org := range seen {
					if org != named {
						t.Errorf("with %q named, rows of %s are seen", named, org)
					}
				}
			}
			for _, statement := range []string{"UPDATE %s SET org_id = org_id WHERE org_id = $1", "DELETE FROM %s WHERE org_id = $1"} {
				if n, err := asApp(t, db, card.OrgID, fmt.Sprintf(statement, table), other.OrgID); n != 0 && err == nil {
					t.Errorf("%s changed %d rows of another organization", statement, n)
				}
			}
		})
	}
	t.Run("entries, keys, consents and the audit log are never changed", func(t *testing.T) {
		for _, table := range []string{"entry", "consent", "program_version", "audit"} {
			for _, statement := range []string{"UPDATE %s SET org_id = org_id", "DELETE FROM %s"} {
				if _, err := asApp(t, db, card.OrgID, fmt.Sprintf(statement, table)); err == nil || !strings.Contains(err.Error(), "permission denied") {
					t.Errorf(statement+": have %v", table, err)
				}
			}
		}
	})
	t.Run("rows are not added for another organization", func(t *testing.T) {
		_, err := asApp(t, db, card.OrgID, "INSERT INTO event (org_id, id, kind, subject, created_at) VALUES ($1, 'x', 'x', '', 0)", other.OrgID)
		if err == nil || !strings.Contains(err.Error(), "row-level security") {
			t.Errorf("have %v", err)
		}
	})
	t.Run("the schema is not the server's to change", func(t *testing.T) {
		if _, err := asApp(t, db, card.OrgID, "ALTER TABLE entry DISABLE ROW LEVEL SECURITY"); err == nil {
			t.Error("row-level security was switched off")
		}
	})
	if v, err := s.Card(t.Context(), other.OrgID, other.ID); err != nil || v.Card.Balance != 3 {
		t.Errorf("have %+v, %v", v, err)
	}
	if bad := failed(t, s); len(bad) != 0 {
		t.Errorf("have %+v", bad)
	}
	mustExec(t, db, "CREATE TABLE forgotten (org_id TEXT)")
	if bad := failed(t, s); len(bad) != 1 || !strings.Contains(bad[0].Detail, "forgotten") {
		t.Errorf("have %+v", bad)
	}
}

// asApp runs a statement as the server's role with an organization named, and rolls it
// back.
func asApp(t *testing.T, db *sql.DB, org, query string, args ...any) (int64, error) {
	t.Helper()
	tx := begin(t, db, org)
	defer tx.Rollback()
	r, err := tx.ExecContext(t.Context(), query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func begin(t *testing.T, db *sql.DB, org string) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "SET LOCAL ROLE leima_app"); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "SELECT set_config('leima.org_id', $1, true)", org); err != nil {
		t.Fatal(err)
	}
	return tx
}

// column returns the first column of a query that is run as the server's role.
func column(t *testing.T, db *sql.DB, org, query string) []string {
	t.Helper()
	tx := begin(t, db, org)
	defer tx.Rollback()
	rows, err := tx.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var values []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// TestPostgresLogins tries logins with more and fewer rights.
func TestPostgresLogins(t *testing.T) {
	db, _ := admin(t)
	openPostgres(t, store.Config{}) // so that the role leima_app is there
	login := func(t *testing.T, rights string) (user, dsn string) {
		t.Helper()
		u, err := url.Parse(storetest.NewDatabase(t))
		if err != nil {
			t.Fatal(err)
		}
		user = strings.TrimPrefix(u.Path, "/") + "_login"
		mustExec(t, db, fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD 'secret' %s", user, rights))
		t.Cleanup(func() {
			if _, err := db.ExecContext(context.Background(), "DROP ROLE "+user); err != nil {
				t.Error(err)
			}
		})
		u.User = url.UserPassword(user, "secret")
		return user, u.String()
	}
	t.Run("one that owns the database and is a member of the role", func(t *testing.T) {
		user, dsn := login(t, "")
		mustExec(t, db, "GRANT leima_app TO "+user)
		own(t, db, dsn, user)
		s := openAt(t, store.Config{URL: dsn})
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		card := seedCard(t, s)
		if err := errors.Join(stampMany(t.Context(), s, card, 1), s.Analyze(t.Context())); err != nil {
			t.Fatal(err)
		}
		if bad := failed(t, s); len(bad) != 0 {
			t.Errorf("have %+v", bad)
		}
		disown(t, db, dsn, user)
	})
	t.Run("one that is not a member of the role", func(t *testing.T) {
		user, dsn := login(t, "")
		own(t, db, dsn, user)
		s := openAt(t, store.Config{URL: dsn})
		err := s.Migrate(t.Context())
		if !errors.Is(err, store.ErrRole) || !strings.Contains(err.Error(), "GRANT leima_app TO") || !strings.Contains(err.Error(), user) {
			t.Errorf("have %v", err)
		}
		if empty, err := s.Empty(t.Context()); err != nil || !empty {
			t.Errorf("a part was migrated: empty %v, %v", empty, err)
		}
		bad := failed(t, s)
		if len(bad) != 2 || bad[0].Name != "role" || !strings.Contains(bad[0].Detail, "GRANT leima_app TO") ||
			bad[1].Name != "migrations" || !strings.Contains(bad[1].Detail, "empty") {
			t.Errorf("have %+v", bad)
		}
		if empty, err := s.Empty(t.Context()); err != nil || !empty {
			t.Errorf("looking changed something: empty %v, %v", empty, err)
		}
		disown(t, db, dsn, user)
	})
	t.Run("one before the migrations", func(t *testing.T) {
		_, dsn := login(t, "")
		s := openAt(t, store.Config{URL: dsn})
		if err := s.Ping(t.Context()); !errors.Is(err, store.ErrRole) {
			t.Errorf("have %v", err)
		}
	})
}

// own lets the user own the database of the URL, as an installation would.
func own(t *testing.T, db *sql.DB, dsn, user string) {
	t.Helper()
	mustExec(t, db, fmt.Sprintf("ALTER DATABASE %s OWNER TO %s", databaseOf(t, dsn), user))
}

// disown takes everything from the user again, so that it can be dropped.
func disown(t *testing.T, db *sql.DB, dsn, user string) {
	t.Helper()
	mustExec(t, db, fmt.Sprintf("ALTER DATABASE %s OWNER TO CURRENT_USER", databaseOf(t, dsn)))
	mustExec(t, connect(t, adminURL(t, dsn)), "REASSIGN OWNED BY "+user+" TO CURRENT_USER")
	mustExec(t, db, "REVOKE leima_app FROM "+user)
}

func databaseOf(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}

// adminURL is the URL of the same database for the login that the variable names.
func adminURL(t *testing.T, dsn string) string {
	t.Helper()
	_, u := admin(t)
	u.Path = "/" + databaseOf(t, dsn)
	return u.String()
}

func TestPostgresUnreachable(t *testing.T) {
	_, err := store.Open(t.Context(), store.Config{URL: "postgres://leima:secret@127.0.0.1:1/leima?connect_timeout=1"})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("have %v", err)
	}
}

// A password that should have been escaped ends the part of the URL where it stands, and
// its rest would be taken for a host, a database or a parameter.
func TestPasswordsThatAreNotEscapedAreNotShown(t *testing.T) {
	for _, address := range []string{
		"postgres://leima:p@hunter2/word@127.0.0.1:1/leima", "postgres://leima:p@ss/hunter2@127.0.0.1:1/leima",
		"postgres://leima:1/hunter2@127.0.0.1:1/leima", "postgres://leima:p/hunter2@127.0.0.1:1/leima",
		"postgres://leima:p@hunter2?word@127.0.0.1:1/leima", "postgres://leima:1?hunter2@127.0.0.1:1/leima",
		"postgres://leima:p@hunter2#word@127.0.0.1:1/leima", "postgres://leima:1#hunter2@127.0.0.1:1/leima",
		"postgres://leima:hunter2", "postgres://leima:hunter2@127.0.0.1:1/leima?sslmode=never",
		"postgres://leima:hunter2@127.0.0.1:1/leima?connect_timeout=x", "postgres://leima:hunter2@127.0.0.1:1/leima?sslrootcert=/nowhere&sslmode=verify-full",
	} {
		s, err := store.Open(t.Context(), store.Config{URL: address})
		switch {
		case err == nil:
			t.Errorf("%s was opened: %v", address, s.Close())
		case strings.Contains(err.Error(), "hunter2"), !errors.Is(err, store.ErrURL):
			t.Errorf("%s: have %v", address, err)
		}
	}
}
