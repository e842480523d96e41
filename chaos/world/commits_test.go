//go:build linux

package world

import (
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// What PostgreSQL answers, and what is not of it.
const (
	begun      = "C\x00\x00\x00\x0aBEGIN\x00"
	rolledBack = "C\x00\x00\x00\x0dROLLBACK\x00"
	bye        = "bye"
)

// heard is what a client hears of a server that says some chunks, until it is mended.
func heard(t *testing.T, says ...string) (text string, closed bool) {
	t.Helper()
	toxic := &commitToxic{Timeout: 1 << 30}
	input, output := make(chan *stream.StreamChunk), make(chan *stream.StreamChunk, len(says))
	stub := toxics.NewToxicStub(input, output)
	stub.State = toxic.NewState()
	ended := make(chan struct{})
	go func() {
		toxic.Pipe(stub)
		close(ended)
	}()
	for _, s := range says {
		input <- &stream.StreamChunk{Data: []byte(s)}
	}
	stub.Interrupt <- struct{}{}
	<-ended
	toxic.Cleanup(stub)
	if closed = stub.Closed(); !closed {
		stub.Close()
	}
	var b strings.Builder
	for chunk := range output {
		b.Write(chunk.Data)
	}
	return b.String(), closed
}

func TestTheAnswerToACommitIsCutAndNothingElse(t *testing.T) {
	commit := string(committed)
	for name, c := range map[string]struct {
		says   []string
		want   string
		closed bool
	}{
		"a rollback is told":     {[]string{begun, rolledBack, bye}, begun + rolledBack + bye, false},
		"a commit is not":        {[]string{begun, commit, bye, bye}, begun, true},
		"nor amid others":        {[]string{begun, bye + commit + bye}, begun, true},
		"nor if it comes in two": {[]string{begun, bye + commit[:5], commit[5:] + bye, bye}, begun + bye + commit[:5], true},
		"nor byte by byte":       {strings.Split(begun+commit+bye, ""), begun + commit[:len(commit)-1], true},
	} {
		t.Run(name, func(t *testing.T) {
			if got, closed := heard(t, c.says...); got != c.want || closed != c.closed {
				t.Errorf("the client heard %q, closed %t, want %q, closed %t", got, closed, c.want, c.closed)
			}
		})
	}
}

func TestASilencedConnectionIsClosed(t *testing.T) {
	toxic := &commitToxic{Timeout: 1}
	input, output := make(chan *stream.StreamChunk), make(chan *stream.StreamChunk)
	stub := toxics.NewToxicStub(input, output)
	stub.State = toxic.NewState()
	go toxic.Pipe(stub)
	input <- &stream.StreamChunk{Data: committed}
	if _, open := <-output; open {
		t.Error("something was let through")
	}
}
