//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/leima/leima/deploy/servers"
)

// TestMain lets the test binary be the command between the servers: with
// actVariable set it plays that part instead of running tests.
func TestMain(m *testing.M) {
	switch os.Getenv(actVariable) {
	case "":
		os.Exit(m.Run())
	case "ask both servers":
		if err := askBothServers(context.Background()); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(7)
	case "wait for ever":
		fmt.Println("LEIMA_TEST_POSTGRES=" + os.Getenv("LEIMA_TEST_POSTGRES"))
		select {}
	}
}

const actVariable = "TESTSERVERS_ACT"

// askBothServers prints what each server says about itself.
func askBothServers(ctx context.Context) error {
	connection, err := pgx.Connect(ctx, os.Getenv("LEIMA_TEST_POSTGRES"))
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer func() { _ = connection.Close(ctx) }()
	var user, database, fsync string
	err = connection.QueryRow(ctx, "SELECT current_user, current_database(), current_setting('fsync')").
		Scan(&user, &database, &fsync)
	if err != nil {
		return fmt.Errorf("ask PostgreSQL: %w", err)
	}
	if err := servers.PingRedis(ctx, os.Getenv("LEIMA_TEST_REDIS")); err != nil {
		return fmt.Errorf("ask Redis: %w", err)
	}
	fmt.Printf("%s %s fsync=%s, redis PONG\n", user, database, fsync)
	return nil
}

// needServers skips where a real server would have to be installed first, and
// returns the folder in which testservers makes its own.
func needServers(t *testing.T) (temporary string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts real servers: not in a short run")
	}
	if _, missing := servers.LookUp(); len(missing) > 0 {
		t.Skipf("needs installed: %v", missing)
	}
	// Not t.TempDir: root's servers run as another account, which may not
	// enter it, and its path can be too long for a socket.
	temporary, err := os.MkdirTemp("", "ts-") //nolint:usetesting // as just said
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temporary) })
	if err := os.Chmod(temporary, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temporary)
	return temporary
}

func TestACommandFindsBothServersAndItsExitCodeIsKept(t *testing.T) {
	for fsync, want := range map[string]string{
		"-fsync=true":  "leima_owner leima_test fsync=on, redis PONG\n",
		"-fsync=false": "leima_owner leima_test fsync=off, redis PONG\n",
	} {
		t.Run(fsync, func(t *testing.T) {
			temporary := needServers(t)
			t.Setenv(actVariable, "ask both servers")
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), []string{fsync, "--", os.Args[0]}, &stdout, &stderr)
			if diff := cmp.Diff(want, stdout.String()); diff != "" || code != 7 {
				t.Errorf("exit code %d, want 7; output (-want +got):\n%s%s", code, diff, stderr.String())
			}
			expectNothingIn(t, temporary)
		})
	}
}

func TestAnInterruptedCommandLeavesNothingBehind(t *testing.T) {
	temporary := needServers(t)
	t.Setenv(actVariable, "wait for ever")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	reading, writing := io.Pipe()
	codes := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		codes <- run(ctx, []string{"--", os.Args[0]}, writing, &stderr)
		_ = writing.Close()
	}()

	lines := bufio.NewScanner(reading)
	if !lines.Scan() {
		t.Fatalf("the command did not start: %s", stderr.String())
	}
	address, err := url.Parse(strings.TrimPrefix(lines.Text(), "LEIMA_TEST_POSTGRES="))
	if err != nil {
		t.Fatal(err)
	}
	if err := dial(t.Context(), address.Host); err != nil {
		t.Fatalf("PostgreSQL is not there while the command runs: %v", err)
	}

	interrupt()
	if code := <-codes; code != exitInterrupted {
		t.Errorf("exit code %d, want %d; %s", code, exitInterrupted, stderr.String())
	}
	if err := dial(t.Context(), address.Host); err == nil {
		t.Errorf("PostgreSQL still answers at %s", address.Host)
	}
	expectNothingIn(t, temporary)
}

func TestACommandThatIsNotThereFailsWithItsName(t *testing.T) {
	temporary := needServers(t)
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"--", "/no/such/command"}, &stdout, &stderr)
	if code != exitFailure || !strings.Contains(stderr.String(), "/no/such/command") {
		t.Errorf("exit code %d, message %q", code, stderr.String())
	}
	expectNothingIn(t, temporary)
}

func TestWrongArgumentsAnswerWithTheUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"--"}, {"-nonsense", "--", "true"}} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args, &stdout, &stderr); code != exitUsage {
			t.Errorf("%q: exit code %d, want %d", args, code, exitUsage)
		}
		if !strings.Contains(stderr.String(), "usage: testservers") {
			t.Errorf("%q: no usage in %q", args, stderr.String())
		}
	}
}

func expectNothingIn(t *testing.T, folder string) {
	t.Helper()
	left, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("left in %s: %v", folder, left)
	}
}

func dial(ctx context.Context, address string) error {
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return connection.Close()
}
