-- What those need who follow the ledger: the epoch of the hot state.

-- +goose Up

-- One row. The epoch is part of every key of the hot state and never goes back; see
-- the documentation of package hot. The incarnation is what the hot state's servers
-- were called when somebody last looked.
CREATE TABLE hot_epoch (
    id          BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch       BIGINT NOT NULL,
    incarnation TEXT   NOT NULL
);
