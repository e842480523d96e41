package storetest

import (
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/store"
)

// Open returns an empty, migrated store on the database under test that is closed when
// the test ends. It completes the Config by a URL.
type Open func(t *testing.T, c store.Config) *store.Store

// Run runs the suite on one store.
func Run(t *testing.T, open Open) {
	su := &suite{now: time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC).UnixMilli()}
	su.Store = open(t, store.Config{
		Now: su.clock, Committed: su.committed, Log: slog.New(slog.NewTextHandler(su, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for _, story := range slices.Concat(
		ledgerStories, reversalStories, batchStories, raceStories, joinStories, confirmStories, accessStories,
		organizationStories, programStories, customerStories, importStories, tenancyStories,
	) {
		t.Run(story.name, func(t *testing.T) { story.run(t, su) })
	}
}

// story is one test of the suite.
type story struct {
	name string
	run  func(t *testing.T, su *suite)
}

// suite is the store under test, with a clock that stands still until a story moves it
// and a list of what the store said it had committed.
type suite struct {
	*store.Store
	mu   sync.Mutex
	now  int64
	told []string
	log  strings.Builder
}

// Write keeps what the store logs.
func (su *suite) Write(line []byte) (int, error) {
	su.mu.Lock()
	defer su.mu.Unlock()
	return su.log.Write(line) //nolint:wrapcheck // never fails
}

// takeLog returns what the store logged since the last call.
func (su *suite) takeLog() string {
	su.mu.Lock()
	defer su.mu.Unlock()
	defer su.log.Reset()
	return su.log.String()
}

func (su *suite) clock() int64 {
	su.mu.Lock()
	defer su.mu.Unlock()
	return su.now
}

// pass moves the clock on.
func (su *suite) pass(d time.Duration) {
	su.mu.Lock()
	defer su.mu.Unlock()
	su.now += d.Milliseconds()
}

func (su *suite) committed(_ string, cardIDs []string) {
	su.mu.Lock()
	defer su.mu.Unlock()
	su.told = append(su.told, cardIDs...)
}

// takeTold returns the cards that the store said had changed since the last call.
func (su *suite) takeTold() []string {
	su.mu.Lock()
	defer su.mu.Unlock()
	told := su.told
	su.told = nil
	return told
}
