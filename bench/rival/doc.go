// Package rival is what the yardsticks of the benchmark share: an Echo server with
// POST /v1/stamps that reads the body of a stamp and answers with the least that a till
// needs. What happens between is each yardstick's own: bench/ceiling, bench/redisstamp,
// bench/groupstamp.
//
// It knows nothing of Leima. Start reading at Handler.
package rival
