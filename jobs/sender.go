package jobs

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// Message is something to tell one person.
type Message struct {
	// Channel is "sms" or "email"; To is a number in E.164 form or an address.
	Channel, To string
	// Subject is for channels that have one.
	Subject, Text string
	Locale        string
}

// Sender takes messages to people. Send returns after the message was handed over;
// an error means that it was not. The text holds secrets: it must not be logged.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Console is the Sender that stands in until real ones are set up: it writes the
// whole message where the operator sees it, with its secret link, because that is
// the only way for the link to reach anybody.
type Console struct {
	// Out gets the messages; writes are not interleaved.
	Out io.Writer
	mu  sync.Mutex
}

// Send implements Sender.
func (c *Console) Send(_ context.Context, m Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := m.Text
	if m.Subject != "" {
		text = m.Subject + "\n" + text
	}
	if _, err := fmt.Fprintf(c.Out, "\n--- message by %s to %s (console sender: nothing leaves this machine)\n%s\n---\n", m.Channel, m.To, text); err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	return nil
}
