-- How the passes of a program look, and further colours of the brand.

-- +goose Up

-- Text on the main colour and a second colour, #rrggbb or '' for none.
ALTER TABLE organization ADD COLUMN text_color TEXT NOT NULL DEFAULT '';
ALTER TABLE organization ADD COLUMN accent_color TEXT NOT NULL DEFAULT '';

-- Rises with every design. Apart from version, which names the rules that stamps were
-- given by. 1 is the design of a program for which nobody has chosen one.
ALTER TABLE program ADD COLUMN design_version BIGINT NOT NULL DEFAULT 1;

-- The designs that were chosen, the last ones of each program; JSON, see storedDesign.
CREATE TABLE pass_design (
    org_id     TEXT   NOT NULL,
    program_id TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    design     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, program_id, version),
    FOREIGN KEY (org_id, program_id) REFERENCES program (org_id, id)
);

-- Pictures that designs name by the beginning of their SHA-256.
CREATE TABLE pass_artwork (
    org_id     TEXT   NOT NULL REFERENCES organization (org_id),
    tag        TEXT   NOT NULL,
    image      BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, tag)
);
