// Package cards makes the cards that the benchmark stamps: up to millions of them,
// spread over organizations, in a database of Leima.
//
// A Deck names its cards by numbers and works every id, code and contact out of the
// number, so that the load generator can name any of five million cards without a
// list of them. Fill puts a deck into a database: organizations, locations, programs
// and keys by way of package store, and cards by the quickest way that the database
// has. The rows copy those that store.Join writes, so a column that is added to the
// product is there, too.
//
// The events of joining are left out: in a shop that has run for a while they have
// been read and cleaned up.
//
// It must not know how load is made or what is measured. Start with Deck.
package cards
