-- One row for each command: what was answered under an idempotency key stands on the
-- command's head entry and no longer in a table of its own, which cost every stamp a
-- second row and a second index. For PostgreSQL; 00003_ledger_sqlite.sql does the same.

-- +goose Up
ALTER TABLE entry ADD COLUMN body_hash TEXT NOT NULL DEFAULT '', ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
-- Row-level security binds the owner of the tables, too, and would hide all rows.
ALTER TABLE entry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE idempotency NO FORCE ROW LEVEL SECURITY;
UPDATE entry SET body_hash = i.body_hash, outcome = i.outcome
    FROM idempotency i WHERE entry.org_id = i.org_id AND entry.id = i.entry_id;
ALTER TABLE entry FORCE ROW LEVEL SECURITY;
DROP TABLE idempotency;
-- Only the head entry of a command carries its key.
CREATE UNIQUE INDEX entry_key ON entry (org_id, idempotency_key) WHERE idempotency_key <> '';

-- Where the card was joined, '' if that is not known: live totals count new cards by
-- location. Nothing deletes a location, so it needs no reference.
ALTER TABLE card ADD COLUMN joined_location TEXT NOT NULL DEFAULT '';

-- Who commits, and the number of the last transaction of each: whoever counts the ledger
-- reads here, in the same transaction, which commits the count has seen. It is of no
-- organization.
CREATE TABLE committer (
    source  TEXT   NOT NULL PRIMARY KEY,
    seq     BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON committer TO leima_app;

-- A batch of the ledger is of several organizations: the setting leima.org_id becomes
-- a list, separated by commas. As a subquery of its own it is read once for a statement
-- and not for every row. The collation is not that of the indexes, so that the planner
-- checks rows against the list and never looks them up by it: our own queries name the
-- whole key, and a planner that sees a second condition on org_id does not notice any
-- more that it is unique.
-- +goose StatementBegin
DO $$
DECLARE
    name text;
    own constant text := 'org_id COLLATE "C" = ANY ((SELECT string_to_array(current_setting(''leima.org_id'', true), '',''))::text[])';
BEGIN
    FOREACH name IN ARRAY ARRAY['organization', 'organization_logo', 'location', 'staff', 'api_key', 'till',
        'pairing_code', 'sign_in_link', 'session', 'program', 'program_version', 'customer', 'card', 'coupon', 'entry',
        'staff_day', 'event', 'consent_text', 'consent', 'confirmation', 'import_run', 'import_error']
    LOOP
        EXECUTE format('ALTER POLICY own_organization ON %I USING (%s) WITH CHECK (%s)', name, own, own);
    END LOOP;
END $$;
-- +goose StatementEnd

-- A foreign key looks its row up, and locks it, for every row that is added: for an entry
-- that costs as much as the entry itself, and everybody who stamps at a location marks the
-- one row of it. What an entry names is read, and its card locked, in the transaction that
-- adds it, nothing deletes cards, coupons or entries, and the server's role may not; so
-- nothing is checked here that was not before. Locations are looked for by the server,
-- which remembers those that are there.
ALTER TABLE entry
    DROP CONSTRAINT entry_org_id_card_id_fkey,
    DROP CONSTRAINT entry_org_id_location_id_fkey,
    DROP CONSTRAINT entry_org_id_coupon_id_fkey,
    DROP CONSTRAINT entry_org_id_reverses_fkey,
    DROP CONSTRAINT entry_org_id_other_card_id_fkey;

-- No index holds what a stamp changes of a card. With room on its page the new version of
-- the row needs no new index entries, and the old one is removed without a vacuum.
ALTER TABLE card SET (fillfactor = 75);
