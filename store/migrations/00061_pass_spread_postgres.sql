-- Row-level security of what 00060 made, as for all tables of organizations; see
-- 00003_ledger_postgres.sql for the form of the condition.

-- +goose Up
ALTER TABLE pass_spread ENABLE ROW LEVEL SECURITY;
ALTER TABLE pass_spread FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON pass_spread
    USING (org_id COLLATE "C" = ANY ((SELECT string_to_array(current_setting('leima.org_id', true), ','))::text[]))
    WITH CHECK (org_id COLLATE "C" = ANY ((SELECT string_to_array(current_setting('leima.org_id', true), ','))::text[]));
GRANT SELECT, INSERT, UPDATE ON pass_spread TO leima_app;
