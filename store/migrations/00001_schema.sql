-- The tables of Leima, for SQLite and PostgreSQL alike.
--
-- Every key begins with org_id and every reference carries it, so that a row can
-- never point into another organization. Ids are TypeIDs, instants UTC
-- milliseconds, days the number yyyymmdd, JSON is kept as TEXT. An optional
-- reference is NULL where it is missing; other text is '' and numbers are 0.

-- +goose Up
CREATE TABLE organization (
    org_id       TEXT    NOT NULL PRIMARY KEY,
    slug         TEXT    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    country      TEXT    NOT NULL,
    locale       TEXT    NOT NULL,
    zone         TEXT    NOT NULL,
    color        TEXT    NOT NULL,
    logo_type    TEXT    NOT NULL,
    logo_version BIGINT  NOT NULL,
    version      BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL
);

-- Beside the organization, so that reading its name does not read its picture.
CREATE TABLE organization_logo (
    org_id TEXT  NOT NULL PRIMARY KEY REFERENCES organization (org_id),
    image  BYTEA NOT NULL
);

CREATE TABLE location (
    org_id       TEXT   NOT NULL REFERENCES organization (org_id),
    id           TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    address      TEXT   NOT NULL,
    zone         TEXT   NOT NULL,
    external_ref TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX location_external_ref ON location (org_id, external_ref) WHERE external_ref <> '';

CREATE TABLE staff (
    org_id         TEXT    NOT NULL REFERENCES organization (org_id),
    id             TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    email          TEXT    NOT NULL,
    role           TEXT    NOT NULL,
    locale         TEXT    NOT NULL,
    location_id    TEXT,
    active         BOOLEAN NOT NULL,
    pin_hash       TEXT    NOT NULL,
    -- PIN attempts since the last right one, and when the last was counted.
    pin_attempts   BIGINT  NOT NULL,
    pin_attempt_at BIGINT  NOT NULL,
    version        BIGINT  NOT NULL,
    created_at     BIGINT  NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, location_id) REFERENCES location (org_id, id)
);

CREATE TABLE api_key (
    org_id       TEXT   NOT NULL REFERENCES organization (org_id),
    id           TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    scopes       TEXT   NOT NULL,
    location_id  TEXT,
    hint         TEXT   NOT NULL,
    token_hash   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, token_hash),
    FOREIGN KEY (org_id, location_id) REFERENCES location (org_id, id)
);

CREATE TABLE till (
    org_id       TEXT   NOT NULL REFERENCES organization (org_id),
    id           TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    location_id  TEXT   NOT NULL,
    token_hash   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, token_hash),
    FOREIGN KEY (org_id, location_id) REFERENCES location (org_id, id)
);

CREATE TABLE pairing_code (
    org_id      TEXT   NOT NULL REFERENCES organization (org_id),
    code_hash   TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    location_id TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT NOT NULL,
    PRIMARY KEY (org_id, code_hash),
    FOREIGN KEY (org_id, location_id) REFERENCES location (org_id, id)
);

CREATE TABLE sign_in_link (
    org_id     TEXT   NOT NULL,
    token_hash TEXT   NOT NULL,
    staff_id   TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    PRIMARY KEY (org_id, token_hash),
    FOREIGN KEY (org_id, staff_id) REFERENCES staff (org_id, id)
);

CREATE TABLE session (
    org_id      TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    token_hash  TEXT   NOT NULL,
    staff_id    TEXT   NOT NULL,
    till_id     TEXT,
    location_id TEXT,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, token_hash),
    FOREIGN KEY (org_id, staff_id) REFERENCES staff (org_id, id),
    FOREIGN KEY (org_id, till_id) REFERENCES till (org_id, id),
    FOREIGN KEY (org_id, location_id) REFERENCES location (org_id, id)
);

CREATE TABLE program (
    org_id     TEXT   NOT NULL REFERENCES organization (org_id),
    id         TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    rules      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- What the program said at each version that stands on ledger entries. Rows are
-- only added.
CREATE TABLE program_version (
    org_id     TEXT   NOT NULL,
    program_id TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    status     TEXT   NOT NULL,
    rules      TEXT   NOT NULL,
    PRIMARY KEY (org_id, program_id, version),
    FOREIGN KEY (org_id, program_id) REFERENCES program (org_id, id)
);

CREATE TABLE customer (
    org_id        TEXT   NOT NULL REFERENCES organization (org_id),
    id            TEXT   NOT NULL,
    number        TEXT   NOT NULL,
    first_name    TEXT   NOT NULL,
    last_name     TEXT   NOT NULL,
    phone         TEXT   NOT NULL,
    email         TEXT   NOT NULL,
    pending_phone TEXT   NOT NULL,
    pending_email TEXT   NOT NULL,
    locale        TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    merged_into   TEXT,
    external_ref  TEXT   NOT NULL,
    -- Both names in lower case: neither database folds all alphabets the same way.
    search_name   TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    confirmed_at  BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, number),
    FOREIGN KEY (org_id, merged_into) REFERENCES customer (org_id, id)
);
CREATE UNIQUE INDEX customer_phone ON customer (org_id, phone) WHERE phone <> '';
CREATE UNIQUE INDEX customer_email ON customer (org_id, email) WHERE email <> '';
CREATE UNIQUE INDEX customer_external_ref ON customer (org_id, external_ref) WHERE external_ref <> '';
CREATE INDEX customer_newest ON customer (org_id, created_at, id);

CREATE TABLE card (
    org_id        TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    program_id    TEXT   NOT NULL,
    customer_id   TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    code          TEXT   NOT NULL,
    link          TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    balance       BIGINT NOT NULL,
    goal          BIGINT NOT NULL,
    round         BIGINT NOT NULL,
    milestone     BIGINT NOT NULL,
    lifetime      BIGINT NOT NULL,
    last_stamp_at BIGINT NOT NULL,
    day           BIGINT NOT NULL,
    day_stamps    BIGINT NOT NULL,
    welcomed_at   BIGINT NOT NULL,
    joined_at     BIGINT NOT NULL,
    joined_day    BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, code),
    UNIQUE (org_id, link),
    FOREIGN KEY (org_id, program_id) REFERENCES program (org_id, id),
    FOREIGN KEY (org_id, customer_id) REFERENCES customer (org_id, id)
);
-- A customer has one usable card in a program; revoked and merged ones may be many.
CREATE UNIQUE INDEX card_usable ON card (org_id, program_id, customer_id) WHERE status IN ('active', 'provisional');
CREATE INDEX card_customer ON card (org_id, customer_id, id);
CREATE INDEX card_newest ON card (org_id, program_id, joined_at, id);

CREATE TABLE coupon (
    org_id     TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    card_id    TEXT   NOT NULL,
    program_id TEXT   NOT NULL,
    reward_id  TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    cost       BIGINT NOT NULL,
    stamp_no   BIGINT NOT NULL,
    round      BIGINT NOT NULL,
    milestone  BIGINT NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at  BIGINT NOT NULL,
    earned_by  TEXT   NOT NULL,
    entry_id   TEXT   NOT NULL,
    closed_by  TEXT   NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, card_id) REFERENCES card (org_id, id)
);
CREATE INDEX coupon_card ON coupon (org_id, card_id, issued_at, id);
CREATE INDEX coupon_overdue ON coupon (org_id, expires_at, id) WHERE status = 'issued' AND expires_at <> 0;
CREATE INDEX coupon_stats ON coupon (org_id, program_id, status, expires_at);

-- The ledger. Entries are only added.
CREATE TABLE entry (
    org_id          TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    card_id         TEXT   NOT NULL,
    program_id      TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    quantity        BIGINT NOT NULL,
    balance_after   BIGINT NOT NULL,
    card_version    BIGINT NOT NULL,
    rule_version    BIGINT NOT NULL,
    happened_at     BIGINT NOT NULL,
    recorded_at     BIGINT NOT NULL,
    day             BIGINT NOT NULL,
    location_id     TEXT,
    actor_kind      TEXT   NOT NULL,
    actor_id        TEXT   NOT NULL,
    coupon_id       TEXT,
    reverses        TEXT,
    head_id         TEXT   NOT NULL,
    idempotency_key TEXT   NOT NULL,
    external_ref    TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    other_card_id   TEXT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, card_id) REFERENCES card (org_id, id),
    FOREIGN KEY (org_id, location_id) REFERENCES location (org_id, id),
    FOREIGN KEY (org_id, coupon_id) REFERENCES coupon (org_id, id),
    FOREIGN KEY (org_id, reverses) REFERENCES entry (org_id, id),
    FOREIGN KEY (org_id, other_card_id) REFERENCES card (org_id, id)
);
CREATE INDEX entry_card ON entry (org_id, card_id, card_version, id);
-- An entry is taken back once, whoever tries at the same time.
CREATE UNIQUE INDEX entry_reverses ON entry (org_id, reverses) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX entry_external_ref ON entry (org_id, external_ref, kind, COALESCE(location_id, ''))
    WHERE external_ref <> '';
CREATE INDEX entry_stats ON entry (org_id, program_id, day, kind, quantity);

-- What was answered under each key, for ever. Rows are only added, together with the
-- entry that they name; checking that again would cost every stamp a look-up.
CREATE TABLE idempotency (
    org_id          TEXT   NOT NULL,
    idempotency_key TEXT   NOT NULL,
    body_hash       TEXT   NOT NULL,
    entry_id        TEXT   NOT NULL,
    outcome         TEXT   NOT NULL,
    PRIMARY KEY (org_id, idempotency_key)
);

-- Stamps that a member of staff gave on a day, for programs that limit them.
CREATE TABLE staff_day (
    org_id     TEXT   NOT NULL,
    program_id TEXT   NOT NULL,
    staff_id   TEXT   NOT NULL,
    day        BIGINT NOT NULL,
    stamps     BIGINT NOT NULL,
    PRIMARY KEY (org_id, program_id, staff_id, day)
);

-- What others react to. Rows are written in the transaction that they tell of.
CREATE TABLE event (
    org_id     TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    card_id    TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE consent_text (
    org_id     TEXT    NOT NULL REFERENCES organization (org_id),
    id         TEXT    NOT NULL,
    purpose    TEXT    NOT NULL,
    channel    TEXT    NOT NULL,
    version    BIGINT  NOT NULL,
    words      TEXT    NOT NULL,
    active     BOOLEAN NOT NULL,
    sort_order BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, purpose, channel, version)
);

-- Decisions of customers. Rows are only added.
CREATE TABLE consent (
    org_id      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    customer_id TEXT    NOT NULL,
    text_id     TEXT    NOT NULL,
    purpose     TEXT    NOT NULL,
    channel     TEXT    NOT NULL,
    granted     BOOLEAN NOT NULL,
    source      TEXT    NOT NULL,
    locale      TEXT    NOT NULL,
    actor_kind  TEXT    NOT NULL,
    actor_id    TEXT    NOT NULL,
    decided_at  BIGINT  NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, customer_id) REFERENCES customer (org_id, id),
    FOREIGN KEY (org_id, text_id) REFERENCES consent_text (org_id, id)
);
CREATE INDEX consent_customer ON consent (org_id, customer_id, decided_at, id);

CREATE TABLE confirmation (
    org_id       TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    customer_id  TEXT   NOT NULL,
    program_id   TEXT   NOT NULL,
    channel      TEXT   NOT NULL,
    recipient    TEXT   NOT NULL,
    locale       TEXT   NOT NULL,
    requested_at BIGINT NOT NULL,
    sent_at      BIGINT NOT NULL,
    token_hash   TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, customer_id) REFERENCES customer (org_id, id),
    FOREIGN KEY (org_id, program_id) REFERENCES program (org_id, id)
);
CREATE UNIQUE INDEX confirmation_token ON confirmation (org_id, token_hash) WHERE token_hash <> '';
CREATE INDEX confirmation_pending ON confirmation (org_id, requested_at, id) WHERE sent_at = 0;
CREATE INDEX confirmation_recipient ON confirmation (org_id, channel, recipient, requested_at);

CREATE TABLE import_run (
    org_id      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    program_id  TEXT    NOT NULL,
    file_name   TEXT    NOT NULL,
    dry_run     BOOLEAN NOT NULL,
    status      TEXT    NOT NULL,
    counts      TEXT    NOT NULL,
    bytes_read  BIGINT  NOT NULL,
    bytes_total BIGINT  NOT NULL,
    problem     TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    started_at  BIGINT  NOT NULL,
    finished_at BIGINT  NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, program_id) REFERENCES program (org_id, id)
);

CREATE TABLE import_error (
    org_id      TEXT   NOT NULL,
    import_id   TEXT   NOT NULL,
    error_no    BIGINT NOT NULL,
    row_no      BIGINT NOT NULL,
    column_name TEXT   NOT NULL,
    cell        TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    PRIMARY KEY (org_id, import_id, error_no),
    FOREIGN KEY (org_id, import_id) REFERENCES import_run (org_id, id)
);
