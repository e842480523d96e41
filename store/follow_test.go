package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
)

// TestHistoryHasALimit plants a history that nobody could wait for.
func TestHistoryHasALimit(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes 200,000 entries")
	}
	url := newFile(t)
	s := openAt(t, store.Config{URL: url})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	card := seedCard(t, s)
	if err := stampMany(t.Context(), s, card, 1); err != nil {
		t.Fatal(err)
	}
	db := raw(t, "sqlite", strings.TrimPrefix(url, "sqlite://"))
	columns := "org_id, card_id, program_id, kind, quantity, balance_after, card_version, rule_version, happened_at, recorded_at, day, " +
		"actor_kind, actor_id, head_id, external_ref, reason"
	plant := func(from, to int) {
		t.Helper()
		mustExec(t, db, fmt.Sprintf("WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) "+
			"INSERT INTO entry (id, idempotency_key, %[3]s) SELECT 'ent_planted' || i, '', %[3]s FROM n, (SELECT %[3]s FROM entry WHERE id NOT LIKE 'ent_planted%%')", from, to, columns))
	}
	plant(2, loyalty.MaxHistory)
	entries, _, err := s.LedgerOf(t.Context(), card.OrgID, card.ID)
	if err != nil || len(entries) != loyalty.MaxHistory {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	plant(loyalty.MaxHistory+1, loyalty.MaxHistory+1)
	if entries, _, err = s.LedgerOf(t.Context(), card.OrgID, card.ID); !errors.Is(err, loyalty.ErrHistoryTooLong) || entries != nil {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// TestCountsTellWhichCommitsTheyHaveSeen plants committers beside those that the store
// has by itself.
func TestCountsTellWhichCommitsTheyHaveSeen(t *testing.T) {
	for name, open := range map[string]func(testing.TB) (url, driver, dsn string){
		"sqlite": func(t testing.TB) (string, string, string) {
			t.Helper()
			url := newFile(t)
			return url, "sqlite", strings.TrimPrefix(url, "sqlite://")
		},
		"postgres": func(t testing.TB) (string, string, string) {
			t.Helper()
			url := storetest.NewDatabase(t)
			return url, "pgx", url
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, driver, dsn := open(t)
			s := openAt(t, store.Config{URL: url, Now: func() int64 { return now }})
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			card := seedCard(t, s)
			db := raw(t, driver, dsn)
			mustExec(t, db, "INSERT INTO committer (source, seq, seen_at) VALUES ('at work', 7, $1), ('long gone', 9, $2)", now-1000, now-10*60_000)
			seen := func() map[string]uint64 {
				t.Helper()
				_, seen, err := s.CountTotals(t.Context(), card.OrgID, loyalty.TotalsQuery{From: 20260316, To: 20260317})
				if err != nil {
					t.Fatal(err)
				}
				return seen
			}
			if have := seen(); have["at work"] != 7 || have["long gone"] != 0 {
				t.Errorf("have %v", have)
			}
			const most = 64
			for i := range most + 5 {
				mustExec(t, db, "INSERT INTO committer (source, seq, seen_at) VALUES ($1, 1, $2)", fmt.Sprintf("process %d", i), now+int64(i))
			}
			if have := seen(); len(have) != most || have["process 68"] != 1 || have["process 5"] != 1 || have["process 4"] != 0 {
				t.Errorf("have %d: %v", len(have), have)
			}
		})
	}
}
