// Package traffic makes the load of the benchmark and measures the answers: requests
// over kept HTTP/1.1 connections, each connection sending the next request as soon as
// the answer to the last has come.
//
// The generator shares the machine with the server under test, so what it costs is
// taken from what is measured. It therefore does no more than it must: one thread with
// its sockets in an epoll set, requests copied from a template in which only the key
// and the card are replaced, answers read as far as status and length. It says what
// processor time it has used.
//
// It knows the cards of package cards and nothing of servers, databases or reports.
// Start with Run; Job says what to send and Result what came of it.
package traffic
