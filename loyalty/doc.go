// Package loyalty is the core of Leima: what a program promises, what a card
// holds, and how one command changes it.
//
// Everything about earning, overflow to the next card, rewards, limits and
// reversals is decided by Apply, a pure function:
//
//	Apply(program, state, command, ids) → result or refusal
//
// The package does no I/O and asks neither the clock nor a source of
// randomness; instants, time zones and ids come in with the command. It knows
// no database, no HTTP and no other package of Leima, and imports the standard
// library only.
//
// Start with Program (program.go), Card (card.go) and Command (command.go),
// then read Apply (apply.go). Ledger (ledger.go) is the seam behind which
// commands are made durable. Replay (replay.go) does a whole ledger once more, for
// whoever wants to know that what is kept is what the rules lead to.
package loyalty
