package storetest

import (
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
)

// Open returns an empty, migrated store on the database under test that is closed when
// the test ends. It completes the Config by a URL.
type Open func(t testing.TB, c store.Config) *store.Store

// Run runs the suite on one store.
func Run(t *testing.T, open Open) {
	t.Helper()
	w := &world{now: time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC).UnixMilli()}
	w.Store = open(t, store.Config{
		Now: w.clock, Committed: w.committed, Log: slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for _, story := range slices.Concat(
		ledgerStories, reversalStories, batchStories, mixedStories, commitStories, raceStories, joinStories, confirmStories, accessStories,
		organizationStories, programStories, codeStories, customerStories, importStories, followStories, totalsStories, listStories, auditStories,
		tenancyStories, peopleStories, mergeStories, reviewStories, googleStories, samsungStories, walletPassStories, oldNumberStories, demoStories,
	) {
		t.Run(story.name, func(t *testing.T) { story.run(&suite{t, w}) })
	}
}

// story is one test of the suite.
type story struct {
	name string
	run  func(su *suite)
}

// suite is the world as one story sees it.
type suite struct {
	t *testing.T
	*world
}

// same fails the test unless the two values are equal.
func (su *suite) same(what string, want, have any) {
	su.t.Helper()
	if diff := cmp.Diff(want, have); diff != "" {
		su.t.Fatalf("%s (-want +have):\n%s", what, diff)
	}
}

// world is the store under test, with a clock that stands still until a story moves it,
// and what the store has said: which cards it changed, and its log.
type world struct {
	*store.Store
	mu   sync.Mutex
	now  int64
	told []loyalty.Commit
	log  strings.Builder
}

func (w *world) clock() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass moves the clock on.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now += d.Milliseconds()
}

func (w *world) committed(c loyalty.Commit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, c)
}

// takeCommits returns what the store said of commits since the last call.
func (w *world) takeCommits() []loyalty.Commit {
	w.mu.Lock()
	defer w.mu.Unlock()
	told := w.told
	w.told = nil
	return told
}

// takeTold returns the cards that the store said had changed since the last call.
func (w *world) takeTold() []string {
	var ids []string
	for _, c := range w.takeCommits() {
		for _, card := range c.Cards {
			ids = append(ids, card.ID)
		}
	}
	return ids
}

// Write keeps what the store logs.
func (w *world) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(line) //nolint:wrapcheck // never fails
}

// takeLog returns what the store logged since the last call.
func (w *world) takeLog() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.log.Reset()
	return w.log.String()
}
