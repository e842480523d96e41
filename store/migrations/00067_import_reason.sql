-- Why a row of an import could not be used, by a stable name and the values that a sentence
-- in any language needs, a JSON object of texts; '' for rows from before, which have their
-- English sentence alone. For SQLite and PostgreSQL.

-- +goose Up
ALTER TABLE import_error ADD COLUMN code TEXT NOT NULL DEFAULT '';
ALTER TABLE import_error ADD COLUMN params TEXT NOT NULL DEFAULT '';
