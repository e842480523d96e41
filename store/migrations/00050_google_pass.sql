-- Cards in Google Wallet: what Google was told of them, and what it told us.

-- +goose Up

-- A Google pass is of one card, under the secret code that the card had when it was made:
-- a card that is handed over gets another code, and with it another pass.
CREATE TABLE google_pass (
    org_id          TEXT    NOT NULL,
    serial          TEXT    NOT NULL,
    issuer_id       TEXT    NOT NULL,
    card_id         TEXT    NOT NULL,
    code            TEXT    NOT NULL,
    -- How often it changed, and the version that Google has; 0 if it has none.
    version         BIGINT  NOT NULL,
    sent_version    BIGINT  NOT NULL,
    sent_at         BIGINT  NOT NULL,
    -- What it was told of: another version of one of them is another pass.
    card_version    BIGINT  NOT NULL,
    program_version BIGINT  NOT NULL,
    org_version     BIGINT  NOT NULL,
    -- Whether the card changed since, of which its owner may want to know; a new brand is
    -- told silently, and after all cards.
    notify          BOOLEAN NOT NULL,
    -- When it is to be sent, and how often that failed; 0 if there is nothing to send.
    due_at          BIGINT  NOT NULL,
    tries           BIGINT  NOT NULL,
    -- Whether somebody has it in the wallet, since when that is so, and when a comparison
    -- last found it at Google.
    saved           BOOLEAN NOT NULL,
    saved_at        BIGINT  NOT NULL,
    found_at        BIGINT  NOT NULL,
    -- The last three notifications, the oldest first: Google allows three a day.
    notified_first  BIGINT  NOT NULL,
    notified_second BIGINT  NOT NULL,
    notified_third  BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    PRIMARY KEY (org_id, serial),
    UNIQUE (org_id, card_id, issuer_id, code),
    FOREIGN KEY (org_id, card_id) REFERENCES card (org_id, id)
);
CREATE INDEX google_pass_due ON google_pass (org_id, due_at, serial) WHERE due_at <> 0;

-- What Google was last told of a program, as a digest.
CREATE TABLE google_class (
    org_id     TEXT   NOT NULL,
    issuer_id  TEXT   NOT NULL,
    program_id TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    sent_at    BIGINT NOT NULL,
    -- The comparison of its passes with what Google has: when the last one began, who is at
    -- it until when, how far it is (JSON), and when it ended; 0 while it goes on.
    compared_from  BIGINT NOT NULL,
    leased_until   BIGINT NOT NULL,
    progress       TEXT   NOT NULL,
    compared_until BIGINT NOT NULL,
    PRIMARY KEY (org_id, issuer_id, program_id),
    FOREIGN KEY (org_id, program_id) REFERENCES program (org_id, id)
);

-- Callbacks that were taken in, so that each counts once however often it is delivered.
CREATE TABLE google_nonce (
    org_id     TEXT   NOT NULL REFERENCES organization (org_id),
    nonce      TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, nonce)
);
