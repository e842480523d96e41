-- The audit log behind row-level security. The server may add lines and read them, and
-- neither change nor delete one.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    own constant text := 'org_id COLLATE "C" = ANY ((SELECT string_to_array(current_setting(''leima.org_id'', true), '',''))::text[])';
BEGIN
    ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
    ALTER TABLE audit FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY own_organization ON audit USING (%s) WITH CHECK (%s)', own, own);
    GRANT SELECT, INSERT ON audit TO leima_app;
END $$;
-- +goose StatementEnd
