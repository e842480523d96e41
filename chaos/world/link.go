//go:build linux

package world

import (
	"context"
	"fmt"
	"strings"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// proxies are all links of this process. The server is not listening: toxiproxy wants it
// only for its log and metrics.
var proxies = toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())

// cutToxic is the name of the one toxic that a link may have.
const cutToxic = "cut"

// Link is a proxy before a server. It lets everything through until it is cut.
type Link struct{ proxy *toxiproxy.Proxy }

// openLink opens a link to the address.
func openLink(name, upstream string) (*Link, error) {
	p := toxiproxy.NewProxy(proxies, name, "127.0.0.1:0", upstream)
	if err := p.Start(); err != nil {
		return nil, fmt.Errorf("open a link to %s: %w", name, err)
	}
	return &Link{p}, nil
}

// Address returns where the link listens.
func (l *Link) Address() string { return l.proxy.Listen }

// CutAnswers lets what is asked through and nothing of what is answered, and closes each
// connection on which an answer would have come after the milliseconds: the server did
// what it was asked, and the asker never learns.
func (l *Link) CutAnswers(closeAfterMS int) error {
	_, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(
		`{"name": %q, "type": "timeout", "stream": "downstream", "attributes": {"timeout": %d}}`, cutToxic, closeAfterMS)))
	if err != nil {
		return fmt.Errorf("cut the link to %s: %w", l.proxy.Name, err)
	}
	return nil
}

// Mend lets everything through again.
func (l *Link) Mend(ctx context.Context) error {
	if err := l.proxy.Toxics.RemoveToxic(ctx, cutToxic); err != nil {
		return fmt.Errorf("mend the link to %s: %w", l.proxy.Name, err)
	}
	return nil
}

// Close closes the link with all its connections.
func (l *Link) Close() { l.proxy.Stop() }
