package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Exit codes; rootHelp tells them to the user.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitNotReady    = 3   // not ready, or doctor found problems
	exitPartly      = 4   // an import left rows out, or rebuild could not look at everything
	exitDrift       = 5   // rebuild found cards that are not what their ledger says
	exitInterrupted = 130 // what shells make of Ctrl-C
)

// exitError is a failure that a user is told about: what happened, how to go on,
// and the exit code. An empty message tells nothing more, because it was said.
type exitError struct {
	code   int
	err    error
	wayOut string
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// hint adds the way out, a sentence.
func (e *exitError) hint(wayOut string) *exitError {
	e.wayOut = wayOut
	return e
}

func failf(format string, a ...any) *exitError {
	return &exitError{code: exitFailure, err: fmt.Errorf(format, a...)}
}

func usagef(format string, a ...any) *exitError {
	return &exitError{code: exitUsage, err: fmt.Errorf(format, a...)}
}

func notReadyf(format string, a ...any) *exitError {
	return &exitError{code: exitNotReady, err: fmt.Errorf(format, a...)}
}

// silent ends with the code after the command itself has said why.
func silent(code int) *exitError { return &exitError{code: code} }

func exitCode(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e):
		return e.code
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	default:
		return exitFailure
	}
}

// tell writes the error for a person.
func tell(w io.Writer, err error) {
	if err == nil || err.Error() == "" {
		return
	}
	fmt.Fprintf(w, "leima: %s\n", err)
	var e *exitError
	if errors.As(err, &e) && e.wayOut != "" {
		fmt.Fprintf(w, "       %s\n", e.wayOut)
	}
}
