package store_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
)

// newFile returns the URL of a database file that goes with the test.
func newFile(t testing.TB) string {
	t.Helper()
	return "sqlite://" + filepath.Join(t.TempDir(), "leima.db")
}

// openSQLite returns a migrated store in a folder that goes with the test.
func openSQLite(t testing.TB, c store.Config) *store.Store {
	t.Helper()
	c.URL = newFile(t)
	s := openAt(t, c)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// openAt opens a store that is closed when the test ends.
func openAt(t testing.TB, c store.Config) *store.Store {
	t.Helper()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, openSQLite)
}

func TestOpenRefusesWhatItCannotUse(t *testing.T) {
	folder := t.TempDir()
	for name, c := range map[string]struct {
		url  string
		want error
	}{
		"no URL":               {"", store.ErrURL},
		"another database":     {"mysql://root@localhost/leima", store.ErrURL},
		"no path":              {"sqlite://", store.ErrURL},
		"a path with a host":   {"sqlite://leima.db", store.ErrURL},
		"settings of its own":  {"sqlite://" + folder + "/leima.db?mode=memory", store.ErrURL},
		"a folder not there":   {"sqlite://" + folder + "/missing/leima.db", fs.ErrNotExist},
		"a broken URL":         {"postgres://user:secret@[::1/leima", store.ErrURL},
		"a file for a folder":  {"sqlite://" + folder + "/file/leima.db", fs.ErrNotExist},
		"the folder as a file": {"sqlite://" + folder, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := store.Open(t.Context(), store.Config{URL: c.url})
			if err == nil {
				t.Fatal("it was opened", s.Close())
			}
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("want %v, have %v", c.want, err)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestSQLiteKeepsItsFilePrivate(t *testing.T) {
	// A name with characters that mean something in a URL.
	path := filepath.Join(t.TempDir(), "my shop #1 100%.db")
	s := openAt(t, store.Config{URL: "sqlite://" + strings.NewReplacer("%", "%25", "#", "%23", " ", "%20").Replace(path)})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if bad := failed(t, s); len(bad) != 1 || bad[0].Name != "file mode" {
		t.Errorf("have %+v", bad)
	}
}

// failed returns the findings of Check that are not OK.
func failed(t *testing.T, s *store.Store) []store.Finding {
	t.Helper()
	findings, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var bad []store.Finding
	for _, f := range findings {
		if !f.OK {
			bad = append(bad, f)
		}
	}
	return bad
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leima.db")
	s := openAt(t, store.Config{URL: "sqlite://" + path})
	if bad := failed(t, s); len(bad) != 1 || bad[0].Name != "migrations" {
		t.Errorf("before migrations: %+v", bad)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if bad := failed(t, s); len(bad) != 0 {
		t.Errorf("after migrations: %+v", bad)
	}
	seedCard(t, s)
	if err := s.Analyze(t.Context()); err != nil {
		t.Fatal(err)
	}
	if bad := failed(t, s); len(bad) != 0 {
		t.Errorf("with a card: %+v", bad)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.ExecContext(t.Context(), "UPDATE card SET balance = balance + 1"); err != nil {
		t.Fatal(err)
	}
	if bad := failed(t, s); len(bad) != 1 || bad[0].Name != "ledger" {
		t.Errorf("with a forged balance: %+v", bad)
	}
}

// TestMigrateAtOnce is several processes that start on an empty database together.
func TestMigrateAtOnce(t *testing.T) {
	for name, url := range map[string]func(testing.TB) string{
		"sqlite":   newFile,
		"postgres": storetest.NewDatabase,
	} {
		t.Run(name, func(t *testing.T) {
			const processes = 5
			c := store.Config{URL: url(t)}
			stores := make([]*store.Store, processes)
			for i := range stores {
				stores[i] = openAt(t, c)
			}
			errs := make(chan error)
			for _, s := range stores {
				go func() { errs <- s.Migrate(t.Context()) }()
			}
			for range stores {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
			seedCard(t, stores[0])
			if bad := failed(t, stores[1]); len(bad) != 0 {
				t.Errorf("have %+v", bad)
			}
		})
	}
}

// TestSQLiteIsSharedByProcesses is an import that runs beside the server.
func TestSQLiteIsSharedByProcesses(t *testing.T) {
	c := store.Config{URL: newFile(t)}
	server, tool := openAt(t, c), openAt(t, c)
	if err := server.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	card := seedCard(t, server)
	const each = 25
	errs := make(chan error)
	for _, s := range []*store.Store{server, tool} {
		go func() { errs <- stampMany(t.Context(), s, card, each) }()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	v, err := tool.Card(t.Context(), card.OrgID, card.ID)
	if err != nil || v.Card.Lifetime != 2*each {
		t.Errorf("%d stamps are there, want %d: %v", v.Card.Lifetime, 2*each, err)
	}
}

func TestCancelledBeforeItBegins(t *testing.T) {
	s := openSQLite(t, store.Config{})
	card := seedCard(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := stampMany(ctx, s, card, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("have %v", err)
	}
}

// TestSQLiteKeepsTheAuditLog tries to change it by raw SQL, which has all rights.
func TestSQLiteKeepsTheAuditLog(t *testing.T) {
	url := newFile(t)
	s := openAt(t, store.Config{URL: url})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	seedCard(t, s)
	db, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, statement := range []string{"UPDATE audit SET doer_id = ''", "DELETE FROM audit"} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "audit log are never") {
			t.Errorf("%s: have %v", statement, err)
		}
	}
}
