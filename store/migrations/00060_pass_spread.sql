-- How far phones were told of a change that concerns all passes of an organization.

-- +goose Up

-- The last such change, of the brand or of the rules of programs. It is told pass by pass,
-- in the order of serials, so that whoever goes on after a crash knows where.
CREATE TABLE pass_spread (
    org_id           TEXT   NOT NULL,
    pass_type        TEXT   NOT NULL,
    -- What is told: the organization's version, and the versions of its programs in sum.
    -- Neither ever sinks.
    org_version      BIGINT NOT NULL,
    programs_version BIGINT NOT NULL,
    -- The organization's last number of a change of passes when it began: what has a
    -- larger one was told since.
    began_tag        BIGINT NOT NULL,
    after_serial     TEXT   NOT NULL,
    total            BIGINT NOT NULL,
    told             BIGINT NOT NULL,
    -- When the next ones may be told; all servers keep to it.
    next_at          BIGINT NOT NULL,
    started_at       BIGINT NOT NULL,
    finished_at      BIGINT NOT NULL,
    PRIMARY KEY (org_id, pass_type),
    FOREIGN KEY (org_id) REFERENCES organization (org_id)
);
