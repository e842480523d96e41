// Package ledger groups commits: commands that arrive while one transaction is
// being made durable form the next one. Nothing waits for company; a lone command
// is a batch of one.
//
// It stands between the callers of loyalty.Ledger and a loyalty.BatchLedger and
// knows neither HTTP nor SQL. Start with GroupCommit.
package ledger
