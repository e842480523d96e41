package store_test

import (
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
)

// urls are where the tests below that look at both databases find an empty one.
var urls = map[string]func(testing.TB) string{"SQLite": newFile, "PostgreSQL": storetest.NewDatabase}

// TestTwoProcesses lets two servers on one database stamp, redeem and take back on the
// same few hot cards of two organizations, each in an order of its own.
func TestTwoProcesses(t *testing.T) {
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			var log lockedLog
			var heard sums
			c := store.Config{
				URL: url(t), Committed: heard.add,
				Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			}
			processes := []*store.Store{openAt(t, c), openAt(t, c)}
			if err := processes[0].Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			cards := append(seedCards(t, processes[0], 3), seedCards(t, processes[0], 3)...)
			const committersEach, batches, size = 3, 12, 24
			var all sync.WaitGroup
			for n := range 2 * committersEach {
				all.Go(func() {
					random := rand.New(rand.NewPCG(uint64(n), 7))
					var coupons, entries []rowID
					for range batches {
						commands := make([]loyalty.Command, size)
						for i := range commands {
							commands[i] = hotCommand(random, cards, i, n%2 == 1, &coupons, &entries)
						}
						outcomes, err := processes[n%2].ApplyBatch(t.Context(), commands)
						if err != nil {
							t.Error(err)
							return
						}
						for _, o := range outcomes {
							if o.Err != nil {
								t.Error(o.Err)
							}
							if o.Err == nil && o.Refusal == nil {
								entries = append(entries, rowID{o.Entry.OrgID, o.Entry.ID})
								for _, k := range o.Coupons {
									coupons = append(coupons, rowID{k.OrgID, k.ID})
								}
							}
						}
					}
				})
			}
			all.Wait()
			if bad := failed(t, processes[0]); len(bad) != 0 {
				t.Errorf("have %+v", bad)
			}
			if strings.Contains(log.String(), "deadlock") {
				t.Errorf("the processes blocked each other:\n%s", log.String())
			}
			for _, card := range []loyalty.Card{cards[0], cards[3]} {
				st, err := processes[0].Stats(t.Context(), card.OrgID, card.ProgramID, now)
				if err != nil {
					t.Fatal(err)
				}
				want := loyalty.Counts{Stamps: st.Stamps, Coupons: st.CouponsIssued - st.CouponsReversed, Redemptions: st.CouponsRedeemed, Cards: 3}
				if diff := cmp.Diff(want, heard.of(card.OrgID)); diff != "" {
					t.Errorf("what was told of the commits (-want +have):\n%s", diff)
				}
				if want.Stamps == 0 || want.Redemptions == 0 || st.CouponsReversed == 0 {
					t.Errorf("the test does not try what it should: %+v", st)
				}
			}
			committersNoted(t, name, c.URL, &heard)
		})
	}
}

type rowID struct{ orgID, id string }

// hotCommand is mostly a stamp; sometimes it redeems a coupon or takes an entry back.
func hotCommand(random *rand.Rand, cards []loyalty.Card, i int, backwards bool, coupons, entries *[]rowID) loyalty.Command {
	at := i % len(cards)
	if backwards {
		at = len(cards) - 1 - at
	}
	c := stamp(cards[at])
	c.Quantity = 1 + random.IntN(12)
	if kind := random.IntN(6); kind == 0 && len(*coupons) > 0 {
		k := (*coupons)[random.IntN(len(*coupons))]
		c.Kind, c.OrgID, c.CardID, c.CouponID = loyalty.CommandRedeem, k.orgID, "", k.id
	} else if kind == 1 && len(*entries) > 0 {
		e := (*entries)[random.IntN(len(*entries))]
		c.Kind, c.OrgID, c.CardID, c.EntryID = loyalty.CommandReverse, e.orgID, "", e.id
	}
	return c
}

// committersNoted looks whether each source has its last number in the database.
func committersNoted(t *testing.T, name, url string, heard *sums) {
	t.Helper()
	db := rawDatabase(t, name, url)
	for source, seq := range heard.last {
		var noted uint64
		if err := db.QueryRowContext(t.Context(), "SELECT seq FROM committer WHERE source = $1", source).Scan(&noted); err != nil || noted != seq {
			t.Errorf("%s: %d was told of, %d noted: %v", source, seq, noted, err)
		}
	}
	if len(heard.last) < 2 {
		t.Errorf("the sources are %v", heard.last)
	}
}

// rawDatabase opens the database beside the store.
func rawDatabase(t *testing.T, name, url string) *sql.DB {
	t.Helper()
	if name == "PostgreSQL" {
		return connect(t, url)
	}
	db, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// sums adds up what two processes tell of their commits.
type sums struct {
	mu     sync.Mutex
	counts map[string]loyalty.Counts
	last   map[string]uint64
}

func (s *sums) add(c loyalty.Commit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts, s.last = map[string]loyalty.Counts{}, map[string]uint64{}
	}
	s.last[c.Source] = c.Seq
	for _, x := range c.Counts {
		n := s.counts[x.OrgID]
		n.Stamps += x.Stamps
		n.Coupons += x.Coupons
		n.Redemptions += x.Redemptions
		n.Cards += x.Cards
		s.counts[x.OrgID] = n
	}
}

func (s *sums) of(orgID string) loyalty.Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[orgID]
}

// lockedLog keeps what several goroutines log.
type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestCommittersAreForgotten is a process that ended more than a day ago.
func TestCommittersAreForgotten(t *testing.T) {
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			at := int64(now)
			c := store.Config{URL: url(t), Now: func() int64 { return at }}
			old := openAt(t, c)
			if err := old.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			card := seedCard(t, old)
			at += 25 * 60 * 60 * 1000
			young := openAt(t, c)
			if err := stampMany(t.Context(), young, card, 1); err != nil {
				t.Fatal(err)
			}
			db := rawDatabase(t, name, c.URL)
			for _, want := range []int{2, 1} {
				var n int
				if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM committer").Scan(&n); err != nil || n != want {
					t.Errorf("%d committers are kept, want %d: %v", n, want, err)
				}
				if _, err := young.CleanUp(t.Context(), card.OrgID, 0); err != nil {
					t.Error(err)
				}
			}
			// Whoever wakes up goes on.
			if err := stampMany(t.Context(), old, card, 1); err != nil {
				t.Error(fmt.Errorf("the old process: %w", err))
			}
		})
	}
}
