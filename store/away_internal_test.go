package store

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

func TestWhatIsAway(t *testing.T) {
	pg := func(code string) error { return &pgconn.PgError{Code: code, SeverityUnlocalized: "FATAL"} }
	for name, c := range map[string]struct {
		err  error
		away bool
	}{
		"nothing":                   {nil, false},
		"no row":                    {loyalty.ErrNotFound, false},
		"a lost connection":         {fmt.Errorf("query: %w", io.ErrUnexpectedEOF), true},
		"a lost connection, told":   {fmt.Errorf("%w: query", errLost), true},
		"a broken connection":       {&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, true},
		"a bad connection":          {driver.ErrBadConn, true},
		"ended by an administrator": {pg("57P01"), true},
		"starting":                  {pg("57P03"), true},
		"too many connections":      {pg("53300"), true},
		"a full disk":               {pg("53100"), true},
		"a deadlock":                {pg(pgDeadlock), false},
		"a wrong value":             {pg(pgNotText), false},
		"no right":                  {pg(pgInsufficientRights), false},
		"given up by the caller":    {fmt.Errorf("%w: %w", context.Canceled, io.ErrUnexpectedEOF), false},
		"too slow":                  {fmt.Errorf("%w: %w", context.DeadlineExceeded, &net.OpError{Op: "read", Err: errors.New("i/o timeout")}), false},
	} {
		if isAway(c.err) != c.away {
			t.Errorf("%s (%v): want %v", name, c.err, c.away)
		}
	}
	// What may have been committed is not away but unknown.
	quiet := newOutage("a test", slog.New(slog.DiscardHandler))
	if err := quiet.note(t.Context(), 1, fmt.Errorf("%w: %w", errCommit, io.ErrUnexpectedEOF)); errors.Is(err, loyalty.ErrAway) {
		t.Errorf("a lost COMMIT: %v", err)
	}
}

// The disk of an SQLite database is full: it may have no more pages than it has.
func TestAFullDiskIsToldOnce(t *testing.T) {
	var log bytes.Buffer
	s, err := Open(t.Context(), Config{
		URL: "sqlite://" + filepath.Join(t.TempDir(), "leima.db"), Log: slog.New(slog.NewJSONHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	add := func() error {
		id := typeid.New("org")
		return s.CreateOrganization(t.Context(), organization.Organization{
			ID: id, Slug: strings.ReplaceAll(id, "_", "-"), Name: strings.Repeat("Leimala ", 400), Country: "FI", Locale: "fi", Zone: "Europe/Helsinki",
			Brand: organization.Brand{Color: "#0b6e4f"}, Version: 1, CreatedAt: 1,
		})
	}
	limit := func(pages int) {
		if _, err := s.writes.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite makes that as many as there are
	failed := 0
	const tries = 30
	for range tries {
		if err := add(); errors.Is(err, loyalty.ErrAway) {
			failed++
		} else if err != nil {
			t.Fatalf("a full disk is %v", err)
		}
	}
	if failed == 0 {
		t.Fatal("the disk was not full")
	}
	if _, err := s.Programs(t.Context(), "org_1", paging.Page{Limit: 1}); err != nil {
		t.Errorf("reading goes on: %v", err)
	}
	if n := strings.Count(log.String(), "the database is away"); n != 1 || strings.Contains(log.String(), "the database is back") {
		t.Errorf("told %d times:\n%s", n, log.String())
	}
	limit(1 << 30)
	if err := add(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "the database is back") {
		t.Errorf("told to be over a moment after something failed:\n%s", log.String())
	}
	s.writeOutage.latest = s.writeOutage.latest.Add(-calm)
	if err := add(); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf(`"failed":%d`, failed); strings.Count(log.String(), "the database is back") != 1 || !strings.Contains(log.String(), want) {
		t.Errorf("want %s:\n%s", want, log.String())
	}
}
