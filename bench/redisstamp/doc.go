// Command redisstamp is the rival (b) of the benchmark: stamps that live in Redis
// alone. Its POST /v1/stamps parses the body and makes one call of a Lua script, which
// looks the idempotency key up, counts the stamp, issues a coupon for a full card, adds
// to the ledger, a stream, and keeps the answer under the key. With appendonly yes and
// appendfsync always Redis acknowledges nothing that is not on the disk.
//
// It has no authentication, no limits, no events and no database: it is what is left
// when only speed is asked for. It knows nothing of Leima. The script is stamp.lua.
package main
