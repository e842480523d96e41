//go:build linux

// Package world starts what the faults happen to: PostgreSQL or SQLite, Redis, and
// replicas of Leima as they are run in earnest. Between the tills and each replica, and
// between each replica and PostgreSQL, stands a proxy that can cut answers off.
//
// Everything runs on free loopback ports in private folders and is ended by process id.
// The package knows of the product what it needs to open two shops, and how leima serve
// is told where its database is; what the faults are and what is proved stands elsewhere.
//
// Start with World (world.go); Link (link.go) is the proxy, shop.go fills the database.
package world
