-- The ledger is append-only for the server's role. The customers of a made-up organization
-- can be removed nevertheless, by this function alone, which looks whether it is one; and
-- no organization becomes made up later.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION leima_remove_demo(org text, names text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    name text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM organization WHERE org_id = org AND demo) THEN
        RAISE EXCEPTION 'organization % is not made up', org;
    END IF;
    -- Who is writing to the ledger holds cards; what they add is removed, too.
    PERFORM 1 FROM card WHERE org_id = org ORDER BY id FOR UPDATE;
    FOREACH name IN ARRAY names LOOP
        IF name IN ('audit', 'organization', 'staff', 'program', 'program_version') THEN
            RAISE EXCEPTION '% stays', name;
        END IF;
        EXECUTE format('DELETE FROM %I WHERE org_id = $1', name) USING org;
    END LOOP;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION leima_remove_demo(text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leima_remove_demo(text, text[]) TO leima_app;

-- +goose StatementBegin
CREATE FUNCTION leima_demo_stays_real() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'organization % is a real one', NEW.org_id;
END $$;
-- +goose StatementEnd
CREATE TRIGGER organization_demo BEFORE UPDATE ON organization FOR EACH ROW
    WHEN (NEW.demo AND NOT OLD.demo) EXECUTE FUNCTION leima_demo_stays_real();
