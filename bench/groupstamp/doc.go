// Command groupstamp is two yardsticks of the benchmark, the prototypes: the least that group
// commit can be on PostgreSQL (p) and on SQLite (q). Its POST /v1/stamps parses the body; stamps
// that arrive while one transaction is made durable share the next, which looks the
// idempotency keys up, reads the cards, counts, and writes two narrow tables with one index
// each. On PostgreSQL it locks the cards in the order of their ids and takes two round trips.
//
// It has no authentication, no validation, no rules, no coupons, no events, no row-level
// security and no Redis: what Leima costs beyond it, is what all that costs. It knows nothing
// of Leima. Start reading at ledger in committer.go.
package main
