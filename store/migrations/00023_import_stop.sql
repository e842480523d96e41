-- When somebody asked that an import be stopped, 0 if nobody did: the process that runs
-- it looks now and then.

-- +goose Up
ALTER TABLE import_run ADD COLUMN stop_asked_at BIGINT NOT NULL DEFAULT 0;
