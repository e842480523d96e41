package projection

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

// Limits of following.
const (
	// lanes is how many rounds are under way at once. The commits of one source stay in
	// one lane and so in their order.
	lanes = 2
	// MaxWaiting bounds the commits that wait in a lane, and maxWaitingCards their cards.
	// Of more, only the names of cards and cells are kept, to be forgotten by the hot
	// state.
	MaxWaiting      = 4096
	maxWaitingCards = 100_000
	// MaxForgotten bounds the cards and cells of a lane that are to be forgotten. With
	// more, the epoch is raised and everything is.
	MaxForgotten = 100_000
	// maxSources bounds the sources of a lane that are remembered. A process has few.
	maxSources = 1000
	// raiseAgain is after how long the epoch is raised again when that failed.
	raiseAgain = time.Second
)

// FollowerOptions say whom a Follower tells.
type FollowerOptions struct {
	State hot.State
	// Topic names the live channel of a card. Nil is nobody.
	Topic func(orgID, cardID string) string
	// Lost raises the epoch; it is called until it succeeds when more was missed than
	// can be named.
	Lost func(ctx context.Context) error
	// Log hears of what should not happen. Nil is silence.
	Log *slog.Logger
}

// Follower tells the hot state of commits. Its methods may be called from many
// goroutines.
type Follower struct {
	options FollowerOptions
	lanes   [lanes]*lane
	seed    maphash.Seed
	touched touched
	refused atomic.Int64
	rounds  atomic.Int64

	ctx    context.Context //nolint:containedctx // ends what runs in the background
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// lane is a queue, and what is remembered of it.
type lane struct {
	recent *recent
	wake   chan struct{}

	mu     sync.Mutex
	queue  []work
	cards  int // of the queue
	closed bool
	// left counts what came after the end, or was under way then.
	left int
	// since is when the oldest of the queue came.
	since time.Time
	// After an overflow, cards and cells are only named until the lane has come to them,
	// so that everything keeps its order.
	overflowed int
	forgotten  map[hot.CardRef]uint64
	unsure     map[hot.Cell]struct{}
	lost       bool
	unnamed    map[string]uint64 // the sources of all that
	// told holds, by source, the last number that the hot state was told of.
	told map[string]uint64
}

// Follow starts a Follower. Close ends it.
func Follow(options FollowerOptions) *Follower {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	f := &Follower{options: options, seed: maphash.MakeSeed()}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	for i := range f.lanes {
		l := &lane{recent: newRecent(time.Now), wake: make(chan struct{}, 1), told: map[string]uint64{}}
		l.forget()
		f.lanes[i] = l
		f.done.Go(func() { f.run(l) })
	}
	return f
}

func (l *lane) forget() {
	l.overflowed, l.lost = 0, false
	l.forgotten, l.unsure, l.unnamed = map[hot.CardRef]uint64{}, map[hot.Cell]struct{}{}, map[string]uint64{}
}

// Committed takes a commit, before its answer is given. It never waits for the hot state.
// Commits of one source must come in their order. After Close it only remembers.
func (f *Follower) Committed(c loyalty.Commit) {
	l := f.lanes[maphash.String(f.seed, c.Source)%lanes]
	w := workOf(c)
	l.recent.note(w.cards)
	l.mu.Lock()
	if len(l.queue) == 0 {
		l.since = time.Now()
	}
	switch {
	case l.closed:
		l.left++
	case c.Unsure || l.overflowed > 0 || len(l.queue) >= MaxWaiting || l.cards+len(w.cards) > maxWaitingCards && len(l.queue) > 0:
		l.overflow(w)
	default:
		l.queue = append(l.queue, w)
		l.cards += len(w.cards)
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default: // awake already
	}
}

// overflow is called with the lock.
func (l *lane) overflow(w work) {
	l.overflowed++
	l.unnamed[w.source] = w.seq
	if l.lost = l.lost || len(l.forgotten)+len(l.unsure)+len(w.cards)+len(w.push.Increments) > MaxForgotten; l.lost {
		clear(l.forgotten)
		clear(l.unsure)
		return
	}
	for i := range w.cards {
		c := &w.cards[i]
		l.forgotten[c.CardRef] = max(l.forgotten[c.CardRef], c.Version)
	}
	for _, inc := range w.push.Increments {
		l.unsure[inc.Cell] = struct{}{}
	}
}

// Newer tells whether a newer version of the card than this one was committed in this
// process, a moment ago at most: then the hot state may not have it yet.
func (f *Follower) Newer(ref hot.CardRef, version uint64) bool {
	return slices.ContainsFunc(f.lanes[:], func(l *lane) bool { return l.recent.newer(ref, version) })
}

// run works for a lane until it is closed and empty, or the context ends.
func (f *Follower) run(l *lane) {
	for f.ctx.Err() == nil {
		r, over, closed := l.next()
		switch {
		case r.commits > 0:
			f.tell(r)
		case over.commits > 0:
			f.tellForgotten(over)
		case closed:
			return
		default:
			select {
			case <-l.wake:
			case <-f.ctx.Done():
			}
			continue
		}
		if f.ctx.Err() != nil { // whether that was told is not known
			l.lose(r.commits + over.commits)
			return
		}
		l.recent.projected(r.commits + over.commits)
		l.tell(r.sources)
		l.tell(over.sources)
		f.rounds.Add(1)
	}
}

func (l *lane) lose(commits int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left += commits
}

// tell notes that the hot state was told.
func (l *lane) tell(sources map[string]uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.told) >= maxSources {
		clear(l.told)
	}
	maps.Copy(l.told, sources)
}

// told returns, by source, the last number that the hot state was told of.
func (f *Follower) told() map[string]uint64 {
	told := map[string]uint64{}
	for _, l := range f.lanes {
		l.mu.Lock()
		maps.Copy(told, l.told)
		l.mu.Unlock()
	}
	return told
}

// forgotten is what an overflow left.
type forgotten struct {
	cards   map[hot.CardRef]uint64
	cells   map[hot.Cell]struct{}
	sources map[string]uint64
	lost    bool
	commits int
}

// next takes the next round or, when the queue is empty, what overflowed.
func (l *lane) next() (r round, over forgotten, closed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for r.commits < len(l.queue) && r.takes(l.queue[r.commits]) {
		w := l.queue[r.commits]
		l.cards -= len(w.cards)
		r.add(w)
	}
	if r.commits > 0 {
		clear(l.queue[:r.commits]) // so that nothing is held
		l.queue = l.queue[r.commits:]
		l.since = time.Now()
		return r, over, false
	}
	l.queue = nil
	if l.overflowed > 0 {
		over = forgotten{cards: l.forgotten, cells: l.unsure, sources: l.unnamed, lost: l.lost, commits: l.overflowed}
		l.forget()
	}
	return r, over, l.closed
}

// tell brings a round to the hot state, which sees to what fails.
func (f *Follower) tell(r round) {
	for _, push := range r.Pushes {
		f.touched.note(push)
	}
	for _, some := range split(r.Round) {
		if f.options.Topic != nil {
			some.Topics = make([]string, 0, len(some.Cards))
			for i := range some.Cards {
				some.Topics = append(some.Topics, f.options.Topic(some.Cards[i].Org, some.Cards[i].Card))
			}
		}
		err := f.options.State.Follow(f.ctx, some)
		var wrong *hot.InputError
		if errors.As(err, &wrong) {
			f.tellEach(some)
		}
	}
}

// tellEach is for a round of which a part is nothing that the hot state takes: no id of
// ours, but one must not keep the others from being told.
func (f *Follower) tellEach(r hot.Round) {
	follow := func(part hot.Round) {
		var wrong *hot.InputError
		if err := f.options.State.Follow(f.ctx, part); errors.As(err, &wrong) {
			f.refused.Add(1)
			f.options.Log.Error("the hot state cannot keep this", "error", err)
		}
	}
	for i := range r.Cards {
		follow(hot.Round{Cards: r.Cards[i : i+1]})
	}
	for i := range r.Pushes {
		follow(hot.Round{Pushes: r.Pushes[i : i+1]})
	}
	for i := range r.Topics {
		follow(hot.Round{Topics: r.Topics[i : i+1]})
	}
}

// split divides a round into what the hot state takes at once. Only a single commit can
// be bigger, such as that of a customer with very many cards.
func split(r hot.Round) []hot.Round {
	if len(r.Cards) <= hot.MaxBatch && (len(r.Pushes) != 1 || len(r.Pushes[0].Increments) <= hot.MaxBatch) {
		return []hot.Round{r}
	}
	var some []hot.Round
	for cards := range slices.Chunk(r.Cards, hot.MaxBatch) {
		some = append(some, hot.Round{Cards: cards})
	}
	for _, push := range r.Pushes {
		for increments := range slices.Chunk(push.Increments, hot.MaxBatch) {
			push.Increments = increments // each cell has numbers of its own
			some = append(some, hot.Round{Pushes: []hot.Push{push}})
		}
	}
	return some
}

// tellForgotten makes the hot state forget what changed.
func (f *Follower) tellForgotten(over forgotten) {
	f.options.Log.Warn("what changed is forgotten in the hot state, which could not keep up or of which the database did not say whether it was committed", "commits", over.commits, "everything", over.lost)
	if over.lost {
		f.raise()
		return
	}
	var cards []hot.CardState
	for ref, version := range over.cards {
		cards = append(cards, hot.Changed(ref, version))
	}
	f.tell(round{Round: hot.Round{Cards: cards}})
	var cells []hot.Cell
	for cell := range over.cells {
		cells = append(cells, cell)
	}
	f.forgetCells(f.ctx, cells)
}

// forgetCells makes cells unknown. What fails is repeated by the hot state.
func (f *Follower) forgetCells(ctx context.Context, cells []hot.Cell) {
	for some := range slices.Chunk(cells, hot.MaxBatch) {
		var wrong *hot.InputError
		if err := f.options.State.ForgetTotals(ctx, some); errors.As(err, &wrong) {
			f.refused.Add(1)
			f.options.Log.Error("the hot state cannot forget this", "error", err)
		}
	}
}

// raise raises the epoch, however often it has to be tried.
func (f *Follower) raise() {
	for f.ctx.Err() == nil {
		err := f.options.Lost(f.ctx)
		if err == nil {
			return
		}
		f.options.Log.Warn("the epoch could not be raised", "error", err)
		_ = wait(f.ctx, raiseAgain) // which may have ended
	}
}

// FollowerStats are numbers for metrics.
type FollowerStats struct {
	// Waiting counts commits that the hot state was not told of, and Lag is for how long
	// the oldest of them has waited, about.
	Waiting int
	Lag     time.Duration
	// Rounds counts calls of the hot state, and Refused what it cannot keep.
	Rounds, Refused int64
}

// Stats returns the numbers of now.
func (f *Follower) Stats() FollowerStats {
	s := FollowerStats{Rounds: f.rounds.Load(), Refused: f.refused.Load()}
	for _, l := range f.lanes {
		l.mu.Lock()
		s.Waiting += len(l.queue) + l.overflowed + l.left
		if len(l.queue) > 0 {
			s.Lag = max(s.Lag, time.Since(l.since))
		}
		l.mu.Unlock()
	}
	return s
}

var errStopped = errors.New("there was no time left")

// Close tells the hot state what waits, until the context ends, and then stops. It
// returns an error if something was left, which other processes see only later.
func (f *Follower) Close(ctx context.Context) error {
	for _, l := range f.lanes {
		l.mu.Lock()
		l.closed = true
		l.mu.Unlock()
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
	stop := context.AfterFunc(ctx, f.cancel)
	f.done.Wait()
	stop()
	f.cancel()
	if left := f.Stats().Waiting; left > 0 {
		return fmt.Errorf("projection: stop: %d commits are not projected: %w", left, errStopped)
	}
	return nil
}
