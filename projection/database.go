package projection

import (
	"context"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// MaxPage is the most cards that are read from the database at once.
const MaxPage = 512

// Views reads cards from the database. What is not there, or is another organization's,
// is loyalty.ErrNotFound.
type Views interface {
	// Identify finds a usable card by what was scanned or typed, in the forms of
	// loyalty.ParseCode, customer.ParseNumber and customer.ParsePhone. Without a program
	// it is the card used last.
	Identify(ctx context.Context, orgID string, h customer.Handle, programID string) (customer.View, error)
	// Card returns a card whatever its status.
	Card(ctx context.Context, orgID, cardID string) (customer.View, error)
	// CardByLink returns the usable card whose page the link opens.
	CardByLink(ctx context.Context, orgID, link string) (customer.View, error)
	// Program returns a program as it is now.
	Program(ctx context.Context, orgID, programID string) (loyalty.Program, error)
	// Views returns those of up to MaxPage cards that are there, in any order, whatever
	// their status.
	Views(ctx context.Context, orgID string, cardIDs []string) ([]customer.View, error)
}

// Pages reads many cards, whatever their status, in the order of their ids: up to limit
// with an id greater than after ("" is before all). Fewer are the last ones.
type Pages interface {
	ViewsAfter(ctx context.Context, orgID, after string, limit int) ([]customer.View, error)
	// ViewsByCode has them in the order of their codes, which are drawn at random, after the
	// card; a card that is not there is before all.
	ViewsByCode(ctx context.Context, orgID, afterCardID string, limit int) ([]customer.View, error)
	// ChangedSince leaves out cards that did not change since the instant, UTC
	// milliseconds.
	ChangedSince(ctx context.Context, orgID string, since int64, after string, limit int) ([]customer.View, error)
}

// MaxHistories is the most cards whose ledgers are read from the database at once.
const MaxHistories = 64

// Histories reads what a card went through.
type Histories interface {
	// HistoriesOf is LedgerOf for up to MaxHistories cards in one snapshot. Cards that have
	// too much together for one reading are left out.
	HistoriesOf(ctx context.Context, orgID string, cardIDs []string) (map[string]loyalty.History, error)
	// LedgerOf returns all entries and all coupons of a card in one snapshot, the oldest
	// first.
	LedgerOf(ctx context.Context, orgID, cardID string) ([]loyalty.Entry, []loyalty.Coupon, error)
	// ProgramVersion returns a program as it was, or loyalty.ErrNotFound.
	ProgramVersion(ctx context.Context, orgID, programID string, version int64) (loyalty.Program, error)
}

// Counter counts the ledger.
type Counter interface {
	// CountTotals returns the cells that hold anything, in any order, and the last number
	// of every committer that the same snapshot saw. An empty id in the query is all.
	CountTotals(ctx context.Context, orgID string, q loyalty.TotalsQuery) ([]loyalty.CellCounts, map[string]uint64, error)
}

// Epochs keeps the epoch of the hot state.
type Epochs interface {
	// Epoch returns the present one.
	Epoch(ctx context.Context) (int64, error)
	// RaiseEpoch returns a new one that was never used before.
	RaiseEpoch(ctx context.Context, now int64) (int64, error)
	// NoteIncarnation raises the epoch if the incarnation is another than the one noted
	// last, once for all processes, and returns it.
	NoteIncarnation(ctx context.Context, incarnation string, now int64) (epoch int64, raised bool, err error)
}

// Organizations returns the ids of all organizations.
type Organizations func(ctx context.Context) ([]string, error)

// Database is all of it; *store.Store is one.
type Database interface {
	Views
	Pages
	Histories
	Counter
	Epochs
}
