package projection

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

const (
	// KeepEvery is how often Keep should be called.
	KeepEvery = 2 * time.Second
	// changedLately is how far back a new epoch or a new process looks for cards that
	// were changed: longer than all processes need to notice an epoch, and than clocks
	// differ.
	changedLately = time.Minute
)

// KeeperOptions say what a Keeper keeps together.
type KeeperOptions struct {
	State    hot.State
	Follower *Follower
	Views    Views
	Pages    Pages
	Epochs   Epochs
	// Counter tells what other processes commit. Nil is nothing.
	Counter       Counter
	Organizations Organizations
	// Servers tells that the database may have several servers. Then it is told when they
	// do not share their hot state.
	Servers bool
	// Now is the clock, UTC milliseconds.
	Now func() int64
	// Log hears of new epochs. Nil is silence.
	Log *slog.Logger
}

// Keeper keeps the epoch of the hot state: the one that stands in the database, where
// another process or an administrator may raise it, and which it raises when Redis is
// another one than before. It also repairs what the hot state has missed.
//
// What happens around a change of the epoch: for some seconds, processes live in two
// epochs, and what is told in the old one is not known in the new. So each process, when
// it changes over, projects the cards that were changed in the last minute once more, and
// forgets the totals to which it added.
type Keeper struct {
	KeeperOptions
	mu    sync.Mutex
	epoch int64
	// fresh is the epoch in which changed cards were projected.
	fresh   int64
	others  *others
	divided divided
}

// NewKeeper returns a Keeper. Its Keep has to be called now and every KeepEvery.
func NewKeeper(options KeeperOptions) *Keeper {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	return &Keeper{KeeperOptions: options, others: newOthers()}
}

// incarnated is a hot state that may become another one; *hot.Redis is.
type incarnated interface {
	Incarnation(ctx context.Context) (string, error)
}

// Start begins the epoch of the database, without which nothing must be read or written.
func (k *Keeper) Start(ctx context.Context) error {
	epoch, err := k.Epochs.Epoch(ctx)
	if err != nil {
		return fmt.Errorf("projection: read the epoch: %w", err)
	}
	k.adopt(epoch)
	return nil
}

// Keep follows the epoch, and projects what changed lately when it has begun a new one or
// when somebody committed without telling the hot state: see others.go. Errors are the database's, and everything is tried again at the next call.
func (k *Keeper) Keep(ctx context.Context) error {
	epoch, err := k.present(ctx)
	if err != nil {
		return fmt.Errorf("projection: follow the epoch: %w", err)
	}
	k.adopt(epoch)
	k.mu.Lock()
	epoch, stale := k.epoch, k.fresh != k.epoch
	k.mu.Unlock()
	unheard, err := k.lookAtOthers(ctx)
	if err != nil {
		return err
	}
	if k.Servers {
		k.divided.heard(ctx, k.Log, unheard, k.Now())
	}
	if !stale && !unheard {
		return nil
	}
	if err := k.refresh(ctx, unheard); err != nil {
		return err
	}
	k.mu.Lock()
	k.fresh = epoch
	k.mu.Unlock()
	return nil
}

// present returns the epoch of the database, raised if the hot state is another one.
func (k *Keeper) present(ctx context.Context) (int64, error) {
	if state, ok := k.State.(incarnated); ok {
		// While Redis is away there is nothing to compare.
		if incarnation, err := state.Incarnation(ctx); err == nil {
			epoch, raised, err := k.Epochs.NoteIncarnation(ctx, incarnation, k.Now())
			if err == nil && k.Servers {
				k.divided.looked(ctx, k.Log, incarnation, raised, k.Now())
			}
			if raised && !k.Divided() { // else it was told, and would be with every look
				k.Log.LogAttrs(ctx, slog.LevelInfo, "Redis is another one than before, or was emptied: the hot state begins anew", slog.Int64("epoch", epoch))
			}
			return epoch, err
		}
	}
	return k.Epochs.Epoch(ctx)
}

// Raise makes the hot state forget everything, in all processes; it is hot.Options.Lost.
func (k *Keeper) Raise(ctx context.Context) error {
	epoch, err := k.Epochs.RaiseEpoch(ctx, k.Now())
	if err != nil {
		return fmt.Errorf("projection: raise the epoch: %w", err)
	}
	k.Log.LogAttrs(ctx, slog.LevelWarn, "the hot state begins anew", slog.Int64("epoch", epoch))
	k.adopt(epoch)
	return nil
}

// Epoch returns the epoch in which this process lives.
func (k *Keeper) Epoch() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.epoch
}

// adopt begins an epoch, unless a later one has begun: two may have been read at once.
func (k *Keeper) adopt(epoch int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if epoch > k.epoch {
		k.epoch = epoch
		k.State.SetEpoch(epoch)
	}
}

// refresh projects the cards of all organizations that changed lately. If somebody did not
// tell of commits, totals are counted anew where there are such cards.
func (k *Keeper) refresh(ctx context.Context, unheard bool) error {
	k.Follower.forgetCells(ctx, k.Follower.touched.cells())
	orgs, err := k.Organizations(ctx)
	if err != nil {
		return fmt.Errorf("projection: list organizations: %w", err)
	}
	since := k.Now() - changedLately.Milliseconds()
	for _, orgID := range orgs {
		changed := 0
		for after := ""; ; {
			views, err := k.Pages.ChangedSince(ctx, orgID, since, after, MaxPage)
			if err != nil {
				return fmt.Errorf("projection: read what changed lately: %w", err)
			}
			// What fails is repaired by the hot state.
			if err := k.State.Project(ctx, statesOf(views)); err != nil && !errors.Is(err, hot.ErrUnavailable) {
				return fmt.Errorf("projection: project what changed lately: %w", err)
			}
			changed += len(views)
			if len(views) < MaxPage {
				break
			}
			after = views[len(views)-1].Card.ID
		}
		if unheard && changed > 0 {
			if err := recountLive(ctx, k.State, k.Counter, k.Now(), orgID, 0, func(loyalty.Cell, hot.Recount) {}); err != nil {
				return err
			}
		}
	}
	return nil
}

func statesOf(views []customer.View) []hot.CardState {
	states := make([]hot.CardState, len(views))
	for i, v := range views {
		states[i] = stateOf(v)
	}
	return states
}

// Repair returns the cards as the database has them; it is hot.Options.Repair.
func (k *Keeper) Repair(ctx context.Context, refs []hot.CardRef) ([]hot.CardState, error) {
	byOrg := map[string][]string{}
	for _, ref := range refs {
		byOrg[ref.Org] = append(byOrg[ref.Org], ref.Card)
	}
	var states []hot.CardState
	for orgID, ids := range byOrg {
		views, err := k.Views.Views(ctx, orgID, ids)
		if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
			return nil, fmt.Errorf("projection: read cards to be repaired: %w", err)
		}
		states = append(states, statesOf(views)...)
	}
	return states, nil
}
