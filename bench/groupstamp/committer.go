package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/leima/leima/bench/rival"
)

const (
	// committersAtOnce is how many transactions are under way at once; cards are split
	// among them.
	committersAtOnce = 2
	maxBatch         = 512
	maxWaiting       = 16_384
	commitTimeout    = 20 * time.Second
)

var errClosed = errors.New("it stops")

// ticket is a stamp that waits for its outcome.
type ticket struct {
	key, hash string
	stamp     rival.Stamp
	balance   int
	err       error
	done      chan struct{}
}

// committers carry out stamps, many in one transaction.
type committers struct {
	pool   *pgxpool.Pool
	seed   maphash.Seed
	queues [committersAtOnce]chan *ticket
	stop   chan struct{}
	all    sync.WaitGroup
}

func newCommitters(pool *pgxpool.Pool) *committers {
	c := &committers{pool: pool, seed: maphash.MakeSeed(), stop: make(chan struct{})}
	for i := range c.queues {
		c.queues[i] = make(chan *ticket, maxWaiting)
		c.all.Go(func() { c.commitAll(c.queues[i]) })
	}
	return c
}

// close waits for the transactions that are under way.
func (c *committers) close() {
	close(c.stop)
	c.all.Wait()
}

// give is a rival.Give. It returns when the stamp is durable.
func (c *committers) give(ctx context.Context, key string, s rival.Stamp) (int, error) {
	sum := sha256.Sum256([]byte(s.CardID + " " + strconv.Itoa(s.Quantity) + " " + s.LocationID))
	t := &ticket{key: key, hash: hex.EncodeToString(sum[:]), stamp: s, done: make(chan struct{})}
	select {
	case c.queues[maphash.String(c.seed, s.CardID)%committersAtOnce] <- t:
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for room: %w", ctx.Err())
	}
	select {
	case <-t.done:
		return t.balance, t.err
	case <-c.stop:
		return 0, errClosed
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for the commit: %w", ctx.Err())
	}
}

// commitAll takes what waits, commits it and takes what has come meanwhile.
func (c *committers) commitAll(queue <-chan *ticket) {
	for {
		var batch []*ticket
		select {
		case t := <-queue:
			batch = append(batch, t)
		case <-c.stop:
			return
		}
		for more := true; more && len(batch) < maxBatch; {
			select {
			case t := <-queue:
				batch = append(batch, t)
			default:
				more = false
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
		err := c.commit(ctx, batch)
		cancel()
		for _, t := range batch {
			if err != nil {
				t.err = err
			}
			close(t.done)
		}
	}
}

// kept is what an earlier stamp with a key came to.
type kept struct {
	hash    string
	balance int
}

// commit carries the batch out in one transaction of two round trips.
func (c *committers) commit(ctx context.Context, batch []*ticket) error {
	conn, err := c.pool.Acquire(ctx)
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

// decide counts, in order of arrival, and returns those that are to be written.
func decide(batch []*ticket, used map[string]kept, balances map[string]int) []*ticket {
	given := make([]*ticket, 0, len(batch))
	for _, t := range batch {
		if k, is := used[t.key]; is {
			t.balance = k.balance
			if k.hash != t.hash {
				t.err = rival.ErrKeyReused
			}
			continue
		}
		t.balance = (balances[t.stamp.CardID] + t.stamp.Quantity) % rival.Goal
		balances[t.stamp.CardID], used[t.key] = t.balance, kept{t.hash, t.balance}
		given = append(given, t)
	}
	return given
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
