package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
	"github.com/leima/leima/web"
)

const (
	// hotPrefix begins every key and channel of Leima in Redis. The account that
	// hot.Options describes is for this one.
	hotPrefix = "leima"
	// epochEvery is how often a server looks whether the epoch was raised, and whether
	// Redis is another one than before.
	epochEvery = 2 * time.Second
)

// The kinds of hot state, as /readyz tells them.
const (
	hotInRedis   = "redis"
	hotInProcess = "in process"
)

// hotState is the hot state of a server, with what it needs of the database behind it.
type hotState struct {
	hot.State
	kind  string
	redis *hot.Redis // nil in process
	now   func() int64
	log   *slog.Logger
	// store is set when the database is open. Nothing is read or written before.
	store atomic.Pointer[store.Store]

	mu     sync.Mutex
	epoch  int64
	unwell int // how many looks in a row found it degraded
}

// openHot opens the hot state of the settings: Redis, or what is in this process alone.
// It does not wait for Redis, without which the server works all the same.
func (sh *shell) openHot(log *slog.Logger) (*hotState, error) {
	h := &hotState{kind: hotInProcess, now: sh.clock, log: log}
	if sh.settings.Redis == "" {
		h.State = hot.NewInProcessState()
		return h, nil
	}
	redis, err := hot.OpenRedis(hot.Options{
		URL: sh.settings.Redis, Prefix: hotPrefix, Repair: h.repair, Lost: h.lost, Log: log,
	})
	if err != nil {
		return nil, usagef("--redis cannot be used: %w", err).
			hint("Write it as redis://user:password@host:6379, rediss:// with TLS, redis-cluster:// for a Cluster.")
	}
	h.State, h.redis, h.kind = redis, redis, hotInRedis
	return h, nil
}

// openLive opens the database, brought up to date, and the hot state in front of it.
// Whoever watches a card hears of every change of it, in whichever server of the same
// Redis. Both must be closed, the hot state first.
func (sh *shell) openLive(ctx context.Context, log *slog.Logger) (*store.Store, *hotState, error) {
	state, err := sh.openHot(log)
	if err != nil {
		return nil, nil, err
	}
	st, err := sh.openStore(ctx, openOptions{
		migrate: true, log: log,
		committed: func(c loyalty.Commit) {
			for _, card := range c.Cards {
				state.Publish(web.CardTopic(card.OrgID, card.ID))
			}
		},
	})
	if err != nil {
		return nil, nil, errors.Join(err, state.Close())
	}
	state.store.Store(st)
	epoch, err := st.Epoch(ctx)
	if err != nil {
		return nil, nil, errors.Join(openProblem(err), state.Close(), st.Close())
	}
	state.adopt(epoch)
	return st, state, nil
}

// errNotProjected is why nothing is repaired.
var errNotProjected = errors.New("no cards are kept in the hot state")

// repair is hot.Options.Repair.
func (h *hotState) repair(context.Context, []hot.CardRef) ([]hot.CardState, error) {
	return nil, errNotProjected
}

// lost is hot.Options.Lost.
func (h *hotState) lost(ctx context.Context) error {
	st := h.store.Load()
	if st == nil {
		return loyalty.ErrClosed // not open yet: it is asked again
	}
	epoch, err := st.RaiseEpoch(ctx, h.now())
	if err != nil {
		return fmt.Errorf("raise the epoch: %w", err)
	}
	h.log.LogAttrs(ctx, slog.LevelWarn, "the hot state missed too much and begins anew", slog.Int64("epoch", epoch))
	h.adopt(epoch)
	return nil
}

// adopt begins an epoch, unless a later one has begun: two may have been read at once.
func (h *hotState) adopt(epoch int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if epoch > h.epoch {
		h.epoch = epoch
		h.SetEpoch(epoch)
	}
}

// keepEpoch is a periodic job: it follows the epoch in the database, which another
// server or an administrator may have raised, and raises it when Redis was restarted or
// another one took over, because that may hold less than what was written.
func (h *hotState) keepEpoch(ctx context.Context) error {
	st := h.store.Load()
	h.look(ctx)
	if h.redis != nil {
		if incarnation, err := h.redis.Incarnation(ctx); err == nil {
			epoch, raised, err := st.NoteIncarnation(ctx, incarnation, h.now())
			if err != nil {
				return fmt.Errorf("note which Redis it is: %w", err)
			}
			if raised {
				h.log.LogAttrs(ctx, slog.LevelInfo, "Redis is another one than before: the hot state begins anew", slog.Int64("epoch", epoch))
			}
			h.adopt(epoch)
			return nil
		}
	}
	epoch, err := st.Epoch(ctx)
	if err != nil {
		return fmt.Errorf("read the epoch: %w", err)
	}
	h.adopt(epoch)
	return nil
}

// unwellFor is how many looks in a row must find the hot state degraded before the log
// tells: connecting takes a moment.
const unwellFor = 2

// look tells the log when the hot state becomes degraded and when it has healed.
func (h *hotState) look(ctx context.Context) {
	health := h.Health(ctx)
	if ctx.Err() != nil {
		return // stopping
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !health.OK:
		if h.unwell++; h.unwell == unwellFor {
			h.log.LogAttrs(ctx, slog.LevelWarn, "the hot state is degraded: stamping goes on, reads come from the database",
				slog.String("hot", h.kind), slog.String("detail", health.Detail))
		}
	case h.unwell >= unwellFor:
		h.log.LogAttrs(ctx, slog.LevelInfo, "the hot state works again", slog.String("hot", h.kind))
		h.unwell = 0
	default:
		h.unwell = 0
	}
}
