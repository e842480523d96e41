// Package record is what a till remembers of its requests, on a disk of its own: what
// it sent, what was acknowledged with which answer, and what became of it nobody knows.
//
// A request may leave only after its Sent event is on the disk, and its answer counts
// only after the Acknowledged event is. So whatever happens to the servers, and to this
// process, the file never knows less than a till that had handed out a stamp. Read makes
// a History of the file; the proof works from that and not from memory.
//
// The package knows nothing of servers, of SQL or of the core. Start with Event, then
// File (file.go) and History (history.go).
package record
