-- Cards in Samsung Wallet.

-- +goose Up

-- Like a pass for Apple Wallet (00040), one is of a card under the secret code that the
-- card had when it was made. It is known to Samsung by ref.
CREATE TABLE samsung_pass (
    org_id          TEXT   NOT NULL,
    ref             TEXT   NOT NULL,
    -- Which card of Samsung's portal it was made from.
    kind            TEXT   NOT NULL,
    card_id         TEXT   NOT NULL,
    code            TEXT   NOT NULL,
    -- How often it changed, and when it last did.
    version         BIGINT NOT NULL,
    modified_at     BIGINT NOT NULL,
    -- What it was told of: another version of one of them is another pass.
    card_version    BIGINT NOT NULL,
    program_version BIGINT NOT NULL,
    org_version     BIGINT NOT NULL,
    -- What Samsung last reported: ADDED, UPDATED, PROVISIONED or DELETED, empty if nothing
    -- came of it yet; when; and the number by which a report is known that comes again.
    state           TEXT   NOT NULL,
    reported_at     BIGINT NOT NULL,
    request_id      TEXT   NOT NULL,
    -- Whom to tell of changes: a country and an address of Samsung's, empty if none was
    -- named.
    country         TEXT   NOT NULL,
    callback        TEXT   NOT NULL,
    -- The version that Samsung was last told of, how often, and when it is to be told
    -- again; 0 if there is nothing to tell.
    told_version    BIGINT NOT NULL,
    tries           BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    -- The version that Samsung last asked for.
    fetched_version BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (org_id, ref),
    UNIQUE (org_id, card_id, kind, code),
    FOREIGN KEY (org_id, card_id) REFERENCES card (org_id, id)
);
CREATE INDEX samsung_pass_due ON samsung_pass (org_id, due_at, ref) WHERE due_at <> 0;
