package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"strconv"
	"sync"
	"time"

	"github.com/leima/leima/bench/rival"
)

const (
	maxBatch      = 512
	maxWaiting    = 16_384
	commitTimeout = 20 * time.Second
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

// ledger is where stamps are kept.
type ledger interface {
	// atOnce is how many transactions are under way at once; cards are split among them.
	atOnce() int
	// commit carries the batch out in one transaction and sets what came of each stamp.
	commit(ctx context.Context, batch []*ticket) error
	ready(ctx context.Context) error
	close() error
}

// committers carry out stamps, many in one transaction.
type committers struct {
	ledger ledger
	seed   maphash.Seed
	queues []chan *ticket
	stop   chan struct{}
	all    sync.WaitGroup
}

func newCommitters(l ledger) *committers {
	c := &committers{ledger: l, seed: maphash.MakeSeed(), queues: make([]chan *ticket, l.atOnce()), stop: make(chan struct{})}
	for i := range c.queues {
		c.queues[i] = make(chan *ticket, maxWaiting)
		c.all.Go(func() { c.commitAll(c.queues[i]) })
	}
	return c
}

// close waits for the transactions that are under way and closes the ledger.
func (c *committers) close() error {
	close(c.stop)
	c.all.Wait()
	return c.ledger.close()
}

// give is a rival.Give. It returns when the stamp is durable.
func (c *committers) give(ctx context.Context, key string, s rival.Stamp) (int, error) {
	sum := sha256.Sum256([]byte(s.CardID + " " + strconv.Itoa(s.Quantity) + " " + s.LocationID))
	t := &ticket{key: key, hash: hex.EncodeToString(sum[:]), stamp: s, done: make(chan struct{})}
	select {
	case c.queues[maphash.String(c.seed, s.CardID)%uint64(len(c.queues))] <- t:
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
		err := c.ledger.commit(ctx, batch)
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
