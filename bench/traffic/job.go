package traffic

import (
	"errors"
	"fmt"
	"time"

	"github.com/leima/leima/bench/cards"
)

const (
	// MaxConnections bounds a job; each takes a socket and a buffer.
	MaxConnections = 4096
	// MaxThreads bounds a job.
	MaxThreads = 64
	// MaxDuration bounds a job.
	MaxDuration = 10 * time.Minute
)

// Kind is what is asked for.
type Kind string

// The kinds of requests.
const (
	// Stamps are POST /v1/stamps, one stamp on a card that is named by its id.
	Stamps Kind = "stamps"
	// Scans are POST /v1/scans of a card's code.
	Scans Kind = "scans"
)

// Job says what to send to whom for how long.
type Job struct {
	// Address is host and port.
	Address string `json:"address"`
	Kind    Kind   `json:"kind"`
	// Run begins every idempotency key, so that keys of two jobs differ.
	Run string `json:"run"`
	// Connections is how many requests are under way at any moment.
	Connections int `json:"connections"`
	// Threads is how many threads share the connections. One sends some 100,000
	// requests a second.
	Threads int `json:"threads"`
	// Warmup comes before what counts.
	Warmup   time.Duration `json:"warmup"`
	Duration time.Duration `json:"duration"`
	Deck     cards.Deck    `json:"deck"`
	// Shops are the organizations of the deck, in its order.
	Shops []cards.Shop `json:"shops"`
	// Hot sends everything to card 0 instead of spreading it over the deck.
	Hot bool `json:"hot"`
	// Seed makes the order of cards come out the same.
	Seed uint64 `json:"seed"`
}

// runLen is the length of Job.Run, so that all keys are of one length.
const runLen = 8

// Check returns an error that says which field is wrong.
func (j Job) Check() error {
	if err := j.Deck.Check(); err != nil {
		return fmt.Errorf("deck: %w", err)
	}
	switch {
	case j.Kind != Stamps && j.Kind != Scans:
		return fmt.Errorf("kind: %q is neither %s nor %s", j.Kind, Stamps, Scans)
	case len(j.Run) != runLen:
		return fmt.Errorf("run: %q has not %d characters", j.Run, runLen)
	case j.Threads < 1 || j.Threads > MaxThreads:
		return fmt.Errorf("threads: %d is not between 1 and %d", j.Threads, MaxThreads)
	case j.Connections < j.Threads || j.Connections > MaxConnections:
		return fmt.Errorf("connections: %d is not between the number of threads and %d", j.Connections, MaxConnections)
	case j.Duration <= 0 || j.Warmup < 0 || j.Duration+j.Warmup > MaxDuration:
		return fmt.Errorf("duration: %s after %s is nothing or longer than %s", j.Duration, j.Warmup, MaxDuration)
	case len(j.Shops) != j.Deck.Organizations:
		return fmt.Errorf("shops: %d for %d organizations", len(j.Shops), j.Deck.Organizations)
	case j.Address == "":
		return errors.New("address: is missing")
	}
	return nil
}

// Result is what came of a job. Times and counts are those after the warm-up if they
// do not say otherwise.
type Result struct {
	// Answers is how many answers with a status of 200 to 299 came, Seconds within
	// which time.
	Answers int64   `json:"answers"`
	Seconds float64 `json:"seconds"`
	// Refused counts the answers with another status, by status.
	Refused map[int]int64 `json:"refused,omitempty"`
	// Broken is how many connections broke, at any time; they were opened again.
	Broken int64 `json:"broken"`
	// P50, P90, P99 and Max are times from sending a request to its whole answer, in
	// microseconds.
	P50 int64 `json:"p50_us"`
	P90 int64 `json:"p90_us"`
	P99 int64 `json:"p99_us"`
	Max int64 `json:"max_us"`
	// CPU is the processor time of the generator, in microseconds.
	CPU int64 `json:"cpu_us"`
	// AllAnswers counts from the first request to the last answer, warm-up and end
	// included; Unknown is how many requests got no answer at all, so that their
	// outcome is not known.
	AllAnswers int64 `json:"all_answers"`
	Unknown    int64 `json:"unknown"`
	// FirstRefusal is the beginning of the first answer with another status.
	FirstRefusal string `json:"first_refusal,omitempty"`
}

// Rate returns the answers in a second.
func (r Result) Rate() float64 {
	if r.Seconds <= 0 {
		return 0
	}
	return float64(r.Answers) / r.Seconds
}
