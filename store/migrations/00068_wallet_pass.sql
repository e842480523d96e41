-- What owners see of each pass: since when its versions are what they are, and why a
-- wallet was not told. For SQLite and PostgreSQL.

-- +goose Up

-- When a device last gave the pass up, 0 if none did; and why the last push failed (a name
-- of customer.WalletProblem), '' if it did not.
ALTER TABLE pass ADD COLUMN given_up_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pass ADD COLUMN problem TEXT NOT NULL DEFAULT '';

-- When it last changed; 0 for what did not change since this was noted. And why Google did
-- not take it.
ALTER TABLE google_pass ADD COLUMN modified_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE google_pass ADD COLUMN problem TEXT NOT NULL DEFAULT '';

-- When Samsung was last told, and when it last asked; 0 for never and for what was before
-- this was noted. And why it was not told.
ALTER TABLE samsung_pass ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE samsung_pass ADD COLUMN fetched_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE samsung_pass ADD COLUMN problem TEXT NOT NULL DEFAULT '';
