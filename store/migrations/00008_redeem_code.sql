-- What rotating codes need. See docs/decisions/0011-the-rotating-code.md.

-- +goose Up

-- The key from which the secrets of an organization's cards are made. It never changes;
-- a row that is deleted is made anew, and pages get new secrets with their next refresh.
CREATE TABLE code_key (
    org_id     TEXT   NOT NULL PRIMARY KEY REFERENCES organization (org_id),
    secret     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- The step of time of the last rotating code with which a coupon of a card was redeemed.
CREATE TABLE code_use (
    org_id  TEXT   NOT NULL,
    card_id TEXT   NOT NULL,
    step    BIGINT NOT NULL,
    PRIMARY KEY (org_id, card_id),
    FOREIGN KEY (org_id, card_id) REFERENCES card (org_id, id)
);
