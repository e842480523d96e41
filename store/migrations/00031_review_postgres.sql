-- Row-level security of the reviews, as for all tables of organizations; see
-- 00003_ledger_postgres.sql for the form of the condition.

-- +goose Up
ALTER TABLE review ENABLE ROW LEVEL SECURITY;
ALTER TABLE review FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON review
    USING (org_id COLLATE "C" = ANY ((SELECT string_to_array(current_setting('leima.org_id', true), ','))::text[]))
    WITH CHECK (org_id COLLATE "C" = ANY ((SELECT string_to_array(current_setting('leima.org_id', true), ','))::text[]));
GRANT SELECT, INSERT, UPDATE ON review TO leima_app;
