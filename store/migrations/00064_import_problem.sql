-- Why an import did not come to its end, by a stable name that apps have words for; '' for
-- those that came to it, and for runs from before. For SQLite and PostgreSQL.

-- +goose Up
ALTER TABLE import_run ADD COLUMN problem_code TEXT NOT NULL DEFAULT '';
