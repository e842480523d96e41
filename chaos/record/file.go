package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
)

// State is what is known of one attempt.
type State string

// The states of an attempt.
const (
	// Sent: on its way, as far as anybody knows.
	Sent State = "sent"
	// Acknowledged: carried out, with the answer.
	Acknowledged State = "acknowledged"
	// Refused: the answer says that nothing was done.
	Refused State = "refused"
	// Unknown: no answer came, or one that does not tell.
	Unknown State = "unknown"
)

// Event is one line of the file.
type Event struct {
	// Org is the number of the organization and Key the idempotency key, which is
	// unique within it. Attempt counts the attempts under the key from 1.
	Org     int    `json:"o"`
	Key     string `json:"k"`
	Attempt int    `json:"a"`
	State   State  `json:"s"`
	// Round is the part of the run that the attempt belongs to.
	Round int `json:"r,omitempty"`
	// Request stands on the first Sent event of a key.
	Request *Request `json:"q,omitempty"`
	// Replica is where the attempt was sent.
	Replica int `json:"n"`
	// Status, Body and Replayed are the answer's; Body is kept of acknowledgements only.
	Status   int    `json:"h,omitempty"`
	Body     string `json:"b,omitempty"`
	Replayed bool   `json:"y,omitempty"`
	// Why says in words why an attempt was refused or is unknown.
	Why string `json:"w,omitempty"`
}

// Request is what was asked for, in the form in which it is sent.
type Request struct {
	// Kind is stamp, redeem, reverse or adjust, and Target the card, coupon or entry.
	Kind   string `json:"kind"`
	Target string `json:"target"`
	// Quantity is that of a stamp or adjustment.
	Quantity int    `json:"quantity,omitempty"`
	Path     string `json:"path"`
	Body     string `json:"body"`
}

// File is a record under way. Its methods may be called from several goroutines.
type File struct {
	file *os.File

	mu      sync.Mutex
	waiting []byte
	batch   *batch // of what waits
	writing bool
	syncs   int64
}

// batch is what one fsync makes durable.
type batch struct {
	done chan struct{}
	err  error
}

// Create makes a new file for a record. It is an error if there is one.
func Create(path string) (*File, error) {
	const private = 0o600
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, private)
	if err != nil {
		return nil, fmt.Errorf("make the record: %w", err)
	}
	return &File{file: f, batch: newBatch()}, nil
}

func newBatch() *batch { return &batch{done: make(chan struct{})} }

// Add writes the event and returns when it is on the disk. Events that come while the
// disk is busy share the next fsync; the order of Add calls that do not overlap is that
// of the lines.
func (f *File) Add(e Event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	f.mu.Lock()
	f.waiting = append(append(f.waiting, line...), '\n')
	mine := f.batch
	if f.writing {
		f.mu.Unlock()
		<-mine.done
		return mine.err
	}
	f.writing = true
	for len(f.waiting) > 0 { // others may have come while the last was written
		lines, b := f.waiting, f.batch
		f.waiting, f.batch = nil, newBatch()
		f.mu.Unlock()
		b.err = f.write(lines)
		close(b.done)
		f.mu.Lock()
		f.syncs++
	}
	f.writing = false
	f.mu.Unlock()
	return mine.err
}

func (f *File) write(lines []byte) error {
	if _, err := f.file.Write(lines); err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	if err := f.file.Sync(); err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	return nil
}

// Syncs returns how often the disk was waited for.
func (f *File) Syncs() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.syncs
}

// Close closes the file. Nothing may be added any more.
func (f *File) Close() error {
	if err := f.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close the record: %w", err)
	}
	return nil
}
