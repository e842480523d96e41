// Package jobs is the work that nobody waits for at a counter: bringing receipts
// in, expiring coupons, sending confirmation links. One file per kind.
//
// Jobs translate between the core's values and the libraries around it (receipt
// for files, a Sender for messages). They must not know HTTP or SQL: what is kept
// comes in through the interfaces that each job declares, and time through a
// function. Every job can be stopped at any point and run again: what it did
// before is not done twice.
//
// Start with Runner (runner.go), which runs the periodic ones, and with Importer
// (import.go), which is the longest.
package jobs
