-- Cards of a customer who was merged into another one go on being shown at tills: they
-- lead to the card that has their stamps now. For SQLite and PostgreSQL.

-- +goose Up

-- The card that the code, the number and the link of this one lead to, '' for the card
-- itself. Always the last of a chain, so that a scan takes one step; merging and undoing
-- keep it so.
ALTER TABLE card ADD COLUMN leads_to TEXT NOT NULL DEFAULT '';
CREATE INDEX card_leads_to ON card (org_id, leads_to) WHERE leads_to <> '';
CREATE INDEX customer_merge_card_to ON customer_merge_card (org_id, to_card_id);
