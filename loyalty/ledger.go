package loyalty

import (
	"context"
	"errors"
)

// MaxBatch is the most commands that one ApplyBatch takes.
const MaxBatch = 512

// Errors of a Ledger. Anything else it answers means that the outcome is not
// known: the same key tells later.
var (
	// ErrNotFound: the card, coupon or entry is not there, is not usable, or belongs
	// to another organization. The three are not told apart.
	ErrNotFound = errors.New("not found")
	// ErrKeyReused: the idempotency key was used with another body.
	ErrKeyReused = errors.New("idempotency key was used with another body")
	// ErrBusy: too many commands are waiting; nothing was done. Try again in a moment.
	ErrBusy = errors.New("too many commands are waiting")
	// ErrInFlight: a command under the same key is being carried out at this moment.
	ErrInFlight = errors.New("a command with this idempotency key is under way")
	// ErrUnknown: the deadline passed or the database failed while the command was being
	// made durable. It was carried out once or not at all; the same key tells.
	ErrUnknown = errors.New("the outcome is not known yet")
	// ErrAway: the database does not work at the moment; the command was not carried out. Try
	// again. Others who ask the database return it, too: the question that met it did nothing.
	ErrAway = errors.New("the database is away")
	// ErrClosed: the process is stopping; nothing was done.
	ErrClosed = errors.New("stopping")
	// ErrExternalRefUsed: another entry of the location and kind bears the reference.
	ErrExternalRefUsed = errors.New("external reference was used by another entry")
)

// Outcome is what became of one command.
type Outcome struct {
	// Entry is the command's own entry, Card the card after it, Coupons those issued
	// by it or, for a redemption or reversal, those it changed.
	Entry   Entry
	Card    Card
	Coupons []Coupon
	// Replayed tells that the command had been carried out before under the same key
	// and this is the answer of that time.
	Replayed bool
	// Refusal is set if the rules said no; then nothing was changed and Entry, Card
	// and Coupons are empty.
	Refusal *Refusal
	// Err is ErrNotFound, ErrKeyReused, ErrExternalRefUsed or a fault of the database.
	// One command's Err does not touch the others of its batch.
	Err error
}

// Ledger makes commands durable. It is the seam behind which commits are
// grouped: callers hand in one command, implementations decide how many share a
// transaction.
type Ledger interface {
	// Apply carries out the command and returns after it is durable. A refusal is a
	// result, not an error. It returns the Err of the Outcome as its error.
	Apply(ctx context.Context, c Command) (Outcome, error)
}

// BatchLedger carries out many commands in one transaction. The outcomes stand in
// the order of the commands. The error is for a fault of the whole batch (nothing
// is acknowledged then); what is wrong with one command stands in its Outcome.
// At most MaxBatch commands may be given, of as many organizations as there are: each
// command is decided among the cards, coupons, entries and keys of its own OrgID alone.
type BatchLedger interface {
	ApplyBatch(ctx context.Context, commands []Command) ([]Outcome, error)
}
