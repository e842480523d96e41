//go:build linux

// Command chaos breaks a running Leima in all the ways that servers break, and proves
// after each that no stamp was lost, doubled or invented.
//
//	go run ./chaos -seed 7
//
// Tills stamp, redeem, undo and correct on two replicas over PostgreSQL and Redis, and
// on one over SQLite, while processes are killed, databases crash, connections end,
// answers are cut after the commit and disks fill up. What the tills know is in a record
// with an fsync of its own before each request and after each answer. After each round
// the keys whose outcome nobody knew are asked about, and then the record is held
// against the database, the ledger against the rules, and each replica against both.
//
// One seed makes one schedule of faults and one stream of draws for each till; what
// meets what in time is the machine's. It ends with 1 if anything was wrong, and then
// names the seed and the keys.
//
// See README.md. Start reading at run in main.go; round.go is one round, faults.go what
// is done to the servers.
package main
