-- One event tells of all cards that a transaction changed, and not one of each. For
-- PostgreSQL; 00007_events_sqlite.sql does the same.

-- +goose Up
-- Row-level security binds the owner of the tables, too, and would hide all rows.
ALTER TABLE event NO FORCE ROW LEVEL SECURITY;
UPDATE event SET subject_id = card_id WHERE subject_id = '';
UPDATE event SET kind = 'cards_changed' WHERE kind = 'card_changed';
UPDATE event SET kind = 'coupons_issued' WHERE kind = 'coupon_issued';
UPDATE event SET kind = 'customers_joined' WHERE kind = 'customer_joined';
ALTER TABLE event FORCE ROW LEVEL SECURITY;
ALTER TABLE event DROP COLUMN card_id;
-- Ids with commas between.
ALTER TABLE event RENAME COLUMN subject_id TO subject;

-- Keys are looked up one by one and tell nearly all of themselves apart by the first few
-- characters; with the organization first each comparison on the way was of both.
DROP INDEX entry_key;
CREATE UNIQUE INDEX entry_key ON entry (idempotency_key, org_id) WHERE idempotency_key <> '';
