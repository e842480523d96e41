-- One row for each command: what was answered under an idempotency key stands on the
-- command's head entry and no longer in a table of its own, which cost every stamp a
-- second row and a second index. For SQLite; 00003_ledger_postgres.sql does the same.

-- +goose Up
ALTER TABLE entry ADD COLUMN body_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
UPDATE entry SET body_hash = i.body_hash, outcome = i.outcome
    FROM idempotency i WHERE entry.org_id = i.org_id AND entry.id = i.entry_id;
DROP TABLE idempotency;
-- Only the head entry of a command carries its key.
CREATE UNIQUE INDEX entry_key ON entry (org_id, idempotency_key) WHERE idempotency_key <> '';

-- Where the card was joined, '' if that is not known: live totals count new cards by
-- location. Nothing deletes a location, so it needs no reference.
ALTER TABLE card ADD COLUMN joined_location TEXT NOT NULL DEFAULT '';

-- Who commits, and the number of the last transaction of each: whoever counts the ledger
-- reads here, in the same transaction, which commits the count has seen.
CREATE TABLE committer (
    source  TEXT   NOT NULL PRIMARY KEY,
    seq     BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- An event is found by its key alone: as the key's own tree the table is one tree to write
-- and not two.
CREATE TABLE event_by_key (
    org_id     TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    card_id    TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
INSERT INTO event_by_key SELECT org_id, id, kind, card_id, subject_id, created_at FROM event;
DROP TABLE event;
ALTER TABLE event_by_key RENAME TO event;
