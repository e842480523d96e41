-- One event tells of all cards that a transaction changed, and not one of each. For
-- SQLite; 00007_events_postgres.sql does the same.

-- +goose Up
UPDATE event SET subject_id = card_id WHERE subject_id = '';
UPDATE event SET kind = 'cards_changed' WHERE kind = 'card_changed';
UPDATE event SET kind = 'coupons_issued' WHERE kind = 'coupon_issued';
UPDATE event SET kind = 'customers_joined' WHERE kind = 'customer_joined';
ALTER TABLE event DROP COLUMN card_id;
-- Ids with commas between.
ALTER TABLE event RENAME COLUMN subject_id TO subject;
