-- An organization may take its logo away.

-- +goose Up
GRANT DELETE ON organization_logo TO leima_app;
