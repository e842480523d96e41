package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/projection"
	"github.com/leima/leima/store"
	"github.com/leima/leima/web"
)

const (
	// hotPrefix begins every key and channel of Leima in Redis. The account that
	// hot.Options describes is for this one.
	hotPrefix = "leima"
)

// kindPostgres is store.Store.Kind of the database that several servers may have.
const kindPostgres = "postgres"

// The kinds of hot state, as /readyz tells them.
const (
	hotInRedis   = "redis"
	hotInProcess = "in process"
)

// hotState is the hot state of a server, with those who keep it behind the database.
type hotState struct {
	hot.State
	kind string
	log  *slog.Logger
	// follower tells it what was committed.
	follower *projection.Follower
	// keeper is set when the database is open. Nothing is read or written before.
	keeper atomic.Pointer[projection.Keeper]

	// also hears of commits once it is set. It must be quick.
	also atomic.Pointer[func(loyalty.Commit)]

	mu     sync.Mutex
	unwell int // how many looks in a row found it degraded
}

// openHot opens the hot state of the settings: Redis, or what is in this process alone.
// It does not wait for Redis, without which the server works all the same.
func (sh *shell) openHot(log *slog.Logger) (*hotState, error) {
	h := &hotState{kind: hotInProcess, log: log}
	if sh.settings.Redis == "" {
		h.State = hot.NewInProcessState()
	} else {
		redis, err := hot.OpenRedis(hot.Options{
			URL: sh.settings.Redis, Prefix: hotPrefix, Repair: h.repair, Lost: h.lost, Log: log,
		})
		if err != nil {
			return nil, usagef("--redis cannot be used: %w", err).
				hint("Write it as redis://user:password@host:6379, rediss:// with TLS, redis-cluster:// for a Cluster.")
		}
		h.State, h.kind = redis, hotInRedis
	}
	h.follower = projection.Follow(projection.FollowerOptions{State: h.State, Topic: web.CardTopic, Lost: h.lost, Log: log})
	return h, nil
}

// openLive opens the database, brought up to date, and the hot state in front of it,
// which follows every commit. Whoever watches a card hears of every change of it, in
// whichever server of the same Redis. Both must be closed, the hot state first.
func (sh *shell) openLive(ctx context.Context, log *slog.Logger) (*store.Store, *hotState, error) {
	state, err := sh.openHot(log)
	if err != nil {
		return nil, nil, err
	}
	st, err := sh.openStore(ctx, openOptions{migrate: true, log: log, committed: state.committed})
	if err != nil {
		return nil, nil, errors.Join(err, state.Close())
	}
	if err := state.keepBehind(ctx, st, sh.clock); err != nil {
		return nil, nil, errors.Join(openProblem(err), state.Close(), st.Close())
	}
	return st, state, nil
}

// committed tells all who follow the ledger.
func (h *hotState) committed(c loyalty.Commit) {
	h.follower.Committed(c)
	if tell := h.also.Load(); tell != nil {
		(*tell)(c)
	}
}

// tellToo lets somebody more hear of commits. It must be quick. It is for the time before
// the server serves.
func (h *hotState) tellToo(tell func(loyalty.Commit)) {
	before := h.also.Load()
	all := func(c loyalty.Commit) {
		if before != nil {
			(*before)(c)
		}
		tell(c)
	}
	h.also.Store(&all)
}

// tellOrganizations is tellToo for somebody who asks only whose cards changed.
func (h *hotState) tellOrganizations(changed func(orgID string)) {
	h.tellToo(func(c loyalty.Commit) {
		last := ""
		for _, card := range c.Cards {
			if card.OrgID != last {
				last = card.OrgID
				changed(last)
			}
		}
	})
}

// keepBehind begins the epoch of the database.
func (h *hotState) keepBehind(ctx context.Context, st *store.Store, now func() int64) error {
	keeper := projection.NewKeeper(projection.KeeperOptions{
		State: h.State, Follower: h.follower, Views: st, Pages: st, Epochs: st, Counter: st,
		Organizations: organizationIDs(st), Servers: st.Kind() == kindPostgres, Now: now, Log: h.log,
	})
	if err := keeper.Start(ctx); err != nil {
		return err
	}
	h.keeper.Store(keeper)
	return nil
}

func organizationIDs(st *store.Store) projection.Organizations {
	return func(ctx context.Context) ([]string, error) {
		all, err := st.Organizations(ctx)
		if err != nil {
			return nil, fmt.Errorf("list organizations: %w", err)
		}
		ids := make([]string, len(all))
		for i, o := range all {
			ids[i] = o.ID
		}
		return ids, nil
	}
}

// errNotOpen is why nothing is repaired before the database is open: it is asked again.
var errNotOpen = errors.New("the database is not open yet")

// repair is hot.Options.Repair.
func (h *hotState) repair(ctx context.Context, cards []hot.CardRef) ([]hot.CardState, error) {
	keeper := h.keeper.Load()
	if keeper == nil {
		return nil, errNotOpen
	}
	return keeper.Repair(ctx, cards)
}

// lost is hot.Options.Lost.
func (h *hotState) lost(ctx context.Context) error {
	keeper := h.keeper.Load()
	if keeper == nil {
		return errNotOpen
	}
	return keeper.Raise(ctx)
}

// keep is a periodic job: it follows the epoch and tells the log how the hot state is.
func (h *hotState) keep(ctx context.Context) error {
	h.look(ctx)
	return h.keeper.Load().Keep(ctx)
}

// Close stops following. What waits and was not told before, by follower.Close, is left
// to others: to the repairs of other servers and the next start.
func (h *hotState) Close() error {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_ = h.follower.Close(ended)
	return h.State.Close()
}

// unwellFor is how many looks in a row must find the hot state degraded before the log
// tells: connecting takes a moment.
const unwellFor = 2

// Divided implements wellness.
func (h *hotState) Divided() bool {
	keeper := h.keeper.Load()
	return keeper != nil && keeper.Divided()
}

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
