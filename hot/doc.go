// Package hot holds state that must be quick and may be lost: what cards look like
// now, live totals, rate limits, and who is waiting to hear that a card changed.
//
// There are two implementations of State. InProcessState lives in the memory of
// one process. Redis lets many processes share a Redis 7, a Valkey or a Cluster.
// The suite in hottest holds both to the same contract.
//
// # What it must not know
//
// It knows nothing of Leima's packages and rules: a card is a name, a version and
// bytes, a program is a name. It decides nothing. The truth is the caller's database; the hot state follows it
// and may at any moment forget everything.
//
// # Where to start reading
//
// state.go is the contract and reads from top to bottom. Then load.go, which is
// how callers read (hot state first, truth on a miss), then either inprocess.go or
// redis.go. The scripts that run inside Redis are in scripts/, with their reasons;
// inprocess_totals.go and inprocess_limit.go say the same in Go.
//
// # How it stays right without being the truth
//
//   - Cards carry a version. An older one never replaces a newer one, whatever the
//     order in which they arrive, so replicas need no locks and retries do no harm.
//   - A commit knows what changed of a card and not the rest of it. It is projected all
//     the same (CardState.KeepRest): the rest that is there stays if it is of the version
//     that the commit built on or newer, and what came to it is put behind it, in the same
//     step. Otherwise the card becomes a marker, a version
//     without a card, which reads as a miss, and somebody who reads it through from the
//     truth fills it again. So a card that is read is always of one version.
//   - An alias (a code, a number) is only a pointer. The card itself lists its
//     aliases, and one that it does not list is not found. So a reissued code stops
//     working with the same write that brings the new one, and a pointer that was
//     left behind harms nobody. Aliases are kept as digests: neither a dump nor the
//     slow log of Redis shows a code.
//   - The epoch, a number that the caller keeps in its database, is part of every
//     key. Raising it forgets everything at once. Never go back to an epoch that
//     was used: after restoring a backup, its old keys may still be there. The
//     larger of "one more" and the clock in milliseconds is a good next epoch.
//   - A write that failed marks its cards as dirty. This process does not believe
//     the hot state about a dirty card (the read is a miss), and when Redis is back
//     the cards are read from the truth and projected again. They are not simply
//     deleted: a deleted card has forgotten its version, and an older write that was
//     stuck in a connection could come after it. When more was missed than can be
//     remembered, or Redis restarted and came back with an older state, or somebody
//     flushed it, the caller is told to raise the epoch (Options.Lost, Redis.Incarnation).
//   - A full Redis (maxmemory with noeviction) refuses writes and still answers
//     reads. A card that cannot be written is deleted instead, by the same script,
//     so that a full Redis knows less and nothing wrong.
//   - No call waits longer than its named timeout (ReadTimeout, WriteTimeout), and
//     after FailuresToOpen failures in a row nobody tries for OpenFor.
//
// What remains: a process that dies between its commit and its projection leaves the
// cards of that one batch behind the truth until they change, are repaired by a
// rebuild, or reach ProjectionTTL. So a process that starts should project what the
// database says changed lately.
//
// # Live totals
//
// A cell counts one program at one location on one day. It appears when somebody
// counted it in the ledger and lives for TotalsTTL; in between, increments keep it
// current. Increments for a cell that is not there are dropped: a cell is right or
// absent, so a flushed Redis never shows a small number as if it were the total.
//
// Counting while increments arrive is where such totals usually go wrong: is a
// commit that is pushed now part of the count or not? Each committer names itself
// (Push.Source) and numbers its batches (Push.Seq); the transaction of a batch
// stores its number, and a count reads, in the same snapshot, the last number of
// every committer. Begin opens a log of what arrives during the count; Finish puts
// the count in place and adds what the log holds beyond those numbers.
//
// The guarantee, in full:
//
//   - At Finish the cell equals the ledger plus everything pushed that the count had
//     not seen: exact, whatever the order in which committers, counts and pushes
//     meet. Nothing is counted twice: a push repeated is recognized by its number.
//   - Afterwards it stays exact while every push arrives. A push that failed makes
//     the cell dirty: it is not read, and is deleted when Redis is back.
//   - A process killed between commit and push loses what that batch adds, and the
//     cell is too low until it expires or is counted again: TotalsTTL at most.
//   - A committer that does not store its numbers (seen is nil) gets approximate
//     totals: a batch committed during a count may be missing or counted twice until
//     the next count.
package hot
