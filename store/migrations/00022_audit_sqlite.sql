-- SQLite knows no rights, so the database itself refuses to change the audit log.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'lines of the audit log are never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'lines of the audit log are never deleted');
END;
-- +goose StatementEnd
