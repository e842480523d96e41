package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/leima/leima/store"
)

func TestSecretsAreRedactedHoweverTheyAreWritten(t *testing.T) {
	db := definitions[2]
	if db.name != "db" || !db.secret {
		t.Fatalf("%+v is not the database", db)
	}
	for _, c := range []struct{ value, want string }{
		{"", ""},
		{"sqlite:///var/lib/leima.db", "sqlite:///var/lib/leima.db"},
		{"postgres://leima@db/leima", "postgres://leima@db/leima"},
		{"postgres://leima:hush@db/leima", "postgres://leima:xxxxx@db/leima"},
		{"postgres://db/leima?user=leima&password=hush", "postgres://db/leima?password=xxxxx&user=leima"},
		{"postgres://db/leima?sslpassword=hush", "postgres://db/leima?sslpassword=xxxxx"},
		{"hush", "xxxxx"},
	} {
		if got := db.redacted(c.value); got != c.want {
			t.Errorf("%q is shown as %q, want %q", c.value, got, c.want)
		}
	}
}

func TestAddressesOfPages(t *testing.T) {
	for _, c := range []struct{ addr, base, want string }{
		{"127.0.0.1:8080", "", "http://127.0.0.1:8080/till"},
		{":8080", "", "http://localhost:8080/till"},
		{"0.0.0.0:8080", "", "http://localhost:8080/till"},
		{"[::]:8080", "", "http://localhost:8080/till"},
		{"[::1]:8080", "", "http://[::1]:8080/till"},
		{"127.0.0.1:8080", "https://cards.example.org", "https://cards.example.org/till"},
	} {
		sh := shell{settings: settings{Addr: c.addr, BaseURL: c.base}}
		if got := sh.links().till(); got != c.want {
			t.Errorf("--addr %s --base-url %q: %s, want %s", c.addr, c.base, got, c.want)
		}
	}
}

func TestErrorsKnowTheirExitCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{
		{nil, 0},
		{errors.New("x"), 1},
		{failf("x"), 1},
		{usagef("x"), 2},
		{notReadyf("x"), 3},
		{silent(exitPartly), 4},
		{context.Canceled, 130},
		{fmt.Errorf("around: %w", usagef("x")), 2},
		{errors.Join(notReadyf("x"), errors.New("and more")), 3},
	} {
		if got := exitCode(c.err); got != c.code {
			t.Errorf("%v: exit code %d, want %d", c.err, got, c.code)
		}
	}
}

func TestErrorsAreToldWithTheWayOut(t *testing.T) {
	var b strings.Builder
	tell(&b, fmt.Errorf("around: %w", failf("it broke").hint("Mend it.")))
	if want := "leima: around: it broke\n       Mend it.\n"; b.String() != want {
		t.Errorf("told %q, want %q", b.String(), want)
	}
	b.Reset()
	tell(&b, silent(exitPartly))
	if b.String() != "" {
		t.Errorf("what was said already is told again: %q", b.String())
	}
}

func TestFaultsOfTheDatabaseAreSaidInWords(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
		want string
	}{
		{fmt.Errorf("open: %w", store.ErrURL), 2, "--db"},
		{fmt.Errorf("begin: %w", errors.New("database is locked (5) (SQLITE_BUSY)")), 3, "locked by another process"},
		{fmt.Errorf("open: %w", fs.ErrPermission), 1, "permission"},
		{errors.New("database or disk is full (13)"), 1, "disk is full"},
		{errors.New("something else"), 1, "something else"},
	} {
		problem := openProblem(c.err)
		if problem.code != c.code || !strings.Contains(problem.Error(), c.want) {
			t.Errorf("%v: code %d, %q; want %d and %q", c.err, problem.code, problem.Error(), c.code, c.want)
		}
	}
}

func TestPINsComeFromStandardInputOnly(t *testing.T) {
	data := t.TempDir()
	command(t, nil, "", "org", "create", "--data", data, "--slug", "kulma", "--name", "Kulma", "--owner", "Aino", "--owner-email", "a@example.org")
	for _, c := range []struct {
		stdin string
		code  int
	}{{"1234\n", 0}, {"1234", 0}, {"1234\r\n", 0}, {"123\n", 2}, {"", 2}, {"12a4\n", 2}, {strings.Repeat("1", 10_000), 2}} {
		r := command(t, nil, c.stdin, "pin", "set", "--data", data, "--staff", "a@example.org")
		if r.code != c.code {
			t.Errorf("stdin %.20q: exit code %d, want %d: %s", c.stdin, r.code, c.code, r.errors)
		}
		if strings.Contains(r.out+r.errors, "1234") {
			t.Errorf("the PIN is shown: %s%s", r.out, r.errors)
		}
	}
}
