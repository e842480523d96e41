// Package proof compares what tills know with what is in the database.
//
// Compare holds the record against the ledger: what was acknowledged is there exactly
// once and as it was acknowledged, what nobody knows of once or not at all, what was
// refused not at all, and nothing is there that nobody asked for. Sound looks at the
// ledger alone: each card is the sum of its entries, and it and its coupons are what
// loyalty.Replay makes of them from zero.
//
// Read reads the tables by SQL of its own, as the owner of the database and read-only, so
// that it does not share a mistake with the code that wrote them.
//
// The package knows the core's values and the record; it does nothing to anybody. Start
// with Compare (compare.go).
package proof
