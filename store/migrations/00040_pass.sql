-- Cards in the wallets of phones, and which devices hold them.

-- +goose Up

-- A pass is of one card, under the secret code that the card had when the pass was made: a
-- card that is handed over gets another code, and with it another pass. Serial and token
-- never change.
CREATE TABLE pass (
    org_id          TEXT   NOT NULL,
    serial          TEXT   NOT NULL,
    pass_type       TEXT   NOT NULL,
    card_id         TEXT   NOT NULL,
    code            TEXT   NOT NULL,
    token           TEXT   NOT NULL,
    -- How often it changed, when it last did (whole seconds, later with every change), and
    -- the organization's number of that change.
    version         BIGINT NOT NULL,
    modified_at     BIGINT NOT NULL,
    tag             BIGINT NOT NULL,
    -- What it was told of: another version of one of them is another pass.
    card_version    BIGINT NOT NULL,
    program_version BIGINT NOT NULL,
    org_version     BIGINT NOT NULL,
    -- The version that devices were last told of, when, how often, and when they are to be
    -- told again; 0 if there is nothing to tell.
    pushed_version  BIGINT NOT NULL,
    pushed_at       BIGINT NOT NULL,
    push_tries      BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    fetched_version BIGINT NOT NULL,
    fetched_at      BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (org_id, serial),
    UNIQUE (org_id, card_id, pass_type, code),
    FOREIGN KEY (org_id, card_id) REFERENCES card (org_id, id)
);
CREATE INDEX pass_due ON pass (org_id, due_at, serial) WHERE due_at <> 0;

-- Which device holds which pass, and where it is told of changes.
CREATE TABLE pass_registration (
    org_id        TEXT   NOT NULL,
    device        TEXT   NOT NULL,
    serial        TEXT   NOT NULL,
    push_token    TEXT   NOT NULL,
    registered_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, device, serial),
    FOREIGN KEY (org_id, serial) REFERENCES pass (org_id, serial)
);
CREATE INDEX pass_registration_serial ON pass_registration (org_id, serial, push_token);
CREATE INDEX pass_registration_token ON pass_registration (org_id, push_token);

-- The number of the organization's last change of passes. Its row is locked until the
-- change is committed, so that numbers become visible in their order.
CREATE TABLE pass_tag (
    org_id TEXT   NOT NULL PRIMARY KEY REFERENCES organization (org_id),
    tag    BIGINT NOT NULL
);
