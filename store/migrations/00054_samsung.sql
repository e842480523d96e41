-- Cards in Samsung Wallet.

-- +goose Up

-- What Samsung reported of a pass, which is a row of table pass like one for Apple Wallet:
-- its serial is the name that Samsung knows the card by. A pass that nobody added to a
-- wallet has no row here.
CREATE TABLE samsung_pass (
    org_id      TEXT   NOT NULL,
    serial      TEXT   NOT NULL,
    -- The last report: ADDED, UPDATED, PROVISIONED or DELETED, when it came, and its
    -- number, by which it is known when it comes again.
    state       TEXT   NOT NULL,
    reported_at BIGINT NOT NULL,
    request_id  TEXT   NOT NULL,
    -- Whom to tell of changes: a country and an address of Samsung's, empty if none was
    -- named.
    country     TEXT   NOT NULL,
    callback    TEXT   NOT NULL,
    PRIMARY KEY (org_id, serial),
    FOREIGN KEY (org_id, serial) REFERENCES pass (org_id, serial)
);
