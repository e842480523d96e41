-- The second wall, as in 00002 and 00003, and what the server may do with the tables.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    name text;
    own constant text := 'org_id COLLATE "C" = ANY ((SELECT string_to_array(current_setting(''leima.org_id'', true), '',''))::text[])';
BEGIN
    FOREACH name IN ARRAY ARRAY['google_pass', 'google_class', 'google_nonce']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_organization ON %I USING (%s) WITH CHECK (%s)', name, own, own);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO leima_app', name);
    END LOOP;
END $$;
-- +goose StatementEnd
GRANT DELETE ON google_nonce TO leima_app;
