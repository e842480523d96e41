-- What those need who follow the ledger: the epoch of the hot state, and how far each
-- committer has come.

-- +goose Up

-- One row. The epoch is part of every key of the hot state and never goes back; see
-- the documentation of package hot. The incarnation is what the hot state's servers
-- were called when somebody last looked.
CREATE TABLE hot_epoch (
    id          BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch       BIGINT NOT NULL,
    incarnation TEXT   NOT NULL
);

-- Each committer of each process counts its transactions here, in the transaction
-- itself: whoever counts the ledger reads in the same snapshot how far it counted.
CREATE TABLE IF NOT EXISTS committer (
    source  TEXT   NOT NULL PRIMARY KEY,
    seq     BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
