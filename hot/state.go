package hot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Limits of what the hot state takes.
const (
	// MaxBatch bounds the cards of one Project, the cells of one ReadTotals and, in one
	// Round, the cards, the increments of all pushes, the pushes and the topics.
	MaxBatch = 512
	// MaxPayload bounds what is kept of a card, Payload and Rest together, in bytes.
	MaxPayload = 16 << 10
	// MaxAliases bounds the aliases of one card.
	MaxAliases = 8
	// MaxName bounds every name (organization, card, alias, program…), in bytes.
	MaxName = 200
	// MaxSeq bounds Push.Seq: Redis scripts count in doubles.
	MaxSeq = 1 << 53
	// MaxSources bounds the committers that one cell remembers. A cell that meets
	// more is forgotten and counted again.
	MaxSources = 64
	// MaxLimit bounds the limit of Allow: every allowed call is remembered for the
	// length of the window.
	MaxLimit = 10_000
	// MaxWindow bounds the window of Allow.
	MaxWindow = 7 * 24 * time.Hour
)

// How long the hot state remembers.
const (
	// ProjectionTTL is how long a card stays after its last whole projection, and a marker
	// after it became one. It bounds how long a mistake can live.
	ProjectionTTL = 24 * time.Hour
	// TotalsTTL is how long a cell stays after it was counted.
	TotalsTTL = 10 * time.Minute
	// CountTTL is how long a count may take between BeginTotals and FinishTotals.
	CountTTL = 30 * time.Second
	// MaxCountLog bounds the increments that may arrive at one cell during a count.
	// A count that meets more is given up.
	MaxCountLog = 4096
)

// ErrUnavailable is wrapped by every error that says that the hot state could not
// be reached, was too slow or refused. The truth is elsewhere: go on without.
var ErrUnavailable = errors.New("the hot state is not available")

// InputError tells which argument is wrong, and why. The caller has a mistake.
type InputError struct{ Field, Reason string }

func (e *InputError) Error() string { return fmt.Sprintf("hot: %s: %s", e.Field, e.Reason) }

// State is the hot state. All methods may be called from many goroutines.
type State interface {
	Cards
	Totals
	Limits
	Live
	// Follow is Project, AddTotals and Publish in one and in this order, so whoever is
	// told of a topic finds the new card. It returns within WriteTimeout, and topics are
	// told whatever happens. Errors are those of the three.
	Follow(ctx context.Context, round Round) error
	// SetEpoch forgets everything when epoch is another than before. See the
	// package's documentation on choosing one.
	SetEpoch(epoch int64)
	// Health tells within ReadTimeout whether the hot state works as it should. What
	// is wrong otherwise stands in Detail, for people; the system works all the same.
	Health(ctx context.Context) Health
	// Close stops what runs in the background.
	Close() error
}

// Round is what some commits changed, to be told at once.
type Round struct {
	// Cards are as for Project. One card several times is taken in order.
	Cards []CardState
	// Pushes are as for AddTotals, those of one source in order.
	Pushes []Push
	// Topics are as for Publish.
	Topics []string
}

// Health is what /readyz shows of the hot state.
type Health struct {
	OK     bool
	Detail string
}

// CardRef names a card of an organization. Org must not contain a colon.
type CardRef struct{ Org, Card string }

// CardState is a card as it was after a commit.
//
// Whoever has just committed knows the Payload, and of the Rest at most what became of
// it: with KeepRest, what is known of it stays if it is still right, and else is dropped,
// to be read from the truth when somebody asks. So a commit is projected without a reading.
type CardState struct {
	CardRef
	// Version rises with every change of the card in the truth, whatever part of it
	// changed.
	Version uint64
	// Payload is what changes often and Rest what does not. Both are the caller's and
	// never looked into. They must not be changed after they were handed over, by
	// either side. Empty is valid; a caller may let it stand for a card that is no more.
	Payload, Rest []byte
	// Aliases are the other names under which the card can be found now, unique
	// within the organization. They are written but never read back: see the
	// package's documentation.
	Aliases []string
	// KeepRest tells that the Aliases are not given, but are what they were in the version
	// Since, at most Version, and have been since, and that the Rest is only what came to
	// it: it is put behind the Rest that is there. That may be of a version in between, in
	// which some of it is already, so that whoever reads it must bear what is there twice.
	// A card that is known in an older version than Since, or not at all, or that would
	// be larger than MaxPayload, becomes a marker: its version is remembered, so that
	// nothing older can come back, and it reads as not known. With Since equal to Version
	// that is what happens to every older one, and Payload and Rest do not matter.
	KeepRest bool
	Since    uint64
}

// Changed returns the CardState of a card of which nothing is known but that all of it
// changed with the version.
func Changed(ref CardRef, version uint64) CardState {
	return CardState{CardRef: ref, Version: version, KeepRest: true, Since: version}
}

// Cards is a projection of cards, by id and by alias.
type Cards interface {
	// Project takes up to MaxBatch cards and returns within WriteTimeout. A card
	// that is known in a higher version stays as it is. An equal version replaces
	// (that is how a rebuild corrects), but not with KeepRest. After an error, some
	// cards may not have been taken, and those are repaired later without the caller's
	// doing; the error is an *InputError, and nothing was taken, or wraps
	// ErrUnavailable.
	Project(ctx context.Context, batch []CardState) error
	// Card returns the card and true, or false when it is not known here, which says
	// nothing about the truth. Payload and Rest are of the one version that is told.
	// It returns within ReadTimeout. Errors are an *InputError or wrap ErrUnavailable.
	Card(ctx context.Context, ref CardRef) (CardState, bool, error)
	// CardByAlias is Card by one of the aliases of the card's latest projection.
	CardByAlias(ctx context.Context, org, alias string) (CardState, bool, error)
}

// Cell names one line of the live totals. None of the names may be empty or contain
// a colon.
type Cell struct {
	Org, Program, Location string
	// Day is the day at the location, such as 2026-03-01.
	Day string
}

// Counts is what a cell counts. In an increment they may be negative, as reversals
// are.
type Counts struct{ Stamps, Coupons, Redemptions, Cards int64 }

// Plus returns the sums.
func (c Counts) Plus(d Counts) Counts {
	return Counts{c.Stamps + d.Stamps, c.Coupons + d.Coupons, c.Redemptions + d.Redemptions, c.Cards + d.Cards}
}

// Increment is what one batch changed in one cell.
type Increment struct {
	Cell
	Counts
}

// Push is what one committed batch changed.
type Push struct {
	// Source names the committer: one goroutine of one process that commits one
	// batch after the other. It must be new in every process that starts (a random
	// id), because Seq begins again. It must not contain white space.
	Source string
	// Seq is the number of the batch, rising from 1, at most MaxSeq.
	Seq uint64
	// Increments holds each cell once at most.
	Increments []Increment
}

// Reading is what the hot state knows of a cell. Known is false when it must be
// counted in the ledger.
type Reading struct {
	Counts
	Known bool
}

// Ticket is the right to finish a count.
type Ticket struct {
	Cell  Cell
	token string
}

// Recount is what FinishTotals did.
type Recount struct {
	// Taken is false when the count came too late (CountTTL, MaxCountLog, a flush):
	// it is right as a number to show, but did not become the cell.
	Taken bool
	// Before is what the cell said until now, and After what it says from now on. A
	// difference is drift, or a commit that was on its way.
	Before, After Reading
}

// Totals are live counts. The guarantee is in the package's documentation.
// Every method returns within ReadTimeout (AddTotals: WriteTimeout); errors are an
// *InputError or wrap ErrUnavailable.
type Totals interface {
	// AddTotals adds what a batch changed, once, however often it is called with the
	// same Source and Seq. Calls of one Source come one after the other, in order.
	// After an error the cells are unknown until they are counted again.
	AddTotals(ctx context.Context, push Push) error
	// ForgetTotals makes cells unknown until they are counted again, also those that are
	// being counted: it is for whoever cannot say any more what a batch changed. After
	// an error they are unknown to this process at once, to others a little later.
	ForgetTotals(ctx context.Context, cells []Cell) error
	// ReadTotals returns one Reading for each cell, in order.
	ReadTotals(ctx context.Context, cells []Cell) ([]Reading, error)
	// BeginTotals announces a count. It must come before the transaction that
	// counts. False: somebody else is counting this cell.
	BeginTotals(ctx context.Context, cell Cell) (Ticket, bool, error)
	// FinishTotals replaces the cell by a count. The map seen holds the last Seq of
	// every Source as the transaction that counted saw it, at most MaxSources.
	FinishTotals(ctx context.Context, ticket Ticket, count Counts, seen map[string]uint64) (Recount, error)
}

// Limits holds callers to a number of calls per time.
type Limits interface {
	// Allow counts a call under the key and says whether it is within limit calls in
	// any window of time; if not, retryAfter is when the next one will be. A refused
	// call does not count. Without Redis every process counts for itself, so that a
	// lost Redis neither stops nor opens everything. The only error is an *InputError.
	Allow(ctx context.Context, key string, limit int, window time.Duration) (ok bool, retryAfter time.Duration, err error)
}
