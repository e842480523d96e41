-- What tills took in without network and the rules then refused, until a person decides.

-- +goose Up
CREATE TABLE review (
    org_id          TEXT   NOT NULL REFERENCES organization (org_id),
    id              TEXT   NOT NULL,
    -- The command's own key: a command is for review once, and entered under it.
    idempotency_key TEXT   NOT NULL,
    body_hash       TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    card_id         TEXT,
    code            TEXT   NOT NULL,
    coupon_id       TEXT,
    reverses        TEXT,
    quantity        BIGINT NOT NULL,
    happened_at     BIGINT NOT NULL,
    recorded_at     BIGINT NOT NULL,
    day             BIGINT NOT NULL,
    location_id     TEXT,
    till_id         TEXT,
    staff_id        TEXT   NOT NULL,
    device_count    BIGINT NOT NULL,
    words           TEXT   NOT NULL,
    refusal         TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    decided_at      BIGINT NOT NULL,
    decided_by_kind TEXT   NOT NULL,
    decided_by      TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    entry_id        TEXT,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, idempotency_key),
    FOREIGN KEY (org_id, card_id) REFERENCES card (org_id, id),
    FOREIGN KEY (org_id, coupon_id) REFERENCES coupon (org_id, id),
    FOREIGN KEY (org_id, reverses) REFERENCES entry (org_id, id),
    FOREIGN KEY (org_id, location_id) REFERENCES location (org_id, id),
    FOREIGN KEY (org_id, till_id) REFERENCES till (org_id, id),
    FOREIGN KEY (org_id, entry_id) REFERENCES entry (org_id, id)
);
CREATE INDEX review_latest ON review (org_id, happened_at, id);
CREATE INDEX review_open ON review (org_id, location_id) WHERE status = 'open';
