-- Where the branches are, for passes that a phone offers near one of them.

-- +goose Up

-- Degrees in WGS 84, north and east positive. Both are NULL where nobody has said where
-- it is: 0 is a place too.
ALTER TABLE location ADD COLUMN latitude DOUBLE PRECISION;
ALTER TABLE location ADD COLUMN longitude DOUBLE PRECISION;
-- Rises with every change of a branch that passes name. Apart from version, by which the
-- settings of the organization are changed.
ALTER TABLE organization ADD COLUMN places_version BIGINT NOT NULL DEFAULT 0;
