//go:build linux

package world

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Shopify/toxiproxy/v2/toxics"
)

// cutCommits is the type of the toxic, for toxiproxy.
const cutCommits = "cut_commits"

func init() { //nolint:gochecknoinits // toxiproxy keeps a list of types
	toxics.Register(cutCommits, new(commitToxic))
}

// CutCommits lets everything through until PostgreSQL has carried out a COMMIT: its answer
// and all that comes after it on this connection is dropped, and the connection is closed
// after the milliseconds. Whoever asked never learns that it was committed.
func (l *Link) CutCommits(closeAfterMS int) error {
	_, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(
		`{"name": %q, "type": %q, "stream": "downstream", "attributes": {"timeout": %d}}`, cutToxic, cutCommits, closeAfterMS)))
	if err != nil {
		return fmt.Errorf("cut the link to %s: %w", l.proxy.Name, err)
	}
	return nil
}

// committed is the message with which PostgreSQL answers a COMMIT, however it was asked
// for: CommandComplete, a C, the length, the words and a zero.
// https://www.postgresql.org/docs/current/protocol-message-formats.html
var committed = []byte("C\x00\x00\x00\x0bCOMMIT\x00")

// commitToxic drops the answer of the first COMMIT of a connection and all that follows.
type commitToxic struct {
	// Timeout is after how many milliseconds the connection is closed then.
	Timeout int64 `json:"timeout"`
}

// commitState is what it knows of one connection.
type commitState struct {
	// last is the end of what was let through, as a message may come in two parts.
	last   []byte
	silent bool
}

// NewState implements toxics.StatefulToxic.
func (*commitToxic) NewState() any { return new(commitState) }

func stateOf(stub *toxics.ToxicStub) *commitState {
	if state, ok := stub.State.(*commitState); ok {
		return state
	}
	return new(commitState)
}

// Pipe implements toxics.Toxic.
func (t *commitToxic) Pipe(stub *toxics.ToxicStub) {
	state := stateOf(stub)
	for !state.silent {
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-stub.Input:
			if chunk == nil {
				stub.Close()
				return
			}
			seen := slices.Concat(state.last, chunk.Data)
			if state.silent = bytes.Contains(seen, committed); !state.silent {
				state.last = seen[max(0, len(seen)-len(committed)+1):]
				stub.Output <- chunk
			}
		}
	}
	over := time.NewTimer(time.Duration(t.Timeout) * time.Millisecond)
	defer over.Stop()
	for {
		select {
		case <-stub.Interrupt:
			return
		case <-over.C:
			stub.Close()
			return
		case chunk := <-stub.Input:
			if chunk == nil {
				stub.Close()
				return
			}
		}
	}
}

// Cleanup implements toxics.CleanupToxic. It closes a connection that was silenced, also when
// the link is mended before its time: who went on would take the next answer for the one
// that is missing.
func (*commitToxic) Cleanup(stub *toxics.ToxicStub) {
	if stateOf(stub).silent {
		stub.Close()
	}
}
