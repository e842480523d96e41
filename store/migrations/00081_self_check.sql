-- How far the nightly self-check has come with the cards of an organization.

-- +goose Up

-- The check goes through the cards in the order of their codes, some each night.
CREATE TABLE self_check (
    org_id     TEXT   NOT NULL PRIMARY KEY,
    -- The last night that was begun, a day at the organization, as 20260316.
    night      BIGINT NOT NULL,
    -- Until when one process has it, UTC milliseconds; 0 if the night's work is done.
    held_until BIGINT NOT NULL,
    -- The last card that was proved, '' for none. It may be gone.
    after_card TEXT   NOT NULL,
    FOREIGN KEY (org_id) REFERENCES organization (org_id)
);
