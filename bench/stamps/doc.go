//go:build linux

// Command stamps measures how many stamps a second Leima acknowledges, beside what the
// machine could do at most and beside Redis alone, all in one run:
//
//	a      an Echo handler that parses the same body and answers at once (bench/ceiling)
//	b      a stamp in Redis alone, one Lua call, nothing acknowledged before it is on
//	       the disk (bench/redisstamp)
//	p      a stamp in two narrow tables of PostgreSQL, with group commit and nothing else
//	       (bench/groupstamp)
//	q      the same in SQLite
//	c      Leima on PostgreSQL and Redis
//	d      Leima on SQLite
//	scans  POST /v1/scans of c
//
// It builds and starts the servers, each in a process of its own, and measures them in
// turn, round after round, so that whatever else the machine does falls on all of
// them. It prints rates, times, processor time per request and ratios, writes them to
// bench/out/stamps.json, and says which targets are reached. It ends what it started
// and removes what it wrote.
//
// It needs Linux (/proc, epoll), PostgreSQL and Redis. bench/README.md says how to read
// the figures. Start reading at run in main.go; entrants.go says what is measured,
// measure.go how.
package main
