package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const postgresSchema = `
CREATE TABLE card (id TEXT PRIMARY KEY, balance BIGINT NOT NULL) WITH (fillfactor = 75);
CREATE TABLE entry (
    key TEXT PRIMARY KEY, hash TEXT NOT NULL, card_id TEXT NOT NULL, location_id TEXT NOT NULL,
    quantity BIGINT NOT NULL, balance BIGINT NOT NULL
);`

// postgresLedger is a ledger in PostgreSQL.
type postgresLedger struct{ pool *pgxpool.Pool }

// openPostgres makes the tables. As Leima does, it has statements planned once, by their indexes:
// they are planned when the tables are empty.
func openPostgres(ctx context.Context, url string) (ledger, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the address: %w", err)
	}
	for _, name := range []string{"enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "jit"} {
		config.ConnConfig.RuntimeParams[name] = "off"
	}
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if _, err := pool.Exec(ctx, postgresSchema); err != nil {
		pool.Close()
		return nil, fmt.Errorf("make the tables: %w", err)
	}
	return postgresLedger{pool}, nil
}

// atOnce is two: one batch forms and is read while another becomes durable.
func (postgresLedger) atOnce() int { return 2 }

func (l postgresLedger) ready(ctx context.Context) error { return l.pool.Ping(ctx) } //nolint:wrapcheck // it is shown as it is

func (l postgresLedger) close() error {
	l.pool.Close()
	return nil
}

// commit carries the batch out in one transaction of two round trips.
func (l postgresLedger) commit(ctx context.Context, batch []*ticket) error {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	used, balances, err := read(ctx, conn, batch)
	if err != nil {
		return errors.Join(err, rollBack(ctx, conn))
	}
	if err := write(ctx, conn, decide(batch, used, balances), balances); err != nil {
		return errors.Join(err, rollBack(ctx, conn))
	}
	return nil
}

func rollBack(ctx context.Context, conn *pgxpool.Conn) error {
	if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// read looks the keys up and locks the cards, which it returns by their ids.
func read(ctx context.Context, conn *pgxpool.Conn, batch []*ticket) (used map[string]kept, balances map[string]int, err error) {
	used, balances = map[string]kept{}, make(map[string]int, len(batch))
	keys, ids := make([]string, len(batch)), make([]string, len(batch))
	for i, t := range batch {
		keys[i], ids[i] = t.key, t.stamp.CardID
	}
	slices.Sort(ids)
	b := &pgx.Batch{}
	b.Queue("BEGIN")
	b.Queue("SELECT id, balance FROM card WHERE id = ANY($1) ORDER BY id FOR UPDATE", slices.Compact(ids)).
		Query(func(rows pgx.Rows) error {
			var id string
			var balance int
			_, err := pgx.ForEachRow(rows, []any{&id, &balance}, func() error {
				balances[id] = balance
				return nil
			})
			return err //nolint:wrapcheck // below
		})
	b.Queue("SELECT key, hash, balance FROM entry WHERE key = ANY($1)", keys).Query(func(rows pgx.Rows) error {
		var key string
		var k kept
		_, err := pgx.ForEachRow(rows, []any{&key, &k.hash, &k.balance}, func() error {
			used[key] = k
			return nil
		})
		return err //nolint:wrapcheck // below
	})
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return nil, nil, fmt.Errorf("read: %w", err)
	}
	return used, balances, nil
}

// write writes the entries and the cards that they changed, and commits.
func write(ctx context.Context, conn *pgxpool.Conn, given []*ticket, balances map[string]int) error {
	n := len(given)
	keys, hashes, cards, locations := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	quantities, after := make([]int, n), make([]int, n)
	for i, t := range given {
		keys[i], hashes[i], cards[i], locations[i] = t.key, t.hash, t.stamp.CardID, t.stamp.LocationID
		quantities[i], after[i] = t.stamp.Quantity, t.balance
	}
	changed := slices.Compact(slices.Sorted(slices.Values(cards)))
	last := make([]int, len(changed))
	for i, id := range changed {
		last[i] = balances[id]
	}
	b := &pgx.Batch{}
	b.Queue("INSERT INTO card (id, balance) SELECT id, balance FROM unnest($1::text[], $2::bigint[]) AS v (id, balance) "+
		"ON CONFLICT (id) DO UPDATE SET balance = excluded.balance", changed, last)
	b.Queue("INSERT INTO entry (key, hash, card_id, location_id, quantity, balance) "+
		"SELECT key, hash, card_id, location_id, quantity, balance FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], "+
		"$5::bigint[], $6::bigint[]) AS v (key, hash, card_id, location_id, quantity, balance)",
		keys, hashes, cards, locations, quantities, after)
	b.Queue("COMMIT")
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
