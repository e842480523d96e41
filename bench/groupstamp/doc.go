// Command groupstamp is the yardstick (p) of the benchmark, the prototype: the least that
// group commit on PostgreSQL can be. Its POST /v1/stamps parses the body; stamps that arrive
// while one transaction is made durable share the next, which looks the idempotency keys up,
// locks the cards in the order of their ids, counts, and writes two narrow tables with one
// index each, in two round trips.
//
// It has no authentication, no validation, no rules, no coupons, no events, no row-level
// security and no Redis: what Leima costs beyond it, is what all that costs. It knows nothing
// of Leima. Start reading at commit in committer.go.
package main
