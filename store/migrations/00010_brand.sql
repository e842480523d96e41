-- What an organization says to its customers under its own name, and by which name its
-- logo may be kept for ever.

-- +goose Up

-- The beginning of the SHA-256 of the picture in hexadecimal, '' for logos from before.
ALTER TABLE organization ADD COLUMN logo_hash TEXT NOT NULL DEFAULT '';
-- JSON by locale; see storedTexts.
ALTER TABLE organization ADD COLUMN brand_texts TEXT NOT NULL DEFAULT '{}';
