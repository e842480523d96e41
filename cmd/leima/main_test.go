package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test program be leima where it is called by that name, so that
// journeys run against the real thing.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"leima": func() { os.Exit(mainCode()) }})
}

const (
	// patience is how long a test waits for something that should take a moment.
	patience = 90 * time.Second
	// lookAgain is how often it looks.
	lookAgain = 10 * time.Millisecond
)

// eventually calls there until it is true, or returns an error after patience.
func eventually(what string, there func() bool) error {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	deadline := time.After(patience)
	for !there() {
		select {
		case <-tick.C:
		case <-deadline:
			return fmt.Errorf("%s: not within %s", what, patience)
		}
	}
	return nil
}

func TestJourneys(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			// A journey knows nothing of whoever runs the tests.
			kept := e.Vars[:0]
			for _, v := range e.Vars {
				if !strings.HasPrefix(v, "LEIMA_") {
					kept = append(kept, v)
				}
			}
			e.Vars = kept
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  commandExits,
			"await":  commandAwait,
			"member": commandMember,
			"get":    commandGet,
			"until":  commandUntil,
			"term":   commandTerm,
		},
	})
}

// exits CODE PROGRAM ARGS… runs a program that must end with the code.
func commandExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = fmt.Sprint(exit.ExitCode())
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

// await FILE [PATTERN] waits until the file is there and has the pattern in it.
func commandAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: await FILE [PATTERN]")
	}
	pattern := regexp.MustCompile(strings.Join(args[1:], ""))
	ts.Check(eventually("await "+strings.Join(args, " "), func() bool {
		b, err := os.ReadFile(ts.MkAbs(args[0]))
		return err == nil && pattern.Match(b)
	}))
}

// member FILE NAME VARIABLE puts a member of a JSON file into an environment variable.
func commandMember(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: member FILE NAME VARIABLE")
	}
	var members map[string]any
	file := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	file.UseNumber() // as it is written
	ts.Check(file.Decode(&members))
	value, ok := members[args[1]]
	if !ok || value == "" {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Setenv(args[2], fmt.Sprint(value))
}

// get STATUS URL [TOKEN] asks for an address and prints the answer.
func commandGet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: get STATUS URL [TOKEN]")
	}
	request, err := http.NewRequest(http.MethodGet, args[1], http.NoBody) //nolint:noctx // the client has a limit
	ts.Check(err)
	if len(args) == 3 {
		request.Header.Set("Authorization", "Bearer "+args[2])
	}
	response, err := (&http.Client{Timeout: patience}).Do(request)
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(body)
	ts.Check(err)
	if got := fmt.Sprint(response.StatusCode); got != args[0] {
		ts.Fatalf("status %s, want %s: %s", got, args[0], body)
	}
}

// until URL PATTERN asks for an address until the answer has the pattern in it.
func commandUntil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: until URL PATTERN")
	}
	pattern := regexp.MustCompile(args[1])
	client := &http.Client{Timeout: patience}
	var last string
	err := eventually("until "+strings.Join(args, " "), func() bool {
		response, err := client.Get(args[0]) //nolint:noctx // the client has a limit
		if err != nil {
			last = err.Error()
			return false
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		last = string(body)
		return err == nil && pattern.Match(body)
	})
	if err != nil {
		ts.Fatalf("%v; the last answer was %s", err, last)
	}
}

// term asks all background programs to end, as an init system does.
func commandTerm(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: term")
	}
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(syscall.SIGTERM))
	}
}

// result is what a command line came to.
type result struct {
	code        int
	out, errors string
}

// command carries out a command line in this process.
func command(t *testing.T, env map[string]string, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	err := run(t.Context(), args, func(name string) string { return env[name] }, strings.NewReader(stdin), &out, &errs)
	tell(&errs, err)
	return result{exitCode(err), out.String(), errs.String()}
}
