//go:build unix

package servers

import (
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
)

// A server dies, is started again with what it was started with, and ends in order.
func TestAServerIsKilledAndStartedAgain(t *testing.T) {
	private, err := makeFolder("leima-test-", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = private.Remove() })
	pidFile := private.File("pid")
	first, err := Launch{
		Name: "sleeper", Program: "/bin/sh",
		Args: []string{"-c", `trap 'exit 3' TERM; echo began; echo $$ > ` + pidFile + `; while :; do read -t 1 _ < /dev/null; sleep 0.05; done`},
		Ready: func(context.Context) error {
			_, err := os.Stat(pidFile)
			return err
		},
	}.Start(t.Context(), private)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = first.Kill() })
	if _, err := first.Again(t.Context()); err == nil || !strings.Contains(err.Error(), "running") {
		t.Errorf("a running server was started again: %v", err)
	}
	if err := first.Kill(); err != nil {
		t.Fatal(err)
	}
	if code := first.ExitCode(); code != -1 {
		t.Errorf("killed, it ended with %d", code)
	}
	if err := first.Signal(syscall.SIGTERM); err == nil {
		t.Error("a signal to a server that is gone was taken for sent")
	}
	if err := os.Remove(pidFile); err != nil {
		t.Fatal(err)
	}

	second, err := first.Again(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Kill() })
	if second.PID() == first.PID() {
		t.Error("it has the same process id")
	}
	if err := second.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-second.Exited()
	if code := second.ExitCode(); code != 3 {
		t.Errorf("asked to end, it ended with %d", code)
	}
	log, err := os.ReadFile(private.File("sleeper.log"))
	if err != nil || strings.Count(string(log), "began") != 2 {
		t.Errorf("its log does not go on: %q, %v", log, err)
	}
}
