package store_test

import (
	"path/filepath"
	"testing"

	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
)

// openSQLite returns a migrated store in a folder that goes with the test.
func openSQLite(t testing.TB, c store.Config) *store.Store {
	t.Helper()
	c.URL = "sqlite://" + filepath.Join(t.TempDir(), "leima.db")
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T, c store.Config) *store.Store { return openSQLite(t, c) })
}
