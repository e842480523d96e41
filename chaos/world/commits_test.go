//go:build linux

package world

import (
	"io"
	"net"
	"testing"
)

// A server of PostgreSQL answers some questions here, the last of them in two parts.
func TestTheAnswerToACommitIsCutAndNothingElse(t *testing.T) {
	const begun, rolledBack = "C\x00\x00\x00\x0aBEGIN\x00", "C\x00\x00\x00\x0dROLLBACK\x00"
	for name, c := range map[string]struct {
		says   []string
		want   string
		mended bool
	}{
		"a rollback is told":      {[]string{begun, rolledBack, "bye"}, begun + rolledBack + "bye", false},
		"a commit is not":         {[]string{begun, string(committed), "bye"}, begun, false},
		"in two parts":            {[]string{begun, string(committed[:5]), string(committed[5:]), "bye"}, begun, false},
		"nor after it was mended": {[]string{begun, string(committed), "bye"}, begun, true},
	} {
		t.Run(name, func(t *testing.T) {
			server, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close() //nolint:errcheck // the end of the test
			link, err := openLink(t.Name(), server.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer link.Close()
			closeAfterMS := 10
			if c.mended {
				closeAfterMS = 1 << 30
			}
			if err := link.CutCommits(closeAfterMS); err != nil {
				t.Fatal(err)
			}
			client, err := new(net.Dialer).DialContext(t.Context(), "tcp", link.Address())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close() //nolint:errcheck // the end of the test
			answers, err := server.Accept()
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range c.says {
				if _, err := io.WriteString(answers, s); err != nil {
					t.Fatal(err)
				}
			}
			if !c.mended {
				_ = answers.Close()
			}
			got := make([]byte, len(begun))
			if _, err := io.ReadFull(client, got); err != nil {
				t.Fatal(err)
			}
			if c.mended {
				if err := link.Mend(t.Context()); err != nil {
					t.Fatal(err)
				}
				_ = answers.Close()
			}
			rest, _ := io.ReadAll(client) // it may be reset
			// Of a message in two parts the first may have come.
			if all := string(got) + string(rest); all != c.want && all != c.want+string(committed[:5]) {
				t.Errorf("the client heard %q, want %q", all, c.want)
			}
		})
	}
}
