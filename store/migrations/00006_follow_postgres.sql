-- The table is of no organization, so no row-level security stands before it. It holds
-- numbers of the installation only.

-- +goose Up
GRANT SELECT, INSERT, UPDATE ON hot_epoch TO leima_app;
