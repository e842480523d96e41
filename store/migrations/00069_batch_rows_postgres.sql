-- What a batch of the ledger sends to PostgreSQL: arrays of records. A column for each array,
-- as before, made PostgreSQL unfold and put side by side 24 arrays for an entry, which was a
-- quarter of what an entry costs. Types that are changed later need new names: servers of
-- the release before still send these.

-- +goose Up

CREATE TYPE entry_row AS (
    org_id TEXT, id TEXT, card_id TEXT, program_id TEXT, kind TEXT, quantity BIGINT, balance_after BIGINT,
    card_version BIGINT, rule_version BIGINT, happened_at BIGINT, recorded_at BIGINT, day BIGINT, location_id TEXT,
    actor_kind TEXT, actor_id TEXT, coupon_id TEXT, reverses TEXT, head_id TEXT, idempotency_key TEXT,
    external_ref TEXT, reason TEXT, other_card_id TEXT, body_hash TEXT, outcome TEXT
);
CREATE TYPE coupon_row AS (
    org_id TEXT, id TEXT, card_id TEXT, program_id TEXT, reward_id TEXT, kind TEXT, name TEXT, status TEXT,
    cost BIGINT, stamp_no BIGINT, round BIGINT, milestone BIGINT, issued_at BIGINT, expires_at BIGINT,
    closed_at BIGINT, earned_by TEXT, entry_id TEXT, closed_by TEXT
);
-- A card's counters, with the place, id and version of the row as it was read.
CREATE TYPE card_change AS (
    place TID, id TEXT, was BIGINT, version BIGINT, balance BIGINT, goal BIGINT, round BIGINT, milestone BIGINT,
    lifetime BIGINT, last_stamp_at BIGINT, day BIGINT, day_stamps BIGINT, welcomed_at BIGINT
);

-- Cards and programs are told apart by their ids alone, so an index that begins with one
-- needs no organization: it compares one text on the way down, not two, and an entry takes
-- 60 bytes less. No query loses by it, as all name the organization and the card or program.
DROP INDEX entry_card;
CREATE INDEX entry_card ON entry (card_id, card_version, id);
DROP INDEX entry_stats;
CREATE INDEX entry_stats ON entry (program_id, day, kind, quantity);

-- Like those of entries (see migration 3): whoever adds a coupon has read and changes its
-- card in the same transaction, nothing deletes cards, and the server's role may not.
ALTER TABLE coupon DROP CONSTRAINT coupon_org_id_card_id_fkey;
