package record

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// maxLine bounds one event, in bytes: an answer of a hundred stamps at once, with all
// the coupons that they bring, takes some 30 KB.
const maxLine = 1 << 20

// Name is what a command is known by: a key is unique within its organization.
type Name struct {
	Org int
	Key string
}

func (n Name) String() string { return fmt.Sprintf("org %d key %s", n.Org, n.Key) }

// Command is all that the record knows of one key.
type Command struct {
	Name
	Request Request
	// Round is that of the first attempt.
	Round int
	// Attempts were sent, Refusals of them answered that nothing was done.
	Attempts, Refusals int
	Answers            []Answer
}

// Answer is one acknowledgement.
type Answer struct {
	Replica, Status int
	Body            string
	Replayed        bool
}

// State returns Acknowledged if any attempt was, Refused if all attempts were, and
// otherwise Unknown: what was sent and not answered may still arrive, whatever a later
// attempt was told.
func (c *Command) State() State {
	switch {
	case len(c.Answers) > 0:
		return Acknowledged
	case c.Refusals == c.Attempts:
		return Refused
	}
	return Unknown
}

// History is a record read back.
type History struct {
	// Commands are in the order in which they were first sent.
	Commands []*Command
	byName   map[Name]*Command
}

// Command returns what is known of the key, nil if it was never sent.
func (h *History) Command(n Name) *Command { return h.byName[n] }

// Read reads the file as it is now. A File that is still added to is read as far as it
// has come.
func Read(path string) (*History, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	return read(f)
}

func read(r io.Reader) (*History, error) {
	h := &History{byName: map[Name]*Command{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		var e Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("read the record: line %d: %w", n, err)
		}
		if err := h.add(e); err != nil {
			return nil, fmt.Errorf("read the record: line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	return h, nil
}

func (h *History) add(e Event) error {
	name := Name{e.Org, e.Key}
	c := h.byName[name]
	if c == nil {
		if e.State != Sent || e.Request == nil {
			return fmt.Errorf("%s is %s before it was sent", name, e.State)
		}
		c = &Command{Name: name, Request: *e.Request, Round: e.Round}
		h.byName[name] = c
		h.Commands = append(h.Commands, c)
	}
	switch e.State {
	case Sent:
		c.Attempts++
	case Acknowledged:
		c.Answers = append(c.Answers, Answer{Replica: e.Replica, Status: e.Status, Body: e.Body, Replayed: e.Replayed})
	case Refused:
		c.Refusals++
	case Unknown:
	default:
		return fmt.Errorf("%s is of the unknown state %q", name, e.State)
	}
	return nil
}
