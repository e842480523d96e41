-- What a stamp costs on SQLite: two look-ups and half an index less. For PostgreSQL see
-- 00003_ledger_postgres.sql and 00069_batch_rows_postgres.sql.

-- +goose Up
-- A foreign key is looked up for every row that is added. What an entry or a coupon names is
-- read in the transaction that adds it, by the one connection that writes, and nothing deletes
-- cards, coupons, locations or entries one by one; so nothing is checked here that was not
-- before. Rows stay where they are: the constraints are taken out of the tables' texts, as
-- SQLite proposes for it (sqlite.org/lang_altertable.html, section 7), which takes no time
-- however long the ledger is. They stand at the end of the texts.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
    SET sql = rtrim(substr(sql, 1, instr(sql, 'FOREIGN KEY') - 1), ', ' || char(10)) || char(10) || ')'
    WHERE type = 'table' AND name IN ('entry', 'coupon');
PRAGMA writable_schema = RESET;

-- Each stamp goes to another card and changes another page of this index. The card comes
-- first because it alone tells nearly all rows apart. Without the entry's id, by which the
-- few entries of one command are sorted when they are read, a page holds half as many rows
-- again.
DROP INDEX entry_card;
CREATE INDEX entry_card ON entry (card_id, org_id, card_version);
