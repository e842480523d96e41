-- Row-level security of what 00081 made, as for all tables of organizations; see
-- 00003_ledger_postgres.sql for the form of the condition.

-- +goose Up
ALTER TABLE self_check ENABLE ROW LEVEL SECURITY;
ALTER TABLE self_check FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON self_check
    USING (org_id COLLATE "C" = ANY ((SELECT string_to_array(current_setting('leima.org_id', true), ','))::text[]))
    WITH CHECK (org_id COLLATE "C" = ANY ((SELECT string_to_array(current_setting('leima.org_id', true), ','))::text[]));
GRANT SELECT, INSERT, UPDATE ON self_check TO leima_app;
