-- Numbers of cards from before: plastic cards with a bar code, say. A till finds the card
-- that one was given to. And which organizations are made up, so that their customers can
-- be removed. For SQLite and PostgreSQL.

-- +goose Up
ALTER TABLE card ADD COLUMN old_number TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX card_old_number ON card (org_id, old_number) WHERE old_number <> '';

-- Set when the organization is made and never later; see 00066_remove_demo_postgres.sql.
ALTER TABLE organization ADD COLUMN demo BOOLEAN NOT NULL DEFAULT FALSE;
