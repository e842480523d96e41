-- Customers who are blocked, and merges of two customers that can be undone.

-- +goose Up
ALTER TABLE customer ADD COLUMN blocked_at BIGINT NOT NULL DEFAULT 0;
-- The customer's, repeated on each of their cards: a batch of stamps reads cards alone.
ALTER TABLE card ADD COLUMN blocked_at BIGINT NOT NULL DEFAULT 0;

-- Who blocked a customer, why, and who lifted it. lifted_at is 0 while it lasts.
CREATE TABLE customer_block (
    org_id          TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    customer_id     TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    blocked_at      BIGINT NOT NULL,
    blocked_by_kind TEXT   NOT NULL,
    blocked_by_id   TEXT   NOT NULL,
    lifted_at       BIGINT NOT NULL,
    lifted_by_kind  TEXT   NOT NULL,
    lifted_by_id    TEXT   NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, customer_id) REFERENCES customer (org_id, id)
);
CREATE INDEX customer_block_customer ON customer_block (org_id, customer_id, blocked_at, id);
-- A customer is blocked once at a time.
CREATE UNIQUE INDEX customer_block_lasting ON customer_block (org_id, customer_id) WHERE lifted_at = 0;

-- What was moved from one customer to another, and what it takes to take that back. Of
-- the merged customer's contact only these rows know, so that it can be used by others.
CREATE TABLE customer_merge (
    org_id           TEXT   NOT NULL,
    id               TEXT   NOT NULL,
    kept_id          TEXT   NOT NULL,
    merged_id        TEXT   NOT NULL,
    merged_at        BIGINT NOT NULL,
    merged_by_kind   TEXT   NOT NULL,
    merged_by_id     TEXT   NOT NULL,
    undone_at        BIGINT NOT NULL,
    undone_by_kind   TEXT   NOT NULL,
    undone_by_id     TEXT   NOT NULL,
    taken            TEXT   NOT NULL,
    merged_status    TEXT   NOT NULL,
    merged_phone     TEXT   NOT NULL,
    merged_email     TEXT   NOT NULL,
    idempotency_key  TEXT   NOT NULL,
    body_hash        TEXT   NOT NULL,
    undo_key         TEXT   NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, idempotency_key),
    FOREIGN KEY (org_id, kept_id) REFERENCES customer (org_id, id),
    FOREIGN KEY (org_id, merged_id) REFERENCES customer (org_id, id)
);
CREATE INDEX customer_merge_kept ON customer_merge (org_id, kept_id, merged_at, id);
CREATE INDEX customer_merge_merged ON customer_merge (org_id, merged_id, merged_at, id);

-- The cards of a merge, with the state before it that no ledger entry tells.
CREATE TABLE customer_merge_card (
    org_id         TEXT    NOT NULL,
    merge_id       TEXT    NOT NULL,
    from_card_id   TEXT    NOT NULL,
    to_card_id     TEXT    NOT NULL,
    program_id     TEXT    NOT NULL,
    moved          BIGINT  NOT NULL,
    opened         BOOLEAN NOT NULL,
    out_entry_id   TEXT    NOT NULL,
    in_entry_id    TEXT    NOT NULL,
    from_status    TEXT    NOT NULL,
    from_goal      BIGINT  NOT NULL,
    from_round     BIGINT  NOT NULL,
    from_milestone BIGINT  NOT NULL,
    to_balance     BIGINT  NOT NULL,
    PRIMARY KEY (org_id, merge_id, from_card_id),
    FOREIGN KEY (org_id, merge_id) REFERENCES customer_merge (org_id, id),
    FOREIGN KEY (org_id, from_card_id) REFERENCES card (org_id, id),
    FOREIGN KEY (org_id, to_card_id) REFERENCES card (org_id, id)
);
