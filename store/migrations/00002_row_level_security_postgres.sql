-- The second wall between organizations, in PostgreSQL: the server works as a role
-- that owns nothing and sees only rows of the organization that its transaction has
-- named in the setting leima.org_id. A query that forgot its org_id finds nothing
-- of others, and one without a named organization finds nothing at all.

-- +goose Up

-- Roles belong to the whole server: another database of Leima may have made it, or
-- be making it at this moment.
-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'leima_app') THEN
        CREATE ROLE leima_app NOLOGIN NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
    IF NOT pg_has_role(CURRENT_USER, 'leima_app', 'MEMBER') THEN
        EXECUTE format('GRANT leima_app TO %I', CURRENT_USER);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO leima_app', current_schema());
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['organization', 'organization_logo', 'location', 'staff', 'api_key', 'till',
        'pairing_code', 'sign_in_link', 'session', 'program', 'program_version', 'customer', 'card', 'coupon', 'entry',
        'idempotency', 'staff_day', 'event', 'consent_text', 'consent', 'confirmation', 'import_run', 'import_error']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_organization ON %I USING (org_id = current_setting(''leima.org_id'', true)) '
            'WITH CHECK (org_id = current_setting(''leima.org_id'', true))', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO leima_app', name);
    END LOOP;
END $$;
-- +goose StatementEnd

-- The directory of organizations is public: slug, name and brand stand on pages that
-- anybody may open.
CREATE POLICY directory ON organization FOR SELECT USING (true);

-- Ledger entries, keys, consents and what programs once said are never changed, so
-- they are not in this list.
GRANT UPDATE ON organization, organization_logo, location, staff, api_key, till, pairing_code, sign_in_link, session,
    program, customer, card, coupon, staff_day, consent_text, confirmation, import_run TO leima_app;

-- Only what has served its time is ever deleted.
GRANT DELETE ON session, sign_in_link, pairing_code, event, staff_day TO leima_app;
