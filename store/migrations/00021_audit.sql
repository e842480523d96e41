-- Who changed what: configuration and personal data. Rows are only added, in the
-- transaction of what they tell.

-- +goose Up
CREATE TABLE audit (
    org_id     TEXT   NOT NULL REFERENCES organization (org_id),
    id         TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    doer_kind  TEXT   NOT NULL,
    doer_id    TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    request_id TEXT   NOT NULL,
    changes    TEXT   NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX audit_newest ON audit (org_id, at, id);
CREATE INDEX audit_subject ON audit (org_id, subject_id, at, id);
