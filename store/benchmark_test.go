package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
)

const (
	// benchmarkCards is how many cards the stamps of a benchmark go to.
	benchmarkCards = 10_000
	// clockTicks is how many ticks of /proc/PID/stat make a second on Linux.
	clockTicks = 100
	// stride goes through the cards in an order that is not theirs: it has no divisor in
	// common with their number, so that all get their turn.
	stride = 7919
)

// BenchmarkApplyBatch gives plain stamps to different cards, every tenth of which issues
// a coupon. An operation is one command, so figures of batches compare. The processor
// time of this process is self-µs/op; that of PostgreSQL's processes is backend-µs/op,
// as exactly as the kernel's ticks of 10 ms allow.
func BenchmarkApplyBatch(b *testing.B) {
	for _, size := range []int{1, 32, 64, loyalty.MaxBatch} {
		b.Run(fmt.Sprintf("sqlite/%d", size), func(b *testing.B) {
			s := openSQLite(b, store.Config{})
			run(b, s, seedCards(b, s, benchmarkCards), size, func() float64 { return 0 })
		})
	}
	for _, size := range []int{1, 32, 64, loyalty.MaxBatch} {
		b.Run(fmt.Sprintf("postgres/%d", size), func(b *testing.B) {
			c := store.Config{URL: storetest.NewDatabase(b)}
			s := openAt(b, c)
			if err := s.Migrate(b.Context()); err != nil {
				b.Fatal(err)
			}
			cards := seedCards(b, s, benchmarkCards)
			db := connect(b, c.URL)
			give(b, s, cards, benchmarkCards/2, loyalty.MaxBatch) // so that there is something to analyse
			mustExec(b, db, "VACUUM ANALYZE")
			wal := walBytes(b, db)
			run(b, s, cards, size, func() float64 { return backendSeconds(b, db, c.URL) })
			b.ReportMetric((walBytes(b, db)-wal)/float64(b.N), "wal-B/op")
		})
	}
}

// run measures b.N stamps in batches of the size. backends returns the processor time, in
// seconds, that the database's own processes have used so far.
func run(b *testing.B, s *store.Store, cards []loyalty.Card, size int, backends func() float64) {
	b.Helper()
	b.ReportAllocs()
	self, others := selfSeconds(b), backends()
	b.ResetTimer()
	give(b, s, cards, b.N, size)
	b.StopTimer()
	b.ReportMetric((selfSeconds(b)-self)*1e6/float64(b.N), "self-µs/op")
	if used := backends() - others; used > 0 {
		b.ReportMetric(used*1e6/float64(b.N), "backend-µs/op")
	}
}

// give gives n stamps in batches of the size.
func give(b *testing.B, s *store.Store, cards []loyalty.Card, n, size int) {
	b.Helper()
	for done := 0; done < n; {
		commands := make([]loyalty.Command, min(size, n-done))
		for i := range commands {
			commands[i] = stamp(cards[(done+i)*stride%len(cards)])
		}
		outcomes, err := s.ApplyBatch(b.Context(), commands)
		if err != nil {
			b.Fatal(err)
		}
		for _, o := range outcomes {
			if o.Err != nil || o.Refusal != nil {
				b.Fatalf("have %+v", o)
			}
		}
		done += len(commands)
	}
}

// selfSeconds is the processor time of this process.
func selfSeconds(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return (time.Duration(u.Utime.Nano()) + time.Duration(u.Stime.Nano())).Seconds()
}

// backendSeconds is the processor time of the server's processes that serve the
// database, without the one that asks.
func backendSeconds(b *testing.B, db *sql.DB, dsn string) float64 {
	b.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		b.Fatal(err)
	}
	rows, err := db.QueryContext(b.Context(), "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND application_name = 'leima'", strings.TrimPrefix(u.Path, "/"))
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	ticks := 0
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			b.Fatal(err)
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // a connection that has ended, or no Linux
		}
		// After the name in brackets: state is the first field, utime and stime are 12 and 13.
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		for _, f := range fields[11:13] {
			n, err := strconv.Atoi(f)
			if err != nil {
				b.Fatal(err)
			}
			ticks += n
		}
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return float64(ticks) / clockTicks
}

// walBytes is how much the server has written to its log so far.
func walBytes(b *testing.B, db *sql.DB) float64 {
	b.Helper()
	var n float64
	if err := db.QueryRowContext(b.Context(), "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8").Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkQuestions asks for a row, and for what a card shows, which is several questions
// in one transaction.
func BenchmarkQuestions(b *testing.B) {
	for name, open := range map[string]func(testing.TB, store.Config) *store.Store{"sqlite": openSQLite, "postgres": openPostgres} {
		s := open(b, store.Config{})
		card := seedCards(b, s, 1)[0]
		give(b, s, []loyalty.Card{card}, 1, 1)
		key := stamp(card)
		b.Run(name+"/one row", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Entry(b.Context(), key.OrgID, key.EntryID); err != nil && !errors.Is(err, loyalty.ErrNotFound) {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/a card", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Card(b.Context(), card.OrgID, card.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
