// Package store keeps Leima's values in SQLite or PostgreSQL: one SQL text for
// both, one method per thing that can be asked for. It knows the packages whose
// values it keeps, and nothing of HTTP, pages, jobs or the hot state.
//
// Every method but the few that say otherwise works for one organization, and a batch
// of the ledger for each command's own; every statement carries its id; in PostgreSQL row-level security is a second
// wall behind that (migrations/00002, 00003). What is not there and what is another
// organization's are answered alike.
//
// Start with Store and Open (store.go), then ApplyBatch (ledger.go), which is the
// reason for the rest: batch.go decides, batch_postgres.go and batch_sqlite.go say what
// nearly every batch asks of the database in the way that is quickest for each.
// committer.go and news.go tell those who follow the ledger. For all else, tx.go has the
// few functions through which SQL goes, lists.go the lists of a whole organization, audit.go
// the audit log, to which whatever changes something adds a line, and dialect.go is all in which the two
// databases differ. The schema is migrations/00001_schema.sql. Package storetest holds the tests that both
// databases must pass.
package store
