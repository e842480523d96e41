-- These tables are of no organization, so no row-level security stands before them.
-- They hold numbers of the installation only.

-- +goose Up
GRANT SELECT, INSERT, UPDATE ON hot_epoch TO leima_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON committer TO leima_app;
